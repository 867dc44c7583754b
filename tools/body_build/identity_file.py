"""``identity.npz``: the compressed identity basis and the static tables of the base mesh."""

from pathlib import Path

import numpy as np

from digital_life.body.sliders import ANCESTRIES
from digital_life.motion.arkit import ARKIT_NAMES
from tools.body_build.head_texture import lay_out_head
from tools.body_build.jaw import Jaw
from tools.body_build.principal import principal_combinations
from tools.body_build.skin_maps import skin_masks
from tools.body_build.source import MEAN_ADULT, Source

COMPONENTS = 80
SAMPLES = 3000
HEAD_EMPHASIS = 2.5
"""Errors of the face are seen first: its vertices count this much more in the principal directions."""
GROUPS = (
    "body", "helper-l-eye", "helper-r-eye", "helper-upper-teeth", "helper-lower-teeth", "helper-tongue",
    "helper-l-eyelashes-1", "helper-l-eyelashes-2", "helper-r-eyelashes-1", "helper-r-eyelashes-2", "helper-tights",
    "helper-skirt", "helper-hair",
)  # fmt: skip


def write_identity_file(source: Source, jaw: Jaw, path: Path) -> None:
    """Write the file and print how well the basis keeps unseen people."""
    basis, table, offset = _principal_directions(source)
    scale = np.abs(basis).max(axis=(1, 2)) / 32767
    mean = _stack(*source.mean_state)
    packed = np.round(basis / scale[:, None, None]).astype(np.int16)
    _report_error(source, mean, packed * scale[:, None, None].astype(np.float32), table, offset)
    layout = lay_out_head(source.mesh, source.mean_state[0])
    face_names, face_offsets = source.face_pairs
    arrays = {
        "mean": mean.astype(np.float32),
        "basis": packed,
        "scale": scale.astype(np.float32),
        "keys": np.array(source.keys),
        "table": table.astype(np.float32),
        "offset": offset.astype(np.float32),
        "face_names": np.array(face_names),
        "arkit_names": np.array(ARKIT_NAMES),
        "weight_index": jaw.weight_index,
        "weight_value": np.round(jaw.weight_value * 65535).astype(np.uint16),
        "jaw_angle": np.float32(jaw.angle),
        "uv": layout.uv.astype(np.float32),
        "head_quads": layout.quads,
    }
    arrays |= _sparse("face", face_offsets.reshape(-1, *face_offsets.shape[2:]), 5e-5)
    arrays |= _sparse("arkit", np.concatenate([source.arkit, jaw.corrective[None]]), 2e-5)
    for group in GROUPS:
        arrays[f"quads/{group}"] = source.mesh.quads[group].astype(np.uint16)
        arrays[f"uv_quads/{group}"] = source.mesh.uv_quads[group].astype(np.uint16)
    arrays |= {f"mask/{name}": mask for name, mask in skin_masks(source, layout).items()}
    np.savez_compressed(path, **arrays)


def _stack(vertices: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """Joints ride along as 55 more rows behind the vertices."""
    return np.concatenate([vertices, joints], axis=-2)


def sample_person(random: np.random.Generator) -> dict[str, float]:
    """Sliders of a person from four years on, spread widely so that the extremes are kept."""
    sliders = {
        "gender": random.beta(0.3, 0.3), "age": random.choice([random.uniform(0.1, 0.55), random.uniform(0.55, 1)]), "muscle": random.uniform(0.05, 0.95),
        "weight": random.uniform(0.02, 0.98), "height": random.uniform(0.04, 0.76),
        "proportions": random.uniform(0.1, 0.9), "cupsize": random.uniform(0.1, 0.9),
        "firmness": random.uniform(0.2, 0.9),
    }  # fmt: skip
    return sliders | dict(zip(ANCESTRIES, random.dirichlet([0.4] * 3), strict=True))


def _principal_directions(source: Source) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Basis [K, N + 55, 3], table [T, K] from target shares to coordinates, and the mean person's coordinates [K]."""
    targets = _stack(*source.targets)
    rows = targets.reshape(len(targets), -1)
    weight = _row_weights(source)
    random = np.random.default_rng(1)
    shares = np.array([source.macro.shares(sample_person(random)) for _ in range(SAMPLES)])
    weighted = rows * np.repeat(weight, 3).astype(np.float32)
    combinations, _, gram = principal_combinations(weighted, shares, COMPONENTS)
    basis = (combinations.T.astype(np.float32) @ rows).reshape(COMPONENTS, -1, 3)
    table = gram @ combinations
    return basis, table, source.macro.shares(MEAN_ADULT) @ table


def _row_weights(source: Source) -> np.ndarray:
    vertices, joints = source.mean_state
    weight = np.ones(len(vertices) + len(joints))
    weight[: len(vertices)][vertices[:, 1] > joints[15, 1] - 0.05] = HEAD_EMPHASIS
    weight[len(vertices) :] = HEAD_EMPHASIS
    return weight


def _report_error(source: Source, mean: np.ndarray, basis: np.ndarray, table: np.ndarray, offset: np.ndarray) -> None:
    random = np.random.default_rng(2)
    targets = _stack(*source.targets)
    middle = source.macro.shares(MEAN_ADULT)
    errors = []
    for _ in range(100):
        shares = source.macro.shares(sample_person(random))
        exact = mean + np.tensordot((shares - middle).astype(np.float32), targets, 1)
        kept = mean + np.tensordot((shares @ table - offset).astype(np.float32), basis, 1)
        errors.append(1000 * np.linalg.norm(exact - kept, axis=1)[source.group("body")])
    flat = np.concatenate(errors)
    print(f"identity basis: mean {flat.mean():.3f}, p99 {np.percentile(flat, 99):.3f}, max {flat.max():.2f} mm")


def _sparse(name: str, offsets: np.ndarray, threshold: float) -> dict[str, np.ndarray]:
    """Rows [K, N, 3] as one list of vertices and offsets, with the start of every row."""
    vertices, values, starts = [], [], [0]
    for row in offsets:
        moved = np.flatnonzero(np.abs(row).max(1) > threshold)
        vertices.append(moved.astype(np.uint16))
        values.append(row[moved].astype(np.float16))
        starts.append(starts[-1] + len(moved))
    return {
        f"{name}_start": np.array(starts, np.uint32),
        f"{name}_vertex": np.concatenate(vertices),
        f"{name}_offset": np.concatenate(values),
    }
