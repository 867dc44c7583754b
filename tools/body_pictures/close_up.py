"""Close-up pictures of a character's face and hands, by off-screen OpenGL."""

from __future__ import annotations

from types import TracebackType

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digital_life.body.character import Character
from digital_life.motion import quaternion as quat
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX
from digital_life.render.camera import Camera
from digital_life.render.job import Pose
from digital_life.render.portrait import Portraits

VIEW = 0.3
"""Radians from the camera's top to its bottom."""


class CloseUps:
    """Draws one character from near. Use it as a context manager; one at a time in a process."""

    def __init__(self, character: Character, size: tuple[int, int]) -> None:
        self._size = size
        self.skeleton = character.skeleton
        self._rise = np.array([0.0, -character.skeleton.floor, 0.0])
        self._portraits = Portraits(character, size)

    def __enter__(self) -> CloseUps:
        self._portraits.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._portraits.__exit__(kind, error, trace)

    def picture(
        self, rotations: np.ndarray, face: np.ndarray, target: np.ndarray, towards: np.ndarray, height: float
    ) -> Image.Image:
        """``rotations`` [55, 3] rotation vectors, ``face`` [52]; ``height`` metres are seen around ``target`` [3] (of
        the body at rest) from the direction ``towards`` [3]."""
        turned = quat.from_axis_angle(rotations).astype(np.float32)
        pose = Pose(turned, self._rise.astype(np.float32), face.astype(np.float32))
        middle = target + self._rise
        eye = middle + towards / np.linalg.norm(towards) * height / 2 / np.tan(VIEW / 2)
        return self._portraits.picture(pose, Camera(tuple(eye), tuple(middle), VIEW), self._size)

    def face(
        self, weights: np.ndarray, *, turn: float = 0.0, height: float = 0.27, **joints: np.ndarray
    ) -> Image.Image:
        """The face from the front, or from ``turn`` radians to its left; ``joints`` are rotation vectors by name.

        ``jawOpen`` and its companions turn the jaw joint by the character's own angle.
        """
        rotations = np.zeros((JOINT_COUNT, 3))
        for name, vector in joints.items():
            rotations[JOINT_INDEX[name]] = vector
        eyes = self.skeleton.rest_joints[[JOINT_INDEX["left_eye"], JOINT_INDEX["right_eye"]]].mean(axis=0)
        target = eyes - np.array([0.0, 0.028, 0.0])
        return self.picture(rotations, weights, target, np.array([np.sin(turn), 0.03, np.cos(turn)]), height)

    def hand(self, shape: np.ndarray, side: str, *, palm: bool, height: float = 0.24) -> Image.Image:
        """A hand of the T-pose with ``shape`` [15, 3] rotation vectors: its palm, or its thumb's side."""
        rotations = np.zeros((JOINT_COUNT, 3))
        first = JOINT_INDEX[f"{side}_index1"]
        rotations[first : first + 15] = shape
        if palm:  # the whole arm turns about its length, so that the palm looks to the front
            for joint in ("shoulder", "elbow", "wrist"):
                rotations[JOINT_INDEX[f"{side}_{joint}"], 0] = -np.pi / 6
        wrist, knuckle = (self.skeleton.rest_joints[JOINT_INDEX[f"{side}_{name}"]] for name in ("wrist", "middle1"))
        target = wrist + 1.0 * (knuckle - wrist) - np.array([0.0, 0.0 if palm else 0.02, 0.0])
        return self.picture(rotations, np.zeros(len(ARKIT_NAMES)), target, np.array([0.15, 0.12, 1.0]), height)


def sheet(rows: list[list[tuple[str, Image.Image]]], heading: str = "") -> Image.Image:
    """Captioned pictures in rows."""
    font, title = ImageFont.load_default(size=15), ImageFont.load_default(size=22)
    width, height = rows[0][0][1].size
    gap, line, top = 6, 20, 40 if heading else 6
    whole = Image.new(
        "RGB", (max(map(len, rows)) * (width + gap) + gap, len(rows) * (height + line + gap) + top), (250, 250, 248)
    )
    brush = ImageDraw.Draw(whole)
    brush.text((gap + 4, 8), heading, (28, 30, 36), title)
    for y, row in enumerate(rows):
        for x, (caption, picture) in enumerate(row):
            left, above = gap + x * (width + gap), top + y * (height + line + gap)
            whole.paste(picture, (left, above))
            brush.text((left + 4, above + height + 1), caption, (60, 62, 70), font)
    return whole
