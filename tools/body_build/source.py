"""Everything the build needs from the wheel, T-posed and in the SMPL-X model frame."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from digital_life.body.sliders import MacroTargets
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.skeleton import JOINT_INDEX
from tools.body_build.face_pairs import ASYMMETRIC, FACE_PAIRS
from tools.body_build.makehuman import BaseMesh, Rig, load_base_mesh, load_rig, load_target, macro_files
from tools.body_build.rest_pose import RestPose
from tools.body_build.rig_map import joint_matrix, weight_matrix

PELVIS_HEIGHT = -0.351  # of SMPL-X's neutral body, so that ``transl`` of public data sets fits roughly
MEAN_ADULT = {"age": 0.70, "gender": 0.5, "muscle": 0.5, "weight": 0.47, "height": 0.38, "proportions": 0.5}
CHEST = np.r_[1762:1794, 8434:8466]
"""Vertices of the nipples, smoothed away in the template and in every target: the body carries no nudity detail."""
SETBACK = {
    "helper-upper-teeth": np.array([0.0, -0.002, -0.007]),
    "helper-lower-teeth": np.array([0.0, -0.003, -0.007]),
    "helper-tongue": np.array([0.0, -0.005, -0.007]),
}
"""As modelled, the teeth come through the closed lips and the tongue fills the mouth."""
REST_FACE = {
    "jawOpen": -0.05,
    "mouthSmileLeft": 0.24, "mouthSmileRight": 0.24, "mouthFrownLeft": -0.10, "mouthFrownRight": -0.10,
    "eyeWideLeft": 0.12, "eyeWideRight": 0.12,
}  # fmt: skip
"""Face keys baked into rest: as modelled, the lips stay apart by a slit, the corners of the mouth hang, the lids too."""
LASHES = ("helper-l-eyelashes-1", "helper-l-eyelashes-2", "helper-r-eyelashes-1", "helper-r-eyelashes-2")
LASH_SHORTENING = 0.5
"""The lash strips are made for a transparent texture; drawn solid, they are shortened to a line."""


@dataclass(frozen=True)
class Source:
    """Base mesh (N vertices), rig and targets; ``mean_state`` is the average adult, T-posed, pelvis at y = -0.351."""

    root: Path
    mesh: BaseMesh
    rig: Rig
    rest: RestPose
    macro: MacroTargets
    keys: list[str]
    a_posed_mean: np.ndarray
    a_posed_targets: np.ndarray

    @cached_property
    def joint_rows(self) -> np.ndarray:
        return joint_matrix(self.rig)

    @cached_property
    def _smoothing(self) -> tuple[np.ndarray, np.ndarray]:
        return chest_smoothing(self.mesh.quads["body"])

    @cached_property
    def _lashes(self) -> tuple[np.ndarray, np.ndarray]:
        """Lash vertices and, for each, the nearest vertex of the lid."""
        lashes = np.unique(np.concatenate([self.group(name) for name in LASHES]))
        body = self.group("body")
        _, nearest = cKDTree(self.a_posed_mean[body]).query(self.a_posed_mean[lashes])
        return lashes, body[nearest]

    def _shorten_lashes(self, offsets: np.ndarray) -> None:
        """In place, on positions or offsets [..., N, 3]: a linear map, so that shapes and face keys stay linear."""
        lashes, lid = self._lashes
        offsets[..., lashes, :] += LASH_SHORTENING * (offsets[..., lid, :] - offsets[..., lashes, :])

    def pose(self, a_posed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """T-posed vertices [N, 3] and joints [55, 3], chest smoothed; positions and offsets alike."""
        vertices = self.rest.apply_offsets(a_posed)
        inner, average = self._smoothing
        vertices[inner] = average @ vertices[: average.shape[1]]
        self._shorten_lashes(vertices)
        return vertices, self.joint_rows @ self.rest.heads(self.rig.head @ a_posed)

    @cached_property
    def mean_state(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean vertices and joints in the SMPL-X frame, with a friendly face, teeth and tongue set back."""
        vertices, joints = self.pose(self.a_posed_mean)
        for key, amount in REST_FACE.items():
            vertices += amount * self.arkit[ARKIT_NAMES.index(key)]
        for group, offset in SETBACK.items():
            vertices[self.group(group)] += offset
        shift = np.array([0.0, PELVIS_HEIGHT - joints[0, 1], 0.0])
        return vertices + shift, joints + shift

    @cached_property
    def targets(self) -> tuple[np.ndarray, np.ndarray]:
        """Every macro target, T-posed and hung from the pelvis: vertex offsets [K, N, 3], joint offsets [K, 55, 3]."""
        return self._pose_all(self.a_posed_targets)

    @cached_property
    def face_pairs(self) -> tuple[list[str], np.ndarray]:
        """Names and offsets [P, 2, N, 3] of the local face changes, (less, more)."""
        pairs = [(folder, pair.split()) for folder, group in FACE_PAIRS.items() for pair in group]
        pairs += [("asym", [f"asym-{name}-{side}" for side in "lr"]) for name in ASYMMETRIC]
        offsets = [self._pose_all(np.stack([self._local(folder, n) for n in names]))[0] for folder, names in pairs]
        return [names[1] for _, names in pairs], np.stack(offsets)

    @cached_property
    def arkit(self) -> np.ndarray:
        """The 52 sculpted ARKit keys [52, N, 3] (Face Units 01 by Mika Suominen, CC0); the head bones keep identity."""
        folder = self.root / "faceunits01/targets/faceunits"
        keys = np.stack([load_target(folder / f"{name}.target", len(self.mesh.vertices)) for name in ARKIT_NAMES])
        self._shorten_lashes(keys)
        keys[ARKIT_NAMES.index("tongueOut"), self.group("helper-tongue")] -= SETBACK["helper-tongue"]
        return keys

    def group(self, name: str) -> np.ndarray:
        """Vertex indices of one group."""
        return np.unique(self.mesh.quads[name])

    @cached_property
    def bone_weights(self) -> np.ndarray:
        """[N, 55] skin weights by the bone map alone (the jaw is refined in ``jaw.py``)."""
        return self.rig.weights @ weight_matrix(self.rig)

    def _pose_all(self, a_posed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        vertices = np.empty(a_posed.shape, np.float32)
        joints = np.empty((len(a_posed), len(JOINT_INDEX), 3), np.float32)
        for k, target in enumerate(a_posed):
            moved, moved_joints = self.pose(target.astype(np.float64))
            lift = np.array([0.0, moved_joints[0, 1], 0.0])
            vertices[k], joints[k] = moved - lift, moved_joints - lift
        return vertices, joints

    def _local(self, folder: str, name: str) -> np.ndarray:
        count = len(self.mesh.vertices)
        sides = [name.replace("?", side) for side in ("l", "r")] if "?" in name else [name]
        return sum(load_target(self.root / f"mpfb2/targets/{folder}/{side}.target.gz", count) for side in sides)


def chest_smoothing(quads: np.ndarray, rounds: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Laplacian smoothing as a linear map: the smoothed vertices and the rows [C, N] that average for them."""
    neighbours: dict[int, set[int]] = {int(i): set() for i in CHEST}
    for quad in quads:
        for a, b in zip(quad, np.roll(quad, -1), strict=True):
            if a in neighbours:
                neighbours[a].add(int(b))
            if b in neighbours:
                neighbours[b].add(int(a))
    inner = np.array([i for i, near in neighbours.items() if near])
    count = int(quads.max()) + 1
    step = np.zeros((len(inner), count))
    for row, i in enumerate(inner):
        near = list(neighbours[int(i)])
        step[row, near] = 1 / len(near)
    rows = np.zeros((len(inner), count))
    rows[np.arange(len(inner)), inner] = 1
    for _ in range(rounds):
        from_inner = step[:, inner]
        outer = step.copy()
        outer[:, inner] = 0
        rows = from_inner @ rows + outer
    return inner, rows


def load_source(root: Path) -> Source:
    """Read and T-pose-prepare the wheel's data (about 15 s)."""
    mesh = load_base_mesh(root)
    count = len(mesh.vertices)
    rig = load_rig(root, mesh)
    files = macro_files(root, ("baby", "child", "young", "old"))
    targets = np.stack([load_target(path, count) for path in files.values()])
    macro = MacroTargets(list(files))
    mean = mesh.vertices + np.tensordot(macro.shares(MEAN_ADULT), targets, 1)
    return Source(root, mesh, rig, RestPose(rig, mean), macro, list(files), mean, targets)
