"""The lists of a plot that only ever grow, in SQLite: each item is written once, and a state names how many it has.

Written in full with every state they would make a record that grows with the square of the turns.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from digital_life.sociomind.state import MindState

TABLE = """
CREATE TABLE IF NOT EXISTS plot_items (
    owner TEXT NOT NULL, plot INTEGER NOT NULL, list TEXT NOT NULL, place INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (owner, plot, list, place)) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS plot_items_UPDATE BEFORE UPDATE ON plot_items
    BEGIN SELECT RAISE(ABORT, 'plot_items are only added to'); END;
CREATE TRIGGER IF NOT EXISTS plot_items_DELETE BEFORE DELETE ON plot_items
    BEGIN SELECT RAISE(ABORT, 'plot_items are only added to'); END;
"""
BEHAVIOURS, USED = "behaviours", "used"


@dataclass(frozen=True)
class Grown:
    """New items of one list of one plot (JSON); the first of them is at ``start``."""

    plot: int
    name: str
    start: int
    items: list[Any]


@dataclass
class PlotLog:
    """How much of the present plot's lists is known to be kept.

    A mind that was restored begins with nothing: its first checkpoint names every item, and ``append`` skips those that
    the record holds. So it does not matter whether the state came from a record that kept the lists in full.
    """

    plot: int = -1
    counts: dict[str, int] = field(default_factory=dict)

    def unrecorded(self, state: MindState) -> tuple[dict[str, Any], list[Grown]]:
        """The state as plain data with the lengths of the lists in their place, and what of them is still to be kept."""
        plot = state.plot
        if plot is None:
            return state.model_dump(mode="json"), []
        counts = self.counts if plot.index == self.plot else {}
        data = state.model_dump(mode="json", exclude={"plot": {BEHAVIOURS: True, "notes": {USED: True}}})
        grown = []
        for name, items in _lists(state).items():
            start = counts.get(name, 0)
            new = [item if isinstance(item, str) else item.model_dump(mode="json") for item in items[start:]]
            grown += [Grown(plot.index, name, start, new)] if new else []
            _holder(data, name)[name] = len(items)
        return data, grown

    def recorded(self, grown: Iterable[Grown]) -> None:
        """The items in ``grown`` are kept now."""
        for part in grown:
            if part.plot != self.plot:
                self.plot, self.counts = part.plot, {}
            self.counts[part.name] = part.start + len(part.items)


def create(db: sqlite3.Connection) -> None:
    """Make the table where it is missing."""
    db.executescript(TABLE)


def append(db: sqlite3.Connection, owner: str, grown: Iterable[Grown]) -> None:
    """Add new items of the mind of ``owner``, those left out that are kept; the caller's transaction decides when they count."""
    db.executemany(
        "INSERT INTO plot_items VALUES (?, ?, ?, ?, ?) ON CONFLICT (owner, plot, list, place) DO NOTHING",
        (
            (owner, part.plot, part.name, place, json.dumps(item))
            for part in grown
            for place, item in enumerate(part.items, part.start)
        ),
    )


def put_together(state: dict[str, Any], read: Callable[[int, str, int], list[Any]]) -> dict[str, Any]:
    """The state with its lists back in place; ``read`` gets plot, list and length. Full states are left as they are.

    Raises:
        ValueError: items are missing.
    """
    if not state.get("plot"):
        return state
    number = state["plot"]["index"]
    for name in (BEHAVIOURS, USED):
        holder = _holder(state, name)
        count = holder.get(name)
        if isinstance(count, int):
            items = read(number, name, count)
            if len(items) != count:
                raise ValueError(f"{len(items)} of {count} {name} of plot {number} are kept")
            holder[name] = items
    return state


def read_items(db: sqlite3.Connection, owner: str, plot: int, name: str, count: int) -> list[Any]:
    """The first ``count`` items of a list, oldest first."""
    rows = db.execute(
        "SELECT data FROM plot_items WHERE owner=? AND plot=? AND list=? AND place<? ORDER BY place",
        (owner, plot, name, count),
    )
    return [json.loads(row[0]) for row in rows]


def _lists(state: MindState) -> dict[str, list[Any]]:
    assert state.plot is not None, "a plot goes on"
    return {BEHAVIOURS: state.plot.behaviours, USED: state.plot.notes.used}


def _holder(state: dict[str, Any], name: str) -> dict[str, Any]:
    plot: dict[str, Any] = state["plot"]
    return plot if name == BEHAVIOURS else plot.setdefault("notes", {})
