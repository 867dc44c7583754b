"""A person talks with one persona: the same mind, stage and record as a simulation, driven by what the person types."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

from digital_life.behaviour import Behaviour, writable
from digital_life.errors import InputError
from digital_life.llm.budget import Call, Meter
from digital_life.llm.chat import ChatModel, Usage
from digital_life.llm.embedding import shared_embedder
from digital_life.llm.offline import OfflineModel
from digital_life.llm.secrets import hide_secrets
from digital_life.momat.library import Licences
from digital_life.persona.cards.macros import expand
from digital_life.persona.schema import Persona
from digital_life.society.performing import STAGE, build_stage, perform_idle, perform_turn
from digital_life.society.record import LoggedEvent
from digital_life.society.run_folder import RunFolder, RunTurn, SceneFile
from digital_life.sociomind.mind import Mind
from digital_life.stage.scene import Furniture, Place, Room

_log = logging.getLogger(__name__)

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


def open_talk(out: Path, wanted: SceneFile) -> RunFolder:
    """Open the talk in ``out`` to go on with it.

    Raises:
        InputError: there is no run, another process writes it, or it is no talk like ``wanted``.
    """
    folder = RunFolder.open(out, write=True)
    kept = folder.scene
    problem = ""
    if kept.mode != "chat":
        problem = "is a simulation; go on with it by: digital-life simulate ... --resume"
    elif kept.names != wanted.names:
        problem = f"is a talk with {kept.names[0]}, not with {wanted.names[0]}"
    elif wanted.licence not in ("default", kept.licence):
        problem = f"was started with --licence {kept.licence}, not with {wanted.licence}"
    if problem:
        folder.close()
        raise InputError(f"{out} {problem}", "choose another --out, or start a new talk without --resume")
    return folder


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
        licence: Licences = "default",
        bodies: bool = True,
        resume: bool = False,
    ) -> None:
        """Without ``bodies`` there are only words: nothing is performed. ``resume`` goes on with the talk in ``out``.

        Raises:
            InputError: ``out`` exists, or with ``resume`` holds no talk with ``persona`` that can be gone on with.
        """
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
        self.folder = open_talk(out, scene) if resume else RunFolder.create(out, scene)
        self._closed = False
        try:
            self._next = self.folder.record.next_turn()
            seat = Meter(model, on_call=self._keep_call).seat(persona.name)
            self._stage = build_stage(self.folder, [persona], {persona.name: CHAT_ROOM.places[0].name}, seat)
            self._mind = Mind(persona, seat, seed=self.folder.scene.seed, embedder=shared_embedder())
            self._mind.warm_up()  # now, not while the person waits for the first answer
            self._take_up()
            self.idle(2.0)
        except BaseException:
            self._closed = True
            self.folder.close()
            raise

    def _take_up(self) -> None:
        """Restore what the record holds; a talk that was broken off goes on, after one that ended they meet again."""
        name, record = self.persona.name, self.folder.record
        state = record.state(name)
        if state is not None:
            self._mind.restore(state, *record.memories(name))
        where = record.state(STAGE)
        if where is not None:
            self._stage.restore(where)
        for turn in record.unseen(STAGE):
            if turn.behaviour is None:
                perform_idle(self.folder, self._stage, turn.turn, 0.5, {})
            else:
                perform_turn(self.folder, self._stage, turn.turn, turn.behaviour, {})
        if self._mind.talks_with != self.guest:
            again = " again" if state else ""
            situation = f"{self.guest} has come to see {name}{again}, and they talk face to face."
            if self.persona.scenario:
                situation = expand(self.persona.scenario, char=name, user=self.guest)
            self._mind.begin(self.guest, situation, [place.name for place in CHAT_ROOM.places], max_turns=MAX_TURNS)
        self._mind.allow(MAX_TURNS)
        record.set_meta("finished", False)

    def _keep_call(self, call: Call) -> None:
        if not self._closed:  # a model that answers after the end is not heard any more
            self.folder.record.add_call(self._next, call)

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
        states = {self.persona.name: self._mind.checkpoint()}
        heard: LoggedEvent = ("heard", self.guest, hide_secrets(writable(text)))
        self.folder.record.add_turn(number, answer, self._mind.last_usage, states, [heard])
        perform_turn(self.folder, self._stage, number, answer, {})
        return self._turn(number)

    def _look_back(self, seconds: float) -> None:
        """Reflect; what that changed is recorded in one go."""
        name, answers = self.persona.name, list[list[dict[str, Any]]]()

        def finish() -> None:
            try:
                answers.append(self._mind.finish())
            except Exception:  # the rules stand in, whatever it was
                _log.exception("looking back failed")

        thread = threading.Thread(target=finish, name="reflection", daemon=True)
        thread.start()
        thread.join(seconds)
        mind, changes = self._mind, next(iter(answers), None)  # one look: the model may answer from now on, too late
        if changes is None:
            mind = Mind(self.persona, OfflineModel(), seed=self.folder.scene.seed, embedder=shared_embedder())
            state = self.folder.record.state(name)
            if state is None:
                return
            mind.restore(state, *self.folder.record.memories(name))
            mind.left(self.guest)
            changes = mind.finish()
            self.folder.record.add_events("notice", [f"{name} looked back by rules: the model gave no answer in time."])
        log: list[LoggedEvent] = [("reflection", name, change) for change in changes]
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
        try:
            if not self.folder.finished:
                self._mind.left(self.guest)
                self._look_back(seconds)
                self.folder.record.set_meta("finished", True)
            self.folder.write_transcript()
        finally:
            self._closed = True
            self.folder.close()
