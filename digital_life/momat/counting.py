"""What of a wish the words of a clip cannot promise: how many times, how many steps, with what and with whom."""

from __future__ import annotations

from dataclasses import replace

from digital_life.momat.deciding import Match
from digital_life.momat.entry import end_for
from digital_life.momat.library import MotionLibrary
from digital_life.momat.missing import missing_things
from digital_life.momat.paces import paces, steps_named
from digital_life.momat.repeating import repeated
from digital_life.momat.requirements import Requirements
from digital_life.momat.wording import values_named

_COUNTED = "times:"
_AFTER = 8
"""Frames that are played after the last stroke at least."""


def as_often(match: Match, text: str, duration: float | None = None) -> Match:
    """``match`` with as many strokes as ``text`` asks for, as far as they can be counted; the reason says so."""
    required = Requirements.of(text)
    times = _times(required)
    clip = match.clip
    if clip is None or times is None:
        return match
    if any(f"{_COUNTED}{times}" in values_named(caption) for caption in clip.captions):
        return match
    made = repeated(clip, times, required.group("act"))
    if made is None:
        return replace(match, reason=f"{match.reason}; how many times it does so is not known")
    start = min(match.start, made.strokes.bounds[0])
    stop = max(end_for(made.clip, start, duration), min(made.clip.frames, made.end + _AFTER))
    said = f"it does so {_often(times)}" + ("" if made.had == times else f", made from {_often(made.had)}")
    return replace(
        match, clip=made.clip, start=start, stop=stop, strokes=made.strokes.bounds, reason=f"{match.reason}; {said}"
    )


def stepped(match: Match, text: str, library: MotionLibrary) -> Match:
    """``match``, or so many steps as ``text`` asks for, walked by motion matching."""
    required = Requirements.of(text)
    times, way = _times(required), steps_named(required.values)
    if times is None or way is None or "step" not in required.text:
        return match
    clip = paces(library, times, way)
    if clip is None:
        return match
    reason = f"'{text}' are {times} steps {way}, walked by motion matching"
    return replace(match, clip=clip, start=0, stop=clip.frames, strokes=(), caption=clip.captions[0], reason=reason)


def with_what_is_missing(match: Match, text: str) -> Match:
    """``match``, whose reason names the things and people of ``text`` that its clip knows nothing of."""
    missing = missing_things(Requirements.of(text).text, match.clip) if match.clip is not None else []
    if not missing:
        return match
    names = " and ".join(f"'{name}'" for name in missing)
    return replace(match, reason=f"{match.reason}; no motion here is known to have {names}, it is acted without")


def _times(required: Requirements) -> int | None:
    named = [int(value.removeprefix(_COUNTED)) for value in required.group("times")]
    return named[0] if len(named) == 1 else None


def _often(times: int) -> str:
    return {1: "once", 2: "twice"}.get(times, f"{times} times")
