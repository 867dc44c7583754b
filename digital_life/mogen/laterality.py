"""Left and right: whether a motion acts on the side that its text names."""

from __future__ import annotations

import numpy as np

from digital_life.momat.measures import Tracks
from digital_life.momat.wording import sides_named, swap_sides
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import canonical_skeleton

TURNED = 10.0
"""Degrees from which on a body has turned."""


def on_the_right_side(motion: Motion, text: str) -> bool | None:
    """Whether the hand or foot that moves more, or the turn, is on the side that ``text`` names.

    None where the text names no side, or both, or says nothing of a hand, a foot or a turn.
    """
    sides = sides_named(text)
    if len(sides) != 1:
        return None
    (side,) = sides
    tracks = Tracks.of(motion, canonical_skeleton())
    if f"{side} hand" in text or f"{side} arm" in text:
        return _hands(tracks)[side] > _hands(tracks)[swap_sides(side)]
    if f"{side} foot" in text or f"{side} leg" in text:
        return _feet(tracks)[side] > _feet(tracks)[swap_sides(side)]
    if "turn" in text and "head" not in text:
        turned = tracks.kinematics()["turn_deg"]
        return bool(abs(turned) > TURNED and (turned > 0) == (side == "left"))
    return None


def _hands(tracks: Tracks) -> dict[str, float]:
    """Metres that each wrist goes beside the pelvis."""
    measured = tracks.kinematics()
    return {side: measured[f"{side}_hand_travel_m"] for side in ("left", "right")}


def _feet(tracks: Tracks) -> dict[str, float]:
    """Metres that each foot goes."""
    way = np.linalg.norm(np.diff(tracks.feet, axis=0), axis=-1).sum(axis=0)
    return {"left": float(way[:2].sum()), "right": float(way[2:].sum())}
