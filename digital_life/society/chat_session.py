"""A person talks with one persona: the same mind, stage and record as a simulation, driven by what the person types."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from digital_life.behaviour import Behaviour
from digital_life.llm.chat import ChatModel, Usage
from digital_life.llm.embedding import shared_embedder
from digital_life.llm.offline import OfflineModel
from digital_life.llm.secrets import hide_secrets
from digital_life.momat.library import Licences
from digital_life.persona.cards.macros import expand
from digital_life.persona.schema import Persona
from digital_life.society.performing import build_stage, perform_idle, perform_turn
from digital_life.society.record import LoggedEvent
from digital_life.society.run_folder import RunFolder, RunTurn, SceneFile
from digital_life.sociomind.mind import Mind
from digital_life.stage.scene import Furniture, Place, Room

GUEST = "Guest"
MAX_TURNS = 500
REFLECTION_SECONDS = 30.0
"""How long a window that was closed is worth waiting for what the persona makes of the talk."""

CHAT_ROOM = Room(
    name="studio",
    size=(5.0, 4.0),
    places=(
        Place(name="floor", position=(0.0, 0.3), facing=0, capacity=1),
        Place(name="sofa", posture="seated", position=(-1.3, -0.9), facing=25, seat_height=0.44, capacity=1),
        Place(name="window", position=(1.5, -1.2), facing=0, capacity=1),
    ),
    furniture=(
        Furniture(kind="rug", position=(0.0, 0.3)),
        Furniture(kind="sofa", position=(-1.3, -0.9), facing=25),
        Furniture(kind="window", position=(1.5, -1.95)),
        Furniture(kind="plant", position=(2.1, -1.6)),
        Furniture(kind="lamp", position=(-2.2, -1.5)),
    ),
)


class PersonaChat:
    """One conversation of a person with ``persona``; everything goes into a run folder and can be replayed.

    ``think`` touches the mind only; ``play`` and ``idle`` touch stage and record only and are called one at a time.
    So one thread can think while another keeps the body moving.
    """

    def __init__(
        self,
        persona: Persona,
        model: ChatModel,
        out: Path,
        *,
        seed: int = 0,
        guest: str = GUEST,
        licence: Licences = "all",
        bodies: bool = True,
    ) -> None:
        """Without ``bodies`` there are only words: nothing is performed."""
        self.persona = persona
        self.guest = guest
        scene = SceneFile(
            mode="chat",
            mind=model.profile.label,
            seed=seed,
            room=CHAT_ROOM,
            names=(persona.name,),
            title=f"A talk with {persona.name}",
            licence=licence,
            bodies=bodies,
        )
        self.folder = RunFolder.create(out, scene)
        self._stage = build_stage(self.folder, [persona], {persona.name: CHAT_ROOM.places[0].name}, model)
        self._mind = Mind(persona, model, seed=seed, embedder=shared_embedder())
        self._mind.warm_up()  # now, not while the person waits for the first answer
        situation = f"{guest} has come to see {persona.name}, and they talk face to face."
        if persona.scenario:
            situation = expand(persona.scenario, char=persona.name, user=guest)
        self._mind.begin(guest, situation, [place.name for place in CHAT_ROOM.places], max_turns=MAX_TURNS)
        self._next = 0
        self.idle(2.0)

    def idle(self, seconds: float) -> RunTurn:
        """The next stretch of idling and listening, joined to what went before."""
        number = self._number()
        self.folder.record.add_turn(number, None, Usage(), {})
        perform_idle(self.folder, self._stage, number, seconds, {})
        return self._turn(number)

    def think(self, text: str) -> Behaviour:
        """The person said ``text``: the persona's answer, not yet performed.

        Raises:
            ModelError: the mind gave no answer; the talk can go on.
        """
        said = hide_secrets(text)
        self._mind.perceive(Behaviour(speaker=self.guest, partner=self.persona.name, speech=said, mind="person"))
        return self._mind.act()

    def play(self, text: str, answer: Behaviour) -> RunTurn:
        """Perform and record the answer to ``text``."""
        number = self._number()
        self.folder.record.add_events("heard", [hide_secrets(text)], owner=self.guest, turn=number)
        self.folder.record.add_turn(number, answer, self._mind.last_usage, {self.persona.name: self._mind.checkpoint()})
        perform_turn(self.folder, self._stage, number, answer, {})
        return self._turn(number)

    def _look_back(self, seconds: float) -> None:
        """Reflect; what that changed is recorded in one go."""
        name, answers = self.persona.name, list[list[dict[str, Any]]]()
        thread = threading.Thread(target=lambda: answers.append(self._mind.finish()), name="reflection", daemon=True)
        thread.start()
        thread.join(seconds)
        mind = self._mind
        if not answers:
            mind = Mind(self.persona, OfflineModel(), seed=self.folder.scene.seed, embedder=shared_embedder())
            state = self.folder.record.state(name)
            if state is None:
                return
            mind.restore(state, *self.folder.record.memories(name))
            mind.left(self.guest)
            answers.append(mind.finish())
            self.folder.record.add_events("notice", [f"{name} looked back by rules: the model gave no answer in time."])
        log: list[LoggedEvent] = [("reflection", name, change) for change in answers[0]]
        number = self._number()
        self.folder.record.add_turn(number, None, mind.last_usage, {name: mind.checkpoint()}, log)
        perform_idle(self.folder, self._stage, number, 0.5, {})

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _turn(self, number: int) -> RunTurn:
        return RunTurn(self.folder.record.turns(number)[0], self.folder.record.performances(number))

    def close(self, *, seconds: float = REFLECTION_SECONDS) -> None:
        """The person is gone: the persona looks back on the talk, for ``seconds`` at most, and the record is closed.

        A sentence that was heard and not answered any more is part of what it looks back on. Where the model takes longer
        or fails, the rules look back on what was recorded.
        """
        if not self.folder.finished:
            self._mind.left(self.guest)
            self._look_back(seconds)
            self.folder.record.set_meta("finished", True)
        self.folder.write_transcript()
        self.folder.close()
