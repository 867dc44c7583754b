"""How well two people meet: every interaction between people of several heights and builds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from digital_life.body.appearance import build_character
from digital_life.body.character import Character
from digital_life.body.skinning import PosedCharacter
from digital_life.evaluate.benchmarks import Row
from digital_life.momat.interactions import PairMotion, load_interactions, solve
from digital_life.momat.interactions.file import Interaction
from digital_life.momat.interactions.report import Report
from digital_life.momat.interactions.shape import SOFT_PARTS
from digital_life.momat.library import MotionLibrary
from digital_life.motion.motion import FPS
from digital_life.persona.appearance import Appearance
from digital_life.persona.library import load_persona

HEIGHTS = ("150", "172", "195")
"""Centimetres; every ordered pair of two of them is measured by ``together-all``."""
FAR_APART = (("150", "195"), ("195", "150"))
PERSONAS = ("mira", "emeka", "hana", "ingrid", "zeca", "dariush")
"""Bodies with clothes and builds of their own: each with the next one."""
PROCESSES = 2
MESH_FRAMES = 8
"""Frames about the contact windows in which the skinned surfaces are looked at too."""
_ABOUT = 0.2
"""Seconds before and after the contacts in which they are looked at."""
_NEAR = 0.04
"""Metres around a surface point in which a vertex of the other body counts as near it."""


Pair = tuple[str, str]
Run = tuple[Report, float]
"""What was reached, and how deep the skinned surfaces are in each other (m)."""


def together() -> list[Row]:
    """Contact errors, penetration, joint limits, skating and time of all interactions between small and tall."""
    return _measure(FAR_APART)


def together_all() -> list[Row]:
    """The same over all ordered pairs of heights, and over six pairs of personas: some fifteen minutes on two cores."""
    return _measure((*itertools.permutations(HEIGHTS, 2), *itertools.pairwise((*PERSONAS, PERSONAS[0]))))


def _measure(pairs: Sequence[Pair]) -> list[Row]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from rich.progress import track

    jobs = [(name, pair) for name in load_interactions() for pair in pairs]
    runs: dict[str, list[Run]] = {}
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        done = track(pool.map(_meet, *zip(*jobs, strict=True)), "Letting people meet", total=len(jobs), transient=True)
        for (name, _), run in zip(jobs, done, strict=True):
            runs.setdefault(name, []).append(run)
    rows = [row for name, mine in runs.items() for row in _rows(name, mine)]
    return [*rows, *_rows("all", [run for mine in runs.values() for run in mine])]


def _meet(name: str, pair: Pair) -> Run:
    """One solved pair."""
    interaction = load_interactions()[name]
    a, b = (_person(who) for who in pair)
    met = solve(interaction, a, b, library=MotionLibrary.default())
    return met.report, mesh_depth(interaction, met, (a, b))


def _rows(name: str, runs: Sequence[Run]) -> list[Row]:
    reports = [report for report, _ in runs]
    limits = [max(report.limits.values(), default=0.0) for report in reports]
    touching = [report for report in reports if report.windows]
    rows: list[Row] = []
    if touching:
        rows.append((f"{name}: contact error, mean", 1000 * float(np.mean([r.mean_error for r in touching])), "mm"))
        rows.append((f"{name}: contact error, largest", 1000 * max(r.contact_error for r in touching), "mm"))
        rows.append(
            (f"{name}: contacts left out", float(sum(len(r.notes) for r in reports)), f"of {len(reports)} pairs")
        )
    return [
        *rows,
        (f"{name}: penetration of the body model, deepest", 1000 * max(r.penetration for r in reports), "mm"),
        (f"{name}: penetration of the skinned meshes, deepest", 1000 * max(depth for _, depth in runs), "mm"),
        (f"{name}: beyond joint limits, most", float(np.degrees(max(limits))), "deg"),
        (f"{name}: sliding of a standing foot, fastest", 100 * max(r.skate for r in reports), "cm/s"),
        (f"{name}: solving, median", float(np.median([r.seconds for r in reports])), "s of one core"),
    ]


@cache
def _person(who: str) -> Character:
    """A body of so many centimetres, or that of a persona."""
    if not who.isdigit():
        persona = load_persona(who)
        return build_character(persona.name, persona.appearance)
    height = int(who)
    gender = 1.0 if height < 165 else 0.0 if height > 185 else 0.5
    return build_character(f"{height} cm", Appearance(height_cm=height, gender=gender))


def mesh_depth(interaction: Interaction, pair: PairMotion, bodies: tuple[Character, Character]) -> float:
    """Metres by which the skin or clothes of one body are inside the other's, over some frames of the contacts.

    A vertex is inside where it lies behind the tangent planes of the three surface vertices that are nearest to it.
    """
    start, stop = interaction.window
    first, last = max(start - _ABOUT, 0.0) * FPS, min((stop + _ABOUT) * FPS, len(pair) - 1)
    frames = np.linspace(first, last, MESH_FRAMES).astype(int)
    posed = [PosedCharacter(body) for body in bodies]
    deepest = 0.0
    for frame in frames:
        surfaces = [
            _surface(p, m.rotations[frame], m.translation[frame]) for p, m in zip(posed, (pair.a, pair.b), strict=True)
        ]
        for one, other in (surfaces, surfaces[::-1]):
            deepest = max(deepest, _inside(one, other))
    return deepest


Points = NDArray[np.float64]


def _surface(
    posed: PosedCharacter, rotations: NDArray[np.float32], translation: NDArray[np.float32]
) -> tuple[Points, Points]:
    parts = posed.pose(rotations, translation)
    kept = [s for s, part in zip(parts, posed.character.parts, strict=True) if part.name not in SOFT_PARTS]
    return tuple(np.concatenate([s[k] for s in kept]).astype(np.float64) for k in (0, 1))  # type: ignore[return-value]


def _inside(one: tuple[Points, Points], other: tuple[Points, Points]) -> float:
    from scipy.spatial import cKDTree

    distance, nearest = cKDTree(other[0]).query(one[0], k=3, distance_upper_bound=_NEAR)
    near = np.isfinite(distance).all(axis=1)
    if not near.any():
        return 0.0
    gap = one[0][near][:, None] - other[0][nearest[near]]
    depth = -np.einsum("nka,nka->nk", gap, other[1][nearest[near]]).max(axis=1)
    against = np.einsum("na,na->n", one[1][near], other[1][nearest[near][:, 0]]) < 0.0
    return float(max((depth * against).max(initial=0.0), 0.0))
