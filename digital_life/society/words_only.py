"""A stage without bodies: minds meet, talk and change, and nothing is performed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digital_life.behaviour import Behaviour
from digital_life.stage.performance import Performance


@dataclass
class Whereabouts:
    """The place at which a character is."""

    place: str


class WordsOnly:
    """Keeps track of who is where; as quick as the minds are."""

    def __init__(self, places: Mapping[str, str]) -> None:
        """``places`` says where each character begins."""
        self.actors = {name: Whereabouts(place) for name, place in places.items()}

    def perform(self, behaviour: Behaviour) -> list[Performance]:
        """Note where the speaker goes; there is nothing to see."""
        if behaviour.place:
            self.actors[behaviour.speaker].place = behaviour.place
        return []

    def idle(self, seconds: float) -> list[Performance]:
        """Nothing."""
        return []

    def state(self) -> dict[str, Any]:
        """Who is where, as JSON."""
        return {"places": {name: actor.place for name, actor in self.actors.items()}}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state again."""
        for name, place in state["places"].items():
            self.actors[name].place = place
