"""Where a clip may be entered and where it may be left without losing what it says."""

from __future__ import annotations

from digital_life.momat.clip import Clip
from digital_life.motion.motion import FPS

_BEFORE_READY = 0.2
"""Seconds before a gesture's hands are ready at which it may still be entered."""
_BEFORE_STROKE = 0.3
_AFTER_STROKE = 0.35
_AFTER_RELAX = 0.35
_UNMARKED_SHARE, _UNMARKED_SECONDS = 0.15, 0.5
"""A clip without sync times may be entered in the first part of it, and of a second."""
_ONGOING = 1.0
"""Seconds that must be left of a clip that goes on."""
_ONGOING_KINDS = frozenset({"idle", "locomotion", "dance"})


def goes_on(clip: Clip) -> bool:
    """Whether the clip has no beginning and no end to speak of: loops, idling, walking."""
    return clip.loopable or (clip.kind in _ONGOING_KINDS and not clip.changes_posture)


def last_entry(clip: Clip) -> int:
    """Last frame at which the clip may be entered; every earlier one is admissible too.

    A gesture before its hands are ready (or before its stroke), a clip that goes on wherever a second is left, a clip
    without sync times near its beginning, one that changes the posture at its first frame only.
    """
    if clip.changes_posture:
        return 0
    if goes_on(clip):
        return max(0, clip.frames - 1 - min(round(_ONGOING * FPS), clip.frames // 2))
    if "ready" in clip.sync:
        at = clip.sync["ready"] - _BEFORE_READY
    elif "stroke_start" in clip.sync or "stroke" in clip.sync:
        at = clip.sync.get("stroke_start", clip.stroke) - _BEFORE_STROKE
    else:
        at = min(_UNMARKED_SHARE * clip.duration, _UNMARKED_SECONDS)
    return min(max(0, round(at * FPS)), clip.frames - 1)


def earliest_end(clip: Clip) -> int:
    """First frame at which the clip may be cut off: after its stroke, and for one without sync times its end."""
    if goes_on(clip):
        return min(clip.frames, round(_ONGOING * FPS))
    if "stroke" not in clip.sync and "stroke_start" not in clip.sync:
        return clip.frames
    stroke = clip.sync.get("stroke_end", clip.stroke + _AFTER_STROKE)
    return min(clip.frames, max(1, round(stroke * FPS)))


def natural_end(clip: Clip) -> int:
    """Frame after which the clip has said what it says: a little after a gesture begins to relax, else its end."""
    if goes_on(clip) or "relax" not in clip.sync:
        return clip.frames
    return min(clip.frames, round((clip.sync["relax"] + _AFTER_RELAX) * FPS))


def end_for(clip: Clip, start: int, duration: float | None) -> int:
    """Frame (exclusive) at which to leave the clip that was entered at ``start``, to last ``duration`` seconds if it can."""
    if duration is None:
        return natural_end(clip)
    wanted = start + round(duration * FPS)
    return min(clip.frames, max(wanted, earliest_end(clip), start + 1))
