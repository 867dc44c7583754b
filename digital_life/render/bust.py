"""The picture of a persona: head and shoulders, turned a little, before a plain backdrop."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from PIL import Image

from digital_life.body.character import Character
from digital_life.motion.arkit import ARKIT_INDEX
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.render.camera import Camera
from digital_life.render.job import Pose
from digital_life.render.turntable import standing

Size = tuple[int, int]

SIZE: Size = (416, 520)
_TURN = -18.0
_YFOV = 0.24
_HEADS = 2.0
"""Height of the picture in lengths from the neck to the crown."""
_SMILE = {"mouthSmileLeft": 0.28, "mouthSmileRight": 0.28, "cheekSquintLeft": 0.15, "cheekSquintRight": 0.15}


class Pictures(Protocol):
    """Draws one character, such as ``Portraits``."""

    def picture(self, pose: Pose, camera: Camera, size: Size) -> Image.Image:
        """The character in a pose, seen by a camera."""
        ...


def bust(character: Character, pictures: Pictures, size: Size = SIZE) -> Image.Image:
    """Head and shoulders of ``character`` with a small smile; ``size`` is (width, height) in pixels."""
    plain = standing(character, _TURN)
    face = plain.face.copy()
    for name, weight in _SMILE.items():
        face[ARKIT_INDEX[name]] = weight
    pose = Pose(plain.rotations, plain.translation, face)
    joints = forward_kinematics(pose.rotations, pose.translation, character.skeleton)[0]
    neck, head = joints[JOINT_INDEX["neck"]], joints[JOINT_INDEX["head"]]
    crown = max(float(part.vertices[:, 1].max()) for part in character.parts) - character.skeleton.floor
    height = _HEADS * (crown - float(neck[1]))
    middle = np.array([head[0], crown + 0.06 * height - height / 2, head[2]])
    away = height / 2 / float(np.tan(_YFOV / 2))
    eye = (float(middle[0]), float(middle[1]) + 0.03 * away, float(middle[2]) + away)
    return pictures.picture(pose, Camera(eye, (float(middle[0]), float(middle[1]), float(middle[2])), _YFOV), size)
