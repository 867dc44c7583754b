"""A sheet of one character: front, side and back, the face from two sides, the hands."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from digital_life.body.character import Character
from digital_life.errors import InputError, storage_error
from digital_life.momat.gait_file import with_relaxed_fingers
from digital_life.motion import quaternion as quat
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX
from digital_life.render.camera import Camera
from digital_life.render.job import Pose

Size = tuple[int, int]

DETAIL = 400
"""Pixels of a close view, unless told otherwise; a whole figure is twice as high."""
_PAPER, _INK, _FAINT = (250, 250, 248), (28, 30, 36), (112, 116, 126)
_TOP, _GAP = 58, 4
_YFOV = 0.24
_ARMS_DOWN = 1.22


class Pictures(Protocol):
    """Draws the character of the sheet."""

    def picture(self, pose: Pose, camera: Camera, size: Size) -> Image.Image:
        """The character in a pose, seen by a camera."""
        ...


def largest(detail: int = DETAIL) -> Size:
    """Width and height that ``pictures`` of a turntable are asked for at most."""
    return detail, 2 * detail


def turntable(character: Character, pictures: Pictures, about: str = "", *, detail: int = DETAIL) -> Image.Image:
    """The sheet; ``about`` is written under the name, ``detail`` is the side of a close view in pixels."""
    full, close = (round(0.9 * detail), 2 * detail), (detail, detail)
    width = 3 * full[0] + 2 * detail + 6 * _GAP
    sheet = Image.new("RGB", (width, _TOP + full[1] + _GAP), _PAPER)
    brush = ImageDraw.Draw(sheet)
    brush.text((12, 8), character.name, _INK, ImageFont.load_default(size=24))
    brush.text((12, 37), about, _FAINT, ImageFont.load_default(size=13))
    for column, turn in enumerate((0.0, -90.0, 180.0)):
        place = (_GAP + column * (full[0] + _GAP), _TOP)
        sheet.paste(pictures.picture(standing(character, turn), _whole(character), full), place)
    left, below = 3 * full[0] + 4 * _GAP, _TOP + detail
    for x, y, (pose, camera) in (
        (left, _TOP, _face(character, 0.0)),
        (left + detail + _GAP, _TOP, _face(character, -48.0)),
        (left, below, _hand(character, "left", above=True)),
        (left + detail + _GAP, below, _hand(character, "right", above=False)),
    ):
        sheet.paste(pictures.picture(pose, camera, close), (x, y))
    return sheet


def save_turntable(sheet: Image.Image, path: Path) -> None:
    """Write the sheet; the suffix is the format.

    Raises:
        StorageError: the picture cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sheet.save(path, quality=90)
    except OSError as error:
        raise storage_error(error, path, "writing a turntable") from error


def check_picture_name(path: Path) -> None:
    """See that Pillow knows the format.

    Raises:
        InputError: it does not.
    """
    if path.suffix.lower() not in Image.registered_extensions():
        raise InputError(f"{path}: '{path.suffix}' is no picture format", "write a .png or .jpg file")


def standing(character: Character, turn: float = 0.0, arms_down: float = _ARMS_DOWN) -> Pose:
    """Upright with hanging arms and relaxed hands, turned by ``turn`` degrees, on the floor at the origin."""
    rotations = np.tile(np.array([1.0, 0.0, 0.0, 0.0]), (JOINT_COUNT, 1))
    rotations[0] = quat.yaw(np.radians(turn))
    for side, sign in (("left", -1), ("right", 1)):
        rotations[JOINT_INDEX[f"{side}_shoulder"]] = quat.from_axis_angle(np.array([0.0, 0.0, sign * arms_down]))
        bend = np.array([0.0, sign * 0.22 * arms_down / _ARMS_DOWN, 0.0])
        rotations[JOINT_INDEX[f"{side}_elbow"]] = quat.from_axis_angle(bend)
    rotations = with_relaxed_fingers(rotations[None])[0]
    pelvis = character.skeleton.rest_joints[0]
    translation = np.array([-pelvis[0], -character.skeleton.floor, -pelvis[2]], np.float32)
    return Pose(rotations.astype(np.float32), translation, np.zeros(len(ARKIT_NAMES), np.float32))


def _height(character: Character) -> float:
    return max(float(part.vertices[:, 1].max()) for part in character.parts) - character.skeleton.floor


def _whole(character: Character) -> Camera:
    height = _height(character)
    return _looking((0.0, 0.49 * height, 0.0), 1.12 * height, rise=0.06)


def _face(character: Character, turn: float) -> tuple[Pose, Camera]:
    pose = standing(character, turn)
    joints = _joints(character, pose)
    eyes = joints[[JOINT_INDEX["left_eye"], JOINT_INDEX["right_eye"]]].mean(axis=0)
    head = joints[JOINT_INDEX["head"]]
    target = np.array([0.5 * (eyes[0] + head[0]), eyes[1] - 0.012, eyes[2]])
    return pose, _looking(target, 0.36, rise=0.02)


def _hand(character: Character, side: str, *, above: bool) -> tuple[Pose, Camera]:
    """The back of a hand from above, or its palm from below; the arm is stretched to the side."""
    pose = standing(character, arms_down=0.12)
    joints = _joints(character, pose)
    middle = joints[[JOINT_INDEX[f"{side}_wrist"], JOINT_INDEX[f"{side}_middle3"]]].mean(axis=0)
    return pose, _looking(middle, 0.27, rise=0.85 if above else -0.75)


def _looking(target: NDArray[np.float64] | tuple[float, float, float], height: float, *, rise: float) -> Camera:
    """From the front at ``target``, with ``height`` metres from the picture's top to its bottom."""
    x, y, z = (float(part) for part in target)
    away = height / 2 / float(np.tan(_YFOV / 2))
    eye = (x, y + away * float(np.sin(rise)), z + away * float(np.cos(rise)))
    return Camera(eye, (x, y, z), _YFOV)


def _joints(character: Character, pose: Pose) -> NDArray[np.float64]:
    return forward_kinematics(pose.rotations, pose.translation, character.skeleton)[0]
