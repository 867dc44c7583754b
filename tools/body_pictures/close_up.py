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
from digital_life.render.meshes import Actor
from digital_life.render.opengl import close_renderer, draw_with_depth, open_renderer

WALL = (0.89, 0.90, 0.92)
_LIGHTS = (((-0.8, 0.9, 1.4), 1.5), ((1.4, 0.2, 0.8), 0.6))


class CloseUps:
    """Draws one character from near. Use it as a context manager; one at a time in a process."""

    def __init__(self, character: Character, size: tuple[int, int]) -> None:
        self._size = size
        self._renderer = open_renderer(*size)
        import pyrender

        self.skeleton = character.skeleton
        self._actor = Actor(character, 0)
        self._scene = pyrender.Scene(bg_color=[*WALL, 1.0], ambient_light=[0.42] * 3)
        self._scene.add(self._actor.mesh)
        self._lens = pyrender.PerspectiveCamera(yfov=0.3, znear=0.05, zfar=10.0)
        self._camera = self._scene.add(self._lens)
        self._lights = [
            self._scene.add(pyrender.DirectionalLight(color=[1.0, 0.97, 0.94], intensity=strength))
            for _, strength in _LIGHTS
        ]

    def __enter__(self) -> CloseUps:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        close_renderer(self._renderer)

    def picture(
        self, rotations: np.ndarray, face: np.ndarray, target: np.ndarray, towards: np.ndarray, height: float
    ) -> Image.Image:
        """``rotations`` [55, 3] rotation vectors, ``face`` [52]; ``height`` metres are seen around ``target`` [3] from
        the direction ``towards`` [3]."""
        self._actor.show(
            Pose(quat.from_axis_angle(rotations).astype(np.float32), np.zeros(3, np.float32), face.astype(np.float32))
        )
        back = towards / np.linalg.norm(towards)
        camera = Camera(tuple(target + back * height / 2 / np.tan(0.15)), tuple(target), 0.3)
        self._scene.set_pose(self._camera, camera.pose())
        side = np.cross([0.0, 1.0, 0.0], back)
        side /= np.linalg.norm(side)
        for light, ((x, y, z), _) in zip(self._lights, _LIGHTS, strict=True):
            place = target + x * side + y * np.array([0.0, 1.0, 0.0]) + z * back
            self._scene.set_pose(light, Camera(tuple(place), tuple(target), 1.0).pose())
        pixels, _ = draw_with_depth(self._renderer, self._scene, self._size)
        return Image.fromarray(np.ascontiguousarray(pixels[..., :3]))

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

    def hand(self, shape: np.ndarray, side: str, towards: np.ndarray, height: float = 0.24) -> Image.Image:
        """A hand at rest in the T-pose with ``shape`` [15, 3] rotation vectors."""
        rotations = np.zeros((JOINT_COUNT, 3))
        first = JOINT_INDEX[f"{side}_index1"]
        rotations[first : first + 15] = shape
        wrist, knuckle = (self.skeleton.rest_joints[JOINT_INDEX[f"{side}_{name}"]] for name in ("wrist", "middle1"))
        target = wrist + 1.1 * (knuckle - wrist)
        return self.picture(rotations, np.zeros(len(ARKIT_NAMES)), target, towards, height)


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
