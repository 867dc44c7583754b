"""Quick still pictures of one character before a plain backdrop, for previews. It offers what ``portrait`` offers."""

from __future__ import annotations

import numpy as np
from PIL import Image

from digital_life.body.character import Character
from digital_life.render.camera import Camera
from digital_life.render.fast_scene import FastScene
from digital_life.render.job import Pose
from digital_life.render.portrait import BACKDROP, LIGHTS, backdrop

Size = tuple[int, int]


class FastPortraits:
    """Draws one character at a time. Use it as a context manager.

    Raises:
        AssetError: moderngl is not installed, or finds no off-screen OpenGL.
    """

    def __init__(self, character: Character, size: Size) -> None:
        key, fill = (np.array(towards) for towards, _, _ in LIGHTS[:2])
        self._scene = FastScene(size, key=key, fill=fill, samples=4)
        self._actor = self._scene.actor(character)
        self._wall = self._scene.mesh([backdrop()])

    def __enter__(self) -> FastPortraits:
        return self

    def __exit__(self, *_error: object) -> None:
        self._scene.__exit__()

    def picture(self, pose: Pose, camera: Camera, size: Size) -> Image.Image:
        """The character in a pose, the soles at y = 0, seen by a camera in front of the backdrop (at positive z)."""
        scene = self._scene
        if scene.size != size:
            scene.resize(size)
        scene.aim(camera)
        scene.keep_background([self._wall], BACKDROP)
        scene.begin()
        self._actor.pose(pose)
        scene.shadow(self._actor)
        scene.draw(self._actor)
        pixels = np.ascontiguousarray(scene.pixels()).view(np.uint8).reshape(size[1], size[0], 4)
        return Image.fromarray(np.ascontiguousarray(pixels[..., :3]))
