"""Where the server takes what it shows from. ``society`` supplies both for run folders and for a live chat."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from digital_life.behaviour import Behaviour
from digital_life.stage.performance import Performance
from digital_life.viewer.wire import WireScene, WireTurn

Content = Path | bytes


class SceneSource(Protocol):
    """A scene with its bodies, movements and sounds.

    ``performance``, ``audio`` and ``glb`` raise ``KeyError`` for what is not there (the server answers 404) and
    ``DigitalLifeError`` for what is damaged. They may be called from several threads at once.
    """

    def scene(self) -> WireScene:
        """Title, room, cast and turns."""
        ...

    def glb(self, name: str) -> Content:
        """The GLB file of the character ``name``."""
        ...

    def performance(self, index: int, name: str) -> Performance:
        """What the character ``name`` does in turn ``index``; the server needs its start and motion only."""
        ...

    def audio(self, index: int, name: str) -> Content:
        """The WAV file of what ``name`` says in turn ``index``."""
        ...


class ChatSession(SceneSource, Protocol):
    """A conversation of a person with a persona.

    The page needs movement while the mind thinks, so thinking and playing are two steps: ``think`` runs in one thread
    while ``more`` is called from another, hence it must touch neither stage nor record. ``play`` and ``more`` are
    called one at a time; each turn begins on the scene clock where the one before ends.
    """

    def think(self, text: str) -> Behaviour:
        """The person said ``text``: the persona's answer."""
        ...

    def play(self, text: str, answer: Behaviour) -> WireTurn:
        """Perform (and record) the answer to ``text``."""
        ...

    def more(self, seconds: float) -> WireTurn:
        """The next stretch of idling and listening."""
        ...
