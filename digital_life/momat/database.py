"""The motion database: one folder of memory-mapped arrays that grows by whole shards and is never half-written.

::

    manifest.json          format, version, skeleton and the shards that count
    shards/<name>/         *.npy (see ``shard``) and clips.json (see ``records``)

``add`` fills a new folder without disturbing readers, then, under a lock, gives it its final name and replaces the
manifest. What a killed process leaves behind is not in the manifest and is swept away by the next ``add``.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from digital_life.errors import AssetError
from digital_life.momat.clip import SEGMENT_MARK, Clip
from digital_life.momat.manifest import Manifest, ShardEntry, read_manifest, skeleton_key
from digital_life.momat.records import clips_of, place_of
from digital_life.momat.shard import CLIPS, Place, Shard
from digital_life.motion.anchor import anchored
from digital_life.motion.fit import fit_motion
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import canonical_skeleton

SHARDS = "shards"
KEPT_FRAMES = 30_000
"""Frames that stay decoded (about 26 MB); the clips that were wanted last are kept."""


class MotionDatabase:
    """The clips of the database in ``folder`` as they were when it was opened; an empty one if there is none."""

    def __init__(self, folder: Path) -> None:
        """Read the manifest and the words and map the arrays; frames are read when a clip asks for them.

        Raises:
            AssetError: the database is damaged or of another version.
        """
        self.folder = folder
        self.manifest: Manifest = read_manifest(folder)
        self.records: dict[str, dict[str, Any]] = {}
        for entry in self.manifest.shards:
            self.records |= {record["id"]: record for record in _read_records(folder, entry)}
        self._shards = {entry.name: Shard(folder / SHARDS / entry.name) for entry in self.manifest.shards}
        for entry in self.manifest.shards:
            self._shards[entry.name].check(entry.frames)
        self._kept = _Kept()
        self._fits = skeleton_key(self.manifest.skeleton) == skeleton_key(canonical_skeleton())

    @property
    def key(self) -> str:
        """Hash that changes with every change of the content."""
        return self.manifest.key

    def clips(self) -> list[Clip]:
        """All takes, each followed by its segments."""
        return [clip for record in self.records.values() for clip in clips_of(record, self)]

    def kinematics(self, place: Place, number: int) -> dict[str, float]:
        """The measures of a take (``number`` 0) or of one of its segments (from 1)."""
        return self._shards[place.shard].kinematics(place.kinematics + number)

    def frames(self, record: Mapping[str, Any], first: int, last: int) -> Motion:
        """Frames ``first`` to ``last`` (exclusive) of a take, on the canonical skeleton; a part of it is anchored anew."""
        place = place_of(record)
        name = (place.shard, place.start + first, place.start + last)
        motion = self._kept.get(name)
        if motion is None:
            motion = self._decode(record, first, last)
            self._kept.put(name, motion)
        return motion

    def _decode(self, record: Mapping[str, Any], first: int, last: int) -> Motion:
        place = place_of(record)
        whole = last - first == place.frames
        clip_id = record["id"] if whole else f"{record['id']}{SEGMENT_MARK}{first}"
        provenance = {"clips": [clip_id], "source": record["source"], "licence": record["licence"]}
        motion = self._shards[place.shard].motion(place, first, last, provenance)
        if not whole:
            motion = anchored(motion, self.manifest.skeleton)
        if not self._fits:
            motion = fit_motion(motion, canonical_skeleton(), self.manifest.skeleton)
        motion.rotations.flags.writeable = False  # the arrays are shared by all who ask for the clip
        motion.translation.flags.writeable = False
        return motion


class _Kept:
    """The motions that were wanted last, up to ``KEPT_FRAMES`` frames."""

    def __init__(self) -> None:
        self._motions: OrderedDict[tuple[str, int, int], Motion] = OrderedDict()
        self._frames = 0
        self._lock = Lock()

    def get(self, name: tuple[str, int, int]) -> Motion | None:
        with self._lock:
            if name in self._motions:
                self._motions.move_to_end(name)
            return self._motions.get(name)

    def put(self, name: tuple[str, int, int], motion: Motion) -> None:
        with self._lock:
            if name in self._motions:
                return
            self._motions[name] = motion
            self._frames += len(motion)
            while self._frames > KEPT_FRAMES and len(self._motions) > 1:
                self._frames -= len(self._motions.popitem(last=False)[1])


def _read_records(folder: Path, entry: ShardEntry) -> list[dict[str, Any]]:
    path = folder / SHARDS / entry.name / CLIPS
    mend = "restore the folder from a copy, or add the motions to a new database: digital-life motions add PATH --to FOLDER"
    try:
        text = path.read_bytes()
    except OSError as error:
        raise AssetError(f"{path}: a part of the motion database is missing ({error.strerror})", mend) from error
    if hashlib.sha256(text).hexdigest() != entry.sha256:
        raise AssetError(f"{path}: was changed or damaged after it was written", mend)
    records: list[dict[str, Any]] = json.loads(text)
    return records
