"""The nodes of a glTF file in motion: hierarchy, keyframe sampling, world transforms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.formats.gltf_read import GltfReader
from digital_life.motion.formats.gltf_write import Json

Array = NDArray[np.float64]

LONGEST_SECONDS = 4 * 3600.0
_ON_KEY = 1e-3
"""Share of the time between two keys by which single-precision times may miss a key."""

_WIDTHS = {"translation": 3, "rotation": 4, "scale": 3}
_DEFAULTS = {"translation": [0.0, 0.0, 0.0], "rotation": [0.0, 0.0, 0.0, 1.0], "scale": [1.0, 1.0, 1.0]}


@dataclass(frozen=True)
class Curve:
    """Keys of one property of one node: ``times`` [K] seconds, ``values`` [K, width] (CUBICSPLINE: [K, 3, width])."""

    times: Array
    values: Array
    interpolation: str

    def at(self, times: Array, *, rotation: bool = False) -> Array:
        """Values [T, width] at ``times`` (seconds), held outside the keys; ``rotation``: xyzw quaternions, by slerp.

        glTF 2.0, appendix C "Animation sampler interpolation modes".
        """
        last = len(self.times) - 1
        high = np.clip(np.searchsorted(self.times, times, side="right"), 1, max(last, 1))
        low = np.minimum(high - 1, last)
        high = np.minimum(high, last)
        step = np.maximum(self.times[high] - self.times[low], 1e-9)
        share = np.clip((times - self.times[low]) / step, 0.0, 1.0)
        if self.interpolation == "CUBICSPLINE":
            values = self._spline(low, high, share[:, None], step[:, None])
        elif self.interpolation == "STEP":
            values = self.values[np.where(share > 1.0 - _ON_KEY, high, low)]
        elif rotation:
            return quat.slerp(_unit(self.values[low]), _unit(self.values[high]), share)
        else:
            values = self.values[low] * (1.0 - share[:, None]) + self.values[high] * share[:, None]
        return _unit(values) if rotation else np.asarray(values)

    def _spline(self, low: NDArray[np.intp], high: NDArray[np.intp], t: Array, step: Array) -> Array:
        before, after = self.values[low], self.values[high]
        t2, t3 = t * t, t * t * t
        return np.asarray(
            (2 * t3 - 3 * t2 + 1) * before[:, 1]
            + (t3 - 2 * t2 + t) * step * before[:, 2]
            + (3 * t2 - 2 * t3) * after[:, 1]
            + (t3 - t2) * step * after[:, 0]
        )


def _unit(values: Array) -> Array:
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=-1, keepdims=True), 1e-12))


class GltfScene:
    """Node hierarchy of a glTF file, and one of its animations.

    Raises:
        InputError: there is no such animation, or its keys make no sense; the message names file, node and accessor.
        StorageError: the file is damaged.
    """

    def __init__(self, reader: GltfReader, animation: str | int | None = None) -> None:
        self.reader = reader
        self.nodes: list[Json] = reader.document.get("nodes", [])
        self.names = [str(node.get("name", f"node {index}")) for index, node in enumerate(self.nodes)]
        self.parents = self._parents()
        self.animation = self._choose(animation)
        self.curves: dict[tuple[int, str], Curve] = {}
        for channel in self.animation["channels"]:
            node, path = channel["target"].get("node"), channel["target"].get("path")
            if node is not None:
                self.curves[node, path] = self._curve(self.animation["samplers"][channel["sampler"]], node, path)

    def _parents(self) -> list[int]:
        parents = [-1] * len(self.nodes)
        for index, node in enumerate(self.nodes):
            for child in node.get("children", []):
                if not 0 <= child < len(self.nodes):
                    raise self.reader.damaged(f"node {index} has a child {child} of {len(self.nodes)} nodes")
                parents[child] = index
        for index in range(len(parents)):
            seen, here = {index}, parents[index]
            while here >= 0:
                if here in seen:
                    raise self.reader.damaged(f"node {index} is its own ancestor")
                seen.add(here)
                here = parents[here]
        return parents

    def _choose(self, wanted: str | int | None) -> Json:
        animations: list[Json] = self.reader.document.get("animations", [])
        path = self.reader.path
        if not animations:
            raise InputError(f"{path}: it holds no animation", "export it again with its animation")
        names = [str(item.get("name", index)) for index, item in enumerate(animations)]
        listed = ", ".join(f"{index}: {name}" for index, name in enumerate(names))
        if wanted is None:
            if len(animations) > 1 and not self._is_vrma:
                raise InputError(f"{path}: it holds {len(animations)} animations ({listed})", "choose one by its name")
            return animations[0]
        if isinstance(wanted, str) and wanted in names:
            return animations[names.index(wanted)]
        if (isinstance(wanted, int) or wanted.isdigit()) and 0 <= int(wanted) < len(animations):
            return animations[int(wanted)]
        raise InputError(f"{path}: there is no animation '{wanted}'", f"choose one of {listed}")

    @property
    def _is_vrma(self) -> bool:
        return "VRMC_vrm_animation" in self.reader.document.get("extensions", {})

    def _curve(self, sampler: Json, node: int, path: str) -> Curve:
        times = self.reader.floats(sampler["input"]).reshape(-1)
        values = self.reader.floats(sampler["output"])
        interpolation = sampler.get("interpolation", "LINEAR")
        where = f"{self.reader.path}: {path} of node '{self.names[node]}' (accessors {sampler['input']}, {sampler['output']})"
        if not len(times) or (np.diff(times) <= 0).any():
            raise InputError(f"{where}: its key times do not increase", "export the animation again")
        keys = len(times) * (3 if interpolation == "CUBICSPLINE" else 1)
        width = _WIDTHS.get(path, values.size // keys)
        if values.size != keys * width:
            raise InputError(f"{where}: {values.size} numbers for {len(times)} keys", "export the animation again")
        shape = (len(times), 3, width) if interpolation == "CUBICSPLINE" else (len(times), width)
        return Curve(times, values.reshape(shape), interpolation)

    @cached_property
    def span(self) -> tuple[float, float]:
        """First and last key time, seconds.

        Raises:
            InputError: the animation has no keys, lasts no time, or more than four hours.
        """
        where = f"{self.reader.path}: animation '{self.animation.get('name', 0)}'"
        if not self.curves:
            raise InputError(f"{where} moves nothing", "choose another animation")
        start = min(curve.times[0] for curve in self.curves.values())
        end = max(curve.times[-1] for curve in self.curves.values())
        if end - start <= 0.0:
            raise InputError(f"{where} lasts 0 seconds", "it holds a single pose; export a movement")
        if end - start > LONGEST_SECONDS:
            raise InputError(f"{where} lasts {end - start:.0f} seconds", "cut it into pieces of less than four hours")
        return float(start), float(end)

    def sample_times(self, fps: int) -> Array:
        """Moments (seconds) of the frames at ``fps``."""
        start, end = self.span
        return np.asarray(start + np.arange(round((end - start) * fps) + 1) / fps)

    def local(self, node: int, path: str, times: Array | None) -> Array:
        """A property of a node at ``times`` [T, width], or at rest [1, width] where ``times`` is None."""
        if times is not None and (node, path) in self.curves:
            return self.curves[node, path].at(times, rotation=path == "rotation")
        return np.asarray(self._rest(node, path), dtype=np.float64)[None]

    def world(self, nodes: list[int], times: Array | None) -> tuple[Array, Array]:
        """World positions [T, N, 3] and rotations [T, N, 4] (wxyz) of ``nodes``; at rest (T = 1) without ``times``."""
        done: dict[int, Array] = {}
        matrices = np.stack([self._matrix(node, times, done) for node in nodes], axis=1)
        rotation = matrices[..., :3, :3]
        rotation = rotation / np.maximum(np.linalg.norm(rotation, axis=-2, keepdims=True), 1e-12)
        return matrices[..., :3, 3], quat.from_matrix(rotation)

    def _matrix(self, node: int, times: Array | None, done: dict[int, Array]) -> Array:
        if node not in done:
            frames = 1 if times is None else len(times)
            x, y, z, w = np.moveaxis(self.local(node, "rotation", times), -1, 0)
            turn = quat.to_matrix(quat.normalize(np.stack([w, x, y, z], axis=-1)))
            matrix = np.zeros((frames, 4, 4))
            matrix[:, :3, :3] = turn * self.local(node, "scale", times)[:, None, :]
            matrix[:, :3, 3] = self.local(node, "translation", times)
            matrix[:, 3, 3] = 1.0
            parent = self.parents[node]
            done[node] = matrix if parent < 0 else self._matrix(parent, times, done) @ matrix
        return done[node]

    def _rest(self, node: int, path: str) -> Any:
        item = self.nodes[node]
        if "matrix" not in item:
            return item.get(path, _DEFAULTS[path])
        matrix = np.array(item["matrix"], dtype=np.float64).reshape(4, 4).T
        scale = np.linalg.norm(matrix[:3, :3], axis=0)
        w, x, y, z = quat.from_matrix(matrix[:3, :3] / np.maximum(scale, 1e-12))
        return {"translation": matrix[:3, 3], "scale": scale, "rotation": [x, y, z, w]}[path]
