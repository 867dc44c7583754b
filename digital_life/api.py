"""The Python way: load a scenario, run it, look at it.

>>> import digital_life as dl
>>> run = dl.Scenario.load("examples/first_meeting.yaml").run("runs/hello", mind="offline")
>>> run.view()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from digital_life.behaviour import Behaviour
from digital_life.errors import AssetError, InputError
from digital_life.society.run_folder import RunFolder, slug
from digital_life.society.scenario import LoadedScenario, load_scenario

if TYPE_CHECKING:
    from digital_life.llm.budget import Budget
    from digital_life.llm.chat import ChatModel
    from digital_life.motion.formats.export import Form
    from digital_life.society.scenario import Mode, SceneEvent
    from digital_life.sociomind.interview import Answer

MindKind = Literal["auto", "openai", "local", "offline"]
Report = Callable[[str, int, int], None]


def _silent(_what: str, _done: int, _total: int) -> None:
    pass


@dataclass(frozen=True)
class Scenario:
    """A scenario with its personas, ready to run."""

    loaded: LoadedScenario

    @classmethod
    def load(cls, path: str | Path) -> Scenario:
        """Read a scenario file and the personas it names.

        Raises:
            InputError: something in the files is wrong; the message names file, line and field.
        """
        return cls(load_scenario(path))

    def run(
        self,
        out: str | Path | None = None,
        *,
        mind: MindKind = "auto",
        model: str | None = None,
        base_url: str | None = None,
        seed: int | None = None,
        licence: Literal["default", "permissive", "all"] = "default",
        mode: Mode | None = None,
        episodes: int | None = None,
        events: Sequence[SceneEvent] = (),
        budget: Budget | None = None,
        record: str | Path | None = None,
        replay: str | Path | None = None,
        bodies: bool = True,
        resume: bool = False,
        force: bool = False,
        report: Report = _silent,
        notice: Callable[[str], None] = print,
    ) -> Run:
        """Play the scenario into the folder ``out``; default: ``runs/`` and the title.

        ``licence`` "permissive" plays no motion that may not be used commercially, "all" generates with research weights. ``mode``, ``episodes`` (plots),
        ``events`` and ``budget`` go before what the scenario says. ``record`` keeps all answers of the model in a cassette,
        ``replay`` plays from one without a model: the same run again, to the byte. Without ``bodies`` only the minds play.

        Raises:
            InputError: ``out`` exists (use ``resume`` or ``force``), or options do not go together.
            ModelError: the mind gave no answer; what was played is kept and can be resumed.
            StorageError: the disk is full or not writable; what was played is kept and can be resumed.
        """
        from digital_life.llm.recording import RecordedModel
        from digital_life.society.simulation import Simulation, Wanted, resume_run, start_run
        from digital_life.stage.gate import Gate
        from digital_life.voice.voices import voice_notice

        if resume and force:
            raise InputError("--resume goes on with a run, --force replaces it", "choose one of the two")
        if record and replay:
            raise InputError("--record keeps a model's answers, --replay plays them", "choose one of the two")
        wanted = Wanted(mode, episodes, tuple(events), budget)
        out = Path(out) if out else Path("runs") / slug(self.loaded.scenario.title)
        if not resume:
            RunFolder.check_free(out, force=force)
        loaded = self.loaded if resume else wanted.applied(self.loaded)
        chat_model, reason = _model(mind, model, base_url, seed or 0, record, replay)
        notice(f"Mind: {reason}")
        try:
            label = chat_model.profile.label
            if resume:
                folder = resume_run(self.loaded, out, seed=seed, licence=licence, wanted=wanted)
                if folder.finished:
                    notice("The run was played to its end already; nothing was added.")
            else:
                folder = start_run(loaded, out, mind=label, seed=seed, force=force, licence=licence, bodies=bodies)
            if isinstance(chat_model, RecordedModel):
                folder.record.clock = chat_model.clock
            silent = voice_notice() if folder.scene.bodies else None
            if silent:
                notice(f"Voice: {silent}")
                folder.record.add_events("notice", [silent])
            matched = Gate.default(folder.scene.licence).note if folder.scene.bodies else ""
            if matched:
                notice(f"Motion: {matched}")
                folder.record.add_events("notice", [matched])
            try:
                Simulation(folder, chat_model, report, budget=budget).run()
            except BaseException:
                folder.close()
                raise
            folder.unlock()
        finally:
            chat_model.close()
        return Run(folder)


def _model(
    mind: MindKind,
    model: str | None,
    base_url: str | None,
    seed: int,
    record: str | Path | None,
    replay: str | Path | None,
) -> tuple[ChatModel, str]:
    """The model that is asked, or the cassette that answers in its place, and one line that says which."""
    from digital_life.llm.connect import connect
    from digital_life.llm.recording import RecordedModel

    if replay:
        cassette = RecordedModel(Path(replay))
        return cassette, f"the cassette {replay} ({cassette.profile.label}), no model is asked"
    found, reason = connect(mind, model=model, base_url=base_url, seed=seed)
    return (RecordedModel(Path(record), found), f"{reason}; recorded to {record}") if record else (found, reason)


@dataclass(frozen=True)
class Run:
    """A run that was played: read it, watch it, make its video."""

    folder: RunFolder

    @classmethod
    def open(cls, path: str | Path) -> Run:
        """Open a run folder.

        Raises:
            InputError: there is no run at ``path``.
        """
        return cls(RunFolder.open(path))

    @property
    def behaviours(self) -> list[Behaviour]:
        """What was said and done, in order."""
        return [turn.behaviour for turn in self.folder.record.turns() if turn.behaviour]

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.folder.root

    def interview(
        self,
        name: str,
        question: str,
        *,
        turn: int | None = None,
        mind: MindKind = "auto",
        model: str | None = None,
        base_url: str | None = None,
    ) -> Answer:
        """Ask a character of the run about itself, as it is at the end or was after ``turn``. The run does not change.

        Raises:
            InputError: nobody has that name, nothing is asked, or nothing was recorded up to that turn.
        """
        from digital_life.llm.connect import connect
        from digital_life.society.interviewing import mind_of_run

        chat_model, _ = connect(mind, model=model, base_url=base_url)
        try:
            return mind_of_run(self.folder, name, chat_model, turn=turn).interview(question)
        finally:
            chat_model.close()

    def view(self, *, host: str = "127.0.0.1", port: int = 0, open_browser: bool = True) -> None:
        """Replay in the browser; returns when the server is stopped with Ctrl-C."""
        from digital_life.viewer.run_source import RunSource
        from digital_life.viewer.server import replay_app, serve

        serve(replay_app(RunSource(self.folder)), host=host, port=port, open_browser=open_browser)

    def render(
        self,
        out: str | Path | None = None,
        *,
        size: tuple[int, int] = (1280, 720),
        fast: bool = False,
        report: Report = _silent,
        notice: Callable[[str], None] = print,
    ) -> Path:
        """Write the video (H.264 with sound, 30 fps); returns its path.

        ``fast`` draws a preview; where the quick renderer does not work, ``notice`` is told and the usual one draws.

        Raises:
            AssetError: no off-screen OpenGL on this machine; the message says what to install.
        """
        from digital_life.render.run_video import render_run_folder

        target = Path(out) if out else self.folder.video
        return render_run_folder(self.folder, target, size=size, report=report, fast=fast, notice=notice)

    def export(
        self, form: Form = "glb", out: str | Path | None = None, *, force: bool = False, report: Report = _silent
    ) -> list[Path]:
        """Write one file for each character for other programs (default folder: ``export`` in the run); their paths.

        Raises:
            InputError: a file is there already and ``force`` is not given.
        """
        from digital_life.society.run_export import export_run

        target = Path(out) if out else self.path / "export"
        return export_run(
            self.folder, form, target, force=force, report=lambda done, total: report("export", done, total)
        )

    def try_render(self, notice: Callable[[str], None] = print, report: Report = _silent) -> Path | None:
        """Write the video where that is possible; otherwise say what to install and return None."""
        try:
            return self.render(report=report)
        except AssetError as error:
            notice(f"No video: {error}")
            return None
