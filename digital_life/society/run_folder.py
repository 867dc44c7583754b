"""A run folder: ``run.db``, ``scene.json``, characters, performances and audio. It can be moved, zipped, opened elsewhere."""

from __future__ import annotations

import hashlib
import re
import shutil
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from digital_life.errors import InputError, StorageError, storage_error
from digital_life.momat.library import Licences
from digital_life.motion.files import load_motion
from digital_life.society.record import PerformanceRow, Record, TurnRow
from digital_life.society.run_lock import lock_run
from digital_life.society.scenario import LoadedScenario
from digital_life.society.transcript import transcript_lines
from digital_life.sociomind.config import MindConfig
from digital_life.stage.performance import Performance
from digital_life.stage.scene import Room


class SceneFile(BaseModel):
    """``scene.json``: what a run was started with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = 1
    mode: str
    """"simulation" or "chat"."""
    mind: str
    seed: int
    loaded: LoadedScenario | None = None
    """The scenario and its personas; None for a chat, which has a room and one persona only."""
    room: Room
    names: tuple[str, ...]
    title: str
    bodies: bool = True
    """Whether it is performed; without bodies there are only words, and nothing to watch."""
    config: MindConfig = MindConfig()
    """How the minds work: all of it, or an arm of an ablation."""
    licence: Licences = "all"
    """Which motions of the library are played: all, or those alone that may be used for anything."""


@dataclass(frozen=True)
class RunTurn:
    """One turn with everything that was seen in it."""

    row: TurnRow
    performances: list[PerformanceRow]

    @property
    def start(self) -> float:
        """Seconds on the scene clock; 0 where nothing is performed."""
        return min((row.start for row in self.performances), default=0.0)

    @property
    def end(self) -> float:
        """Seconds on the scene clock; 0 where nothing is performed."""
        return max((row.start + row.frames / 30 for row in self.performances), default=0.0)


_LONGEST_STEM = 40


def slug(text: str) -> str:
    """File name part made of a text: lower case letters of any script, digits and dashes."""
    lower = unicodedata.normalize("NFC", text.lower())
    return re.sub(r"[\W_]+", "-", lower).strip("-")[:_LONGEST_STEM].strip("-") or "character"


def file_stem(name: str) -> str:
    """File name part for a character: readable, and as good as never the same for two names.

    Where the slug does not tell the name back ("O'Neil" and "O Neil"), six digits (24 bits) of its hash stand behind it.
    """
    readable = slug(name)
    if readable.replace("-", " ").title() == name:
        return readable
    return f"{readable}-{hashlib.blake2b(name.encode(), digest_size=3).hexdigest()}"


def _older_stem(name: str) -> str:
    """How files of characters were named before every script was readable: ASCII letters and digits only."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "character"


class RunFolder:
    """Paths and contents of one run."""

    def __init__(self, root: Path, scene: SceneFile, record: Record, lock: FileLock | None = None) -> None:
        self.root = root
        self.scene = scene
        self.record = record
        self._lock = lock

    @classmethod
    def create(cls, root: Path, scene: SceneFile, *, force: bool = False) -> RunFolder:
        """Make a new run folder and become its only writer.

        Raises:
            InputError: the folder exists and is not empty (unless ``force``, which removes an old *run* only, and none
                that another process is playing).
            StorageError: it cannot be written.
        """
        cls.check_free(root, force=force)
        if root.exists() and force:
            lock_run(root).release()
            shutil.rmtree(root)
        try:
            for name in ("characters", "performances", "audio"):
                (root / name).mkdir(parents=True, exist_ok=True)
            (root / "scene.json").write_text(scene.model_dump_json(indent=1), encoding="utf-8")
        except OSError as error:
            raise storage_error(error, root, "making the run folder") from error
        return cls._with_record(root, scene, lock_run(root))

    @staticmethod
    def check_free(root: Path, *, force: bool = False) -> None:
        """Say at once, before anything slow is started, that a run cannot be made at ``root``.

        Raises:
            InputError: the folder exists and is not empty (unless ``force`` and it is an old run).
        """
        if not root.exists() or (root.is_dir() and not any(root.iterdir())):
            return
        if not force:
            raise InputError(
                f"{root} exists already",
                "choose another --out, or continue it with --resume, or replace it with --force",
            )
        if not (root / "run.db").is_file() or not (root / "scene.json").is_file():
            raise InputError(f"{root} exists and is no run folder, so --force leaves it alone", "choose another --out")

    @classmethod
    def open(cls, root: str | Path, *, write: bool = False) -> RunFolder:
        """Open an existing run to look at it, or with ``write`` as its only writer.

        Raises:
            InputError: there is no run at ``root``, or another process writes it.
            StorageError: it is damaged.
        """
        root = Path(root)
        if not (root / "run.db").is_file() or not (root / "scene.json").is_file():
            raise InputError(
                f"{root} is no run folder (it has no run.db and scene.json)",
                "make one with: digital-life simulate examples/first_meeting.yaml --out " + str(root),
            )
        try:
            scene = SceneFile.model_validate_json((root / "scene.json").read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise StorageError(
                f"{root / 'scene.json'}: damaged ({_first_problem(error)})", "restore it from a copy, or run it again"
            ) from error
        return cls._with_record(root, scene, lock_run(root) if write else None)

    @classmethod
    def _with_record(cls, root: Path, scene: SceneFile, lock: FileLock | None) -> RunFolder:
        try:
            return cls(root, scene, Record(root / "run.db"), lock)
        except BaseException:
            if lock is not None:
                lock.release()
            raise

    def close(self) -> None:
        """Close the record and let others write."""
        try:
            self.record.close()
        finally:
            self.unlock()

    def unlock(self) -> None:
        """Let others write; reading goes on."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def glb(self, name: str) -> Path:
        """Path of a character's body; that of the older naming where only that file is there."""
        stem, old = file_stem(name), _older_stem(name)
        path = self.root / "characters" / f"{stem}.glb"
        others = (file_stem(other) for other in self.scene.names if other != name)
        if not path.exists() and old not in others and (older := path.with_name(f"{old}.glb")).exists():
            return older
        return path

    @property
    def video(self) -> Path:
        """Path of the video (which may not exist)."""
        return self.root / "video.mp4"

    @property
    def transcript(self) -> Path:
        """Path of the transcript."""
        return self.root / "transcript.md"

    @property
    def finished(self) -> bool:
        """Whether the run came to its end."""
        return bool(self.record.meta("finished", False))

    def turns(self) -> list[RunTurn]:
        """Turns that were performed, in order."""
        by_turn: dict[int, list[PerformanceRow]] = {}
        for row in self.record.performances():
            by_turn.setdefault(row.turn, []).append(row)
        return [RunTurn(row, by_turn[row.turn]) for row in self.record.turns() if row.turn in by_turn]

    @property
    def duration(self) -> float:
        """Seconds of scene that were performed."""
        turns = self.turns()
        return turns[-1].end if turns else 0.0

    def performance(self, row: PerformanceRow) -> Performance:
        """Load one performance (without its sound, which is at ``audio_path``).

        Raises:
            StorageError: its file is missing: the run is damaged.
        """
        if not (self.root / row.file).is_file():
            raise StorageError(
                f"{self.root}: the run is damaged, {row.file} is missing",
                "copy the whole run folder again, or play it anew",
            )
        return Performance(row.character, row.start, load_motion(self.root / row.file), None, row.speech_start)

    def audio_path(self, row: PerformanceRow) -> Path | None:
        """The sound of a performance, or None where nothing was said or no voice is installed."""
        return self.root / row.audio if row.audio else None

    def write_transcript(self) -> Path:
        """Write ``transcript.md`` from the record: who said and did what, and which mind wrote it."""
        lines = [f"# {self.scene.title}", ""]
        if self.scene.loaded:
            lines += [self.scene.loaded.scenario.situation.strip(), ""]
        lines += [f"Mind: {self.scene.mind}", ""]
        lines += transcript_lines(self.record, self.scene.mind, group=len(self.scene.names) > 2)
        try:
            self.transcript.write_text("\n".join(lines) + "\n", encoding="utf-8")
        except OSError as error:
            raise storage_error(error, self.transcript, "writing the transcript") from error
        return self.transcript


def _first_problem(error: ValidationError | UnicodeDecodeError) -> str:
    return str(error.errors()[0]["msg"]) if isinstance(error, ValidationError) else "not UTF-8"
