"""Still pictures of one character before a plain curved backdrop, as in a photographer's studio."""

from __future__ import annotations

from types import TracebackType

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from digital_life.body.character import Character
from digital_life.render.camera import Camera, unit
from digital_life.render.job import Pose
from digital_life.render.meshes import Actor, solid_mesh
from digital_life.render.opengl import close_renderer, draw_with_depth, open_renderer
from digital_life.render.solids import Solid

Size = tuple[int, int]

_OVERSAMPLING = 1.5
BACKDROP = (0.80, 0.81, 0.83)
_HALF_WIDTH, _FRONT, _BACK, _BEND, _TOP = 2.0, 2.0, -0.9, 0.6, 3.6
_AMBIENT = 0.44
LIGHTS = (
    ((-0.75, 1.0, 1.05), (1.0, 0.96, 0.90), 0.88),
    ((1.0, 0.35, 0.8), (0.86, 0.93, 1.0), 0.26),
    ((0.5, 0.9, -1.0), (0.95, 0.97, 1.0), 0.34),
)
"""Direction to the light, its colour, its strength: key, fill and one from behind that draws the outline."""
_CREASES = ((0.012, 0.28), (0.04, 0.30))
"""(width of a crease in metres, how dark it is)."""
_DIRECTIONS = np.linspace(0, np.pi, 6, endpoint=False)


class Portraits:
    """Draws one character at a time at ``size`` (width, height). Use it as a context manager; one at a time in a process.

    Raises:
        AssetError: no off-screen OpenGL on this machine.
    """

    def __init__(self, character: Character, size: Size) -> None:
        self._renderer = open_renderer(*_large(size))
        import pyrender

        self._scene = pyrender.Scene(bg_color=[*BACKDROP, 1.0], ambient_light=[_AMBIENT] * 3)
        self._actor = Actor(character)
        self._scene.add(self._actor.mesh)
        self._scene.add(solid_mesh([backdrop()]))
        self._camera = self._scene.add(pyrender.PerspectiveCamera(yfov=0.5, znear=0.1, zfar=30.0))
        for towards, colour, strength in LIGHTS:
            x, y, z = unit(np.array(towards)).tolist()
            light = pyrender.DirectionalLight(color=list(colour), intensity=strength)
            self._scene.add(light, pose=Camera((x, y, z), (0.0, 0.0, 0.0), 1.0).pose())

    def __enter__(self) -> Portraits:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        close_renderer(self._renderer)

    def picture(self, pose: Pose, camera: Camera, size: Size) -> Image.Image:
        """The character in a pose, the soles at y = 0, seen by a camera in front of the backdrop (at positive z)."""
        self._actor.show(pose)
        self._camera.camera.yfov = camera.yfov
        self._scene.set_pose(self._camera, camera.pose())
        pixels, depth = draw_with_depth(self._renderer, self._scene, _large(size))
        shaded = pixels[..., :3] * _crease_light(depth, camera)[..., None]
        return Image.fromarray(shaded.astype(np.uint8)).resize(size, Image.Resampling.LANCZOS)


def _large(size: Size) -> Size:
    return round(size[0] * _OVERSAMPLING), round(size[1] * _OVERSAMPLING)


def _crease_light(depth: NDArray[np.float32], camera: Camera) -> NDArray[np.float32]:
    """Share of light [H, W] left in creases and where things touch: screen-space ambient occlusion.

    A point is darker the more it lies behind the mean of two points on opposite sides of it, if those are not so far in
    front that they belong to something else. After Bavoil and Sainz, "Screen space ambient occlusion" (2008).
    """
    coarse = depth[::2, ::2]
    solid = coarse > 0
    if not solid.any():
        return np.ones_like(depth)
    filled = np.where(solid, coarse, coarse[solid].max())
    metres = 2 * float(np.median(coarse[solid])) * float(np.tan(camera.yfov / 2)) / coarse.shape[0]
    light = np.ones_like(filled)
    for width, darkness in _CREASES:
        hidden = np.zeros_like(filled)
        for ring in (0.45, 1.0):
            steps = [ring * width / metres * np.array([np.sin(a), np.cos(a)]) for a in _DIRECTIONS]
            for down, across in np.round(steps).astype(int).tolist():
                hidden += _behind(filled, down, across, width)
        light *= 1 - darkness * np.clip(hidden / len(_DIRECTIONS), 0, 1)
    smooth = gaussian_filter(light, 1.2)
    image = Image.fromarray((smooth * 255).astype(np.uint8)).resize(depth.shape[::-1], Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.float32) / np.float32(255)


def _behind(depth: NDArray[np.float32], down: int, across: int, width: float) -> NDArray[np.float32]:
    """How far [H, W] in 0..1 of ``width`` each point lies behind the mean of its neighbours at plus and minus a step."""
    reach = max(abs(down), abs(across))
    padded = np.pad(depth, reach, mode="edge")
    total = np.zeros_like(depth)
    for sign in (-1, 1):
        y, x = reach + sign * down, reach + sign * across
        below = depth - padded[y : y + depth.shape[0], x : x + depth.shape[1]]
        total += np.where(below < 3 * width, np.maximum(below, -3 * width), 0.0)
    return np.asarray(np.clip(total / (1.6 * width) - 0.12, 0, 1), dtype=np.float32)


def backdrop() -> Solid:
    """Floor, bend and wall in one piece."""
    bend = np.linspace(0, np.pi / 2, 13)
    line = np.concatenate([
        [[0.0, _FRONT]],
        np.stack([_BEND * (1 - np.cos(bend)), _BACK - _BEND * np.sin(bend)], axis=1),
        [[_TOP, _BACK - _BEND]],
    ])  # fmt: skip
    tangents = np.gradient(line, axis=0)
    normals = np.stack([-tangents[:, 1], tangents[:, 0]], axis=1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    count = len(line)
    vertices = np.zeros((2 * count, 3), np.float32)
    vertices[:, 0] = np.repeat([-_HALF_WIDTH, _HALF_WIDTH], count)
    vertices[:, 1:] = np.tile(line, (2, 1))
    turned = np.zeros_like(vertices)
    turned[:, 1:] = np.tile(normals, (2, 1))
    first = np.arange(count - 1)
    faces = np.concatenate([
        np.stack([first, first + count, first + 1], 1), np.stack([first + 1, first + count, first + count + 1], 1)
    ])  # fmt: skip
    return Solid(vertices, turned, faces.astype(np.uint32), BACKDROP, roughness=0.95)
