"""How large, fast and abrupt a gesture is: what tells the gestures of lively people from those of quiet ones."""

from __future__ import annotations

import numpy as np

from digital_life.momat.clip import Clip
from digital_life.momat.gesture_size import reach
from digital_life.momat.hand_stops import jerks, speeds, wrists
from digital_life.motion.skeleton import canonical_skeleton

_LEAST = 1e-3


def vigour_of(clip: Clip) -> float:
    """Logarithm of reach (lengths of the arm), speed (m/s) and jerk (m/s³) of the wrists, means over the clip, multiplied.

    Size, speed and jerk of gestures rise together with arousal (Castillo and Neff 2019).
    """
    motion, skeleton = clip.motion, canonical_skeleton()
    places = wrists(motion.rotations, motion.translation, skeleton)
    measures = (reach(motion.rotations, skeleton), speeds(places), jerks(places))
    return float(sum(np.log(max(float(values.mean()) if values.size else 0.0, _LEAST)) for values in measures))
