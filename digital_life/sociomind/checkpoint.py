"""``Checkpoint``: what a mind hands to the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from digital_life.sociomind.change import Change
from digital_life.sociomind.memory import Unrecorded
from digital_life.sociomind.plot_log import Grown


@dataclass(frozen=True)
class Checkpoint:
    """What a record needs to go on from here: the state as it is, and what is new since the last one recorded."""

    state: dict[str, Any]
    """Without the memories and the lists of the plot, which are only ever added to."""
    memory: Unrecorded
    changes: list[Change]
    grown: list[Grown] = field(default_factory=list)
    recorded: Callable[[], None] = field(default=lambda: None, compare=False)
    """Tells the mind that all of this is kept. Until then its next checkpoint holds it again, so a failed write loses nothing."""
