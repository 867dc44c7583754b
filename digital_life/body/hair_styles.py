"""The hair styles: how long, in which direction and how tightly the locks of each grow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digital_life.body.garment_surface import BodySurface, Floats, smoothstep, unit
from digital_life.body.hair_geometry import HairMesh, head_centre
from digital_life.body.hair_locks import SEGMENTS, Locks
from digital_life.body.hair_scalp import CROWN, Obstacle, Roots, azimuth


@dataclass(frozen=True)
class HairStyleCut:
    """One style; lengths in metres on a head of ordinary size.

    ``count`` locks of ``width``; ``top``, ``sides`` their lengths; ``lift`` how far they rise at the root;
    ``gravity`` how fast they fall; ``volume`` height over the skin; ``shell_height`` of the hair below them;
    ``part`` x of the parting (None: they grow from the whorl); ``tie`` height and depth of a knot behind, from the
    skull's middle; ``end`` height at which the tips are cut, from the head joint.
    """

    count: int = 0
    width: float = 0.022
    top: float = 0.05
    sides: float = 0.025
    lift: float = 0.3
    gravity: float = 0.1
    volume: float = 0.010
    shell_height: float = 0.004
    part: float | None = None
    tie: tuple[float, float] | None = None
    end: float | None = None
    curl: float = 0.0
    hug: float = 0.75
    lumps: float = 0.0
    stubble: bool = False
    fringe: bool = False
    tail: str = ""


STYLES: dict[str, HairStyleCut] = {
    "buzz": HairStyleCut(shell_height=0.0025, stubble=True),
    "short": HairStyleCut(count=230, width=0.018, top=0.046, sides=0.016, lift=0.35, volume=0.014, shell_height=0.005),
    "side_part": HairStyleCut(
        count=190, top=0.085, sides=0.024, lift=0.45, gravity=0.14, volume=0.015, part=0.030, width=0.024
    ),
    "bob": HairStyleCut(
        count=190, width=0.030, lift=0.25, gravity=0.8, volume=0.016, part=0.012, end=-0.075, fringe=True, hug=0.95
    ),
    "long_straight": HairStyleCut(
        count=190, width=0.032, lift=0.2, gravity=1.0, volume=0.014, part=0.004, end=-0.26, hug=0.95
    ),
    "long_wavy": HairStyleCut(
        count=190, width=0.032, lift=0.2, gravity=1.0, volume=0.014, part=0.004, end=-0.26, hug=0.95, curl=0.006
    ),
    "ponytail": HairStyleCut(
        count=150, width=0.024, gravity=0.0, hug=1.0, lift=0.1, volume=0.006, tie=(0.03, -0.118), tail="ponytail"
    ),
    "bun": HairStyleCut(
        count=150, width=0.024, gravity=0.0, hug=1.0, lift=0.1, volume=0.006, tie=(0.062, -0.105), tail="bun"
    ),
    "curly": HairStyleCut(
        count=210,
        width=0.030,
        top=0.075,
        sides=0.055,
        lift=1.3,
        gravity=0.22,
        volume=0.022,
        shell_height=0.012,
        curl=0.010,
        lumps=0.004,
        hug=0.25,
    ),
}
STYLES["receding"] = STYLES["buzz"]
STYLES["braids"] = STYLES["ponytail"]


def style_locks(
    body: BodySurface, roots: Roots, pattern: HairStyleCut, random: np.random.Generator
) -> tuple[Locks, Floats | None, Floats | None]:
    """The locks of a style, the half width of the face they keep clear of, and the height where each is cut."""
    scale, count = body.scale, len(roots.positions)
    flow = _flow(roots, pattern, body)
    flow = unit(flow - roots.normals * np.einsum("la,la->l", flow, roots.normals)[:, None])
    flow += 0.12 * random.normal(size=flow.shape)
    upper = smoothstep(0.315, 0.375, roots.reference[:, 1])
    length = (pattern.sides + (pattern.top - pattern.sides) * upper) * random.uniform(0.85, 1.15, count)
    gravity = np.full(count, pattern.gravity)
    lowest = None
    if pattern.end is not None:
        lowest = np.full(count, body.joint("head")[1] + pattern.end * scale) + random.normal(0, 0.006, count)
        length = (roots.positions[:, 1] - lowest) + 0.10 * scale
    if pattern.tie is not None:
        length = np.linalg.norm(_tie(body, pattern) - roots.positions, axis=1) * 1.12
    fringe = _fringe(roots, pattern)
    if pattern.fringe:
        length = np.where(fringe, 0.062 * scale, length)
        flow[fringe] = unit(roots.positions[fringe] * [4.0, 0.0, 0.0] + [0.0, 0.0, 1.0])
    locks = Locks(
        start=roots.positions,
        normal=roots.normals,
        flow=flow,
        length=length * (1 if pattern.end is not None else scale),
        lift=np.where(fringe, 0.5, pattern.lift) * random.uniform(0.8, 1.2, count),
        gravity=gravity,
        height=pattern.volume
        * scale
        * random.uniform(0.55, 1.0, count)
        * (0.45 + 0.55 * smoothstep(0.0, 0.025, roots.inside)),
        width=pattern.width * scale * random.uniform(0.8, 1.2, count),
        variant=random.integers(0, 6, count),
        curl=pattern.curl * scale,
        hug=pattern.hug,
        tie=None if pattern.tie is None else _tie(body, pattern),
    )
    guard = np.where(fringe, 0.0, 0.066 * scale) if pattern.end is not None else None
    return locks, guard, np.where(fringe, -9.0, lowest) if lowest is not None else None


def _fringe(roots: Roots, pattern: HairStyleCut) -> np.ndarray:
    front = (roots.reference[:, 2] > 0.108) & (np.abs(roots.reference[:, 0]) < 0.06)
    return np.asarray(front & pattern.fringe)


def _tie(body: BodySurface, pattern: HairStyleCut) -> Floats:
    """The knot, just over the skin behind the skull."""
    assert pattern.tie is not None
    wanted = head_centre(body) + np.array([0.0, pattern.tie[0], pattern.tie[1]]) * body.scale
    return Obstacle(body, 0.0).lay(wanted[None], np.array([0.012 * body.scale]), np.ones(1)).reshape(3)


def _flow(roots: Roots, pattern: HairStyleCut, body: BodySurface) -> Floats:
    """Growth directions [L, 3] before they are laid on the skin."""
    at = roots.reference
    if pattern.tie is not None:
        return unit(np.asarray(_tie(body, pattern) - roots.positions))
    if pattern.part is not None:
        away = np.where(at[:, 0] > pattern.part, 1.0, -1.0)
        side = np.stack([away, np.full(len(at), -0.1), np.full(len(at), -0.25)], axis=1)
        down = np.stack([0.2 * away, np.full(len(at), -1.0), np.full(len(at), -0.35)], axis=1)
        top = smoothstep(0.345, 0.385, at[:, 1])[:, None]
        return np.asarray(top * side + (1 - top) * down)
    radial = unit(at - CROWN)
    forward = smoothstep(0.02, 0.09, at[:, 2]) * smoothstep(0.35, 0.38, at[:, 1])
    sweep = np.stack([np.full(len(at), -0.9), np.full(len(at), 0.6), np.full(len(at), 0.1)], axis=1)
    radial = radial * (1 - 0.9 * forward[:, None]) + forward[:, None] * sweep
    sides = (azimuth(at) > 40) & (at[:, 1] < 0.36)
    radial[sides] += [0.0, -0.8, -0.25]
    return np.asarray(radial)


def extras(mesh: HairMesh, body: BodySurface, pattern: HairStyleCut, random: np.random.Generator) -> None:
    """The swept geometry of a tied style: a tail or a bun, and its band."""
    if not pattern.tail:
        return
    tie = _tie(body, pattern)
    if pattern.tail == "ponytail":
        _tail(mesh, body, tie, random)
    else:
        _bun(mesh, body, tie, random)


def _tail(mesh: HairMesh, body: BodySurface, tie: Floats, random: np.random.Generator) -> None:
    """Clumps that leave the tie backwards, fall in an arc and gather at the tip."""
    count, scale = 34, body.scale
    along = np.linspace(0, 1, SEGMENTS + 1)
    angle, depth = random.uniform(0, 2 * np.pi, count), np.sqrt(random.uniform(0.2, 1, count))
    spread = np.interp(along, [0, 0.2, 0.5, 0.8, 1], [0.012, 0.024, 0.030, 0.024, 0.010]) * scale
    centre = np.stack(
        [
            np.zeros_like(along),
            np.interp(along, [0, 0.15, 0.4, 1], [0, 0.0, -0.075, -0.27]),
            np.interp(along, [0, 0.15, 0.4, 1], [0.0, -0.035, -0.055, -0.045]),
        ],
        1,
    )
    offset = np.stack([np.cos(angle), 0.3 * np.sin(angle), np.sin(angle)], axis=1) * depth[:, None]
    paths = (
        tie + centre[None] * scale * random.uniform(0.86, 1.04, (count, 1, 1)) + offset[:, None] * spread[None, :, None]
    )
    locks = _free_locks(paths, 0.026 * scale, random)
    vertices_outward = unit(offset[:, None] + np.zeros_like(paths) + [0, 0, -0.25])
    mesh.add_swept(paths, vertices_outward, locks)


def _bun(mesh: HairMesh, body: BodySurface, tie: Floats, random: np.random.Generator) -> None:
    """Strands coiled around a flattened ball."""
    count, scale = 40, body.scale
    radius = 0.036 * scale
    centre = tie + np.array([0, 0.004, -0.012]) * scale
    back = unit(np.array([0.0, 0.45, -1.0]))
    right = np.array([1.0, 0.0, 0.0])
    up = np.cross(back, right)
    start = random.uniform(0, 2 * np.pi, count)
    polar = np.linspace(0.12, 0.62, count) * np.pi
    turn = start[:, None] + np.linspace(0, 2.4, SEGMENTS + 1)[None]
    theta = polar[:, None] + 0.12 * np.sin(turn * 1.3)
    outward = (np.sin(theta) * np.cos(turn))[..., None] * right + (np.sin(theta) * np.sin(turn))[..., None] * up
    outward = outward + (0.72 * np.cos(theta))[..., None] * back
    paths = centre + outward * radius * random.uniform(0.92, 1.04, (count, 1, 1))
    mesh.add_swept(paths, unit(outward), _free_locks(paths, 0.022 * scale, random))


def _free_locks(paths: Floats, width: float, random: np.random.Generator) -> Locks:
    count = len(paths)
    zero = np.zeros(count)
    widths = width * random.uniform(0.8, 1.2, count)
    return Locks(
        paths[:, 0], paths[:, 0] * 0, paths[:, 0] * 0, zero, zero, zero, zero, widths, random.integers(0, 6, count)
    )
