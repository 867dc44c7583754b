"""``FeatureTable``: the features of every frame of many clips and of their mirror images, comparable with each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import AssetError, InputError
from digital_life.kept_files import forget_old, note_use
from digital_life.momat.clip import MIRROR_SUFFIX, Clip
from digital_life.momat.content_key import content_key
from digital_life.momat.features import COLUMNS, FEATURES, GROUPS, features_of, mirror_features
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import canonical_skeleton
from digital_life.whole_file import whole_file

Rows = NDArray[np.float32]
Mask = NDArray[np.bool_]

_MAKERS = ("features",)
"""Modules on which the features of a frame depend, beside the ground floor."""
_BATCH = 32768
"""Frames whose motions are in memory at once while a table is made."""


class FeatureTable:
    """Row r belongs to frame ``r - first`` of a clip; the rows of mirrored clips follow those of all others.

    Values are made comparable group by group: the mean over the table is taken away, then a group is divided by its
    standard deviation (one for all of its columns, so that metres stay metres in every direction) and multiplied by its
    weight over the root of its number of columns. So the squared distance of two rows is the weighted sum of the groups'
    mean squared z-scores.
    """

    def __init__(self, clips: Sequence[Clip], raw: Rows) -> None:
        """``raw`` [N, COLUMNS] holds the features of ``clips``, one after the other; see :meth:`of`."""
        self.clips = tuple(clips)
        self.raw = raw
        self.first = np.concatenate([[0], np.cumsum([clip.frames for clip in self.clips])]).astype(np.intp)
        self._number = {clip.id: number for number, clip in enumerate(self.clips)}

    @staticmethod
    def of(clips: Iterable[Clip], *, key: str = "") -> FeatureTable:
        """The features of ``clips`` (a library too); with the ``key`` of a library kept on disk for the next time.

        Raises:
            InputError: there are no clips, or a clip has no frames.
        """
        clips = list(clips)
        if not clips:
            raise InputError("a feature table of no clips", "give at least one clip")
        path = _cache_file(clips, key) if key else None
        raw = _read(path, sum(clip.frames for clip in clips)) if path else None
        if raw is None:
            raw = _features(clips)
            if path:
                with whole_file(path, "keeping the features of motions") as file:
                    np.save(file, raw)
                forget_old(path)
        return FeatureTable(clips, raw)

    def __len__(self) -> int:
        return 2 * len(self.raw)

    @cached_property
    def mean(self) -> Rows:
        """[COLUMNS] mean of the rows, mirrored ones included."""
        mean = self.raw.mean(axis=0, dtype=np.float64).astype(np.float32)
        return np.asarray(0.5 * (mean + mirror_features(mean)), np.float32)

    @cached_property
    def scale(self) -> Rows:
        """[COLUMNS] what a difference is multiplied by; see the class."""
        off = np.zeros(COLUMNS)
        for at in range(0, len(self.raw), _BATCH):
            part = self.raw[at : at + _BATCH]
            off += np.square(part - self.mean).sum(axis=0, dtype=np.float64)
        scale = np.empty(COLUMNS, np.float32)
        for name, columns in FEATURES.items():
            count, weight, least = GROUPS[name]
            spread = max(float(np.sqrt(off[columns].mean() / len(self.raw))), least)
            scale[columns] = weight / (spread * np.sqrt(count))
        return scale

    @cached_property
    def rows(self) -> Rows:
        """[len(self), COLUMNS] normalised and weighted, ready for an index."""
        rows = np.empty((len(self), COLUMNS), np.float32)
        half = len(self.raw)
        for at in range(0, half, _BATCH):
            part = self.raw[at : at + _BATCH]
            rows[at : at + len(part)] = self.normalise(part)
            rows[half + at : half + at + len(part)] = self.normalise(mirror_features(part))
        return rows

    def normalise(self, features: Rows) -> Rows:
        """Features [..., COLUMNS] as they stand in :attr:`rows`: a query for an index."""
        return np.asarray((features - self.mean) * self.scale, np.float32)

    def locate(self, row: int) -> tuple[Clip, int]:
        """The clip (mirrored where the row is of a mirror image) and the frame of a row.

        Raises:
            InputError: there is no such row.
        """
        if not 0 <= row < len(self):
            raise InputError(f"a feature table of {len(self)} rows has no row {row}", "count rows from 0")
        mirrored, within = divmod(row, len(self.raw))
        number = int(np.searchsorted(self.first, within, side="right")) - 1
        clip = self.clips[number]
        return (clip.mirror() if mirrored else clip), within - int(self.first[number])

    def rows_of(self, clip_id: str) -> slice:
        """Rows of a clip; of its mirror image for an id that ends in ``~mirror``.

        Raises:
            AssetError: the table has no such clip.
        """
        name = clip_id.removesuffix(MIRROR_SUFFIX)
        if name not in self._number:
            raise AssetError(f"the feature table has no clip '{name}'", "make it from the library that is searched")
        number = self._number[name]
        shift = len(self.raw) if clip_id != name else 0
        return slice(shift + int(self.first[number]), shift + int(self.first[number + 1]))

    def features(self, clip_id: str) -> Rows:
        """[frames, COLUMNS] of a clip or of its mirror image, as measured (metres, metres per second).

        Raises:
            AssetError: the table has no such clip.
        """
        rows = self.rows_of(clip_id)
        if rows.start < len(self.raw):
            return self.raw[rows]
        return mirror_features(self.raw[rows.start - len(self.raw) : rows.stop - len(self.raw)])

    def features_at(self, row: int) -> Rows:
        """[COLUMNS] of one row, as measured."""
        mirrored, within = divmod(row, len(self.raw))
        return mirror_features(self.raw[within]) if mirrored else self.raw[within]

    def mask(
        self,
        *,
        clips: Collection[str] | None = None,
        kind: str | None = None,
        posture: str | None = None,
        tag: str | None = None,
        frames_left: int = 0,
        mirrored: bool = True,
    ) -> Mask:
        """[len(self)] which rows a search may answer with.

        Those of ``clips`` (ids; one with ``~mirror`` allows the mirror image), of a kind, for a posture, with a tag, with
        at least ``frames_left`` frames after them; ``mirrored`` False leaves mirror images out.
        """
        sides = [list(self.clips), [clip.mirror() for clip in self.clips]]
        allowed = np.array(
            [
                [
                    (clips is None or clip.id in clips)
                    and (kind is None or clip.kind == kind)
                    and (posture is None or clip.posture in (posture, "any"))
                    and (tag is None or tag in clip.tags)
                    and (mirrored or not clip.mirrored)
                    for clip in side
                ]
                for side in sides
            ]
        )
        lengths = np.diff(self.first)
        left = np.repeat(self.first[1:], lengths) - 1 - np.arange(len(self.raw))
        return np.concatenate([np.repeat(side, lengths) & (left >= frames_left) for side in allowed])


def _features(clips: Sequence[Clip]) -> Rows:
    from rich.console import Console
    from rich.progress import Progress

    rows = np.empty((sum(clip.frames for clip in clips), COLUMNS), np.float32)
    skeleton = canonical_skeleton()
    batch: list[Motion] = []
    done = waiting = 0
    with Progress(transient=True, disable=len(rows) < _BATCH, console=Console(stderr=True)) as progress:
        task = progress.add_task("Measuring motions", total=len(rows))
        for number, clip in enumerate(clips):
            batch.append(_motion(clip))
            waiting += clip.frames
            if waiting >= _BATCH or number == len(clips) - 1:
                rows[done : done + waiting] = features_of(batch, skeleton)
                progress.advance(task, waiting)
                done, waiting, batch = done + waiting, 0, []
    return rows


def _motion(clip: Clip) -> Motion:
    motion = clip.motion
    if len(motion) != clip.frames:
        raise InputError(
            f"clip '{clip.id}' says it has {clip.frames} frames and has {len(motion)}", "build the database again"
        )
    return motion


def _cache_file(clips: Sequence[Clip], key: str) -> Path:
    from digital_life.assets import cache_dir

    skeleton = canonical_skeleton()
    words = f"{key} {[(clip.id, clip.frames) for clip in clips]} {skeleton.floor}".encode()
    digest = content_key(words=words + skeleton.rest_joints.tobytes(), makers=_MAKERS)
    return cache_dir("motions") / f"features-{digest}.npy"


def _read(path: Path, frames: int) -> Rows | None:
    """The kept rows, mapped from disk; None where there are none or the file is damaged."""
    try:
        rows: Rows = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    note_use(path)
    return rows if rows.shape == (frames, COLUMNS) and rows.dtype == np.float32 else None
