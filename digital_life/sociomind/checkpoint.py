"""``Checkpoint``: what a mind hands to the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from digital_life.sociomind.change import Change
from digital_life.sociomind.memory import Unrecorded


@dataclass(frozen=True)
class Checkpoint:
    """What a record needs to go on from here: the state as it is, and what is new since the last checkpoint."""

    state: dict[str, Any]
    """Without the memories, which are only ever added to."""
    memory: Unrecorded
    changes: list[Change]
