"""The motions of a library that are most like a given one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from digital_life.mogen.captioning.consensus import Neighbour
from digital_life.momat.clip import MIRROR_SUFFIX, Clip
from digital_life.momat.feature_table import FeatureTable
from digital_life.momat.features import POSE, frame_features
from digital_life.momat.library import MotionLibrary
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import canonical_skeleton

Rows = NDArray[np.float32]

COUNT = 12
"""Neighbours whose captions are considered."""
LOOKED_AT = 32
"""Clips that move most alike, of which the critic says which mean the same."""
SHARPNESS = 20.0
"""How much more the nearest ones count."""
_QUARTERS = 4


class Critic(Protocol):
    """Embeds what motions mean: :class:`digital_life.mogen.critic.Critic`."""

    def embed_motions(self, motions: Sequence[Motion]) -> Rows:
        """Unit rows [N, D]."""
        ...


class Kinematic:
    """What a body does in each quarter of a motion and how much it varies, in the features of motion matching."""

    def __init__(self, table: FeatureTable) -> None:
        self.table = table

    def of_clips(self, clips: Sequence[Clip]) -> Rows:
        """[N, D]; the clips are in the table, mirrored or not."""
        return np.stack([self._described(self.table.features(clip.id)) for clip in clips])

    def of_motion(self, motion: Motion) -> Rows:
        """[D]."""
        return self._described(frame_features(motion, canonical_skeleton()))

    def _described(self, features: Rows) -> Rows:
        rows = self.table.normalise(features)[:, POSE]
        parts = np.array_split(rows, min(_QUARTERS, len(rows)))
        means = [parts[min(k, len(parts) - 1)].mean(axis=0) for k in range(_QUARTERS)]
        spread = [rows.std(axis=0), np.percentile(rows, 95, axis=0), np.percentile(rows, 5, axis=0)]
        described = np.concatenate([*means, *(2.0 * part for part in spread)])
        return np.asarray(described / max(float(np.linalg.norm(described)), 1e-6), np.float32)


@dataclass(frozen=True)
class Neighbours:
    """Clips with captions, as they are and mirrored: the nearest by movement, put in order by the ``critic`` if any."""

    library: MotionLibrary
    space: Kinematic
    critic: Critic | None = None

    @cached_property
    def _clips(self) -> list[Clip]:
        clips = [clip for clip in self.library.clips if clip.captions and clip.frames > 1]
        return [*clips, *(clip.mirror() for clip in clips)]

    @cached_property
    def _rows(self) -> Rows:
        return self.space.of_clips(self._clips)

    def of(self, motion: Motion, *, count: int = COUNT) -> list[Neighbour]:
        """The nearest clips, nearest first, each as it is or mirrored."""
        cosines = self._rows @ self.space.of_motion(motion)
        clips, near = self._first(cosines, LOOKED_AT if self.critic is not None else count)
        if self.critic is not None and clips:
            motions = [motion, *(clip.motion for clip in clips)]
            rows = self.critic.embed_motions(motions)
            near = rows[1:] @ rows[0]
            order = np.argsort(-near, kind="stable")[:count]
            clips, near = [clips[n] for n in order], near[order]
        weights = np.exp(SHARPNESS * (near - near.max(initial=-1.0)))
        return [
            Neighbour(clip.id, clip.captions, float(weight))
            for clip, weight in zip(clips, weights / max(float(weights.sum()), 1e-9), strict=True)
        ]

    def _first(self, cosines: Rows, count: int) -> tuple[list[Clip], Rows]:
        """The ``count`` best clips, no clip beside its own mirror image, and their cosines."""
        chosen: list[int] = []
        taken: set[str] = set()
        for number in np.argsort(-cosines, kind="stable"):
            name = self._clips[number].id.removesuffix(MIRROR_SUFFIX)
            if name not in taken:
                taken.add(name)
                chosen.append(int(number))
            if len(chosen) == count:
                break
        return [self._clips[number] for number in chosen], cosines[chosen]
