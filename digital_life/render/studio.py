"""The studio: draws the characters every frame, and the room behind them once a shot."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.render.blocking import Track, blocking
from digital_life.render.camera import Camera, unit
from digital_life.render.compose import darken, lay_over
from digital_life.render.job import RenderJob, Subtitle, timelines
from digital_life.render.meshes import Actor, solid_mesh
from digital_life.render.opengl import Region, close_renderer, draw, draw_with_depth, open_renderer
from digital_life.render.room import shot_solids
from digital_life.render.shadows import ShadowCatcher
from digital_life.render.shots import Shot, heads, plan_shots, shot_at

Image8 = NDArray[np.uint8]

_BACKDROPS_KEPT = 8
_FLESH = 0.25
"""Metres by which a character (hair, clothes) may stick out from its joints."""
_SURROUNDINGS = (0.16, 0.16, 0.17, 1.0)
_KEY_INTENSITY, _FILL_INTENSITY, _AMBIENT = 0.85, 0.28, 0.42


@dataclass
class _Backdrop:
    """The empty room from one camera: its picture, the surface that catches shadows, and the furniture in front."""

    picture: Image8
    catcher: ShadowCatcher
    furniture: Any


class Studio:
    """Draws frames of a job at ``size`` (width, height). Use it as a context manager; one at a time in a process.

    Raises:
        AssetError: no off-screen OpenGL on this machine.
    """

    def __init__(self, job: RenderJob, size: tuple[int, int]) -> None:
        self.job, self.size = job, size
        self.timelines = timelines(job)
        self.tracks: dict[str, Track] = blocking(job, self.timelines)
        subtitles = [Subtitle(*line) for line in job.subtitles]
        self.shots = plan_shots(self.tracks, job.room, subtitles, job.duration, aspect=size[0] / size[1])
        self._renderer = open_renderer(*size)
        import pyrender

        self._scene = pyrender.Scene(bg_color=[0, 0, 0, 0], ambient_light=[_AMBIENT] * 3)
        self._actors: dict[str, Actor] = {}
        for name in self.timelines:
            label = sum(len(job.characters[other].parts) for other in self._actors)
            self._actors[name] = Actor(job.characters[name], label)
        for actor in self._actors.values():
            self._scene.add(actor.mesh)
        self._camera_node = self._scene.add(pyrender.PerspectiveCamera(yfov=0.5, znear=0.1, zfar=40.0))
        self._light = self._add_lights()
        self._backdrops: OrderedDict[tuple[Camera, float, float], _Backdrop] = OrderedDict()

    def __enter__(self) -> Studio:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        close_renderer(self._renderer)

    def frame(self, time: float) -> Image8:
        """The picture [H, W, 3] at ``time`` seconds."""
        shot = shot_at(self.shots, time)
        backdrop = self._backdrop(shot)
        self._aim(shot.camera)
        joints = {name: track.at(time) for name, track in self.tracks.items()}
        picture = darken(backdrop.picture, backdrop.catcher.light(list(joints.values())))
        regions = {name: self._region(shot.camera, points) for name, points in joints.items()}
        self._show(actors=False, room=False)
        for name, actor in self._actors.items():
            actor.mesh.is_visible = regions[name] is not None
            if actor.mesh.is_visible:
                actor.show(self.timelines[name].at(time))
        region = _union([region for region in regions.values() if region])
        if region:
            backdrop.furniture.is_visible = True
            lay_over(picture, draw(self._renderer, self._scene, self.size, region=region), region)
        return picture

    def _backdrop(self, shot: Shot) -> _Backdrop:
        key = (shot.camera, shot.start, shot.end)
        if key not in self._backdrops:
            while len(self._backdrops) >= _BACKDROPS_KEPT:
                _, old = self._backdrops.popitem(last=False)
                self._remove(old.furniture)
            self._backdrops[key] = self._build_backdrop(shot)
        return self._backdrops[key]

    def _build_backdrop(self, shot: Shot) -> _Backdrop:
        shell, furniture = shot_solids(self.job.room, np.array(shot.camera.eye), heads(self.tracks, shot))
        seen = solid_mesh(shell + furniture)
        self._scene.add(seen)
        self._aim(shot.camera)
        self._show(actors=False, room=True)
        pixels, depth = draw_with_depth(self._renderer, self._scene, self.size)
        self._remove(seen)
        hole = solid_mesh(furniture, hole=True)
        hole.is_visible = False
        self._scene.add(hole)
        background = np.array([int(255 * part) for part in _SURROUNDINGS[:3]], np.uint16)
        alpha = pixels[..., 3:].astype(np.uint16)
        picture = pixels[..., :3] + (background * (255 - alpha) // 255).astype(np.uint8)
        return _Backdrop(np.ascontiguousarray(picture), ShadowCatcher(shot.camera, depth, self._light), hole)

    def _add_lights(self) -> NDArray[np.float64]:
        """Key and fill light on the side of the first camera; returns the direction in which the key light shines."""
        import pyrender

        first = self.shots[0].camera
        back = unit((np.array(first.eye) - np.array(first.target)) * np.array([1.0, 0.0, 1.0]))
        left = np.array([-back[2], 0.0, back[0]])
        up = np.array([0.0, 1.0, 0.0])
        key, fill = unit(0.75 * back + 0.8 * left + 1.25 * up), unit(0.7 * back - 0.9 * left + 0.5 * up)
        for towards, colour, strength in (
            (key, (1.0, 0.96, 0.9), _KEY_INTENSITY),
            (fill, (0.86, 0.93, 1.0), _FILL_INTENSITY),
        ):
            pose = Camera(tuple(towards), (0.0, 0.0, 0.0), 1.0).pose()
            self._scene.add(pyrender.DirectionalLight(color=list(colour), intensity=strength), pose=pose)
        return -key

    def _aim(self, camera: Camera) -> None:
        self._camera_node.camera.yfov = camera.yfov
        self._scene.set_pose(self._camera_node, camera.pose())

    def _show(self, *, actors: bool, room: bool) -> None:
        moving = {id(actor.mesh) for actor in self._actors.values()}
        holes = {id(backdrop.furniture) for backdrop in self._backdrops.values()}
        for mesh in self._scene.meshes:
            mesh.is_visible = actors if id(mesh) in moving else room and id(mesh) not in holes

    def _remove(self, mesh: Any) -> None:
        self._scene.remove_node(next(iter(self._scene.get_nodes(obj=mesh))))

    def _region(self, camera: Camera, joints: NDArray[np.float64]) -> Region | None:
        """Pixels that a character with these joints may cover; None outside the picture."""
        low, high = joints.min(axis=0) - _FLESH, joints.max(axis=0) + _FLESH
        corners = np.array(
            [[(low, high)[i][0], (low, high)[j][1], (low, high)[k][2]] for i, j, k in np.ndindex(2, 2, 2)]
        )
        pixels = camera.project(corners, self.size)
        left, top = np.clip(np.floor(pixels.min(axis=0)) - 2, 0, self.size).astype(int)
        right, bottom = np.clip(np.ceil(pixels.max(axis=0)) + 2, 0, self.size).astype(int)
        return (int(left), int(top), int(right), int(bottom)) if right > left and bottom > top else None


def _union(regions: list[Region]) -> Region | None:
    if not regions:
        return None
    edges = np.array(regions)
    left, top = edges[:, :2].min(axis=0)
    right, bottom = edges[:, 2:].max(axis=0)
    return (int(left), int(top), int(right), int(bottom))
