"""The quick studio: whole scenes for previews, drawn by ``fast_scene``. It offers what ``studio.Studio`` offers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digital_life.render.camera import unit
from digital_life.render.compose import Packed
from digital_life.render.fast_scene import FastScene
from digital_life.render.job import RenderJob
from digital_life.render.plan import plan
from digital_life.render.props import held_things, prop_solids
from digital_life.render.room import shot_solids
from digital_life.render.shots import Shot, heads, shot_at

_SURROUNDINGS = (0.16, 0.16, 0.17)


@dataclass(frozen=True)
class FastDrawing:
    """A finished picture."""

    picture: Packed

    def compose(self) -> Packed:
        """The picture [H, W]."""
        return self.picture


class FastStudio:
    """Draws frames of a job at ``size`` (width, height). Use it as a context manager.

    Raises:
        AssetError: moderngl is not installed, or finds no off-screen OpenGL.
    """

    def __init__(self, job: RenderJob, size: tuple[int, int], *, samples: int = 0) -> None:
        self.job, self.size = job, size
        self._plan = plan(job, size)
        self.shots = self._plan.shots
        first = self.shots[0].camera
        back = unit((np.array(first.eye) - np.array(first.target)) * np.array([1.0, 0.0, 1.0]))
        left, up = np.array([-back[2], 0.0, back[0]]), np.array([0.0, 1.0, 0.0])
        key, fill = 0.75 * back + 0.8 * left + 1.25 * up, 0.7 * back - 0.9 * left + 0.5 * up
        self._scene = FastScene(size, key=key, fill=fill, samples=samples)
        self._actors = {name: self._scene.actor(job.characters[name]) for name in self._plan.timelines}
        skeletons = {name: job.characters[name].skeleton for name in self._plan.timelines}
        self._things = [
            (thing, self._scene.mesh(prop_solids(thing.held))) for thing in held_things(job.performances, skeletons)
        ]
        self._shot: Shot | None = None

    def __enter__(self) -> FastStudio:
        return self

    def __exit__(self, *_error: object) -> None:
        self._scene.__exit__()

    def draw(self, time: float) -> FastDrawing:
        """The scene at ``time`` seconds."""
        scene, shot = self._scene, shot_at(self.shots, time)
        if shot is not self._shot:
            self._shot = shot
            scene.aim(shot.camera)
            shell, furniture = shot_solids(self.job.room, np.array(shot.camera.eye), heads(self._plan.tracks, shot))
            solids = shell + [solid for piece in furniture for solid in piece]
            scene.keep_background([scene.mesh(solids)], _SURROUNDINGS)
        scene.begin()
        for name, actor in self._actors.items():
            actor.pose(self._plan.timelines[name].at(time))
            scene.shadow(actor)
        for actor in self._actors.values():
            scene.draw(actor)
        for thing, mesh in self._things:
            place = thing.at(time)
            if place is not None:
                mesh.place = place
                scene.draw_mesh(mesh)
        return FastDrawing(scene.pixels())
