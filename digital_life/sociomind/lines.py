"""Choosing and filling a persona's own lines."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from digital_life.persona.schema import Intent, Persona
from digital_life.sociomind.default_lines import DEFAULT_LINES

_SLOT = re.compile(r"\{(\w+)\}")
_VOCATIVE = re.compile(r"^\{partner\}[!,.]\s*|,?\s*\{partner\}(?=[,.!?]|$)")


class LineBook:
    """The lines of one persona. Never the same line twice while another one is left."""

    def __init__(self, persona: Persona) -> None:
        self._persona = persona

    def pick(
        self,
        intent: Intent,
        slots: Mapping[str, str],
        rng: random.Random,
        used: list[str],
        used_before: Sequence[str] = (),
        *,
        optional: bool = False,
    ) -> str:
        """One filled line, noted in ``used``; an optional one is empty when all have been used.

        Lines whose slots cannot be filled are left out. Lines of earlier conversations come after fresh ones.
        """
        own = [line for line in self._persona.speech.lines.get(intent, ()) if fillable(line, slots)]
        default = [line for line in DEFAULT_LINES[intent] if fillable(line, slots)]
        fresh = [line for line in own if line not in used]
        if fresh:
            rare = [line for line in fresh if line not in used_before] or fresh
            line = rng.choice(rare)
        else:
            line = next((line for line in default if line not in used), "")
            if not line and optional:
                return ""
            line = line or min(own or default or [""], key=lambda item: _last_use(item, used))
        used.append(line)
        return fill(line, slots)


def fillable(line: str, slots: Mapping[str, str]) -> bool:
    """Whether every slot but the partner's name has a value; the name can be left out."""
    return all(slots.get(slot) or slot == "partner" for slot in _SLOT.findall(line))


def fill(line: str, slots: Mapping[str, str]) -> str:
    """The line with its slots filled and every sentence beginning with a capital."""
    if not slots.get("partner"):
        line = _VOCATIVE.sub("", line)
    text = _SLOT.sub(lambda match: slots.get(match[1], ""), line).strip()
    return re.sub(r"(^|[.!?…]\s+)([a-z])", lambda match: match[1] + match[2].upper(), text)


def _last_use(line: str, used: list[str]) -> int:
    return max((index for index, item in enumerate(used) if item == line), default=-1)
