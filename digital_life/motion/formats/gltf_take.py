"""A glTF animation as a ``Take``: joints with the rotations of their bind pose as rest.

A skin's inverse bind matrices hold the pose in which the figure was modelled, a T- or A-pose; the nodes' own transforms
may show any frame. Some exporters leave the armature's quarter turn out of those matrices, so the bind pose is turned
by right angles to look like the unkeyed nodes. Without a skin, or with one that does not hold all joints, the unkeyed nodes are the rest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.formats.gltf_scene import GltfScene
from digital_life.motion.formats.take import Take
from digital_life.motion.motion import FPS

Array = NDArray[np.float64]

_BLOCK = 4096
"""Frames whose matrices are in memory at once."""

_STRETCH = 1e-4
"""A joint whose place in its parent moves more than this share of the figure's size is keyed, not rigid."""

_AXES = [np.array(axis) for axis in ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1))]

_RENAMED = {"ThumbProximal": "ThumbMetacarpal", "ThumbIntermediate": "ThumbProximal"}
"""VRM 0.x names of the thumb's bones, and what VRM 1.0 calls the same bones."""


def take_of(scene: GltfScene) -> Take:
    """The movement of the scene's figure at 30 frames per second, in metres, on its own skeleton.

    Joints that a VRM extension names carry their VRM 1.0 names, others those of their nodes.

    Raises:
        InputError: the animation makes no sense.
        StorageError: the file is damaged.
    """
    human = humanoid_names(scene)
    nodes = _joints(scene, human)
    parents = _parents(scene, nodes)
    rotations, places = _motion(scene, nodes, parents)
    middle = np.median(places, axis=0)
    size = float(np.linalg.norm(middle, axis=-1).max())
    keyed = np.linalg.norm(places - middle, axis=-1).max(axis=0) > _STRETCH * size
    return Take(
        names=tuple(human.get(node, scene.names[node]) for node in nodes),
        parents=tuple(parents),
        offsets=middle,
        rest=_rest(scene, nodes, parents),
        rotations=rotations,
        places={joint: places[:, joint] for joint in range(len(nodes)) if keyed[joint] or parents[joint] < 0},
        fps=float(FPS),
        source=str(scene.reader.path),
    )


def humanoid_names(scene: GltfScene) -> dict[int, str]:
    """Node to VRM 1.0 bone name, where an extension (VRM 0.x, VRM 1.0, VRMA) says which node is which bone."""
    extensions = scene.reader.document.get("extensions", {})
    for name in ("VRMC_vrm_animation", "VRMC_vrm"):
        if name in extensions:
            bones = extensions[name]["humanoid"]["humanBones"]
            return {int(bone["node"]): str(label) for label, bone in bones.items()}
    bones = extensions.get("VRM", {}).get("humanoid", {}).get("humanBones", [])
    return {int(bone["node"]): _modern(str(bone["bone"])) for bone in bones}


def _modern(name: str) -> str:
    for old, new in _RENAMED.items():
        if name.endswith(old):
            return name.removesuffix(old) + new
    return name


def _joints(scene: GltfScene, human: dict[int, str]) -> list[int]:
    """The nodes to take, parents first: humanoid bones and what hangs on them, joints of all skins, else all nodes.

    Nodes that carry a mesh are none.
    """
    chosen = {node for node in range(len(scene.nodes)) if human and _hangs_on(scene, node, human)}
    for skin in scene.reader.document.get("skins", []):
        chosen |= set(skin["joints"])
    if not chosen:
        chosen = set(range(len(scene.nodes)))

    chosen -= {index for index, node in enumerate(scene.nodes) if "mesh" in node} - set(human)

    def depth(node: int) -> int:
        return 0 if node < 0 else 1 + depth(scene.parents[node])

    return sorted(chosen, key=lambda node: (depth(node), node))


def _hangs_on(scene: GltfScene, node: int, human: dict[int, str]) -> bool:
    while node >= 0 and node not in human:
        node = scene.parents[node]
    return node >= 0


def _parents(scene: GltfScene, nodes: list[int]) -> list[int]:
    """For each of ``nodes`` the index in ``nodes`` of its nearest ancestor that is there, or -1."""
    index = {node: joint for joint, node in enumerate(nodes)}
    parents = []
    for node in nodes:
        above = scene.parents[node]
        while above >= 0 and above not in index:
            above = scene.parents[above]
        parents.append(index.get(above, -1))
    return parents


def _motion(scene: GltfScene, nodes: list[int], parents: list[int]) -> tuple[Array, Array]:
    """Local rotations [T, J, 4] and places [T, J, 3] of the joints in their parents; roots in the world."""
    times = scene.sample_times(FPS)
    rotations, places = np.empty((len(times), len(nodes), 4)), np.empty((len(times), len(nodes), 3))
    inner = np.array([parent >= 0 for parent in parents])
    above = np.array(parents)[inner]
    for start in range(0, len(times), _BLOCK):
        block = slice(start, start + _BLOCK)
        positions, world = scene.world(nodes, times[block])
        rotations[block], places[block] = world, positions
        back = quat.conjugate(world[:, above])
        rotations[block, inner] = quat.multiply(back, world[:, inner])
        places[block, inner] = quat.rotate(back, positions[:, inner] - positions[:, above])
    return quat.normalize(rotations), places


def _rest(scene: GltfScene, nodes: list[int], parents: list[int]) -> Array:
    """Local rotations [J, 4] of the pose in which the figure was modelled."""
    bound = _bind(scene)
    world = scene.world(nodes, None)[1][0]
    if all(node in bound for node in nodes):
        posed = np.stack([bound[node] for node in nodes])
        world = quat.multiply(_upright(posed, world), posed)
    return _local(world, parents)


def _bind(scene: GltfScene) -> dict[int, Array]:
    """World rotation [4] in the bind pose of each node that a skin holds."""
    bound: dict[int, Array] = {}
    for skin in scene.reader.document.get("skins", []):
        if "inverseBindMatrices" in skin:
            inverse = scene.reader.floats(skin["inverseBindMatrices"]).reshape(-1, 4, 4).swapaxes(1, 2)
            if len(inverse) != len(skin["joints"]) or (np.abs(np.linalg.det(inverse)) < 1e-12).any():
                raise scene.reader.damaged(f"the inverse bind matrices of skin '{skin.get('name', 0)}' are no poses")
            matrices = np.linalg.inv(inverse)[:, :3, :3]
            matrices = matrices / np.linalg.norm(matrices, axis=1, keepdims=True)
            bound |= dict(zip(skin["joints"], quat.from_matrix(matrices), strict=True))
    return bound


def _local(world: Array, parents: list[int]) -> Array:
    local = world.copy()
    for joint, parent in enumerate(parents):
        if parent >= 0:
            local[joint] = quat.multiply(quat.conjugate(world[parent]), world[joint])
    return quat.normalize(local)


def _upright(bound: Array, unkeyed: Array) -> Array:
    """The one of the 24 turns [4] by right angles that brings the bind pose [J, 4] nearest to the unkeyed one [J, 4]."""
    axes = [
        np.array(columns).T
        for first in _AXES
        for second in _AXES
        if abs(np.dot(first, second)) < 0.5
        for columns in [(first, second, np.cross(first, second))]
    ]
    turns = quat.from_matrix(np.stack(axes).astype(np.float64))
    likeness = np.abs(np.sum(quat.multiply(turns[:, None], bound) * unkeyed, axis=-1)).sum(axis=1)
    return np.asarray(turns[int(np.argmax(likeness))])
