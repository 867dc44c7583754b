"""The optimiser: both bodies at once, few spline curves each, minimised by L-BFGS with gradients from torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from digital_life.momat.interactions.collision import Capsules
from digital_life.momat.interactions.degrees import Degrees, spline_basis
from digital_life.momat.interactions.endpoints import separation
from digital_life.momat.interactions.energy import Energy, Scene, Weights, windows_of
from digital_life.momat.interactions.file import Contact
from digital_life.momat.interactions.legs import knee_direction, plant
from digital_life.momat.interactions.limits import Bones, excesses, joint_angles
from digital_life.momat.interactions.task import Task
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

KNOT_SPACING = 5.0
"""Frames between the knots of a curve."""
STRIDE = 3
"""Every third frame is looked at while the curves are found; the report looks at all."""
ROUNDS: tuple[tuple[int, Weights], ...] = (
    (25, Weights(penetration=15.0)),
    (35, Weights()),
    (35, Weights(contact=150.0, penetration=150.0)),
)
_CONVERGED = 1e-4
"""Relative gain of a step below which a round ends."""
_BRIEF = 12
"""Frames of a touch that is looked at more closely."""
FEASIBILITY: tuple[Weights, ...] = (
    Weights(contact=150.0, penetration=400.0, limits=200.0, balance=60.0, legs=500.0),
    Weights(contact=300.0, facing=2.0, penetration=1200.0, limits=600.0, base=0.7, balance=240.0, legs=2000.0),
    Weights(contact=600.0, facing=1.0, penetration=4000.0, limits=2000.0, base=0.4, balance=1500.0, legs=8000.0),
)
"""Further rounds where bodies are in each other, miss each other, or bend too far: each insists more."""
FEASIBLE_STEPS = 35
DEEP, FAR, BENT = 0.007, 0.015, float(np.radians(3.0))
"""Metres of depth and of contact error, and radians beyond a joint's range, from which on a round is added."""
_TOUCHING = 0.004
"""Metres of depth that bodies may have where nothing is solved."""
_LOOK_RAMP = 0.5


def optimise(task: Task, rounds: Sequence[tuple[int, Weights]] = ROUNDS) -> tuple[Motion, Motion]:
    """Both motions, changed as little as the contacts, collisions and joints allow; deterministic.

    Frames at both ends stay as they are, with their velocities. Needs at least 24 frames.
    """
    if _is_done(task):
        return task.bases
    with _one_thread():
        frames = len(task.bases[0])
        basis, bend = spline_basis(frames, KNOT_SPACING)
        whole = scene_of(task, np.arange(frames))
        chosen = _key_frames(task.contacts, frames)
        tables = (torch.from_numpy(basis[chosen]), torch.from_numpy(bend[::2] * FPS**2))
        curves = _minimise(scene_of(task, chosen), tables, rounds)
        for weights in FEASIBILITY:
            bad = _bad_frames(whole, torch.einsum("tk,bkd->btd", torch.from_numpy(basis), curves))
            if len(bad) == 0:
                break
            chosen = np.union1d(chosen, bad)
            tables = (torch.from_numpy(basis[chosen]), tables[1])
            curves = _minimise(scene_of(task, chosen), tables, ((FEASIBLE_STEPS, weights),), curves)
        values = torch.einsum("tk,bkd->btd", torch.from_numpy(basis), curves)
        local, translation = whole.degrees.apply(values)
        first, second = (_motion(task, body, local[body].numpy(), translation[body].numpy()) for body in (0, 1))
        return first, second


def _is_done(task: Task) -> bool:
    """Whether the base motions need no change: nothing touches, nobody looks, and the bodies are clear of each other."""
    if task.contacts or any(gaze in ("eyes", "hands") for gaze in task.gaze):
        return False
    scene = scene_of(task, np.arange(0, len(task.bases[0]), STRIDE))
    rest = torch.zeros(2, len(scene.looking), len(scene.degrees.names), dtype=torch.float64)
    _, _, depths = scene.capsules.between_bodies(_placed(scene, rest))
    return bool((depths < _TOUCHING).all())


def _key_frames(contacts: Sequence[Contact], frames: int) -> NDArray[np.intp]:
    """The frames that are looked at: every third one, and more where bodies touch."""
    chosen = set(range(0, frames, STRIDE))
    for contact in contacts:
        start, stop = round(contact.start * FPS), round(contact.stop * FPS)
        dense = 2 if stop - start < _BRIEF else STRIDE
        chosen |= {start - 1, start + 1, stop - 1, stop + 1, *range(start, stop, dense), stop}
    return np.array(sorted(frame for frame in chosen if 0 <= frame < frames), dtype=np.intp)


def _bad_frames(scene: Scene, values: Tensor) -> NDArray[np.intp]:
    """Frames in which bodies are in each other, miss each other, or leave the range of a joint."""
    with torch.no_grad():
        local, positions, worlds = scene.pose(values)
        frames, _, depths = scene.capsules.between_bodies(scene.capsules.place(positions, worlds))
        bad = torch.zeros(len(scene.looking), dtype=torch.bool)
        bad[frames[depths > DEEP]] = True
        bodies = scene.bodies(positions, worlds)
        for contact, window in zip(scene.contacts, scene.windows, strict=True):
            bad |= (separation(contact, bodies) > FAR) & (window > 0.5)
        bones = Bones.of((scene.shapes[0].skeleton, scene.shapes[1].skeleton))
        beyond = torch.cat(list(excesses(joint_angles(local, bones)).values()), dim=-1)
        bad |= beyond.amax(dim=(0, 2)) > BENT
    return np.asarray(torch.nonzero(bad)[:, 0].numpy(), dtype=np.intp)


def _minimise(
    scene: Scene,
    tables: tuple[Tensor, Tensor],
    rounds: Sequence[tuple[int, Weights]],
    curves: Tensor | None = None,
) -> Tensor:
    """Curve coefficients [2, K, D], from ``curves`` on; ``tables`` are the splines at the scene's frames, and their
    second derivatives."""
    from scipy.optimize import minimize

    basis, bend = tables
    count = len(scene.degrees.names)
    scale = 1.0 / torch.sqrt(scene.degrees.cost)
    point = np.zeros(2 * basis.shape[1] * count) if curves is None else (curves / scale).numpy().ravel()

    def coefficients(x: Tensor) -> Tensor:
        return x.reshape(2, basis.shape[1], count) * scale

    base = _placed(scene, torch.zeros(2, len(basis), count, dtype=torch.float64))
    for steps, weights in rounds:
        now = _placed(scene, torch.einsum("tk,bkd->btd", basis, coefficients(torch.from_numpy(point))))
        encounters = scene.capsules.encounters(now, base)
        energy = Energy(scene, encounters, weights)

        def evaluate(x: Array, energy: Energy = energy) -> tuple[float, Array]:
            leaf = torch.from_numpy(x.copy()).requires_grad_(True)
            trial = coefficients(leaf)
            total = energy(torch.einsum("tk,bkd->btd", basis, trial), torch.einsum("tk,bkd->btd", bend, trial))
            (gradient,) = torch.autograd.grad(total, leaf)
            return total.item(), gradient.numpy()

        options: dict[str, Any] = {"maxiter": steps, "maxcor": 20, "maxfun": 2 * steps, "ftol": _CONVERGED}
        point = minimize(evaluate, point, jac=True, method="L-BFGS-B", options=options).x
    return coefficients(torch.from_numpy(point))


def _placed(scene: Scene, values: Tensor) -> tuple[Tensor, Tensor]:
    with torch.no_grad():
        _, positions, worlds = scene.pose(values)
        return scene.capsules.place(positions, worlds)


def scene_of(task: Task, frames: NDArray[np.intp]) -> Scene:
    """The chosen ``frames`` of a task in torch."""
    skeletons = (task.shapes[0].skeleton, task.shapes[1].skeleton)
    quaternions = np.stack([base.rotations[frames] for base in task.bases]).astype(np.float64)
    translation = np.stack([base.translation[frames] for base in task.bases]).astype(np.float64)
    ankles, poles = [], []
    for body, skeleton in enumerate(skeletons):
        positions, world = forward_kinematics(quaternions[body], translation[body], skeleton)
        rows = []
        for side in ("left", "right"):
            hip, knee, ankle = (JOINT_INDEX[f"{side}_{name}"] for name in ("hip", "knee", "ankle"))
            pole = knee_direction(positions[:, hip], positions[:, knee], positions[:, ankle], world[:, hip])
            rows.append((positions[:, ankle], pole))
        ankles.append(np.stack([row[0] for row in rows], axis=1))
        poles.append(np.stack([row[1] for row in rows], axis=1))
    degrees = Degrees(
        skeletons, torch.from_numpy(quat.to_matrix(quat.normalize(quaternions))), torch.from_numpy(translation)
    )
    return Scene(
        task.shapes,
        degrees,
        Capsules(task.shapes),
        task.contacts,
        windows_of(task.contacts, frames),
        task.props,
        task.gaze,
        _looking(frames, len(task.bases[0])),
        torch.from_numpy(np.stack(ankles)),
        torch.from_numpy(np.stack(poles)),
        task.seated,
    )


def _looking(frames: NDArray[np.intp], length: int) -> Tensor:
    """[T] how much the gaze counts: less and less towards both ends, where the base must come through."""
    seconds = np.minimum(frames, length - 1 - frames) / FPS
    ramp = np.clip(seconds / _LOOK_RAMP, 0.0, 1.0)
    return torch.from_numpy(ramp * ramp * (3.0 - 2.0 * ramp))


def _motion(task: Task, body: int, local: Array, translation: Array) -> Motion:
    base, skeleton = task.bases[body], task.shapes[body].skeleton
    before = (base.rotations.astype(np.float64), base.translation.astype(np.float64))
    rotations = plant(quat.from_matrix(local), translation, before, skeleton)
    return replace(base, rotations=rotations.astype(np.float32), translation=translation.astype(np.float32))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums in one order: the same frames on every run, whatever the number of cores."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
