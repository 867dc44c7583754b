"""The hair styles: how many locks, how long, in which direction and how tightly they lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digital_life.body.garment_surface import Floats, smoothstep, unit
from digital_life.body.hair_comb import Field, Locks
from digital_life.body.hair_hull import HairHull
from digital_life.body.hair_scalp import CROWN, HEAD_CENTRE, Roots, azimuth


@dataclass(frozen=True)
class HairStyleCut:
    """One style; lengths in metres on a head of ordinary size.

    ``count`` locks of ``width`` (more of ``edge_width`` along the hairline) with ``rows`` points; ``top``, ``sides``,
    ``nape`` their lengths; ``lift`` how far they rise at the root; ``volume`` height over the skin; ``cover`` height of
    the scalp's cover below them; ``part`` x of the parting (None: from the whorl); ``end`` height at which hanging
    hair is cut, from the head joint; ``knot`` height and depth of a knot behind, from the skull's middle, or of two
    below the ears, ``bulge`` how far hair runs up before it turns to it; ``sweep`` direction in which the front is brushed.
    """

    count: int = 0
    width: float = 0.020
    edge_width: float = 0.014
    rows: int = 5
    arch: float = 0.0
    top: float = 0.05
    sides: float = 0.02
    nape: float = 0.014
    lift: float = 0.35
    gravity: float = 0.02
    volume: float = 0.010
    hug: float = 0.8
    cover: float = 0.002
    part: float | None = None
    end: float | None = None
    cling: float = 0.3
    knot: tuple[float, float] | None = None
    bulge: float = 0.12
    tail: str = ""
    wave: float = 0.0
    wavelength: float = 0.1
    wavy: bool = False
    fringe: bool = False
    sweep: tuple[float, float, float] = (-0.75, 0.35, 0.35)
    hairline: str = "full"


STYLES: dict[str, HairStyleCut] = {
    "buzz": HairStyleCut(cover=0.0022),
    "receding": HairStyleCut(
        count=210, width=0.018, top=0.034, sides=0.018, volume=0.006, lift=0.25, hairline="receding",
        sweep=(-0.5, 0.2, -0.6),
    ),
    "short": HairStyleCut(count=330, width=0.019, top=0.046, sides=0.020, volume=0.013, lift=0.4),
    "side_part": HairStyleCut(
        count=250, width=0.022, rows=6, top=0.095, sides=0.030, nape=0.018, volume=0.013, lift=0.6, part=0.032, hug=0.7,
    ),
    "bob": HairStyleCut(
        count=88, width=0.036, rows=7, arch=0.22, volume=0.014, lift=0.4, part=0.010, end=-0.078, cling=0.12,
        fringe=True, hairline="soft",
    ),
    "long_straight": HairStyleCut(
        count=82, width=0.038, rows=9, arch=0.22, volume=0.013, lift=0.4, part=0.004, end=-0.30, hairline="soft",
    ),
    "long_wavy": HairStyleCut(
        count=84, width=0.042, rows=12, arch=0.22, volume=0.014, lift=0.4, cover=0.004, part=0.016, end=-0.27, wave=0.011,
        wavelength=0.105, wavy=True, cling=0.2, hairline="soft",
    ),
    "curly": HairStyleCut(
        count=300, width=0.024, edge_width=0.018, rows=8, top=0.09, sides=0.075, nape=0.05, lift=1.2, gravity=0.10,
        volume=0.034, hug=0.15, cover=0.012, wave=0.010, wavelength=0.045, wavy=True, hairline="soft",
    ),
    "ponytail": HairStyleCut(
        count=100, width=0.025, rows=7, volume=0.007, knot=(0.022, -0.112), tail="ponytail", hairline="soft"
    ),
    "bun": HairStyleCut(count=100, width=0.025, rows=7, volume=0.007, knot=(0.058, -0.100), tail="bun", hairline="soft"),
    "braids": HairStyleCut(
        count=100, width=0.025, rows=7, volume=0.007, part=0.0, knot=(-0.062, -0.048), tail="braids", bulge=0.32, hairline="soft"
    ),
}  # fmt: skip


def field(pattern: HairStyleCut) -> Field:
    """The directions in which a style is brushed."""
    return _parted(pattern.part) if pattern.part is not None else _whorled(pattern)


def _parted(part: float) -> Field:
    def directions(at: Floats) -> Floats:
        away = np.tanh((at[:, 0] - part) / 0.004)
        top = smoothstep(0.335, 0.385, at[:, 1])
        front = smoothstep(0.06, 0.11, at[:, 2])
        over = np.stack([away, 0.15 * front - 0.1, -0.25 - 0.55 * front], axis=1)
        down = np.stack([0.15 * away, np.full(len(at), -1.0), np.full(len(at), -0.35)], axis=1)
        return np.asarray(top[:, None] * over + (1 - top)[:, None] * down)

    return directions


def _whorled(pattern: HairStyleCut) -> Field:
    sweep = np.array(pattern.sweep)

    def directions(at: Floats) -> Floats:
        outward, away = unit(at - HEAD_CENTRE), at - CROWN
        radial = unit(away - outward * np.einsum("la,la->l", outward, away)[:, None])
        forward = (smoothstep(0.03, 0.10, at[:, 2]) * smoothstep(0.34, 0.372, at[:, 1]))[:, None]
        side = ((1 - smoothstep(0.34, 0.37, at[:, 1])) * smoothstep(35, 60, azimuth(at)))[:, None]
        brushed = radial * (1 - forward) + forward * sweep
        return np.asarray(brushed * (1 - side) + side * np.array([0.0, -1.0, -0.45]))

    return directions


def make_locks(roots: Roots, hull: HairHull, pattern: HairStyleCut, random: np.random.Generator) -> Locks:
    """The locks of a style that is not gathered in a knot."""
    at, count, scale = roots.reference, len(roots.positions), hull.scale
    upper = smoothstep(0.325, 0.372, at[:, 1])
    lower = smoothstep(0.29, 0.245, at[:, 1])
    length = (pattern.sides + (pattern.top - pattern.sides) * upper) * (1 - lower) + pattern.nape * lower
    length = length * scale * random.uniform(0.8, 1.15, count)
    inner = 0.35 + 0.65 * smoothstep(0.0, 0.03, roots.inside)
    height = pattern.volume * scale * random.uniform(0.55, 1.0, count) * inner
    lowest, hangs = np.full(count, -9.0), np.zeros(count, bool)
    if pattern.end is not None:
        layer = smoothstep(0.24, 0.38, at[:, 1])
        height = pattern.volume * scale * (0.25 + 0.75 * layer) * random.uniform(0.75, 1.1, count)
        lowest = np.full(count, hull.head + pattern.end * scale) + random.normal(0, 0.007, count)
        length, hangs = np.full(count, 1.0), np.ones(count, bool)
        length[roots.edge] *= random.uniform(0.9, 1.0, int(roots.edge.sum()))
    if pattern.fringe:
        front = is_fringe(roots)
        hangs[front], length[front] = False, 0.075 * scale
        lowest[front] = hull.centre[1] + 0.004 * scale + random.normal(0, 0.002, int(front.sum()))
        height[front] = scale * random.uniform(0.004, 0.010, int(front.sum()))
    lift = pattern.lift * random.uniform(0.7, 1.2, count) * (0.4 + 0.6 * upper)
    return Locks(length, lowest, height, lift, hangs, pattern.gravity, pattern.hug, cling=pattern.cling)


def is_fringe(roots: Roots) -> np.ndarray:
    """Roots [L] whose hair falls over the forehead."""
    at = roots.reference
    return np.asarray((at[:, 2] > 0.098) & (np.abs(at[:, 0]) < 0.052) & (at[:, 1] > 0.36))


def fringe_field(at: Floats) -> Floats:
    """Straight forward and down."""
    return unit(np.stack([at[:, 0] * 2.5, np.full(len(at), -0.45), np.full(len(at), 1.0)], axis=1))
