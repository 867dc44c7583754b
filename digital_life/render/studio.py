"""The studio: draws the characters and what they hold every frame, and the room behind them once a shot."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from digital_life.render.camera import Camera, unit
from digital_life.render.compose import Packed, darken, lay_over, pack
from digital_life.render.job import RenderJob
from digital_life.render.meshes import Actor, solid_mesh
from digital_life.render.opengl import DepthImage, Region, close_renderer, draw, draw_with_depth, open_renderer
from digital_life.render.plan import plan
from digital_life.render.props import Props
from digital_life.render.room import shot_solids
from digital_life.render.shadows import ShadowCatcher
from digital_life.render.shots import Shot, heads, shot_at
from digital_life.render.solids import Solid

_BACKDROPS_KEPT = 8
_FLESH = 0.25
"""Metres by which a character (hair, clothes) may stick out from its joints."""
_NEAR = 0.1
_SURROUNDINGS = (0.16, 0.16, 0.17, 1.0)
_KEY_INTENSITY, _FILL_INTENSITY, _AMBIENT = 0.85, 0.28, 0.42


@dataclass
class _Backdrop:
    """The empty room from one camera: its picture, the surface that catches shadows, and the furniture in front."""

    picture: Packed
    catcher: ShadowCatcher
    furniture: DepthImage | None


@dataclass
class Drawing:
    """One frame before it is put together."""

    backdrop: _Backdrop
    joints: list[NDArray[np.float64]]
    pixels: Packed | None
    region: Region | None

    def compose(self) -> Packed:
        """The picture [H, W]: the room under the characters' shadows, and the characters."""
        picture = darken(self.backdrop.picture, self.backdrop.catcher.light(self.joints))
        if self.pixels is not None and self.region is not None:
            lay_over(picture, self.pixels, self.region)
        return picture


class Studio:
    """Draws frames of a job at ``size`` (width, height). Use it as a context manager; one at a time in a process.

    Raises:
        AssetError: no off-screen OpenGL on this machine.
    """

    def __init__(self, job: RenderJob, size: tuple[int, int]) -> None:
        self.job, self.size = job, size
        known = plan(job, size)
        self.timelines, self.tracks, self.shots = known.timelines, known.tracks, known.shots
        self._renderer = open_renderer(*size)
        import pyrender

        self._scene = pyrender.Scene(bg_color=[0, 0, 0, 0], ambient_light=[_AMBIENT] * 3)
        self._actors: dict[str, Actor] = {}
        for name in self.timelines:
            label = sum(len(job.characters[other].parts) for other in self._actors)
            self._actors[name] = Actor(job.characters[name], label)
        for actor in self._actors.values():
            self._scene.add(actor.mesh)
        skeletons = {name: job.characters[name].skeleton for name in self.timelines}
        self._props = Props(self._scene, job.performances, skeletons)
        self._camera_node = self._scene.add(pyrender.PerspectiveCamera(yfov=0.5, znear=_NEAR, zfar=40.0))
        self._light = self._add_lights()
        self._backdrops: OrderedDict[tuple[Camera, float, float], _Backdrop] = OrderedDict()

    def __enter__(self) -> Studio:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        close_renderer(self._renderer)

    def draw(self, time: float) -> Drawing:
        """Draw the characters at ``time`` seconds; ``compose`` makes the picture of it, in any thread."""
        shot = shot_at(self.shots, time)
        backdrop = self._backdrop(shot)
        self._aim(shot.camera)
        joints = {name: track.at(time) for name, track in self.tracks.items()}
        regions = {name: self._region(shot.camera, points) for name, points in joints.items()}
        for name, actor in self._actors.items():
            actor.mesh.is_visible = regions[name] is not None
            if actor.mesh.is_visible:
                actor.show(self.timelines[name].at(time))
        self._props.show(time)
        region = _union([region for region in regions.values() if region])
        pixels = None
        if region:
            pixels = draw(self._renderer, self._scene, self.size, region=region, hiding=backdrop.furniture)
        return Drawing(backdrop, list(joints.values()), pixels, region)

    def _backdrop(self, shot: Shot) -> _Backdrop:
        key = (shot.camera, shot.start, shot.end)
        if key not in self._backdrops:
            while len(self._backdrops) >= _BACKDROPS_KEPT:
                _, old = self._backdrops.popitem(last=False)
                if old.furniture is not None:
                    old.furniture.free()
            self._backdrops[key] = self._build_backdrop(shot)
        return self._backdrops[key]

    def _build_backdrop(self, shot: Shot) -> _Backdrop:
        shell, furniture = shot_solids(self.job.room, np.array(shot.camera.eye), heads(self.tracks, shot))
        self._aim(shot.camera)
        for actor in self._actors.values():
            actor.mesh.is_visible = False
        self._props.hide()
        with self._added(shell + [solid for piece in furniture for solid in piece]):
            pixels, depth = draw_with_depth(self._renderer, self._scene, self.size)
        hiding = self._in_front(shot, furniture)
        in_front = None
        if hiding:
            with self._added(hiding):
                draw(self._renderer, self._scene, self.size)
                in_front = DepthImage(self._renderer)
        background = np.array([int(255 * part) for part in _SURROUNDINGS[:3]], np.uint16)
        alpha = pixels[..., 3:].astype(np.uint16)
        picture = pixels[..., :3] + (background * (255 - alpha) // 255).astype(np.uint8)
        return _Backdrop(pack(picture), ShadowCatcher(shot.camera, depth, self._light), in_front)

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

    @contextlib.contextmanager
    def _added(self, solids: Sequence[Solid]) -> Iterator[None]:
        node = self._scene.add(solid_mesh(solids))
        try:
            yield
        finally:
            self._scene.remove_node(node)

    def _in_front(self, shot: Shot, pieces: list[list[Solid]]) -> list[Solid]:
        """Solids of the pieces that may hide a part of a character in the shot."""
        spans = [track.joints[track.span(shot.start, shot.end)].reshape(-1, 3) for track in self.tracks.values()]
        regions = [region for span in spans if (region := self._region(shot.camera, span))]
        farthest = max(shot.camera.depth(span).max() for span in spans)
        hiding: list[Solid] = []
        for piece in pieces:
            points = np.concatenate([solid.vertices for solid in piece]).astype(np.float64)
            pixels = shot.camera.project(points, self.size)
            over = any(_overlap((*pixels.min(axis=0), *pixels.max(axis=0)), region) for region in regions)
            if over and shot.camera.depth(points).min() < farthest:
                hiding += piece
        return hiding

    def _region(self, camera: Camera, joints: NDArray[np.float64]) -> Region | None:
        """Pixels that a character with these joints [N, 3] may cover; None outside the picture."""
        depth = camera.depth(joints)
        joints, depth = joints[depth > _NEAR], depth[depth > _NEAR]
        if not len(joints):
            return None
        pixels = camera.project(joints, self.size)
        flesh = (_FLESH * self.size[1] / 2 / np.tan(camera.yfov / 2) / depth)[:, None]
        left, top = np.clip(np.floor((pixels - flesh).min(axis=0)), 0, self.size).astype(int)
        right, bottom = np.clip(np.ceil((pixels + flesh).max(axis=0)), 0, self.size).astype(int)
        return (int(left), int(top), int(right), int(bottom)) if right > left and bottom > top else None


def _overlap(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1]


def _union(regions: list[Region]) -> Region | None:
    if not regions:
        return None
    edges = np.array(regions)
    left, top = edges[:, :2].min(axis=0)
    right, bottom = edges[:, 2:].max(axis=0)
    return (int(left), int(top), int(right), int(bottom))
