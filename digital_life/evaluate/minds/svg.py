"""Small plots as inline SVG: curves, intervals, a graph of memories. Texts of others are escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from digital_life.evaluate.minds.intervals import Estimate

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#666666")
"""Told apart by colour-blind eyes too (Okabe & Ito 2008)."""
_WIDTH, _HEIGHT = 680, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 192, 14, 30


def curves(
    series: Mapping[str, Sequence[tuple[float, float]]],
    *,
    y: tuple[float, float] = (1, 9),
    ticks: Sequence[float] = (1, 3, 5, 7, 9),
    borders: Sequence[float] = (),
    x_label: str = "turn",
    steps: bool = False,
) -> str:
    """One line a series; ``borders`` are upright lines. ``steps`` holds a value until it changes."""
    points = [point for line in series.values() for point in line]
    most = max([x for x, _ in points] + [*borders, 1.0])
    low, high = y

    def at(x: float, value: float) -> tuple[float, float]:
        across = _LEFT + (_WIDTH - _LEFT - _RIGHT) * x / most
        return across, _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - min(high, max(low, value))) / (high - low)

    right, bottom = at(most, low)
    parts = [_tick(at(0, tick)[1], f"{tick:g}", right) for tick in ticks]
    for border in borders:
        x = at(border, low)[0]
        parts.append(f'<line class="border" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{bottom:.1f}"/>')
    for number in _round_numbers(most):
        parts.append(f'<text class="tick" x="{at(number, low)[0]:.1f}" y="{bottom + 13:.1f}">{number:g}</text>')
    parts.append(f'<text class="tick" x="{(_LEFT + right) / 2:.1f}" y="{_HEIGHT - 4}">{escape(x_label)}</text>')
    for place, (name, line) in enumerate(series.items()):
        colour = COLOURS[place % len(COLOURS)]
        shown = [at(x, value) for x, value in _in_steps(line, most) if steps] or [at(x, value) for x, value in line]
        path = " ".join(f"{x:.1f},{height:.1f}" for x, height in shown)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{height:.1f}" r="2" fill="{colour}"/>' for x, height in shown]
        legend = _TOP + 14 + 17 * place
        parts.append(f'<rect x="{right + 12:.0f}" y="{legend - 8}" width="10" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{right + 27:.0f}" y="{legend - 2}">{escape(name)}</text>')
    return _picture(_WIDTH, _HEIGHT, parts)


def _in_steps(line: Sequence[tuple[float, float]], most: float) -> list[tuple[float, float]]:
    shown: list[tuple[float, float]] = []
    for x, value in line:
        if shown:
            shown.append((x, shown[-1][1]))
        shown.append((x, value))
    return [*shown, (most, shown[-1][1])] if shown else []


def _round_numbers(most: float) -> list[float]:
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10**9) if most / size <= 10)
    return [float(number) for number in range(0, int(most) + 1, step)]


def _tick(height: float, label: str, right: float) -> str:
    return (
        f'<line class="grid" x1="{_LEFT}" x2="{right:.1f}" y1="{height:.1f}" y2="{height:.1f}"/>'
        f'<text class="tick" x="{_LEFT - 14}" y="{height + 4:.1f}">{escape(label)}</text>'
    )


def intervals(rows: Sequence[tuple[str, Estimate | None]], low: float, high: float, ticks: Sequence[float]) -> str:
    """A dot with its 95 % interval a row, on an axis from ``low`` to ``high``."""
    left, right, row_height = 190, 600, 24
    bottom = 12 + row_height * len(rows)

    def at(value: float) -> float:
        return left + (right - left) * (min(high, max(low, value)) - low) / (high - low)

    parts = []
    for tick in ticks:
        parts.append(f'<line class="grid" x1="{at(tick):.1f}" x2="{at(tick):.1f}" y1="8" y2="{bottom}"/>')
        parts.append(f'<text class="tick" x="{at(tick):.1f}" y="{bottom + 14}">{tick:g}</text>')
    for place, (name, estimate) in enumerate(rows):
        height = 8 + row_height * place + row_height / 2
        parts.append(f'<text x="6" y="{height + 4:.1f}">{escape(name)}</text>')
        if estimate is None:
            parts.append(f'<text class="tick" x="{left + 40}" y="{height + 4:.1f}">not judged</text>')
            continue
        if estimate.low is not None and estimate.high is not None:
            ends = f'x1="{at(estimate.low):.1f}" x2="{at(estimate.high):.1f}"'
            parts.append(f'<line {ends} y1="{height:.1f}" y2="{height:.1f}" stroke="{COLOURS[0]}" stroke-width="2"/>')
        parts.append(f'<circle cx="{at(estimate.value):.1f}" cy="{height:.1f}" r="4" fill="{COLOURS[0]}"/>')
        parts.append(f'<text x="{right + 12}" y="{height + 4:.1f}">{escape(estimate.text())}</text>')
    return _picture(right + 190, bottom + 20, parts)


@dataclass(frozen=True)
class Node:
    """One dot of a graph: its lane from the top, its place in time, what is said when a mouse is on it."""

    key: int
    lane: int
    x: float
    title: str


def graph(nodes: Sequence[Node], links: Sequence[tuple[int, int]], lanes: Sequence[str]) -> str:
    """Nodes in lanes over time, with links between them; titles show when a mouse rests on a node."""
    width, lane_height = 960, 62
    most = max([node.x for node in nodes] + [1.0])
    places: dict[int, tuple[float, float]] = {}
    taken: dict[tuple[int, int], int] = {}
    for node in nodes:
        across = 100 + (width - 130) * node.x / most
        stack = taken[(node.lane, round(across / 9))] = taken.get((node.lane, round(across / 9)), -1) + 1
        places[node.key] = (across, 24 + lane_height * node.lane + 9 * (stack % 4))
    parts = []
    for lane, name in enumerate(lanes):
        across_at = 24 + lane_height * lane
        parts.append(f'<line class="grid" x1="96" x2="{width}" y1="{across_at}" y2="{across_at}"/>')
        parts.append(f'<text x="4" y="{across_at + 4}">{escape(name)}</text>')
    for one, other in links:
        if one in places and other in places:
            (x1, y1), (x2, y2) = places[one], places[other]
            bend = f"M{x1:.1f},{y1:.1f} Q{(x1 + x2) / 2:.1f},{(y1 + y2) / 2 - 14:.1f} {x2:.1f},{y2:.1f}"
            parts.append(f'<path class="link" d="{bend}"/>')
    for node in nodes:
        x, height = places[node.key]
        colour = COLOURS[node.lane % len(COLOURS)]
        parts.append(
            f'<circle cx="{x:.1f}" cy="{height:.1f}" r="4" fill="{colour}"><title>{escape(node.title)}</title></circle>'
        )
    return _picture(width, 24 + lane_height * len(lanes), parts)


def _picture(width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )
