"""Which hand points at a thing of the room."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.wording import sides_named
from digital_life.stage.scene import Room

_POINTING = re.compile(r"\b(?:point|gestur|motion|wav|nod)\w*\s+(?:\w+\s+)?(?:at|to|towards?)\b", re.IGNORECASE)


def name_pointing_hand(words: str, room: Room, position: NDArray[np.float64], facing: float) -> str:
    """``words`` with the hand that is nearer to the thing they point at, for a body at ``position`` (x, z).

    Words that point at nothing the room has, or name a hand themselves, are given back as they are.
    """
    found = _POINTING.search(words)
    if found is None or sides_named(words):
        return words
    after = words[found.end() :].lower()
    things = {place.name.lower(): place.position for place in room.places}
    things |= {str(thing.kind): thing.position for thing in room.furniture}
    target = next((at for name, at in things.items() if re.search(rf"\b{re.escape(name)}\b", after)), None)
    if target is None:
        return words
    x, z = np.array(target) - position
    side = "left" if np.sin(np.arctan2(x, z) - facing) > 0 else "right"
    return f"{words} with the {side} hand"
