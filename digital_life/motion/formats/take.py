"""``Take``: a recorded movement on the recording's own skeleton, before it is brought onto ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Take:
    """T frames of a skeleton with J joints; parents stand before their children.

    ``offsets`` [J, 3] and ``rest`` [J, 4] place each joint in its parent when nothing is keyed. ``rotations``
    [T, J, 4] are local rotations with ``rest`` already in them; ``places`` holds the local positions [T, 3] of the
    joints that have some (they replace the offset). ``tips`` are the ends [3] of joints without children. Lengths are
    in the file's own unit, +Y is up.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: Array
    rest: Array
    rotations: Array
    places: Mapping[int, Array]
    fps: float
    source: str
    tips: Mapping[int, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rotations)

    def slice(self, start: int, stop: int | None = None) -> Take:
        """Frames ``start`` to ``stop`` (exclusive)."""
        places = {joint: place[start:stop] for joint, place in self.places.items()}
        return replace(self, rotations=self.rotations[start:stop], places=places)

    def world(self) -> tuple[Array, Array]:
        """Positions [T, J, 3] and rotations [T, J, 4] of all joints in the file's world."""
        return chain(self.parents, self.offsets, self.rotations, self.places)

    def rest_world(self) -> tuple[Array, Array]:
        """Positions [J, 3] and rotations [J, 4] of the unkeyed pose."""
        positions, rotations = chain(self.parents, self.offsets, self.rest[None], {})
        return positions[0], rotations[0]

    def children(self, joint: int) -> list[int]:
        """Indices of the joints that hang on ``joint``."""
        return [child for child, parent in enumerate(self.parents) if parent == joint]

    def resampled(self, fps: float) -> Take:
        """The same movement at another frame rate: rotations by slerp, places linearly."""
        if fps == self.fps:
            return self
        count = max(1, round((len(self) - 1) * fps / self.fps) + 1)
        at = np.clip(np.arange(count) * (self.fps / fps), 0.0, len(self) - 1.0)
        low = np.floor(at + 1e-9).astype(int)
        high = np.minimum(low + 1, len(self) - 1)
        share = np.clip(at - low, 0.0, 1.0)
        rotations = quat.slerp(self.rotations[low], self.rotations[high], share[:, None])
        places = {
            joint: place[low] * (1.0 - share[:, None]) + place[high] * share[:, None]
            for joint, place in self.places.items()
        }
        return replace(self, rotations=rotations, places=places, fps=fps)

    def turned(self, turn: Array) -> Take:
        """The same take in a world rotated by the quaternion ``turn`` [4]; brings Z-up files to Y up."""
        roots = [joint for joint, parent in enumerate(self.parents) if parent < 0]
        offsets, rest, rotations = self.offsets.copy(), self.rest.copy(), self.rotations.copy()
        places = dict(self.places)
        for root in roots:
            offsets[root] = quat.rotate(turn, offsets[root])
            rest[root] = quat.multiply(turn, rest[root])
            rotations[:, root] = quat.multiply(turn, rotations[:, root])
            if root in places:
                places[root] = quat.rotate(turn, places[root])
        return replace(self, offsets=offsets, rest=rest, rotations=rotations, places=places)


def chain(parents: Sequence[int], offsets: Array, rotations: Array, places: Mapping[int, Array]) -> tuple[Array, Array]:
    """Forward kinematics: world positions [T, J, 3] and rotations [T, J, 4] from local rotations [T, J, 4]."""
    frames, joints = rotations.shape[:2]
    positions, world = np.empty((frames, joints, 3)), np.empty((frames, joints, 4))
    for joint, parent in enumerate(parents):
        local = places.get(joint, offsets[joint])
        if parent < 0:
            positions[:, joint], world[:, joint] = local, rotations[:, joint]
            continue
        positions[:, joint] = positions[:, parent] + quat.rotate(world[:, parent], local)
        world[:, joint] = quat.multiply(world[:, parent], rotations[:, joint])
    return positions, world
