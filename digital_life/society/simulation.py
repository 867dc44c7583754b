"""Playing a scenario plot by plot: minds take turns, the stage performs, the record keeps everything as it happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from digital_life.errors import InputError
from digital_life.llm.budget import Budget, Meter
from digital_life.llm.chat import ChatModel, Usage
from digital_life.llm.embedding import shared_embedder
from digital_life.llm.recording import RecordedModel
from digital_life.momat.library import Licences
from digital_life.society.episode import Episode
from digital_life.society.performing import STAGE, build_stage, perform_idle
from digital_life.society.record import LoggedEvent
from digital_life.society.run_folder import RunFolder, SceneFile
from digital_life.society.scenario import LoadedScenario, Mode, ScenarioFile, SceneEvent, ScriptLine
from digital_life.society.story import NextPlot, Story
from digital_life.society.together import all_at_once
from digital_life.sociomind.config import MindConfig
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.planning import PlotPlan

Report = Callable[[str, int, int], None]
"""Progress: (what is being done, turns done, turns at most)."""

OPENING_IDLE = 1.5
BETWEEN_IDLE = 1.0
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
    licence: Licences = "default",
    bodies: bool = True,
    config: MindConfig | None = None,
) -> RunFolder:
    """Make the run folder of a scenario. ``mind`` is the label of the model that will write it.

    Without ``bodies`` there are only words: nothing is performed. ``config`` says how the minds work (for ablations).
    """
    scene = SceneFile(
        mode="simulation",
        mind=mind,
        seed=loaded.scenario.seed if seed is None else seed,
        loaded=loaded,
        room=loaded.scenario.room,
        names=loaded.names,
        title=loaded.scenario.title,
        licence=licence,
        bodies=bodies,
        config=config or MindConfig(),
    )
    return RunFolder.create(out, scene, force=force)


@dataclass(frozen=True)
class Wanted:
    """What was said on the command line about how a scenario is played."""

    mode: Mode | None = None
    episodes: int | None = None
    events: tuple[SceneEvent, ...] = ()
    budget: Budget | None = None

    def applied(self, loaded: LoadedScenario) -> LoadedScenario:
        """The scenario as it is to be played.

        Raises:
            InputError: it does not go together.
        """
        changed = loaded.scenario.changed(
            mode=self.mode, episodes=self.episodes, events=self.events, budget=self.budget
        )
        return loaded.model_copy(update={"scenario": changed}).checked("the command line")

    def left_out(self, stored: ScenarioFile, file: ScenarioFile) -> ScenarioFile:
        """The scenario file with what the run was started with, where nothing else is said now."""
        kept = {"mode": self.mode or stored.mode, "episodes": self.episodes or stored.episodes}
        plots = file.plots if kept["mode"] == "scripted" else []
        events = [*file.events, *self.events] if self.events else stored.events
        return file.model_copy(update={**kept, "plots": plots, "events": events, "budget": stored.budget})


def resume_run(
    loaded: LoadedScenario,
    out: Path,
    *,
    seed: int | None = None,
    licence: Licences = "default",
    wanted: Wanted | None = None,
) -> RunFolder:
    """Open a run that was stopped. Mode, number of plots and events need not be said again; a budget may be changed.

    Raises:
        InputError: there is no run, it was started with another scenario, seed, mode or choice of licences, or another process
            is playing it.
    """
    folder = RunFolder.open(out, write=True)
    stored = folder.scene.loaded
    if stored is not None:
        scenario = (wanted or Wanted()).left_out(stored.scenario, loaded.scenario)
        loaded = loaded.model_copy(update={"scenario": scenario})
    if stored != loaded:
        folder.close()
        raise InputError(
            f"{out} was started with another scenario, or the scenario or a persona was changed since",
            "resume with the files and options it was started with, or start anew with another --out",
        )
    if seed is not None and seed != folder.scene.seed:
        folder.close()
        raise InputError(
            f"{out} was started with seed {folder.scene.seed}, not {seed}",
            "leave --seed out, or start anew with another --out",
        )
    if licence not in ("default", folder.scene.licence):
        folder.close()
        raise InputError(
            f"{out} was started with --licence {folder.scene.licence}, not with {licence}",
            "leave --licence out, or start anew with another --out",
        )
    return folder


class Simulation:
    """One scenario being played into one run folder; it starts where the folder's record ends.

    Law: the same scenario, seed and model answers give the same frames, whether or not the run was stopped and resumed
    at a turn's end.
    """

    def __init__(
        self, folder: RunFolder, model: ChatModel, report: Report = _silent, *, budget: Budget | None = None
    ) -> None:
        """``budget`` overrides limits of the scenario.

        Raises:
            InputError: the folder holds a chat, or the budget limits a cost that is not known.
        """
        loaded = folder.scene.loaded
        if loaded is None:
            raise InputError(
                f"{folder.root} is a chat, not a simulation",
                "chats are continued with: digital-life chat PERSONA --out FOLDER --resume",
            )
        self.folder = folder
        self.loaded = loaded
        self.scenario = loaded.scenario
        self.personas = loaded.personas
        self.report = report
        self._played_before = float(folder.record.meta("seconds_played", 0.0))
        # A cassette plays the same seconds again; else a night for which the machine sleeps is not part of the run.
        self._clock = folder.record.clock if isinstance(model, RecordedModel) else time.monotonic
        self._begun = self._clock()
        self.meter = Meter(
            model,
            self.scenario.budget.merged(budget or Budget()),
            spent=folder.record.spent(),
            played=self._seconds_played,
            on_call=lambda call: folder.record.add_call(self._turn, call),
        )

    def run(self) -> RunFolder:
        """Play to the end. A stop in between (Ctrl-C, a dead server, a full disk) leaves a run that resumes."""
        if self.folder.finished:
            return self.folder
        self.report("Preparing bodies, voices and motions", 0, 0)
        places = {p.name: entry.place for p, entry in zip(self.personas, self.scenario.cast, strict=True)}
        self.stage = build_stage(self.folder, self.personas, places, self.meter.seat("(looks)"))
        self._prepare_minds()
        self._restore()
        self._finish_pending_idle()
        story = Story(self.loaded, self.minds, self.meter)
        while True:
            episode, index = self._open_episode(story)
            if episode is None:
                break
            self._finish_pending_turn(episode)
            self._close_episode(index, episode.play())
        self._finish()
        return self.folder

    def _prepare_minds(self) -> None:
        embedder = shared_embedder()
        self.minds: dict[str, Mind] = {}
        for index, persona in enumerate(self.personas):
            seed = self.folder.scene.seed + index
            seat, config = self.meter.seat(persona.name), self.folder.scene.config
            mind = Mind(persona, seat, seed=seed, embedder=embedder, config=config)
            mind.warm_up()
            self.minds[persona.name] = mind

    def _restore(self) -> None:
        for name, mind in self.minds.items():
            state = self.folder.record.state(name)
            if state is not None:
                mind.restore(state, *self.folder.record.memories(name))
        state = self.folder.record.state(STAGE)
        if state is not None:
            self.stage.restore(state)

    # -- plots -------------------------------------------------------------------------------------------------------

    def _open_episode(self, story: Story) -> tuple[Episode | None, int]:
        """The plot that was going on when the run was stopped, or else the next one, opened; None when all is played."""
        begun = self.folder.record.events_of_turns("plot")
        ended = len(self.folder.record.events("plot_end"))
        if len(begun) > ended:
            first, _, data = begun[-1]
            episode = self._episode(PlotPlan.model_validate(data["plan"]), tuple(self._script(ended)), first or 0)
            return episode, ended
        if self.meter.exceeded():
            return None, ended
        following = story.plot(ended)
        if following is None:
            return None, ended
        return self._begin(following, ended), ended

    def _begin(self, following: NextPlot, index: int) -> Episode:
        """Let all minds begin the plot, and write it down as one turn in which everybody is there."""
        plan, log = following.plan, list(following.log)
        rounds = self._rounds(plan)
        for name, mind in self.minds.items():
            others = [other for other in self.minds if other != name]
            notes = mind.join(plan, others, [place.name for place in self.scenario.room.places], rounds)
            log += [("planning", name, note) for note in notes]
        first = self._turn
        data = {"index": index, "plan": plan.model_dump(mode="json")}
        states = {name: mind.checkpoint() for name, mind in self.minds.items()}
        self.folder.record.add_turn(first, None, Usage(), states, [*log, ("plot", None, data)])
        perform_idle(self.folder, self.stage, first, self._idle_seconds(first), {})
        if self.scenario.length > 1:
            self.report(f"Plot {index + 1}: {plan.title}", 0, 0)
        return self._episode(plan, following.script, first)

    def _episode(self, plan: PlotPlan, script: tuple[ScriptLine, ...], first: int) -> Episode:
        return Episode(
            self.folder, self.stage, self.minds, self.meter, plan, script, first, self._rounds(plan), self.report
        )

    def _rounds(self, plan: PlotPlan) -> int:
        return self.scenario.rounds if plan.rounds is None else plan.rounds

    def _script(self, index: int) -> list[ScriptLine]:
        return self.scenario.plots[index].script if index < len(self.scenario.plots) else []

    def _close_episode(self, index: int, reason: str) -> None:
        """Everybody looks back; what that changed is written in one go with the end of the plot."""
        self.report("Looking back", 0, 0)
        changes = all_at_once(self.minds, lambda name: self.minds[name].finish(), self.meter)
        log: list[LoggedEvent] = [("reflection", name, change) for name, items in changes.items() for change in items]
        end = {"index": index, "reason": self.meter.exceeded() or reason}
        states = {name: mind.checkpoint() for name, mind in self.minds.items()}
        number = self._turn
        self.folder.record.add_turn(number, None, Usage(), states, [*log, ("plot_end", None, end)])
        self.folder.record.set_meta("seconds_played", self._seconds_played())
        perform_idle(self.folder, self.stage, number, self._idle_seconds(number), {})

    def _finish(self) -> None:
        spent = self.meter.exceeded()
        if spent:
            self.folder.record.add_events("notice", [f"The run ended early: {spent}."])
        self.folder.record.set_meta("finished", True)
        self.folder.write_transcript()

    # -- turns -------------------------------------------------------------------------------------------------------

    def _finish_pending_turn(self, episode: Episode) -> None:
        """A run killed between a turn's two transactions has a turn that nobody saw: perform it now."""
        for turn in self.folder.record.unseen(STAGE):
            if turn.behaviour is not None:
                episode.perform(turn.turn, turn.behaviour)

    def _finish_pending_idle(self) -> None:
        for turn in self.folder.record.unseen(STAGE):
            if turn.behaviour is None:
                perform_idle(self.folder, self.stage, turn.turn, self._idle_seconds(turn.turn), {})

    def _idle_seconds(self, turn: int) -> float:
        """How long everybody only idles in ``turn``, which opens or closes a plot."""
        opens = {first for first, _, _ in self.folder.record.events_of_turns("plot")}
        return CLOSING_IDLE if turn not in opens else OPENING_IDLE if turn == 0 else BETWEEN_IDLE

    @property
    def _turn(self) -> int:
        """Number of the turn that comes next."""
        return self.folder.record.next_turn()

    def _seconds_played(self) -> float:
        return self._played_before + self._clock() - self._begun
