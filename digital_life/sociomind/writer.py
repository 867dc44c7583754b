"""What every way of writing a turn has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from digital_life.behaviour import Emotion
from digital_life.llm.chat import Usage
from digital_life.sociomind.memory import MemoryStore
from digital_life.sociomind.offline import OfflineResponder
from digital_life.sociomind.state import MindState
from digital_life.sociomind.turn import Draft


@dataclass(frozen=True)
class Written:
    """A turn, what it cost and who really wrote it. ``emotion`` is the writer's own appraisal, if it made one."""

    draft: Draft
    usage: Usage
    label: str
    emotion: Emotion | None = None


class Writer(Protocol):
    """Writes the next own turn of ``state.plot``."""

    def warm_up(self) -> None:
        """Prepare what every turn needs, so that the first one is as quick as the others."""
        ...

    def write(self, state: MindState, memory: MemoryStore) -> Written:
        """The next turn. Never fails because of a model: the offline responder is the floor."""
        ...


class OfflineWriter:
    """No model: the persona's own lines."""

    def __init__(self, responder: OfflineResponder, label: str) -> None:
        self._responder = responder
        self._label = label

    def warm_up(self) -> None:
        """Nothing to prepare: the responder is warmed by the mind."""

    def write(self, state: MindState, memory: MemoryStore) -> Written:
        """A turn of the offline responder."""
        return Written(self._responder.respond(state, memory), Usage(), self._label)
