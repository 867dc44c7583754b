"""``Change``: an event of the inner life, with its cause, what was before and what is after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Part = Literal["emotion", "motivation", "belief", "relationship", "needs"]


class Change(BaseModel):
    """One part of the state was changed by something."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    part: Part
    cause: str
    before: Any
    after: Any
    partner: str = ""
    """Whom a relationship is with."""
    plot: int = 0
    turn: int = 0
    """Number of behaviours in the plot when it happened."""


Snapshot = Mapping[tuple[Part, str], Any]
"""(part, partner) to plain data."""


def differences(before: Snapshot, after: Snapshot) -> Iterator[tuple[Part, str, Any, Any]]:
    """(part, partner, before, after) of everything that differs; None stands for what was not there."""
    for part, partner in dict.fromkeys((*before, *after)):
        old, new = before.get((part, partner)), after.get((part, partner))
        if old != new:
            yield part, partner, old, new
