"""Speed of the SMPL-X layer beside the package ``smplx``, and of a dressed character."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.evaluate.table import Table

Floats = NDArray[np.float32]
_BATCHES = {1: 25, 64: 7}
"""Batch size: repetitions. Ours and theirs take turns, so that what else the machine does hits both."""


@dataclass(frozen=True)
class _Inputs:
    """The same random arguments for both: axis-angle [T, 55, 3], betas and expression [T, 10], translation [T, 3]."""

    pose: Floats
    betas: Floats
    expression: Floats
    translation: Floats


def body() -> Table:
    """Frames per second of our layer and of ``smplx`` on the default body, and what bounds ours."""
    from digital_life.body.layer import default_body

    layer = default_body()
    rows, notes = [], []
    reference = _Reference.load()
    for batch, repetitions in _BATCHES.items():
        inputs = _inputs(batch)

        def ours(given: _Inputs = inputs) -> Floats:
            return layer.forward(
                given.pose, betas=given.betas, expression=given.expression, translation=given.translation
            ).vertices

        if reference is None:
            rows.append((f"layer, batch {batch}", f"{batch / _median(ours, repetitions):.0f} frames/s", "", ""))
            continue
        theirs = reference.call(inputs)
        difference = float(np.abs(ours() - theirs()).max())
        own, other, times = _in_turns(ours, theirs, repetitions)
        rows.append((f"layer, batch {batch}", f"{batch / own:.0f} frames/s", f"{batch / other:.0f}", f"{times:.1f}"))
        notes.append(f"Batch {batch}: the vertices differ by {difference * 1e6:.2f} um at most.")
    if reference is None:
        notes.append("The package smplx is not installed (pip install smplx): nothing to compare with.")
    fixed, still = layer.with_shape(_inputs(1).betas[0]), _inputs(1).pose[0]
    rows.append(
        ("one pose, shape fixed before", f"{1 / _median(lambda: fixed.forward(still), 50):.0f} frames/s", "", "")
    )
    return Table(("what", "ours", "smplx", "times"), [*rows, *_dressed()], [*notes, *_bounds()])


def _inputs(batch: int) -> _Inputs:
    random = np.random.default_rng(0)
    sizes = ((55, 3), (10,), (10,), (3,))
    return _Inputs(*(random.normal(0, 0.35, (batch, *size)).astype(np.float32) for size in sizes))


@dataclass(frozen=True)
class _Reference:
    """The default body in the package ``smplx``."""

    model: Any

    @classmethod
    def load(cls) -> _Reference | None:
        """None where the package is not installed."""
        from importlib.util import find_spec

        from digital_life.body.layer_file import export_smplx

        if find_spec("smplx") is None:
            return None
        import smplx

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "SMPLX_NEUTRAL.npz"
            export_smplx(path)
            return cls(smplx.create(str(path), model_type="smplx", use_pca=False, flat_hand_mean=True))

    def call(self, inputs: _Inputs) -> Callable[[], Floats]:
        """A function that poses the body; the arguments are made tensors before."""
        import torch

        from digital_life.body.pose_parts import PARTS

        flat = torch.tensor(inputs.pose.reshape(len(inputs.pose), -1))
        pieces = torch.split(flat, [numbers for _, numbers in PARTS], dim=1)
        arguments = {name: piece for (name, _), piece in zip(PARTS, pieces, strict=True)}
        arguments |= {"betas": torch.tensor(inputs.betas), "expression": torch.tensor(inputs.expression)}
        arguments |= {"transl": torch.tensor(inputs.translation)}

        def pose() -> Floats:
            with torch.inference_mode():
                return np.asarray(self.model(**arguments).vertices.numpy())

        return pose


def _in_turns(ours: Callable[[], object], theirs: Callable[[], object], repetitions: int) -> tuple[float, float, float]:
    """Median seconds of both and the median of how many times longer theirs took, turn by turn."""
    own, other = [], []
    for _ in range(repetitions):
        own.append(_seconds(ours))
        other.append(_seconds(theirs))
    ratios = [b / a for a, b in zip(own, other, strict=True)]
    return statistics.median(own), statistics.median(other), statistics.median(ratios)


def _median(function: Callable[[], object], repetitions: int) -> float:
    function()
    return statistics.median(_seconds(function) for _ in range(repetitions))


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _dressed() -> list[tuple[str, str, str, str]]:
    from digital_life.body.appearance import fresh_character
    from digital_life.body.skinning import PosedCharacter
    from digital_life.motion import quaternion as quat
    from digital_life.persona.library import load_persona

    persona = load_persona("mira")
    start = time.perf_counter()
    character = fresh_character(persona.name, persona.appearance)
    built = time.perf_counter() - start
    inputs = _inputs(1)
    rotations = quat.from_axis_angle(inputs.pose[0].astype(np.float64)).astype(np.float32)
    face = np.random.default_rng(0).uniform(0, 0.3, 52).astype(np.float32)
    posed = PosedCharacter(character)
    frames = 1 / _median(lambda: posed.pose(rotations, inputs.translation[0], face), 30)
    vertices = sum(len(part.vertices) for part in character.parts)
    return [
        (f"dressed character, {vertices} vertices, with normals", f"{frames:.0f} frames/s", "", ""),
        ("building a dressed character", f"{built:.2f} s", "", ""),
    ]


def _bounds() -> list[str]:
    """What bounds batch 64, in processor time of one core, so that other processes count less."""
    from digital_life.body.kinematics import relative_transforms, rotation_matrices, world_transforms
    from digital_life.body.layer import default_body

    layer, batch = default_body(), 64
    inputs = _inputs(batch)
    rest = layer.skeleton.rest_joints[None]

    def kinematics() -> object:
        return relative_transforms(world_transforms(rotation_matrices(inputs.pose), rest), rest)

    def skinning() -> object:
        return layer.forward(inputs.pose)

    def everything() -> object:
        return layer.forward(inputs.pose, betas=inputs.betas, expression=inputs.expression)

    chain, posed, whole = (_processor_seconds(part) / batch for part in (kinematics, skinning, everything))
    moved = _MOVED_ROWS * len(layer.template) * 4 / (posed - chain) / 1e9
    copied, multiplied = _machine()
    worked = 2 * (12 * layer.skin_weights.nnz + 12 * len(layer.template)) / (posed - chain) / 1e9
    return [
        f"A frame of batch 64 costs {whole * 1e3:.2f} ms of processor time: kinematics {chain / whole:.0%}, shape and "
        f"expression {max(whole - posed, 0.0) / whole:.0%}, correctives and skinning {(posed - chain) / whole:.0%}.",
        f"Skinning moves {moved:.1f} GB/s (one core copies {copied:.1f}) for {worked:.1f} GFLOP/s of needed arithmetic (one "
        f"core multiplies matrices at {multiplied:.0f}): it is bound by {_bound(moved / copied, worked / multiplied)}.",
    ]


_HALF = 0.5
"""Share of what a core can do from which on that is what bounds a computation."""
_MOVED_ROWS = 12 * 2 + 3 * 13
"""Rows of V numbers that skinning one frame reads and writes: the blended matrices twice, and three coordinates in the
products, sums, transposition and return to the file's order."""


def _bound(memory: float, arithmetic: float) -> str:
    """In words, from the shares of what a core can move and multiply."""
    if max(memory, arithmetic) < _HALF:
        return (
            f"neither ({memory:.0%} and {arithmetic:.0%} of what a core can): its time goes into many short passes over rows "
            "and products of a few joints, which only a loop that does all for one vertex could save"
        )
    return "moving memory, not by arithmetic" if memory > arithmetic else "arithmetic, not by moving memory"


def _machine() -> tuple[float, float]:
    """GB/s of a copy of 4 MB and GFLOP/s of a product of 60 x 60 matrices (which stays on one core)."""
    source = np.ones(1_000_000, np.float32)
    target = np.empty_like(source)
    square = np.ones((60, 60), np.float32)
    product = np.empty_like(square)

    def multiply() -> None:
        for _ in range(200):
            np.matmul(square, square, out=product)

    copied = 2 * source.nbytes / 1e9 / _processor_seconds(lambda: np.copyto(target, source))
    return copied, 200 * 2 * 60**3 / 1e9 / _processor_seconds(multiply)


def _processor_seconds(function: Callable[[], object], repetitions: int = 9) -> float:
    """Median processor time of this thread."""
    times = []
    for _ in range(repetitions):
        start = time.thread_time()
        function()
        times.append(time.thread_time() - start)
    return statistics.median(times)
