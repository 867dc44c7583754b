"""Playing a scenario: minds take turns, the stage performs, the record keeps everything as it happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from digital_life.behaviour import Behaviour
from digital_life.errors import InputError
from digital_life.llm.chat import ChatModel, Usage
from digital_life.llm.embedding import shared_embedder
from digital_life.momat.library import Licences
from digital_life.society.performing import STAGE, build_stage, perform_idle, perform_turn
from digital_life.society.run_folder import RunFolder, SceneFile
from digital_life.society.scenario import LoadedScenario
from digital_life.sociomind.mind import Mind

Report = Callable[[str, int, int], None]
"""Progress: (what is being done, turns done, turns at most)."""

OPENING_IDLE = 1.5
CLOSING_IDLE = 2.5


def _silent(_what: str, _done: int, _total: int) -> None:
    pass


def start_run(
    loaded: LoadedScenario,
    out: Path,
    *,
    mind: str,
    seed: int | None = None,
    force: bool = False,
    licence: Licences = "all",
) -> RunFolder:
    """Make the run folder of a scenario. ``mind`` is the label of the model that will write it."""
    scene = SceneFile(
        mode="simulation",
        mind=mind,
        seed=loaded.scenario.seed if seed is None else seed,
        loaded=loaded,
        room=loaded.scenario.room,
        names=loaded.names,
        title=loaded.scenario.title,
        licence=licence,
    )
    return RunFolder.create(out, scene, force=force)


def resume_run(loaded: LoadedScenario, out: Path, *, seed: int | None = None, licence: Licences = "all") -> RunFolder:
    """Open a run that was stopped.

    Raises:
        InputError: there is no run, it was started with another scenario, seed or choice of licences, or another process
            is playing it.
    """
    folder = RunFolder.open(out, write=True)
    if folder.scene.loaded != loaded:
        folder.close()
        raise InputError(
            f"{out} was started with another scenario, or the scenario or a persona was changed since",
            "resume with the files it was started with, or start anew with another --out",
        )
    if seed is not None and seed != folder.scene.seed:
        folder.close()
        raise InputError(
            f"{out} was started with seed {folder.scene.seed}, not {seed}",
            "leave --seed out, or start anew with another --out",
        )
    if licence != "all" and licence != folder.scene.licence:
        folder.close()
        raise InputError(
            f"{out} was started with motions of every licence, not with {licence} ones only",
            "leave --licence out, or start anew with another --out",
        )
    return folder


class Simulation:
    """One scenario being played into one run folder; it starts where the folder's record ends.

    Law: the same scenario, seed and model answers give the same frames, whether or not the run was stopped and resumed
    at a turn's end.
    """

    def __init__(self, folder: RunFolder, model: ChatModel, report: Report = _silent) -> None:
        loaded = folder.scene.loaded
        if loaded is None:
            raise InputError(
                f"{folder.root} is a chat, not a simulation", "chats are continued with: digital-life chat"
            )
        self.folder = folder
        self.scenario = loaded.scenario
        self.personas = loaded.personas
        self.model = model
        self.report = report
        self.limit = 2 * self.scenario.rounds

    def run(self) -> RunFolder:
        """Play to the end. A stop in between (Ctrl-C, a dead server, a full disk) leaves a run that resumes."""
        if self.folder.finished:
            return self.folder
        self.report("Preparing bodies, voices and motions", 0, self.limit)
        places = {p.name: entry.place for p, entry in zip(self.personas, self.scenario.cast, strict=True)}
        self.stage = build_stage(self.folder, self.personas, places, self.model)
        self._prepare_minds()
        self._restore()
        turns = self.folder.record.turns()
        self._open_scene(started=bool(turns))
        self._finish_pending_turn()
        self._take_turns()
        self._close_scene()
        return self.folder

    def _prepare_minds(self) -> None:
        embedder = shared_embedder()
        place_names = [place.name for place in self.scenario.room.places]
        self.minds: dict[str, Mind] = {}
        for index, persona in enumerate(self.personas):
            mind = Mind(persona, self.model, seed=self.folder.scene.seed + index, embedder=embedder)
            partner = self.personas[1 - index].name
            mind.warm_up()
            mind.begin(partner, self.scenario.situation, place_names, max_turns=self.scenario.rounds)
            self.minds[persona.name] = mind

    def _restore(self) -> None:
        for name, mind in self.minds.items():
            state = self.folder.record.state(name)
            if state is not None:
                mind.restore(state, *self.folder.record.memories(name))
        state = self.folder.record.state(STAGE)
        if state is not None:
            self.stage.restore(state)

    def _open_scene(self, *, started: bool) -> None:
        if not started:
            self.folder.record.add_turn(0, None, Usage(), {})
        if not self.folder.turns():
            perform_idle(self.folder, self.stage, 0, OPENING_IDLE, {})

    def _finish_pending_turn(self) -> None:
        """A run killed between a turn's two transactions has a behaviour that nobody saw: perform it now."""
        performed = {row.turn for row in self.folder.record.performances()}
        for turn in self.folder.record.turns():
            if turn.behaviour is not None and turn.turn not in performed:
                self._perform(turn.turn, turn.behaviour)

    def _take_turns(self) -> None:
        while not self._over():
            done = [turn for turn in self.folder.record.turns() if turn.behaviour]
            number = len(done) + 1
            mind = self.minds[self.personas[len(done) % 2].name]
            self.report(f"{mind.persona.name} is thinking", len(done), self.limit)
            behaviour = mind.act()
            self.folder.record.add_turn(number, behaviour, mind.last_usage, {mind.persona.name: mind.checkpoint()})
            self._perform(number, behaviour)
            self.report(behaviour.line(), number, self.limit)

    def _perform(self, turn: int, behaviour: Behaviour) -> None:
        """The stage plays it and the partner perceives it; both states go into the record with the performances."""
        partner = next(mind for name, mind in self.minds.items() if name != behaviour.speaker)
        partner.perceive(behaviour)
        perform_turn(self.folder, self.stage, turn, behaviour, {partner.persona.name: partner.checkpoint()})

    def _over(self) -> bool:
        """The scene ends at its length, or once somebody took leave and the other one has answered."""
        acts = [turn.behaviour for turn in self.folder.record.turns() if turn.behaviour]
        if len(acts) >= self.limit:
            return True
        return len(acts) >= 2 and acts[-2].ends

    def _close_scene(self) -> None:
        self.report("Looking back", self.limit, self.limit)
        reflected = {owner for _, owner, _ in self.folder.record.events("reflection")}
        for name, mind in self.minds.items():
            if name not in reflected:
                changes = mind.finish()
                self.folder.record.add_events("reflection", changes, owner=name, states={name: mind.checkpoint()})
        performed = {row.turn for row in self.folder.record.performances()}
        turns = self.folder.record.turns()
        closing = turns[-1].turn
        if closing in performed:
            closing += 1
            self.folder.record.add_turn(
                closing, None, Usage(), {name: mind.checkpoint() for name, mind in self.minds.items()}
            )
        perform_idle(self.folder, self.stage, closing, CLOSING_IDLE, {})
        self.folder.record.set_meta("finished", True)
        self.folder.write_transcript()
