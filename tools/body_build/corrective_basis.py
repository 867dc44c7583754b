"""From fitted pose correctives to few sparse shapes per joint, in eight bits."""

import numpy as np

from digital_life.motion.skeleton import JOINT_NAMES
from tools.body_build.corrective_fit import CorrectiveFit

TOLERANCE = 0.0010
"""Shapes are added to a joint until no vertex is off by more than this (metres, root mean square over the poses)."""
MOST_SHAPES = 6
FINGER_SHAPES = 2
FADE = (0.0002, 0.0007)
"""What a joint moves less than the first (metres, root mean square) is left out; up to the second it is faded."""
FLOOR = 1e-4
"""Smallest variance of a feature, as a share of the largest, that counts: keeps drivers small where nothing was seen."""
NORMAL_WEIGHT = 0.01
"""Metres that count as much as a change of the unit normal by 1."""


def corrective_arrays(fit: CorrectiveFit) -> dict[str, np.ndarray]:
    """Arrays ``corrective_*`` as ``digital_life.body.correctives`` reads them, over all N vertices."""
    joints, drivers, rows = [], [], []
    for joint, name in enumerate(JOINT_NAMES):
        if not np.any(fit.positions[joint]):
            continue
        most = FINGER_SHAPES if name[-1].isdigit() and "spine" not in name else MOST_SHAPES
        driver, shapes = _joint_shapes(fit, joint, most)
        if not len(driver):
            continue
        print(f"correctives of {name}: {len(driver)} shapes, {np.count_nonzero(np.any(shapes[0], axis=1))} vertices")
        joints += [joint] * len(driver)
        drivers += list(driver)
        rows += list(shapes)
    return _packed(np.array(joints), np.array(drivers), rows)


def _joint_shapes(fit: CorrectiveFit, joint: int, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Drivers [K, 9] and shapes [K, N, 6] (offset, normal). Weights have a root mean square of 1 over the poses."""
    both = np.concatenate([fit.positions[joint], NORMAL_WEIGHT * fit.normals[joint]], axis=2).astype(np.float64)
    both *= _faded(fit, joint)[None, :, None]
    values, vectors = np.linalg.eigh(fit.moments[joint])
    root = vectors * np.sqrt(np.maximum(values, FLOOR * values.max()))
    left, size, right = np.linalg.svd(root.T @ both.reshape(9, -1), full_matrices=False)
    shapes = (size[:, None] * right).reshape(9, -1, 6)
    power = (shapes[:, :, :3] ** 2).sum(axis=2)
    rest = [np.sqrt(power[kept:].sum(axis=0).max(initial=0)) for kept in range(10)]
    kept = min(next(k for k in range(10) if rest[k] < TOLERANCE), most)
    drivers = (np.linalg.inv(root).T @ left).T[:kept]
    shapes = shapes[:kept]
    shapes[:, :, 3:] /= NORMAL_WEIGHT
    return drivers, shapes


def _faded(fit: CorrectiveFit, joint: int) -> np.ndarray:
    """0..1 per vertex [N]: nothing where the joint hardly moves it."""
    moved = np.einsum("fva,fg,gva->v", fit.positions[joint], fit.moments[joint], fit.positions[joint], optimize=True)
    share = np.clip((np.sqrt(np.maximum(moved, 0)) - FADE[0]) / (FADE[1] - FADE[0]), 0, 1)
    return share * share * (3 - 2 * share)


def _packed(joints: np.ndarray, drivers: np.ndarray, rows: list[np.ndarray]) -> dict[str, np.ndarray]:
    vertices, offsets, normals, scales, starts = [], [], [], [], [0]
    for shape in rows:
        used = np.flatnonzero(np.any(shape != 0, axis=1))
        scale = np.array([np.abs(shape[:, :3]).max(), np.abs(shape[:, 3:]).max()]) / 127
        vertices.append(used.astype(np.uint16))
        offsets.append(np.round(shape[used, :3] / scale[0]).astype(np.int8))
        normals.append(np.round(shape[used, 3:] / scale[1]).astype(np.int8))
        scales.append(scale)
        starts.append(starts[-1] + len(used))
    return {
        "corrective_joint": joints.astype(np.uint8),
        "corrective_driver": drivers.astype(np.float32),
        "corrective_start": np.array(starts, np.uint32),
        "corrective_vertex": np.concatenate(vertices),
        "corrective_offset": np.concatenate(offsets),
        "corrective_normal": np.concatenate(normals),
        "corrective_scale": np.array(scales, np.float32),
    }
