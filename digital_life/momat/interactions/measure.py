"""How well two motions meet: measured on every frame of what is played, by none of the solver's own tolerances."""

from __future__ import annotations

import numpy as np
import torch

from digital_life.momat.interactions.endpoints import separation
from digital_life.momat.interactions.energy import mass
from digital_life.momat.interactions.limits import Bones, excesses, joint_angles
from digital_life.momat.interactions.report import Report, Window
from digital_life.momat.interactions.solver import scene_of
from digital_life.momat.interactions.task import Task
from digital_life.motion.foot_skate import sole_points
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import Skeleton

LIMIT_TOLERANCE = np.radians(3.0)


def measure(task: Task, motions: tuple[Motion, Motion]) -> Report:
    """Measure ``motions``, which were made from the base motions of ``task``."""
    played = Task(task.shapes, motions, task.contacts, task.props, task.gaze, task.seated)
    frames = np.arange(len(motions[0]))
    scene = scene_of(played, frames)
    with torch.no_grad():
        rest = torch.zeros(2, len(frames), len(scene.degrees.names), dtype=torch.float64)
        local, positions, worlds = scene.pose(rest)
        bodies = scene.bodies(positions, worlds)
        windows = []
        for contact, inside in zip(task.contacts, scene.windows.numpy() > 0.5, strict=True):
            error = separation(contact, bodies).numpy()[inside]
            windows.append(
                Window(
                    contact.start,
                    contact.stop,
                    contact.active,
                    contact.passive,
                    float(error.mean()),
                    float(error.max()),
                )
            )
        sway = (mass(positions) - mass(scene_of(task, frames).pose(rest)[1])).norm(dim=-1)
        _, pairs, depths = scene.capsules.between_bodies(scene.capsules.place(positions, worlds))
        excess = excesses(joint_angles(local, Bones.of(tuple(shape.skeleton for shape in task.shapes))))
    deepest: dict[str, float] = {}
    for pair, depth in zip(pairs, depths.tolist(), strict=True):
        deepest[pair] = max(depth, deepest.get(pair, 0.0))
    worst = sorted(deepest, key=lambda pair: -deepest[pair])[:3]
    deep = tuple(pair for pair in worst if deepest[pair] > 0.002)
    limits = {}
    for name, value in excess.items():
        for body, who in enumerate(("active", "passive")):
            for side, most in enumerate(value[body].amax(dim=0).tolist()):
                if most > LIMIT_TOLERANCE:
                    where = f"{('left', 'right')[side]}_" if value.shape[-1] == 2 else ""
                    limits[f"{who} {where}{name}"] = most
    skate = max(_skate(motion, shape.skeleton) for motion, shape in zip(motions, task.shapes, strict=True))
    return Report(tuple(windows), max(deepest.values(), default=0.0), deep, limits, skate, sway=float(sway.max()))


def _skate(motion: Motion, skeleton: Skeleton) -> float:
    """Fastest sliding (m/s) of a heel or ball that stands, over the frames."""
    if motion.contacts is None or len(motion) < 2:
        return 0.0
    points = sole_points(motion, skeleton).reshape(len(motion), 4, 3)
    speed = np.linalg.norm(np.diff(points[..., [0, 2]], axis=0), axis=-1) * FPS
    touching = (motion.contacts[1:] > 0.5) & (motion.contacts[:-1] > 0.5)
    return float(speed[touching].max()) if touching.any() else 0.0
