"""The SMPL-X layer in torch: batched and differentiable, for fitting poses, shapes and expressions.

The same model as ``layer.py`` (Pavlakos et al., CVPR 2019, equations 1-5); for playing motion that one is quicker.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from digital_life.body.kinematics import BY_DEPTH, DEPTHS
from digital_life.body.layer import BodyModel
from digital_life.body.pose_parts import PARTS, hand_components, hand_mean
from digital_life.errors import InputError
from digital_life.motion.skeleton import JOINT_COUNT, PARENTS


class TorchBody(nn.Module):
    """``BodyModel`` as a module with T poses a call; V vertices, B betas, E expression coefficients."""

    template: Tensor
    weights: Tensor
    rest_joints: Tensor
    face_vertices: Tensor
    pose_directions: Tensor
    drivers: Tensor
    corrected_vertices: Tensor

    def __init__(self, body: BodyModel, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.body = body
        count = len(body.template)

        def keep(name: str, array: np.ndarray) -> None:
            self.register_buffer(name, torch.tensor(np.ascontiguousarray(array), dtype=dtype), persistent=False)

        keep("template", body.template)
        keep("weights", body.skin_weights.toarray())
        keep("rest_joints", body.regressor @ body.template)
        for name, directions in (("shape", body.shape_directions), ("expression", body.expression_directions)):
            keep(f"{name}_directions", directions.reshape(count * 3, -1).T)
            moved = body.regressor @ directions.reshape(count, -1)
            keep(f"{name}_joints", np.asarray(moved).reshape(JOINT_COUNT * 3, -1).T)
        keep("face_directions", body.arkit_directions.reshape(len(body.arkit_directions), -1))
        self.register_buffer("face_vertices", torch.tensor(body.arkit_vertices), persistent=False)
        correctives = body.correctives
        poses = (
            body.pose_directions if correctives is None else correctives.shapes().reshape(len(correctives.joints), -1)
        )
        self.corrected = poses is not None
        self.driving = None if correctives is None else torch.tensor(correctives.joints)
        if correctives is not None:
            keep("drivers", correctives.drivers)
        if poses is not None:
            moved_by = np.abs(poses).reshape(len(poses), count, 3).max(axis=(0, 2)) > 0
            corrected = np.flatnonzero(moved_by)
            keep("pose_directions", poses.reshape(len(poses), count, 3)[:, corrected].reshape(len(poses), -1))
            self.register_buffer("corrected_vertices", torch.tensor(corrected), persistent=False)

    def forward(
        self,
        pose: Tensor,
        *,
        betas: Tensor | None = None,
        expression: Tensor | None = None,
        translation: Tensor | None = None,
        face: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Vertices [T, V, 3] and joints [T, 55, 3], metres, differentiable in every argument.

        ``pose`` [T, 55, 3] axis-angle (radians) or [T, 55, 3, 3] rotation matrices; ``betas`` [T or 1, up to B];
        ``expression`` [T or 1, up to E]; ``translation`` [T or 1, 3] m; ``face`` [T or 1, 52] ARKit weights.

        Raises:
            InputError: a shape is wrong.
        """
        rotations = self._matrices(pose)
        frames = len(rotations)
        vertices, joints = self.template[None], self.rest_joints[None]
        for name, values in (("shape", betas), ("expression", expression)):
            if values is not None:
                directions = self._first(f"{name}_directions", values)
                vertices = vertices + (values @ directions).reshape(len(values), -1, 3)
                joints = joints + (values @ self._first(f"{name}_joints", values)).reshape(len(values), -1, 3)
        if face is not None:
            offsets = (face @ self._first("face_directions", face)).reshape(len(face), -1, 3)
            vertices = vertices.expand(max(len(vertices), len(face)), -1, -1).index_add(1, self.face_vertices, offsets)
        if self.corrected:
            offsets = (self._features(rotations) @ self.pose_directions).reshape(frames, -1, 3)
            vertices = vertices.expand(frames, -1, -1).index_add(1, self.corrected_vertices, offsets)
        turned, placed = _world(rotations, joints.expand(frames, -1, -1))
        shift = placed - torch.einsum("tjab,tjb->tja", turned, joints.expand(frames, -1, -1))
        relative = torch.cat([turned.reshape(frames, JOINT_COUNT, 9), shift], dim=2)
        blended = torch.matmul(self.weights, relative)
        matrices = blended[..., :9].reshape(frames, -1, 3, 3)
        posed: Tensor = torch.matmul(matrices, vertices[..., None])[..., 0] + blended[..., 9:]
        if translation is not None:
            posed, placed = posed + translation[:, None], placed + translation[:, None]
        return posed, placed

    def full_pose(self, *, use_pca: bool = False, flat_hand_mean: bool = False, **parts: Tensor) -> Tensor:
        """Axis-angle [T, 55, 3] from the parts that ``smplx`` names, each [T, numbers]; see ``pose_parts.full_pose``.

        Raises:
            InputError: an unknown part, no part at all, or a body file without the hands that are asked for.
        """
        known = dict(PARTS)
        if not parts or set(parts) - set(known):
            raise InputError(f"a pose is made of {', '.join(known)}, not of {', '.join(parts) or 'nothing'}")
        frames = max(len(values) for values in parts.values())
        dtype, columns = self.template.dtype, []
        for name, numbers in known.items():
            values = parts.get(name, torch.zeros(1, numbers, dtype=dtype))
            side = name[0]
            if use_pca and "hand" in name and name in parts:
                values = values @ torch.tensor(hand_components(self.body, side, values.shape[1]), dtype=dtype)
            if not flat_hand_mean and "hand" in name:
                values = values + torch.tensor(hand_mean(self.body, side), dtype=dtype)
            columns.append(values.reshape(len(values), numbers).expand(frames, -1))
        return torch.cat(columns, dim=1).reshape(frames, JOINT_COUNT, 3)

    def _matrices(self, pose: Tensor) -> Tensor:
        if pose.ndim == 4 and tuple(pose.shape[1:]) == (JOINT_COUNT, 3, 3):
            return pose
        if pose.ndim == 3 and tuple(pose.shape[1:]) == (JOINT_COUNT, 3):
            return rodrigues(pose)
        raise InputError(f"a batch of poses has shape (T, 55, 3) or (T, 55, 3, 3), not {tuple(pose.shape)}")

    def _features(self, rotations: Tensor) -> Tensor:
        """What the pose offsets are linear in [T, C]: weights of the corrective shapes, or the entries of the rotations."""
        driving = slice(1, None) if self.driving is None else self.driving
        change = rotations[:, driving] - torch.eye(3, dtype=rotations.dtype)
        if self.driving is None:
            return change.reshape(len(rotations), -1)
        return (change.reshape(len(rotations), -1, 9) * self.drivers).sum(-1)

    def _first(self, name: str, values: Tensor) -> Tensor:
        """The directions of as many coefficients as are given."""
        directions: Tensor = getattr(self, name)
        if values.ndim != 2 or values.shape[1] > len(directions):
            raise InputError(f"the body takes up to {len(directions)} coefficients a row, not {tuple(values.shape)}")
        return directions[: values.shape[1]]


def rodrigues(vectors: Tensor) -> Tensor:
    """Rotation matrices [..., 3, 3] of axis-angle [..., 3] radians, with finite gradients at zero."""
    squared = (vectors * vectors).sum(-1)
    half = torch.sqrt(0.25 * squared + 1e-24)
    sinc = torch.sinc(half / torch.pi)
    versed = 0.5 * sinc * sinc
    x, y, z = (sinc * torch.cos(half))[..., None].mul(vectors).unbind(-1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], dim=-1).reshape(*vectors.shape, 3)
    outer = (versed[..., None] * vectors)[..., :, None] * vectors[..., None, :]
    matrices: Tensor = cross + outer + (1 - versed * squared)[..., None, None] * torch.eye(3, dtype=vectors.dtype)
    return matrices


def _world(rotations: Tensor, joints: Tensor) -> tuple[Tensor, Tensor]:
    """World rotations [T, 55, 3, 3] and positions [T, 55, 3], one step for each depth of the tree."""
    parents = torch.tensor(PARENTS[1:])
    bones = torch.cat([joints[:, :1], joints[:, 1:] - joints[:, parents]], dim=1)
    turned, placed = [rotations[:, :1]], [bones[:, :1]]
    above = [0]
    for depth in range(1, int(DEPTHS.max()) + 1):
        mine = [int(joint) for joint in BY_DEPTH if DEPTHS[joint] == depth]
        index = [above.index(PARENTS[joint]) for joint in mine]
        parent = turned[-1][:, index]
        placed.append(placed[-1][:, index] + torch.einsum("tjab,tjb->tja", parent, bones[:, mine]))
        turned.append(parent @ rotations[:, mine])
        above = mine
    back = np.argsort(BY_DEPTH).tolist()
    return torch.cat(turned, dim=1)[:, back], torch.cat(placed, dim=1)[:, back]
