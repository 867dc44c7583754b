"""The kinematic stage of matching: of clips that mean what was asked, the one that fits what the body does now."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from digital_life.errors import InputError
from digital_life.momat.clip import MIRROR_SUFFIX, Clip
from digital_life.momat.entry import end_for
from digital_life.momat.feature_table import FeatureTable
from digital_life.momat.joining import Now, fitting_length, join, moves_unlike_others
from digital_life.momat.search import FITTING, Hit
from digital_life.motion.motion import FPS, Motion

MARGIN = 0.06
"""Clips that score less than the best one by more than this are no candidates."""
EQUALS = 10
"""Clips at most among which one is drawn."""
TOLERANCE = 0.01
"""How much worse than the best one a clip may be and still be drawn."""
KINEMATIC_WEIGHT = 0.06
"""What one unit of kinematic cost (a typical difference between two frames is about one) takes from the score."""
DURATION_WEIGHT = 0.05
RECENT_PENALTY = 0.06
NEARLY = 0.8
"""Share of the wanted seconds from which on a clip is long enough."""


@dataclass(frozen=True)
class Candidate:
    """A clip that came into question: frames ``start`` to ``stop`` (exclusive) of it, and what speaks for and against.

    ``semantic`` is the search's score; ``joining`` and ``way`` are the costs of entering it now and of where it goes
    (root mean square z-scores), ``length`` is how far its duration is from the wanted one (natural logarithm);
    ``score`` is all of it together, higher is better.
    """

    clip: Clip
    start: int
    stop: int
    score: float
    semantic: float
    caption: str = ""
    joining: float = 0.0
    way: float = 0.0
    length: float = 0.0
    recent: bool = False
    dropped: str = ""
    """Why it was not considered further; empty where it was."""

    @property
    def kinematic(self) -> float:
        """Cost of entering the clip now and of where it goes."""
        return self.joining + self.way

    def record(self) -> dict[str, Any]:
        """JSON."""
        numbers = {name: round(getattr(self, name), 4) for name in ("score", "semantic", "joining", "way", "length")}
        flags = ({"recent": True} if self.recent else {}) | ({"dropped": self.dropped} if self.dropped else {})
        return {"clip": self.clip.id, "start": self.start, "stop": self.stop, **numbers, **flags}


@dataclass(frozen=True)
class Match:
    """The clip that was chosen: play frames ``start`` to ``stop`` (exclusive) of ``clip``, which is mirrored already.

    ``clip`` is None where nothing fits; ``reason`` says why in one sentence either way. ``candidates`` are all clips
    that came into question, best first.
    """

    clip: Clip | None
    start: int
    stop: int
    score: float
    semantic: float
    kinematic: float
    reason: str
    caption: str = ""
    candidates: tuple[Candidate, ...] = ()
    strokes: tuple[int, ...] = ()
    """Where a number of times was asked for and could be counted: frames of ``clip`` between which the strokes lie."""

    @property
    def motion(self) -> Motion:
        """The frames to play.

        Raises:
            InputError: nothing was found.
        """
        if self.clip is None:
            raise InputError(self.reason, "say it in other words, or add a motion: digital-life motions add")
        return self.clip.motion.slice(self.start, self.stop)

    def record(self) -> dict[str, Any]:
        """JSON for provenance: what was chosen, its scores, the reason and what else came into question."""
        return {
            "clip": self.clip.id if self.clip else None,
            "start": self.start,
            "stop": self.stop,
            "score": round(self.score, 4),
            "semantic": round(self.semantic, 4),
            "kinematic": round(self.kinematic, 4),
            "caption": self.caption,
            "mirrored": self.clip is not None and self.clip.mirrored,
            "reason": self.reason,
            **({"strokes": list(self.strokes)} if self.strokes else {}),
            "candidates": [candidate.record() for candidate in self.candidates],
        }


def decide(
    table: FeatureTable,
    text: str,
    hits: Sequence[Hit],
    *,
    duration: float | None = None,
    recent: Collection[str] = (),
    seed: int = 0,
    now: Now | None = None,
    threshold: float = FITTING,
    tolerance: float = TOLERANCE,
) -> Match:
    """The kinematic stage: the best of ``hits`` (of a search, best first) for a body that does ``now``.

    One is drawn of those that are worse than the best one by no more than ``tolerance``.
    """
    now = now or Now()
    best = max((hit.score for hit in hits), default=0.0)
    if not hits or best < threshold:
        return _nothing(text, hits)
    proposed = [hit for hit in hits if hit.score >= max(threshold, best - MARGIN)]
    dropped = moves_unlike_others(table, [hit.clip.id for hit in proposed]) if len(proposed) > 4 else set()
    ranked = [
        _candidate(table, hit, now, duration, recent, "moves unlike the others" if number in dropped else "")
        for number, hit in enumerate(proposed)
    ]
    ranked.sort(key=lambda c: (bool(c.dropped), -c.score, c.clip.id))
    equals = [c for c in ranked if not c.dropped and c.score >= ranked[0].score - tolerance][:EQUALS]
    chosen = max(equals, key=lambda candidate: _lot(seed, text, candidate.clip.id))
    reason = _reason(text, chosen, len(ranked), len(equals), now) + _shortfall(chosen, duration)
    return Match(
        chosen.clip,
        chosen.start,
        chosen.stop,
        chosen.score,
        chosen.semantic,
        chosen.kinematic,
        reason,
        chosen.caption,
        tuple(ranked),
    )


def _lot(seed: int, text: str, clip: str) -> bytes:
    """What a clip draws; the highest lot wins, so that other clips that come or go seldom change who does.

    (Rendezvous hashing, Thaler and Ravishankar 1998.)
    """
    return hashlib.blake2s(f"{seed}\n{text}\n{clip}".encode(), digest_size=8).digest()


def _candidate(
    table: FeatureTable, hit: Hit, now: Now, duration: float | None, recent: Collection[str], dropped: str
) -> Candidate:
    start, joining, way = join(table, hit.clip, now) if now.known else (0, 0.0, 0.0)
    stop = end_for(hit.clip, start, duration)
    length = fitting_length(hit.clip, stop - start, duration)
    played = any(hit.clip.id.removesuffix(MIRROR_SUFFIX) == name.removesuffix(MIRROR_SUFFIX) for name in recent)
    cost = KINEMATIC_WEIGHT * (joining + way) + DURATION_WEIGHT * length + RECENT_PENALTY * played
    return Candidate(
        hit.clip, start, stop, hit.score - cost, hit.score, hit.caption, joining, way, length, played, dropped
    )


def _nothing(text: str, hits: Sequence[Hit]) -> Match:
    nearest = f" (nearest: {hits[0].clip.id}, {hits[0].score:.2f})" if hits else ""
    ranked = tuple(
        Candidate(hit.clip, 0, hit.clip.frames, hit.score, hit.score, hit.caption, dropped="does not fit the words")
        for hit in hits[:3]
    )
    return Match(None, 0, 0, 0.0, 0.0, 0.0, f"no clip of the library fits '{text}'{nearest}", candidates=ranked)


def _reason(text: str, chosen: Candidate, fitting: int, equals: int, now: Now) -> str:
    meaning = f"'{text}' is {chosen.clip.id} ('{chosen.caption}', {chosen.semantic:.2f})"
    if fitting == 1:
        why = "no other clip comes near it"
    elif equals > 1:
        why = f"drawn from {equals} about equally good ones of {fitting} that fit"
    else:
        why = f"the best of {fitting} that fit"
    entered = f", entered at frame {chosen.start}" if chosen.start else ""
    cost = f", at a cost of {chosen.kinematic:.2f} from what the body does now{entered}" if now.known else ""
    return f"{meaning}: {why}{cost}"


def _shortfall(chosen: Candidate, duration: float | None) -> str:
    """What of the wish the chosen clip is not known to fulfil."""
    missing = ""
    seconds = (chosen.stop - chosen.start) / FPS
    if duration is not None and seconds < NEARLY * duration:
        missing += f"; it lasts {seconds:.1f} of the {duration:g} seconds wanted"
    return missing
