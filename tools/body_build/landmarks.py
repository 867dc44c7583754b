"""Face landmarks in the 51 + 17 order of iBUG, and the vertices that SMPL-X tools read as extra joints."""

import numpy as np

from digital_life.motion.skeleton import JOINT_INDEX
from tools.body_build.source import Source

FINGERS = ("thumb", "index", "middle", "ring", "pinky")


class FaceLoops:
    """Rings of base-mesh vertices that are found by topology: lid margins and the two borders of the lips."""

    def __init__(self, source: Source, head_quads: np.ndarray) -> None:
        quads = source.mesh.quads["body"]
        corners = source.mesh.uv_quads["body"]
        vertices = source.mean_state[0]
        # a vertex with two texture coordinates lies on a seam; the seams of the face are lids and lips
        seam = np.zeros(len(vertices), bool)
        pairs = np.unique(np.stack([quads[head_quads].reshape(-1), corners[head_quads].reshape(-1)], 1), axis=0)
        ids, count = np.unique(pairs[:, 0], return_counts=True)
        seam[ids[count > 1]] = True
        eye = source.mean_state[1][JOINT_INDEX["left_eye"]]
        front = vertices[:, 2] > eye[2] - 0.035
        near_eye = np.linalg.norm(vertices[:, :2] - eye[:2], axis=1) < 0.03
        self.left_lid = np.flatnonzero(seam & near_eye & front)
        mirrored = np.linalg.norm(vertices[:, :2] * [-1, 1] - eye[:2], axis=1) < 0.03
        self.right_lid = np.flatnonzero(seam & mirrored & front)
        mouth = (vertices[:, 1] < eye[1] - 0.05) & (np.abs(vertices[:, 0]) < 0.04) & front
        self.inner_lips = np.flatnonzero(seam & mouth)


def around(points: np.ndarray, ids: np.ndarray, targets: list[tuple[float, float]]) -> list[int]:
    """The ring's vertex nearest to each target, given in its own box: x and y from -1 to 1."""
    ring = points[ids][:, :2]
    middle, half = (ring.max(0) + ring.min(0)) / 2, np.ptp(ring, axis=0) / 2
    box = (ring - middle) / half
    return [int(ids[np.argmin(((box - target) ** 2).sum(1))]) for target in targets]


EYE_RING = [(1, -0.2), (0.35, 0.9), (-0.35, 0.95), (-1, -0.5), (-0.35, -0.9), (0.35, -0.9)]
"""Left eye: outer corner, upper lid, inner corner, lower lid."""
INNER_RING = [(-0.9, 0), (-0.35, 0.6), (0, 0.6), (0.35, 0.6), (0.9, 0), (0.35, -0.6), (0, -0.6), (-0.35, -0.6)]
OUTER_LIPS = [
    (-1.0, 0), (-0.6, 0.75), (-0.22, 1.0), (0, 0.9), (0.22, 1.0), (0.6, 0.75), (1.0, 0), (0.6, -0.85), (0.25, -1.0),
    (0, -1.0), (-0.25, -1.0), (-0.6, -0.85),
]  # fmt: skip


def static_landmarks(source: Source, loops: FaceLoops) -> list[int]:
    """51 base-mesh vertices: brows, nose, eyes, mouth."""
    points, joints = source.mean_state
    eye = joints[JOINT_INDEX["left_eye"]]
    front = np.flatnonzero((points[:, 2] > eye[2] - 0.02) & _mask(source, "body"))

    def near(target: np.ndarray) -> int:
        return int(front[np.argmin((((points[front] - target) * [1, 1, 0.35]) ** 2).sum(1))])

    brow = [(-0.019, 0.019), (-0.009, 0.023), (0.002, 0.025), (0.012, 0.023), (0.022, 0.017)]
    left_brow = [eye + np.array([x, y, 0.012]) for x, y in brow]
    ids = [near(mirror(p)) for p in left_brow[::-1]] + [near(p) for p in left_brow]
    tip = points[nose_tip(source)]
    ids += [near(tip + np.array([0, rise, -0.004])) for rise in (0.036, 0.024, 0.012, 0)]
    ids += [near(tip + np.array([x, -0.014, -0.012])) for x in (-0.014, -0.007, 0, 0.007, 0.014)]
    ids += around(points, loops.right_lid, [(-x, y) for x, y in EYE_RING])
    left = around(points, loops.left_lid, EYE_RING)
    ids += [left[i] for i in (3, 2, 1, 0, 5, 4)]
    lips = points[loops.inner_lips]
    centre, half = (lips.max(0) + lips.min(0)) / 2, np.ptp(lips[:, 0]) / 2
    ids += [near(np.array([x * half * 1.04, centre[1] + y * 0.0085, lips[:, 2].max()])) for x, y in OUTER_LIPS]
    ids += around(points, loops.inner_lips, INNER_RING)
    return ids


def contour_landmarks(source: Source) -> list[int]:
    """17 vertices from the right ear along the jaw to the left ear."""
    points, joints = source.mean_state
    eye = joints[JOINT_INDEX["left_eye"]]
    head = np.flatnonzero(_mask(source, "body") & (points[:, 1] > eye[1] - 0.16))
    ids = []
    for angle in np.linspace(-1.5, 1.5, 17):
        drop = 0.02 + 0.105 * max(np.cos(angle), 0) ** 1.2
        target = np.array([np.sin(angle) * 0.073, eye[1] - drop, eye[2] - 0.094 + 0.09 * np.cos(angle)])
        ids.append(int(head[np.argmin(((points[head] - target) ** 2).sum(1))]))
    return ids


def mirror(point: np.ndarray) -> np.ndarray:
    return point * [-1, 1, 1]


def nose_tip(source: Source) -> int:
    points, joints = source.mean_state
    eye = joints[JOINT_INDEX["left_eye"]]
    middle = np.flatnonzero(
        (np.abs(points[:, 0]) < 0.012) & (np.abs(points[:, 1] - eye[1] + 0.04) < 0.04) & _mask(source, "body")
    )
    return int(middle[np.argmax(points[middle, 2])])


def _mask(source: Source, group: str) -> np.ndarray:
    mask = np.zeros(len(source.mesh.vertices), bool)
    mask[source.group(group)] = True
    return mask


def key_vertices(source: Source, weights: np.ndarray) -> dict[str, int]:
    """Base-mesh vertices under the names that the package ``smplx`` uses for joints 55-75."""
    points, joints = source.mean_state
    body = source.group("body")
    left_eye = joints[JOINT_INDEX["left_eye"]] + [0, 0, 0.012]

    def strong(joint: str) -> np.ndarray:
        return body[weights[body, JOINT_INDEX[joint]] > 0.5]

    def extreme(ids: np.ndarray, direction: tuple[float, float, float]) -> int:
        return int(ids[np.argmax(points[ids] @ np.array(direction))])

    head = strong("head")
    keys = {"nose": nose_tip(source), "lear": extreme(head, (1, 0, 0)), "rear": extreme(head, (-1, 0, 0))}
    for name, target in (("leye", left_eye), ("reye", mirror(left_eye))):
        keys[name] = int(head[np.argmin(((points[head] - target) ** 2).sum(1))])
    for letter, side, sign in (("l", "left_", 1), ("r", "right_", -1)):
        for finger in FINGERS:
            forward = 0.3 if finger == "thumb" else 0.0
            keys[letter + finger] = extreme(strong(f"{side}{finger}3"), (sign, 0, forward))
        toes = strong(side + "foot")
        keys[letter.upper() + "BigToe"] = extreme(toes, (-0.8 * sign, 0, 1))
        keys[letter.upper() + "SmallToe"] = extreme(toes, (sign, 0, 0.35))
        keys[letter.upper() + "Heel"] = extreme(strong(side + "ankle"), (0, -1, -1))
    return keys
