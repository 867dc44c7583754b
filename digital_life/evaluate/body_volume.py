"""How much volume the limbs of a body lose or gain over their range of motion, with and without pose correctives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from digital_life.body.corrective_skin import dense_weights, identity_correctives
from digital_life.body.geometry import triangles
from digital_life.body.identity import Identity
from digital_life.body.limb_volume import LimbSkin, Turns, both_sides, skinned, volume

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Motion:
    """One way to bend a limb, on both sides at once, from rest to an end; the skin of ``limb`` is measured."""

    limb: str
    name: str
    turns: Turns


MOTIONS = (
    Motion("wrist", "twist +80", (("wrist", 0, 80),)),
    Motion("wrist", "twist -80", (("wrist", 0, -80),)),
    Motion("wrist", "bend 75", (("wrist", 2, -75),)),
    Motion("elbow", "bend 140", (("elbow", 1, -140),)),
    Motion("elbow", "twist -80", (("elbow", 0, -80),)),
    Motion("shoulder", "arm down 75", (("shoulder", 2, -75),)),
    Motion("shoulder", "arm up 85", (("shoulder", 2, 85),)),
    Motion("shoulder", "across 110", (("shoulder", 1, -110),)),
    Motion("shoulder", "twist 80", (("shoulder", 0, 80),)),
    Motion("hip", "seated 90", (("hip", 0, -90),)),
    Motion("hip", "squat 120", (("hip", 0, -120), ("hip", 1, -15))),
    Motion("hip", "aside 45", (("hip", 2, 45),)),
    Motion("knee", "bend 140", (("knee", 0, 140),)),
    Motion("ankle", "point 45", (("ankle", 0, 45),)),
)
STEPS = 6


class LimbVolumes:
    """Measures one undressed body."""

    def __init__(self, identity: Identity) -> None:
        self._vertices = identity.vertices.astype(np.float64)
        self._joints = identity.joints
        dense = dense_weights(identity.weight_index, identity.weight_value)
        self._weights = scipy.sparse.csr_matrix(dense.astype(np.float32))
        self._correctives = identity_correctives(identity)
        self._skin = LimbSkin(
            self._vertices, self._joints, self._weights, triangles(identity.quads("body")).astype(np.int64)
        )

    def posed(self, turns: Turns, *, corrected: bool) -> Floats:
        """Vertices [N, 3] of the base mesh in the pose."""
        matrices = both_sides(turns)
        vertices = self._vertices
        if corrected:
            moved, weights = self._correctives.moved, self._correctives.weights(matrices)
            vertices = vertices.copy()
            vertices[moved] += (self._correctives.offset_matrix @ weights).reshape(-1, 3)
        return skinned(vertices, self._weights, self._joints, matrices)

    def change(self, motion: Motion, *, corrected: bool) -> float:
        """The largest change of the limb's volume on the way to the end of the motion; -0.2: a fifth is lost."""
        around = self._skin.around(motion.limb)
        rest, limb = volume(self._vertices, *around), volume(self._vertices, *self._skin.limb(motion.limb))
        changes = []
        for share in np.linspace(1 / STEPS, 1, STEPS):
            turns = tuple((joint, axis, share * degrees) for joint, axis, degrees in motion.turns)
            changes.append((volume(self.posed(turns, corrected=corrected), *around) - rest) / limb)
        return max(changes, key=abs)
