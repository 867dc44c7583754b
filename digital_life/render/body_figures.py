"""Single frames of a motion as small pictures of the dressed default body, by off-screen OpenGL."""

from __future__ import annotations

from types import TracebackType

import numpy as np
from PIL import Image

from digital_life.body.appearance import build_character
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.fit import fit_motion
from digital_life.motion.motion import Motion
from digital_life.persona.appearance import Appearance
from digital_life.render.camera import Camera
from digital_life.render.figures import VIEW, WALL, Size, camera_at
from digital_life.render.job import Pose
from digital_life.render.meshes import Actor, solid_mesh
from digital_life.render.opengl import close_renderer, draw_with_depth, open_renderer
from digital_life.render.solids import Colour, Solid, quad

_TILE = 0.5
_TILES: tuple[Colour, Colour] = ((0.80, 0.82, 0.85), (0.74, 0.76, 0.80))
_LIGHTS = (((-1.2, 2.6, 1.6), 0.9), ((1.5, 1.2, 0.8), 0.35))
"""Where light comes from, as seen from the figure, and how strong it is."""


class BodyFigures:
    """Draws the dressed default body (see ``figures.Figures``). Use it as a context manager; one at a time in a process.

    Raises:
        AssetError: no off-screen OpenGL on this machine.
    """

    def __init__(self, size: Size) -> None:
        self._size = size
        self._renderer = open_renderer(*size)
        import pyrender

        character = build_character("figure", Appearance())
        self._skeleton = character.skeleton
        self._actor = Actor(character)
        self._scene = pyrender.Scene(bg_color=[*(part / 255 for part in WALL), 1.0], ambient_light=[0.45] * 3)
        self._scene.add(self._actor.mesh)
        self._floor = self._scene.add(solid_mesh(_floor()))
        self._camera = self._scene.add(pyrender.PerspectiveCamera(yfov=VIEW, znear=0.1, zfar=40.0))
        self._lights = [
            self._scene.add(pyrender.DirectionalLight(color=[1.0, 0.97, 0.93], intensity=strength))
            for _, strength in _LIGHTS
        ]

    def __enter__(self) -> BodyFigures:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        close_renderer(self._renderer)

    def picture(self, motion: Motion, frame: int) -> Image.Image:
        """The frame, with the camera going along with the pelvis."""
        one = fit_motion(motion.slice(frame, frame + 1), self._skeleton)
        face = np.zeros(len(ARKIT_NAMES), np.float32) if one.face is None else one.face[0]
        self._actor.show(Pose(one.rotations[0], one.translation[0], face))
        camera = camera_at(one, 0, self._skeleton)
        self._scene.set_pose(self._camera, camera.pose())
        below = (camera.target[0], 0.0, camera.target[2])
        floor = np.eye(4)
        floor[[0, 2], 3] = np.floor([below[0], below[2]])
        self._scene.set_pose(self._floor, floor)
        for light, ((x, y, z), _) in zip(self._lights, _LIGHTS, strict=True):
            self._scene.set_pose(light, Camera((below[0] + x, y, below[2] + z), below, 1.0).pose())
        pixels, _ = draw_with_depth(self._renderer, self._scene, self._size)
        return Image.fromarray(np.ascontiguousarray(pixels[..., :3]))


def _floor() -> list[Solid]:
    """Tiles in two shades; moved by whole metres they seem to stay, so one sees the figure move over them."""
    tiles = []
    for row in range(-12, 12):
        for column in range(-12, 12):
            x, z = column * _TILE, row * _TILE
            corners = ((x, 0.0, z + _TILE), (x + _TILE, 0.0, z + _TILE), (x + _TILE, 0.0, z), (x, 0.0, z))
            tiles.append(quad(corners, _TILES[(row + column) % 2]))
    return tiles
