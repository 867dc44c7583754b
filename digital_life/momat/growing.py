"""Adding takes to a motion database: a new shard, then a new manifest, in one step for everybody who looks."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np

from digital_life.errors import DigitalLifeError, StorageError
from digital_life.momat.clip import Clip
from digital_life.momat.database import SHARDS, MotionDatabase
from digital_life.momat.manifest import (
    ShardEntry,
    database_error,
    read_manifest,
    skeleton_key,
    sync_folder,
    write_manifest,
)
from digital_life.momat.measures import Tracks
from digital_life.momat.new_motion import NewMotion
from digital_life.momat.records import place_of, take_record
from digital_life.momat.shard import CLIPS, Place, ShardWriter
from digital_life.motion.fit import fit_motion
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import Skeleton

BATCH_FRAMES = 4000
"""Frames that are fitted together: enough to make NumPy fast, few enough for the processor's cache."""

_PARTIAL = ".adding-"
_LOCK_SECONDS = 600
_CLASH = "the database has another motion with this id: give another --source, or --replace"


@dataclass
class Outcome:
    """What an addition did: ids that are new, that got new words, and that were there already."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    rejected: list[tuple[str, str]] = field(default_factory=list)
    """(what, reason)."""


def add_motions(folder: Path, takes: Iterable[NewMotion], *, replace_frames: bool = False) -> Outcome:
    """Add ``takes`` to the database in ``folder``, which is made if need be.

    A take that is there already (same frames and captions) changes nothing; one with the same id and frames but other
    words gives the clip its new words; one with the id of a clip with other frames is rejected, or takes its place
    where ``replace_frames`` says so. A process that dies in here, or a full disk, leaves the database as it was.

    Raises:
        AssetError: the database is damaged or of another version.
        StorageError: it cannot be written.
    """
    outcome = Outcome()
    try:
        database = MotionDatabase(folder)
        fresh = _fresh(takes, _Known(database.records.values()), outcome, replace_frames)
        first = next(fresh, None)
        if first is not None:
            (folder / SHARDS).mkdir(parents=True, exist_ok=True)
            with _partial_folder(folder) as partial:
                records = _write_shard(partial, database.manifest.skeleton, chain([first], fresh))
                _commit(folder, partial, records, outcome, replace_frames)
        return outcome
    except OSError as error:
        raise database_error(error, folder) from error


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / ".lock", timeout=_LOCK_SECONDS):
            yield
    except Timeout as error:
        raise StorageError(
            f"{folder}: another process is adding motions", "wait until it is done, then try again"
        ) from error


@contextlib.contextmanager
def _partial_folder(folder: Path) -> Iterator[Path]:
    """A folder for the new shard, with a lock by which others see that its process lives; what dead ones left goes."""
    from filelock import FileLock

    with _locked(folder):
        _sweep(folder)
        partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=folder / SHARDS))
        lock = FileLock(_lock_path(partial))
        lock.acquire()
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        lock.release()
        _lock_path(partial).unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Delete what killed processes left: folders that are not in the manifest and whose process is gone."""
    from filelock import FileLock, Timeout

    known = {entry.name for entry in read_manifest(folder).shards}
    for path in (folder / SHARDS).iterdir():
        if path.name in known or not path.is_dir():
            continue
        with contextlib.suppress(Timeout), FileLock(_lock_path(path), timeout=0):
            shutil.rmtree(path, ignore_errors=True)
            _lock_path(path).unlink(missing_ok=True)


def _lock_path(shard: Path) -> Path:
    return shard.with_name(f"{shard.name}.lock")


def _write_shard(partial: Path, skeleton: Skeleton, fresh: Iterable[_Fresh]) -> list[dict[str, Any]]:
    """The records of new takes; their frames are on the disk, in ``partial``."""
    records: list[dict[str, Any]] = []
    with ShardWriter(partial, secrets.token_hex(8)) as writer:
        for batch in _batches(fresh):
            records += _write_batch(writer, skeleton, batch)
        writer.finish()
    return records


class _Known:
    """What the database holds already, by id and by content."""

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        self._by_id = {record["id"]: record for record in records}
        self._contents = {(record["digest"], *record["captions"]) for record in self._by_id.values()}

    def note(self, record: Mapping[str, Any]) -> None:
        """A clip of this addition: its id is taken, but its copies under other ids are the adder's own wish."""
        self._by_id[record["id"]] = record

    def judge(self, record: Mapping[str, Any]) -> Literal["new", "same", "words", "clash"]:
        """Whether a clip is new, is there already, brings other words, or has the id of a clip with other frames."""
        old = self._by_id.get(record["id"])
        if old is None:
            return "same" if (record["digest"], *record["captions"]) in self._contents else "new"
        if old["digest"] != record["digest"]:
            return "clash"
        return "same" if old["words"] == record["words"] else "words"


@dataclass(frozen=True)
class _Fresh:
    """A take that must be written, with its frames."""

    take: NewMotion
    digest: str
    motion: Motion


def _fresh(takes: Iterable[NewMotion], known: _Known, outcome: Outcome, replace_frames: bool) -> Iterator[_Fresh]:
    """The takes that must be written; what becomes of the others goes into ``outcome`` at once."""
    for take in takes:
        clip = take.clip
        try:
            digest = take.digest()
        except DigitalLifeError as error:
            outcome.rejected.append((clip.id, error.problem))
            continue
        record = take_record(clip, take.segments, Place("", 0, clip.frames), digest)
        verdict = known.judge(record)
        if verdict == "same":
            outcome.unchanged.append(clip.id)
            continue
        if verdict == "clash" and not replace_frames:
            outcome.rejected.append((clip.id, _CLASH))
            continue
        try:
            motion = clip.motion
        except DigitalLifeError as error:
            outcome.rejected.append((clip.id, error.problem))
            continue
        (outcome.added if verdict == "new" else outcome.updated).append(clip.id)
        known.note(record)
        yield _Fresh(take, digest, motion)


def _batches(fresh: Iterable[_Fresh]) -> Iterator[list[_Fresh]]:
    """Runs of takes on one skeleton with about ``BATCH_FRAMES`` frames in all."""
    batch: list[_Fresh] = []
    for new in fresh:
        full = sum(len(one.motion) for one in batch) >= BATCH_FRAMES
        if batch and (full or new.take.skeleton is not batch[0].take.skeleton):
            yield batch
            batch = []
        batch.append(new)
    if batch:
        yield batch


def _write_batch(writer: ShardWriter, skeleton: Skeleton, batch: Sequence[_Fresh]) -> list[dict[str, Any]]:
    """Fit, measure and write some takes; their records."""
    joined = Motion(
        np.concatenate([new.motion.translation for new in batch]),
        np.concatenate([new.motion.rotations for new in batch]),
    )
    if skeleton_key(batch[0].take.skeleton) != skeleton_key(skeleton):
        joined = fit_motion(joined, skeleton, batch[0].take.skeleton)
    all_tracks = Tracks.of(joined, skeleton)
    records, start = [], 0
    for new in batch:
        take, stop = new.take, start + len(new.motion)
        tracks = all_tracks.part(start, stop)
        fitted = replace(joined.slice(start, stop), face=new.motion.face, contacts=tracks.contacts())
        kinematics = [{**take.clip.kinematics, **tracks.kinematics()}]
        for part in take.segments:
            kinematics.append({**part.clip.kinematics, **tracks.part(part.first, part.last).kinematics()})
        place = writer.append(fitted, kinematics, fingers=take.clip.has_fingers)
        records.append(take_record(take.clip, take.segments, place, new.digest) | _ends(take.clip, tracks))
        start = stop
    return records


def _ends(clip: Clip, tracks: Tracks) -> dict[str, str]:
    """Somebody who falls, rolls or gets up is on the floor for a part of the clip only and may stand before or after."""
    if clip.posture != "floor" or clip.posture_end != "floor":
        return {}
    start, end = ("standing" if posture == "standing" else "floor" for posture in tracks.postures())
    return {"posture": start, "posture_end": end}


def _commit(
    folder: Path, partial: Path, records: Sequence[dict[str, Any]], outcome: Outcome, replace_frames: bool
) -> None:
    """Make the new shard a part of the database; clips that another process added meanwhile are left out."""
    name = place_of(records[0]).shard
    with _locked(folder):
        now = MotionDatabase(folder)
        known = _Known(now.records.values())
        wanted = ("new", "words", "clash") if replace_frames else ("new", "words")
        verdicts = {record["id"]: known.judge(record) for record in records}
        new = [record for record in records if verdicts[record["id"]] in wanted]
        _note_late(outcome, verdicts, {record["id"] for record in new})
        if not new:
            return
        text = json.dumps(new, ensure_ascii=False, separators=(",", ":")).encode()
        with (partial / CLIPS).open("wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(partial)
        partial.chmod(0o755)  # temporary folders are private; a database may have readers
        partial.rename(folder / SHARDS / name)
        sync_folder(folder / SHARDS)
        frames = sum(place_of(record).frames for record in new)
        entry = ShardEntry(name, len(new), frames, hashlib.sha256(text).hexdigest())
        write_manifest(folder, replace(now.manifest, shards=(*now.manifest.shards, entry)))


def _note_late(outcome: Outcome, verdicts: Mapping[str, str], written: set[str]) -> None:
    """Clips that another process has added since this one looked."""
    late = [clip_id for clip_id in verdicts if clip_id not in written]
    outcome.added = [clip_id for clip_id in outcome.added if clip_id in written]
    outcome.updated = [clip_id for clip_id in outcome.updated if clip_id in written]
    outcome.unchanged += [clip_id for clip_id in late if verdicts[clip_id] == "same"]
    outcome.rejected += [(clip_id, _CLASH) for clip_id in late if verdicts[clip_id] == "clash"]
