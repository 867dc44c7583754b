"""Shape directions (betas) of the default body and the regressor of its joints."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from digital_life.body.sliders import ANCESTRIES
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, PARENTS
from tools.body_build.principal import principal_combinations
from tools.body_build.source import MEAN_ADULT, Source

SAMPLES = 3000
EXACT = 60  # sampled people on which the joint regressor is fitted


@dataclass(frozen=True)
class ShapeSpace:
    """``directions`` [B, N, 3] m per standard deviation; sampled people and their joints for the regressor."""

    directions: np.ndarray
    people: np.ndarray
    people_joints: np.ndarray


def sample_adult(random: np.random.Generator) -> dict[str, float]:
    """Sliders of an adult, spread as in a population of about 1.55-1.90 m."""
    sliders = {
        "gender": random.beta(0.35, 0.35), "age": random.uniform(0.64, 1), "muscle": random.beta(4, 4),
        "weight": random.beta(2.5, 3), "height": random.normal(0.38, 0.05), "proportions": random.beta(4, 4),
        "cupsize": random.beta(3, 3), "firmness": random.beta(3, 3),
    }  # fmt: skip
    return sliders | dict(zip(ANCESTRIES, random.dirichlet([0.6] * 3), strict=True))


def shape_space(source: Source, kept: np.ndarray, count: int) -> ShapeSpace:
    """The first ``count`` principal directions of sampled adults, over the vertices ``kept`` [V] of the base mesh."""
    targets, target_joints = source.targets
    targets = targets[:, kept]
    random = np.random.default_rng(0)
    shares = np.array([source.macro.shares(sample_adult(random)) for _ in range(SAMPLES)])
    combinations, variance, _ = principal_combinations(targets.reshape(len(targets), -1), shares, count)
    combinations = combinations * np.sqrt(variance)
    directions = np.tensordot(combinations.T, targets, 1)
    mean = source.mean_state[0][kept]
    directions *= np.array([_sign(mean, d, first=i == 0) for i, d in enumerate(directions)])[:, None, None]
    some = (shares[:EXACT] - source.macro.shares(MEAN_ADULT)).astype(np.float32)
    people = source.mean_state[0][kept] + np.tensordot(some, targets, 1)
    return ShapeSpace(directions, people, source.mean_state[1] + np.tensordot(some, target_joints, 1))


def _sign(mean: np.ndarray, direction: np.ndarray, *, first: bool) -> float:
    """The first beta makes taller, every other one thicker from front to back."""
    if first:
        return float(np.sign(np.ptp((mean + direction)[:, 1]) - np.ptp(mean[:, 1])))
    return float(np.sign(np.abs((mean + direction)[:, 2]).mean() - np.abs(mean[:, 2]).mean()))


def joint_regressor(
    space: ShapeSpace, mean: np.ndarray, mean_joints: np.ndarray, weights: np.ndarray, usable: np.ndarray,
    eyes: dict[int, np.ndarray], still: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """[55, V] rows that average nearby surface vertices to each joint, exact on the mean, non-negative where possible.

    ``usable`` [V] marks skin, ``still`` [V] skin that no expression moves, ``eyes`` the eyeballs' own vertices.
    """
    regressor = np.zeros((JOINT_COUNT, len(mean)))
    errors = []
    for joint in range(JOINT_COUNT):
        near = eyes.get(joint)
        if near is None:
            near = _candidates(joint, mean, mean_joints[joint], weights, usable, still)
        row, error = _fit_row(space.people[:, near], space.people_joints[:, joint], mean[near], mean_joints[joint])
        regressor[joint, near] = row
        errors.append(error)
    print(f"joint regressor: largest error of a joint, median {np.median(errors):.1f} mm, worst {max(errors):.1f} mm")
    return regressor


def _candidates(
    joint: int, mean: np.ndarray, position: np.ndarray, weights: np.ndarray, usable: np.ndarray, still: np.ndarray
) -> np.ndarray:
    if joint in (JOINT_INDEX["head"], JOINT_INDEX["jaw"]):
        allowed = still
    else:
        allowed = usable & (weights[:, joint] + weights[:, max(PARENTS[joint], 0)] > 0.05)
    distance = np.where(allowed, np.linalg.norm(mean - position, axis=1), 9)
    close = np.argsort(distance)[:120]
    wide = np.setdiff1d(np.flatnonzero(distance < 0.28), close)[::9]
    return np.concatenate([close, wide])[:420]


def _fit_row(
    people: np.ndarray, targets: np.ndarray, mean: np.ndarray, position: np.ndarray
) -> tuple[np.ndarray, float]:
    """Weights of one joint that sum to 1, and the largest error in millimetres."""
    count = people.shape[1]
    rows = np.concatenate([people.transpose(0, 2, 1).reshape(-1, count), 30 * mean.T])
    goal = np.concatenate([targets.reshape(-1), 30 * position])
    positive, _ = nnls(np.concatenate([rows, np.full((1, count), 30.0)]), np.append(goal, 30.0))
    best = positive / positive.sum()
    if _largest_error(people, targets, best) > 2.5:
        system = np.zeros((count + 1, count + 1))  # ridge with a Lagrange multiplier for the sum
        system[:count, :count] = rows.T @ rows + 2e-3 * np.eye(count)
        system[count, :count] = system[:count, count] = 1
        free = np.linalg.solve(system, np.append(rows.T @ goal, 1))[:count]
        if _largest_error(people, targets, free) < _largest_error(people, targets, best):
            best = free
    return best, _largest_error(people, targets, best)


def _largest_error(people: np.ndarray, targets: np.ndarray, row: np.ndarray) -> float:
    return float(1000 * np.linalg.norm(np.einsum("v,svc->sc", row, people) - targets, axis=1).max())
