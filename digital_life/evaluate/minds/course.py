"""How the state of a mind went on from plot to plot, in words, for a judge to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from digital_life.llm.untrusted import as_data
from digital_life.sociomind.change import Change


def course(changes: Sequence[Change], plots: int) -> str:
    """A line for the beginning and one for the end of each of ``plots``, with all that was changed until then."""
    now: dict[tuple[str, str], Any] = {}
    for change in changes:
        now.setdefault((change.part, change.partner), change.before)
    lines = [f"At the beginning: {_state(now)}"]
    for plot in range(plots):
        now |= {(change.part, change.partner): change.after for change in changes if change.plot == plot}
        lines.append(f"After plot {plot + 1}: {_state(now)}")
    return "\n".join(lines)


def _state(now: dict[tuple[str, str], Any]) -> str:
    parts = [text for (part, partner), value in now.items() if (text := _in_words(part, partner, value))]
    return as_data("; ".join(parts)) or "nothing is written"


def _in_words(part: str, partner: str, value: Any) -> str:
    if part == "emotion":
        levels = ", ".join(f"{name} {value[name]:.0f}" for name in ("pleasure", "arousal", "dominance"))
        return f"feels {value['description'] or 'something'} ({levels} of 9)"
    if part == "relationship":
        if value is None:
            return f"does not know {partner}"
        levels = ", ".join(f"{name} {value[name]}" for name in ("trust", "intimacy", "supportiveness"))
        return f"sees {partner} as {value['description']} ({levels} of 9). {value['attitude']}".strip()
    if part == "motivation":
        return f"wants, in the long run, {value['long_term']}, and now {value['short_term']}"
    return f"believes: {'. '.join(value)}" if part == "belief" else ""
