"""Keep layers apart in bent poses: what would stand out of the cloth over it is drawn in below it.

A character is tried in a few poses. Where a covered point comes through, it is moved inwards by as much, in small measure
at rest, and further by pose correctives of the hips: in the lap of those who sit, layers that lie one over the other fold
into each other. The points around it follow, and the moves fade out towards the rim of the cover: skin that nothing
covers at rest moves by less than a millimetre, cloth and shoes by less than three. In deep folds cloth passes through
itself, and what lies there may seem to stand far out of the wrong side: so every pair of layers is fitted with and, where
anything is left, without such points, and what leaves less standing out is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from digital_life.body.character import Character, MeshPart
from digital_life.body.corrective_skin import SMALLEST, base_correctives
from digital_life.body.correctives import Correctives
from digital_life.body.cover import LEVEL, Cover, cover, heights, is_tucked
from digital_life.body.normals import weld_map
from digital_life.body.skinning import PosedCharacter
from digital_life.motion.quaternion import from_axis_angle, to_matrix
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, Skeleton

Floats = NDArray[np.float64]
Turns = dict[str, tuple[float, float, float]]

PAIRS = (
    ("top", "outer"), ("bottom", "outer"), ("bottom", "top"), ("shoes", "bottom"),
    ("skin", "outer"), ("head", "outer"), ("skin", "top"), ("head", "top"), ("skin", "bottom"), ("skin", "shoes"),
)  # fmt: skip
"""(inner, outer), the outermost first: what is drawn in may come through nothing but what is drawn in after it. A top that is
tucked into a skirt lies under it."""
LOOSE, OVER_RIM = (("shoes", "bottom"), ("bottom", "top"), ("top", "bottom"), ("bottom", "outer")), 0.005
"""Pairs of which the inner one never lies over the outer one's edge, as collars and feet do: what is out there at rest by less
than so much (metres) is drawn in too."""
AIR, AIR_UNDER_TOPS = 0.0012, 0.003
"""Metres that are left between layers, and between skin and tops: shoulders move far, nobody sees how deep skin lies below
the cloth there, and poses that are not tried here find it below too."""
MOST_AT_REST, MOST_SEATED = 0.007, 0.035
"""How far (metres) a point is drawn in at most."""
SKIN = ("skin", "head")
SKIN_IN_SIGHT, CLOTH_IN_SIGHT, STEEP = (0.00085, 0.0001), (0.0025, 0.0003), 1.0
"""How far (metres) a point that nothing covers is drawn in at most, at rest and again by the hips, and by how much more
those under the cover may be (metres a metre from there). A dent shows on skin before it does on cloth and shoes."""
SLOPE = 0.35
"""Around a point that is drawn in, its neighbours are drawn in too, by less the further away they are (metres a metre)."""
ROUNDS, PASSES = 8, 5
MIDDLE = 0.12
"""Width (metres) of the strip in which points follow both hips."""

_HANGING: Turns = {"left_shoulder": (0.2, 0, -1.1), "right_shoulder": (0.2, 0, 1.1)}
_WALKING: Turns = _HANGING | {
    "left_collar": (0, 0, -0.14), "right_collar": (0, 0, 0.14), "left_elbow": (0, -0.8, -0.15), "right_elbow": (0, 0.8, 0.15),
}  # fmt: skip
_SWUNG_BACK: Turns = _WALKING | {"left_shoulder": (-0.3, -0.6, -0.95), "right_shoulder": (-0.3, 0.6, 0.95)}
_ON_THIGHS: Turns = {
    "left_shoulder": (0.5, -0.2, -0.9), "right_shoulder": (0.5, 0.2, 0.9),
    "left_elbow": (0.5, -1.4, 0.4), "right_elbow": (0.5, 1.4, -0.4),
}  # fmt: skip
SEATED: tuple[Turns, ...] = tuple(
    _ON_THIGHS | {f"{side}_hip": (-hip, sign * turn, 0) for side, sign in (("left", 1), ("right", -1))}
    | {f"{side}_knee": (1.5, 0, 0) for side in ("left", "right")} | {"spine1": (lean, 0, 0)}
    for hip, turn, lean in ((1.3, 0.12, 0.0), (1.5, 0.12, 0.0), (1.5, 0.0, 0.0), (1.75, 0.12, 0.1), (1.65, 0.16, 0.08))
)  # fmt: skip
UPRIGHT: tuple[Turns, ...] = (
    {},
    _HANGING,
    _ON_THIGHS,
    *(
        arms | {f"{ahead}_hip": (-0.6, 0, 0), f"{back}_hip": (0.25, 0, 0), f"{ahead}_knee": (0.6, 0, 0),
        f"{back}_knee": (0.3, 0, 0), f"{ahead}_ankle": (0.1, 0, 0), f"{back}_ankle": (-0.35, 0, 0)}
        for arms, ahead, back in ((_WALKING, "left", "right"), (_SWUNG_BACK, "right", "left"))
    ),
    {"left_shoulder": (0, 0, 1.0), "right_shoulder": (0, 0, -1.0), "left_collar": (0, 0, 0.2), "right_collar": (0, 0, -0.2)},
    *(
        {"left_shoulder": (0, -1.4, left), "right_shoulder": (0, 1.4, right), "left_elbow": (0, -1.4, 0),
        "right_elbow": (0, 1.4, 0), "left_collar": (0, -collar, 0), "right_collar": (0, collar, 0), "neck": (0.1, 0.3, 0.1),
        "spine1": (0.12, 0, 0), "spine2": (lean, lean, 0)}
        for left, right, collar, lean in ((-0.35, -0.4, 0.25, 0), (0.35, 0.25, 0.34, 0.17))
    ),
    _HANGING | {"spine1": (0.4, 0, 0), "spine2": (0.2, 0.2, 0), "left_hip": (-0.4, 0, 0), "right_hip": (-0.4, 0, 0)},
)  # fmt: skip


def kept_apart(parts: Sequence[MeshPart], skeleton: Skeleton) -> list[MeshPart]:
    """The parts with what comes through the cloth over it in the poses above drawn in."""
    layers = [part for part in parts if any(part.name in pair for pair in PAIRS)]
    if len(layers) < 2:
        return list(parts)
    fitting = {part.name: part for part in _Fitting(layers, skeleton).fitted()}
    return [fitting.get(part.name, part) for part in parts]


class _Fitting:
    """The layers of one character in all poses, and how far their points are moved at rest and by bent hips."""

    def __init__(self, layers: Sequence[MeshPart], skeleton: Skeleton) -> None:
        self._parts = {part.name: part for part in layers}
        posed = PosedCharacter(Character("", skeleton, tuple(replace(part, morphs={}) for part in layers)))
        still, poses = np.zeros(3, np.float32), [_rotations(turns) for turns in (*UPRIGHT, *SEATED)]
        self._seat = np.array([[_bent(side, pose) for side in ("left_hip", "right_hip")] for pose in poses])
        surfaces = [
            [(v.astype(np.float64), n.astype(np.float64)) for v, n in posed.pose(pose, still)] for pose in poses
        ]
        turned = [posed.blended(pose, still)[:, :, :3].astype(np.float64) for pose in poses]
        self._surfaces, self._turned = {}, {}
        self._at_rest, self._seated = {}, {}
        self._nets = {part.name: _Net(part) for part in layers}
        self._seats = {part.name: [_sides(part) @ seat for seat in self._seat] for part in layers}
        self._placed: dict[tuple[str, int], Floats] = {}
        start = 0
        for k, part in enumerate(layers):
            stop = start + len(part.vertices)
            self._surfaces[part.name] = [surface[k] for surface in surfaces]
            self._turned[part.name] = [linear[start:stop] for linear in turned]
            self._at_rest[part.name] = np.zeros((len(part.vertices), 3))
            self._seated[part.name] = np.zeros((len(part.vertices), 3))
            start = stop

    def fitted(self) -> list[MeshPart]:
        """The parts, drawn in."""
        covers = self._covers()
        for (inner, outer), under in covers.items():
            covered = np.zeros(len(self._parts[inner].vertices), bool)
            covered[np.concatenate([other.points for (name, _), other in covers.items() if name == inner])] = True
            self._draw_in(inner, outer, under, covered)
        return [self._moved(part) for part in self._parts.values()]

    def _covers(self) -> dict[tuple[str, str], Cover]:
        """What lies under what, by (inner, outer), or a little over its edge."""
        found = {}
        for inner, outer in PAIRS:
            if inner in self._parts and outer in self._parts:
                if (inner, outer) == ("bottom", "top") and is_tucked(self._parts["top"], self._parts["bottom"]):
                    inner, outer = "top", "bottom"
                level = OVER_RIM if (inner, outer) in LOOSE else LEVEL
                found[inner, outer] = cover(self._parts[inner], self._parts[outer], level=level)
        return {pair: under for pair, under in found.items() if len(under.points)}

    def _draw_in(self, inner: str, outer: str, under: Cover, covered: NDArray[np.bool_]) -> None:
        upright, seated = SKIN_IN_SIGHT if inner in SKIN else CLOTH_IN_SIGHT
        for poses, moves, most, in_sight in (
            (range(len(UPRIGHT)), self._at_rest[inner], MOST_AT_REST, upright),
            (range(len(UPRIGHT), len(self._seat)), self._seated[inner], MOST_SEATED, seated),
        ):
            limits = np.minimum(self._nets[inner].limits(covered, in_sight), most)
            before, least = moves.copy(), np.inf
            best = before
            for in_folds in (True, False):  # what lies in a fold may lead its neighbours astray, or be what they need
                moves[:] = before
                self._try(inner, outer, under, poses, moves, limits, in_folds)
                changed = (moves != before)[under.points].any(axis=1)
                left = self._left(inner, outer, Cover(under.points[changed], under.triangles[changed]), poses)
                if left < least:
                    best, least = moves.copy(), left
                if not left:
                    break
            moves[:] = best
        for place in [place for place in self._placed if place[0] == inner]:
            del self._placed[place]

    def _try(
        self, inner: str, outer: str, under: Cover, poses: range, moves: Floats, limits: Floats, in_folds: bool
    ) -> None:
        """Add to ``moves`` [V, 3] in place, pass by pass, what keeps the covered points in, up to the ``limits`` [V]."""
        for _ in range(PASSES):
            wanted = self._wanted(inner, outer, under, poses, in_folds)
            added = self._nets[inner].spread(wanted)
            moves[:] = _at_most(moves + added, limits)
            moved = added[under.points].any(axis=1)  # also what was drawn along, it may have come out by that
            under = Cover(under.points[moved], under.triangles[moved])

    def _wanted(self, inner: str, outer: str, under: Cover, poses: range, in_folds: bool) -> Floats:
        """What to add to the points [V, 3] at rest so that none stands out in the pose in which it does so most.

        A point that looks at the inner side of cloth lies in a fold of it; it is heeded only ``in_folds``.
        """
        wanted, worst = np.zeros_like(self._at_rest[inner]), np.zeros(len(under.points))
        air = _air(inner, outer)
        for pose in poses if len(under.points) else ():
            height, across, outside = self._heights(inner, outer, under, pose)
            out = np.flatnonzero((outside | in_folds) & (height + air > worst))
            worst[out] = height[out] + air
            moves = -across[out] * worst[out, None]
            turned = self._turned[inner][pose][under.points[out]]
            wanted[under.points[out]] = np.linalg.solve(turned, moves[..., None])[..., 0]
        return wanted

    def _left(self, inner: str, outer: str, under: Cover, poses: range) -> float:
        """How much still stands out: the sum of the squared heights (metres) over all points and poses."""
        total = 0.0
        for pose in poses if len(under.points) else ():
            height, _, outside = self._heights(inner, outer, under, pose)
            total += float((height[outside & (height > 0)] ** 2).sum())
        return total

    def _heights(self, inner: str, outer: str, under: Cover, pose: int) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """As ``heights``, and which points [C] look the same way as the cloth, so that they are not in a fold of it."""
        if (outer, pose) not in self._placed:
            self._placed[outer, pose] = self._posed(outer, pose)
        points = self._posed(inner, pose, under.points)
        height, across = heights(points, self._placed[outer, pose], under.triangles)
        normals = self._surfaces[inner][pose][1][under.points]
        return height, across, np.einsum("ca,ca->c", normals, across) > 0

    def _posed(self, name: str, pose: int, chosen: NDArray[np.int64] | slice = slice(None)) -> Floats:
        """Points [V, 3] of a part in a pose, as far moved as they are by now; or only those that are ``chosen``."""
        seat = self._seats[name][pose][chosen, None]
        moves = self._at_rest[name][chosen] + seat * self._seated[name][chosen]
        turned = self._turned[name][pose][chosen]
        return np.asarray(self._surfaces[name][pose][0][chosen] + np.einsum("vab,vb->va", turned, moves))

    def _moved(self, part: MeshPart) -> MeshPart:
        seated = self._seated[part.name]
        part = replace(part, vertices=(part.vertices + self._at_rest[part.name]).astype(np.float32))
        if part.correctives is None or np.abs(seated).max(initial=0) < SMALLEST:
            return part
        added = part.correctives
        for joint, share in zip(("left_hip", "right_hip"), _sides(part).T, strict=True):
            shapes, amounts = _bending(joint)
            added = _with(added, shapes, amounts[:, None, None] * (seated * share[:, None]))
        return replace(part, correctives=added)


class _Net:
    """The edges of a part, seams of the texture closed."""

    def __init__(self, part: MeshPart) -> None:
        self._weld = weld_map(part.vertices)
        self._count = int(self._weld.max()) + 1
        faces = self._weld[part.faces.astype(np.int64)]
        pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
        keys = np.unique(np.concatenate([pairs, pairs[:, ::-1]]) @ [self._count, 1])
        self._here, self._there = keys // self._count, keys % self._count
        first = np.zeros(self._count, np.int64)
        first[self._weld] = np.arange(len(self._weld))
        ends = part.vertices[first].astype(np.float64)
        self._length = np.linalg.norm(ends[self._here] - ends[self._there], axis=1)

    def spread(self, moves: Floats) -> Floats:
        """The moves [V, 3] without steps around what is moved; points at one place move together."""
        if not moves.any():
            return moves
        value = np.zeros((self._count, 3))
        order = np.argsort(np.linalg.norm(moves, axis=1), kind="stable")
        value[self._weld[order]] = moves[order]
        for _ in range(ROUNDS):
            size = np.linalg.norm(value, axis=1)
            offered = size[self._there] - SLOPE * self._length
            better = np.flatnonzero(offered > size[self._here])
            better = better[np.argsort(offered[better], kind="stable")]
            chosen = self._there[better]
            value[self._here[better]] = value[chosen] * (offered[better] / size[chosen])[:, None]
        return np.asarray(value[self._weld])

    def limits(self, covered: NDArray[np.bool_], in_sight: float) -> Floats:
        """How far (metres) points [V] may be moved, so that those not ``covered`` [V] move by ``in_sight`` at most."""
        limit = np.full(self._count, np.inf)
        limit[self._weld[~covered]] = in_sight
        for _ in range(ROUNDS):
            np.minimum.at(limit, self._here, limit[self._there] + STEEP * self._length)
        return np.asarray(limit[self._weld])


def _air(inner: str, outer: str) -> float:
    return AIR_UNDER_TOPS if inner in SKIN and outer in ("top", "outer") else AIR


def _at_most(moves: Floats, most: Floats) -> Floats:
    size = np.linalg.norm(moves, axis=1)
    return np.asarray(moves * np.minimum(1, most / np.maximum(size, 1e-9))[:, None])


def _sides(part: MeshPart) -> Floats:
    """How far [V, 2] every point follows the left and the right hip."""
    left = np.clip(0.5 + part.vertices[:, 0].astype(np.float64) / MIDDLE, 0, 1)
    return np.stack([left, 1 - left], axis=1)


def _bent(joint: str, rotations: NDArray[np.float32]) -> float:
    """How far a hip is bent: 1 for one who sits, 0 for one who stands or walks."""
    shapes, amounts = _bending(joint)
    return float(base_correctives().weights(to_matrix(rotations.astype(np.float64)))[shapes] @ amounts)


HIP_BENDS = (np.linspace(-0.5, 1.9, 13), np.linspace(-0.3, 0.3, 3), np.linspace(-0.3, 0.3, 3))
"""Radians over which a hip is tried: bent forward, turned and spread."""


def _rotations(turns: Turns) -> NDArray[np.float32]:
    axes = np.zeros((JOINT_COUNT, 3))
    for joint, turn in turns.items():
        axes[JOINT_INDEX[joint]] = turn
    return np.asarray(from_axis_angle(axes), np.float32)


@lru_cache(maxsize=2)
def _bending(joint: str) -> tuple[NDArray[np.int64], Floats]:
    """The shapes of a hip and how much of each makes 1 for one who sits and next to nothing for one who stands or walks."""
    shared = base_correctives()
    shapes = np.flatnonzero(shared.joints == JOINT_INDEX[joint])
    bend, turn, spread = (axis.ravel() for axis in np.meshgrid(*HIP_BENDS, indexing="ij"))
    turned = np.tile(np.eye(3), (len(bend), JOINT_COUNT, 1, 1))
    turned[:, JOINT_INDEX[joint]] = to_matrix(from_axis_angle(np.stack([-bend, turn, spread], axis=1)))
    weights = shared.weights(turned)[:, shapes].astype(np.float64)
    wanted = np.where(bend > 0, 1 - np.cos(bend), 0)
    return shapes.astype(np.int64), np.asarray(np.linalg.lstsq(weights, wanted, rcond=1e-6)[0], np.float64)


def _with(correctives: Correctives, shapes: NDArray[np.int64], offsets: Floats) -> Correctives:
    """The correctives with offsets [S, V, 3] added to some shapes."""
    count = len(correctives.joints)
    every = np.repeat(np.arange(count), np.diff(correctives.starts))
    shape, vertex = np.nonzero(np.abs(offsets).max(axis=2) > SMALLEST)
    rows = np.concatenate([every, shapes[shape]])
    columns = np.concatenate([correctives.vertices, vertex])
    values = np.concatenate([correctives.offsets, offsets[shape, vertex].astype(np.float32)])
    normals = np.concatenate([correctives.normals, np.zeros((len(shape), 3), np.float32)])
    size = (count, correctives.count)
    merged = [sparse.csr_matrix((axis, (rows, columns)), shape=size) for axis in (*values.T, *normals.T)]
    pattern = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=size)
    pattern.sort_indices()
    entries = np.repeat(np.arange(count), np.diff(pattern.indptr)), pattern.indices
    stacked = np.stack([np.asarray(axis[entries]).ravel() for axis in merged], axis=1).astype(np.float32)
    return replace(
        correctives,
        starts=pattern.indptr.astype(np.int64),
        vertices=pattern.indices.astype(np.int64),
        offsets=stacked[:, :3],
        normals=stacked[:, 3:],
    )
