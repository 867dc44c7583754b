"""``default_body.npz``: the free default body in SMPL-X form, compact and without pickles."""

from pathlib import Path

import numpy as np

from digital_life.motion.arkit import ARKIT_INDEX, ARKIT_NAMES
from digital_life.motion.skeleton import JOINT_INDEX, PARENTS
from tools.body_build.hands import hand_poses
from tools.body_build.head_texture import lay_out_head
from tools.body_build.jaw import Jaw
from tools.body_build.landmarks import FaceLoops, contour_landmarks, key_vertices, static_landmarks
from tools.body_build.shape_space import joint_regressor, shape_space
from tools.body_build.source import Source

GROUPS = (
    "body", "helper-l-eye", "helper-r-eye", "helper-upper-teeth", "helper-lower-teeth", "helper-tongue",
    "helper-l-eyelashes-1", "helper-l-eyelashes-2", "helper-r-eyelashes-1", "helper-r-eyelashes-2",
)  # fmt: skip
BETAS = 10
EXPRESSIONS: dict[str, dict[str, float]] = {
    "smile": {"mouthSmile": 1, "cheekSquint": 0.4, "mouthDimple": 0.2},
    "frown": {"mouthFrown": 1, "mouthShrugLower": 0.3},
    "brow_raise": {"browInnerUp": 1, "browOuterUp": 1},
    "brow_lower": {"browDown": 1, "noseSneer": 0.3},
    "blink": {"eyeBlink": 1},
    "eye_wide": {"eyeWide": 1},
    "pucker": {"mouthPucker": 0.7, "mouthFunnel": 0.5},
    "stretch": {"mouthStretch": 1},
    "lips_part": {"mouthUpperUp": 0.7, "mouthLowerDown": 1},
    "lips_press": {"mouthRollLower": 0.8, "mouthRollUpper": 0.8, "mouthPress": 0.5},
}
"""The ten expression axes as mixes of ARKit keys; a name without its side means both."""
LICENCE = "CC0-1.0 (derived from MakeHuman/MPFB2 and Face Units 01 by Mika Suominen, CC0)"


def write_default_body(source: Source, jaw: Jaw, correctives: dict[str, np.ndarray], path: Path) -> None:
    """``correctives``: arrays over the base mesh (see ``corrective_basis.py``)."""
    quads = np.concatenate([source.mesh.quads[group] for group in GROUPS])
    corners = np.concatenate([source.mesh.uv_quads[group] for group in GROUPS])
    dense = np.zeros((len(source.mesh.vertices), len(PARENTS)))
    np.put_along_axis(dense, jaw.weight_index.astype(int), jaw.weight_value, axis=1)
    kept = _order(np.unique(quads), key_vertices(source, dense))
    position = np.full(len(dense), -1)
    position[kept] = np.arange(len(kept))

    mean, joints = source.mean_state[0][kept], source.mean_state[1]
    arkit = source.arkit[:, kept]
    faces, uv_faces = triangulate(position[quads], corners, mean)
    space = shape_space(source, kept, BETAS)
    skin = np.isin(kept, source.group("body"))
    still = skin & (np.linalg.norm(arkit, axis=2).max(0) < 2e-4)
    eyes = {
        JOINT_INDEX["left_eye"]: position[source.group("helper-l-eye")],
        JOINT_INDEX["right_eye"]: position[source.group("helper-r-eye")],
    }
    regressor = joint_regressor(space, mean, joints, dense[kept], skin, eyes, still)
    loops = FaceLoops(source, lay_out_head(source.mesh, source.mean_state[0]).quads)
    used = np.unique(uv_faces)
    moved = np.flatnonzero(np.abs(arkit).max((0, 2)) > 1e-5)
    row, column = np.nonzero(regressor)
    arrays = {
        "v_template": mean.astype(np.float32),
        "f": faces.astype(np.uint16),
        "vt": source.mesh.uv[used].astype(np.float32),
        "ft": np.searchsorted(used, uv_faces).astype(np.uint16),
        "shapedirs": space.directions.transpose(1, 2, 0).astype(np.float16),
        "exprdirs": np.stack([_mix(arkit, mix) for mix in EXPRESSIONS.values()], axis=-1).astype(np.float16),
        "expression_names": np.array(list(EXPRESSIONS)),
        "arkit_vertex": moved.astype(np.uint16),
        "arkit_dirs": arkit[:, moved].astype(np.float16),
        "arkit_names": np.array(ARKIT_NAMES),
        "weight_index": jaw.weight_index[kept],
        "weight_value": jaw.weight_value[kept].astype(np.float32),
        "regressor_row": row.astype(np.uint8),
        "regressor_column": column.astype(np.uint16),
        "regressor_value": regressor[row, column],
        "parents": np.array(PARENTS, np.int16),
        "jaw_angle": np.float32(jaw.angle),
        "licence": np.array(LICENCE),
    }
    arrays |= correctives | {"corrective_vertex": position[correctives["corrective_vertex"]].astype(np.uint16)}
    arrays |= {name: pose.astype(np.float32) for name, pose in hand_poses().items()}
    for name, ids in (("static", static_landmarks(source, loops)), ("contour", contour_landmarks(source))):
        arrays[f"landmarks_{name}"] = position[ids].astype(np.uint16)
    np.savez_compressed(path, **arrays)


def _order(kept: np.ndarray, keys: dict[str, int]) -> np.ndarray:
    """Base-mesh vertices in file order: the package ``smplx`` reads extra joints at fixed vertex numbers of SMPL-X, so
    the vertices that mean the same here are swapped into those places."""
    from smplx.vertex_ids import vertex_ids

    order = kept.copy()
    for name, place in vertex_ids["smplx"].items():
        current = int(np.flatnonzero(order == keys[name])[0])
        order[[place, current]] = order[[current, place]]
    places = vertex_ids["smplx"]
    wrong = [name for name, place in places.items() if order[place] != keys[name]]
    if wrong:
        raise SystemExit(f"two key vertices coincide: {wrong}")
    return order


def triangulate(quads: np.ndarray, corners: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangles and their uv indices, cut along the shorter diagonal."""
    short = np.linalg.norm(points[quads[:, 0]] - points[quads[:, 2]], axis=1) <= np.linalg.norm(
        points[quads[:, 1]] - points[quads[:, 3]], axis=1
    )
    single = quads[:, 2] == quads[:, 3]
    pieces = [
        (single, [0, 1, 2]), (~single & short, [0, 1, 2]), (~single & short, [0, 2, 3]),
        (~single & ~short, [0, 1, 3]), (~single & ~short, [1, 2, 3]),
    ]  # fmt: skip
    faces = np.concatenate([quads[chosen][:, columns] for chosen, columns in pieces])
    uv_faces = np.concatenate([corners[chosen][:, columns] for chosen, columns in pieces])
    return faces, uv_faces


def _mix(arkit: np.ndarray, mix: dict[str, float]) -> np.ndarray:
    total = np.zeros(arkit.shape[1:])
    for name, amount in mix.items():
        sides = [name] if name in ARKIT_INDEX else [name + "Left", name + "Right"]
        total += amount * sum(arkit[ARKIT_INDEX[side]] for side in sides if side in ARKIT_INDEX)
    return total
