"""Walking and turning as whole-body segments of a performance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.feet import Build, Stance
from digital_life.momat.inertia import Limits
from digital_life.momat.locomotion import End, LocomotionController
from digital_life.momat.walking import walk_root
from digital_life.stage.timeline import Segment

Array = NDArray[np.float64]


def go(
    controller: LocomotionController, points: Array, facing: tuple[float, float], stance: Stance, build: Build, end: End
) -> tuple[Segment, Stance]:
    """Go along ``points`` [N, 2], turning ``facing`` from the first to the second direction (radians), and how the feet
    then stand. Points that coincide make a turn on the spot.
    """
    wanted = walk_root(points, *facing)
    walked = controller.walk(wanted, stance, build, end=end)
    limits = Limits.of(walked.rotations, walked.pelvis - build.skeleton.rest_joints[0], build.skeleton)
    return Segment(walked.pelvis, walked.rotations, walked.feet, limits), walked.stance
