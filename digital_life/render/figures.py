"""Single frames of a motion as small pictures, drawn as stick figures where there is no OpenGL for bodies."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import PARENTS, Skeleton, canonical_skeleton
from digital_life.render.camera import Camera

Size = tuple[int, int]

VIEW = 0.5
"""Radians from the camera's top to its bottom."""
_HEIGHT_SEEN = 2.4
_MIDDLE = 1.0
_FROM_THE_SIDE, _FROM_ABOVE = np.radians(28.0), np.radians(9.0)
WALL, _FLOOR = (226, 229, 233), (196, 200, 206)
_LEFT, _RIGHT, _TRUNK = (38, 110, 190), (205, 84, 60), (60, 62, 70)
_HANDS = 25
"""Joints from this one on are the fingers'."""


class Figures(Protocol):
    """Draws frames of motions that are on the canonical skeleton."""

    def picture(self, motion: Motion, frame: int) -> Image.Image:
        """The frame, seen from the front and a little from the body's right; the camera goes with the pelvis."""
        ...


def camera_at(motion: Motion, frame: int, skeleton: Skeleton) -> Camera:
    """The camera of every picture: it goes along with the pelvis over the floor and always looks the same way."""
    x, _, z = (skeleton.rest_joints[0] + motion.translation[frame]).tolist()
    distance = _HEIGHT_SEEN / 2 / np.tan(VIEW / 2)
    back = np.array([-np.sin(_FROM_THE_SIDE), np.tan(_FROM_ABOVE), np.cos(_FROM_THE_SIDE)])
    eye = np.array([x, _MIDDLE, z]) + back / np.linalg.norm(back) * distance
    return Camera((float(eye[0]), float(eye[1]), float(eye[2])), (x, _MIDDLE, z), VIEW)


class StickFigures:
    """Bones as lines: left blue, right red. Needs nothing but NumPy and Pillow."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._skeleton = canonical_skeleton()

    def picture(self, motion: Motion, frame: int) -> Image.Image:
        """See :class:`Figures`."""
        positions, _ = forward_kinematics(motion.rotations[frame], motion.translation[frame], self._skeleton)
        camera = camera_at(motion, frame, self._skeleton)
        large = (2 * self._size[0], 2 * self._size[1])
        points = camera.project(positions, large)
        image = Image.new("RGB", large, WALL)
        brush = ImageDraw.Draw(image)
        self._draw_floor(brush, camera, positions[0], large)
        for joint, parent in enumerate(PARENTS):
            if parent < 0 or joint in (22, 23, 24):
                continue
            colour = _TRUNK if abs(self._skeleton.rest_joints[joint, 0]) < 0.01 else _side(joint, self._skeleton)
            brush.line([tuple(points[parent]), tuple(points[joint])], colour, 3 if joint >= _HANDS else 7)
        radius = large[1] * 0.045
        x, y = points[15]
        brush.ellipse((x - radius, y - 1.6 * radius, x + radius, y + 0.6 * radius), fill=_TRUNK)
        return image.resize(self._size, Image.Resampling.LANCZOS)

    def _draw_floor(self, brush: ImageDraw.ImageDraw, camera: Camera, pelvis: NDArray[np.float64], size: Size) -> None:
        """Lines half a metre apart that stay where they are while the figure moves over them."""
        near = np.round(pelvis[[0, 2]] * 2) / 2
        for step in np.arange(-1.5, 2.0, 0.5):
            for along in (0, 1):
                ends = np.zeros((2, 3))
                ends[:, 2 * along] = near[along] + step
                ends[:, 2 - 2 * along] = near[1 - along] + np.array([-1.5, 1.5])
                brush.line([tuple(point) for point in camera.project(ends, size)], _FLOOR, 3)


def _side(joint: int, skeleton: Skeleton) -> tuple[int, int, int]:
    return _LEFT if skeleton.rest_joints[joint, 0] > 0 else _RIGHT
