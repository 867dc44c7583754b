"""``make_hair``: hair for one head in one of the styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Material, MeshPart
from digital_life.body.colour import parse_colour
from digital_life.body.garment_hats import HatLine
from digital_life.body.garment_surface import BodySurface, Floats, body_surface, smoothstep, unit
from digital_life.body.garment_trim import strongest_four
from digital_life.body.geometry import sampled
from digital_life.body.hair_cards import POINTED, SLENDER, HairPiece, cards, waved
from digital_life.body.hair_comb import comb, gathered
from digital_life.body.hair_hull import HairHull
from digital_life.body.hair_scalp import CROWN, Roots, azimuth, grow_roots, scalp
from digital_life.body.hair_styles import STYLES, HairStyleCut, field, fringe_field, is_fringe, make_locks
from digital_life.body.hair_tails import braid, bun, ponytail
from digital_life.body.hair_texture import COLUMNS, SHADED, SHELL, STRAIGHT, STUBBLE, WAVY, WISPY, strand_texture
from digital_life.body.identity import Identity
from digital_life.body.normals import vertex_normals
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX
from digital_life.persona.appearance import HairStyle, HatKind

EDGE_SPACING = 0.006
"""Metres between the fine locks along the hairline."""
DENSE, DEEPEST = 0.03, 0.2
"""Metres from the hairline at which stubble has closed up, and more than any scalp has: the strands' direction, in which hair
shines, is that of the texture, so it may stand still nowhere."""
SHORT, LATE = (0.06, 0.025), 0.3
"""Locks shorter than the first length (metres), and fully at the second, have so much less of the texture's dark roots."""
BELOW_LONG = 0.8
"""Brightness of the scalp's cover below long hair: that of the dark roots at its parting, between which it shows."""
NARROW = 0.06
"""Metres from the crown within which the strands of the scalp's cover run together; drawn out there, they would sparkle."""
LOW_KNOTS = {"ponytail": (-0.045, -0.098), "bun": (-0.040, -0.098)}
"""Where knots are tied under a hat."""


def make_hair(
    identity: Identity,
    style: HairStyle,
    colour: str,
    seed: int = 0,
    *,
    clothes: Sequence[MeshPart] = (),
    hat: HatKind = "none",
) -> list[MeshPart]:
    """Hair as one mesh part with an alpha-tested strand texture; none for ``bald``.

    It falls over the ``clothes`` and is pressed flat under a ``hat``. The same seed gives the same hair.
    """
    if style == "bald":
        return []
    body, pattern = body_surface(identity), STYLES[style]
    if hat != "none" and pattern.tail in LOW_KNOTS:
        pattern = replace(pattern, knot=LOW_KNOTS[pattern.tail])
    worn = [sampled(part.vertices.astype(np.float64), part.faces.astype(np.int64)) for part in clothes]
    hull = HairHull(body, np.concatenate(worn) if worn else None)
    random = np.random.default_rng(seed)
    pieces = [_cover(body, hull, pattern)]
    if pattern.count:
        roots = _without_covered(grow_roots(body, pattern.hairline, pattern.count, EDGE_SPACING, seed=7), pattern)
        grow = _gathered if pattern.knot else _combed
        pieces += grow(roots, hull, pattern, random)
    if hat != "none":
        line = HatLine(hat, hull)
        pieces = [replace(piece, vertices=line.press(piece.vertices)) for piece in pieces]
    texture = strand_texture(parse_colour(colour), shell=1.0 if pattern.end is None else BELOW_LONG)
    return [_build(body, hull, pieces, texture)]


def _combed(roots: Roots, hull: HairHull, pattern: HairStyleCut, random: np.random.Generator) -> list[HairPiece]:
    locks = make_locks(roots, hull, pattern, random)
    paths = comb(roots, hull, field(pattern), locks, pattern.rows)
    if pattern.fringe:
        front = is_fringe(roots)
        combed = comb(roots, hull, fringe_field, locks, pattern.rows)
        paths[front] = combed[front]
    outward = hull.outward(paths)
    if pattern.wave:
        turn = hull.polar(paths[:, 0])[0]
        phase = 2.5 * turn + random.normal(0, 0.5, len(paths)) if pattern.end else random.uniform(0, 6.3, len(paths))
        start = 0.18 if pattern.end else 0.02  # on the skull, light would show below the waves of long hair
        paths = waved(paths, outward, pattern.wave * hull.scale, pattern.wavelength, phase, start)
    return _carded(roots, hull, pattern, paths, outward, locks.height, random)


def _carded(
    roots: Roots, hull: HairHull, pattern: HairStyleCut, paths: Floats, outward: Floats, low: Floats,
    random: np.random.Generator,
) -> list[HairPiece]:  # fmt: skip
    """Cards of the inner locks and the finer ones of the hairline; those with the smallest ``low`` [L] lie in shade."""
    count, edge = len(paths), roots.edge
    short = smoothstep(*SHORT, np.linalg.norm(np.diff(paths, axis=1), axis=2).sum(axis=1) / hull.scale)
    column = random.choice(WAVY if pattern.wavy else STRAIGHT, count)
    column[(low < np.quantile(low, 0.25)) & (short < 0.5)] = SHADED
    width = hull.scale * random.uniform(0.8, 1.2, count)
    inner = cards(
        paths[~edge], outward[~edge], width[~edge] * pattern.width, column[~edge], arch=pattern.arch,
        taper=(0.7, 1.0, 0.95, 0.7) if pattern.end else POINTED, sheen=0.2 if pattern.wave else 0.45,
        start=LATE * short[~edge],
    )  # fmt: skip
    fine = np.where(random.uniform(size=count) < 0.4, WISPY, STRAIGHT[0])
    outer = cards(
        paths[edge], outward[edge], width[edge] * pattern.edge_width, fine[edge], taper=SLENDER, arch=0.0,
        start=LATE * short[edge],
    )  # fmt: skip
    return [inner, outer]


def _gathered(roots: Roots, hull: HairHull, pattern: HairStyleCut, random: np.random.Generator) -> list[HairPiece]:
    assert pattern.knot is not None
    height = pattern.volume * hull.scale * random.uniform(0.3, 1.0, len(roots.positions))
    height *= 0.4 + 0.6 * smoothstep(0.0, 0.03, roots.inside)
    knots = [hull.centre + np.array([0.0, *pattern.knot]) * hull.scale]
    side = np.zeros(len(roots.positions), int)
    if pattern.tail == "braids":
        across = 0.062 * hull.scale
        knots = [knots[0] + [across, 0, 0], knots[0] - [across, 0, 0]]
        side = (roots.reference[:, 0] < 0).astype(int)
    knots = [hull.lay(knot[None], np.array([0.010 * hull.scale]))[0] for knot in knots]
    paths = np.empty((len(side), pattern.rows, 3))
    for k, knot in enumerate(knots):
        own = side == k
        paths[own] = gathered(_chosen(roots, own), hull, knot, height[own], pattern.rows, pattern.bulge)
    pieces = _carded(roots, hull, pattern, paths, hull.outward(paths), height, random)
    tail = {"ponytail": partial(ponytail, length=0.25 * hull.scale), "braids": partial(braid, length=0.27 * hull.scale)}
    for knot in knots:
        pieces += tail.get(pattern.tail, bun)(hull, knot, random=random)
    return pieces


def _without_covered(roots: Roots, pattern: HairStyleCut) -> Roots:
    """Fine locks are left out where longer hair hangs over the hairline."""
    covered = roots.edge & (azimuth(roots.reference) > 95) & (pattern.end is not None)
    return _chosen(roots, ~covered)


def _chosen(roots: Roots, which: np.ndarray) -> Roots:
    return Roots(*(values[which] for values in vars(roots).values()))


def _cover(body: BodySurface, hull: HairHull, pattern: HairStyleCut) -> HairPiece:
    """Hair close to the scalp below the locks, or all there is of a buzz cut."""
    surface = scalp(pattern.hairline)
    skin, normals = surface.lift(body.vertices), unit(surface.lift(body.normals))
    rise = smoothstep(0.0, 0.035, surface.inside)
    vertices = skin + normals * (0.0008 + pattern.cover * hull.scale * rise)[:, None]
    angle = np.arctan2(surface.reference[:, 0], surface.reference[:, 2] - CROWN[2])
    column, repeats = (SHELL, 4) if pattern.count else (STUBBLE, 6)
    apart = np.hypot(surface.reference[:, 0], surface.reference[:, 2] - CROWN[2]) / NARROW
    across = np.abs(((angle / np.pi * repeats) % 2) - 1) - 0.5  # mirrored: no seam
    u = (column + 0.5 + 0.92 * across * np.clip(apart, 0, 1)) / COLUMNS
    v = np.interp(surface.inside, [0, DENSE, DEEPEST], [0.008, 0.2 if pattern.count else 0.6, 0.98])
    shading = vertex_normals(vertices, surface.faces).astype(np.float64)
    return HairPiece(vertices, shading, surface.faces, np.stack([u, v], axis=1))


def _build(body: BodySurface, hull: HairHull, pieces: list[HairPiece], texture: NDArray[np.uint8]) -> MeshPart:
    starts = np.cumsum([0, *(len(piece.vertices) for piece in pieces[:-1])])
    vertices = np.concatenate([piece.vertices for piece in pieces])
    faces = np.concatenate([piece.faces + start for piece, start in zip(pieces, starts, strict=True)])
    joints, weights = strongest_four(hair_weights(body, hull, vertices))
    return MeshPart(
        "hair",
        vertices.astype(np.float32),
        np.concatenate([piece.normals for piece in pieces]).astype(np.float32),
        faces.astype(np.uint32),
        joints,
        weights,
        _material(texture, cropped=len(pieces) == 1),
        np.concatenate([piece.uv for piece in pieces]).astype(np.float32),
    )


def _material(texture: NDArray[np.uint8], *, cropped: bool) -> Material:
    """Strands shine along themselves; ``cropped`` ones stand up and are dull, like cloth."""
    return Material(
        "hair",
        texture=texture,
        roughness=0.95 if cropped else 0.55,
        double_sided=True,
        alpha_cutoff=0.5,
        shading="cloth" if cropped else "hair",
    )


def hair_weights(body: BodySurface, hull: HairHull, vertices: Floats) -> Floats:
    """[P, 55]: all hair turns with the head; what hangs below the chin follows neck and shoulders more and more."""
    head, neck, scale = body.joint("head")[1], body.joint("neck")[1], hull.scale
    hanging = 0.85 * smoothstep(head - 0.02 * scale, neck - 0.03 * scale, vertices[:, 1])
    chest = smoothstep(neck + 0.02 * scale, neck - 0.12 * scale, vertices[:, 1])
    weights = np.zeros((len(vertices), JOINT_COUNT))
    weights[:, JOINT_INDEX["head"]] = 1 - hanging
    weights[:, JOINT_INDEX["neck"]] = hanging * (1 - chest)
    weights[:, JOINT_INDEX["spine3"]] = hanging * chest
    return weights
