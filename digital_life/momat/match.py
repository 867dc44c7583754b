"""``Matcher``: the right clip for an act in words, entered at the frame that joins best with what the body does now.

Two stages, as in Story-to-Motion (arXiv 2311.07446): sentence similarity proposes clips, clips that move unlike the
others are dropped, and motion-matching features decide among the rest; of those that do about equally well one is
drawn, so that the same words do not always look the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.momat.clip import MIRROR_SUFFIX, Clip, Posture
from digital_life.momat.entry import end_for
from digital_life.momat.feature_table import FeatureTable
from digital_life.momat.features import COLUMNS, frame_features
from digital_life.momat.joining import Now, fitting_length, join, moves_unlike_others
from digital_life.momat.search import FITTING, Hit, MotionSearch
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import canonical_skeleton

Rows = NDArray[np.float32]

MARGIN = 0.06
"""Clips that score less than the best one by more than this are no candidates."""
PROPOSALS = 48
"""Clips at most that pass the semantic stage."""
EQUALS = 10
"""Clips at most among which one is drawn."""
TOLERANCE = 0.01
"""How much worse than the best one a clip may be and still be drawn."""
KINEMATIC_WEIGHT = 0.06
"""What one unit of kinematic cost (a typical difference between two frames is about one) takes from the score."""
DURATION_WEIGHT = 0.05
RECENT_PENALTY = 0.06


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
            "candidates": [candidate.record() for candidate in self.candidates],
        }


class Matcher:
    """Chooses clips of the library that a search searches. Deterministic: the same call gives the same match."""

    def __init__(self, search: MotionSearch, table: FeatureTable | None = None) -> None:
        """``table`` holds the features of the search's library; made when it is first needed otherwise."""
        self.search = search
        self._table = table

    @staticmethod
    def default() -> Matcher:
        """A matcher over the default motion library.

        Raises:
            AssetError: the library or the sentence model is missing.
        """
        from digital_life.llm.embedding import shared_embedder
        from digital_life.momat.library import MotionLibrary

        return Matcher(MotionSearch(MotionLibrary.default(), shared_embedder()))

    @cached_property
    def table(self) -> FeatureTable:
        """Features of all clips; kept on disk for a library that has a key."""
        library = self.search.library
        return self._table or FeatureTable.of(library.clips, key=library.key)

    def match(
        self,
        text: str,
        *,
        posture: str | None = None,
        duration: float | None = None,
        style: str | None = None,
        hand: str | None = None,
        avoid: Collection[str] = (),
        recent: Collection[str] = (),
        seed: int = 0,
        pose: Motion | Rows | None = None,
        path: NDArray[np.floating[Any]] | None = None,
        k: int = PROPOSALS,
    ) -> Match:
        """The clip that does what ``text`` says (English or Chinese), and from where to where to play it.

        Args:
            text: an act, such as "waves with the left hand".
            posture: "standing", "seated" or "floor" leaves out clips that need another one, "any" none. Not given, it is
                "standing" where ``pose`` stands upright.
            duration: seconds that it should last.
            style: a manner, such as "angry".
            hand: "left", "right", "both" or "either" (overrules the text).
            avoid: ids of clips, or acts in words, that must not be taken.
            recent: ids of clips that were played lately; they come after equally good ones.
            seed: which of equally good clips is drawn.
            pose: what the body does now: a motion on the canonical skeleton whose last frame is now (two frames tell
                velocities), or its features [COLUMNS]. Without it the clip is entered at its beginning.
            path: [T, 2] where the body is to be in each of the next T frames: (x, z) metres in its own ground frame
                (+Z ahead, +X left).
            k: how many clips the semantic stage proposes at most.

        Returns:
            A match; its ``clip`` is None where no clip of the library means what the words say.

        Raises:
            InputError: ``text`` is empty; an option is not one of the above, not positive, or of a wrong shape.
        """
        _check(posture, duration, k)
        now = self._now(pose, path)
        if posture is None and now.stands:
            posture = "standing"
        needed = None if posture == "any" else posture
        hits = self.search.search(text, k=k, posture=needed, style=style, hand=hand, avoid=avoid)
        hits = [hit for hit in hits if hit.clip.id not in avoid]
        return self.decide(text, hits, duration=duration, recent=recent, seed=seed, now=now)

    def decide(
        self,
        text: str,
        hits: Sequence[Hit],
        *,
        duration: float | None = None,
        recent: Collection[str] = (),
        seed: int = 0,
        now: Now | None = None,
        threshold: float = FITTING,
    ) -> Match:
        """The kinematic stage: the best of ``hits`` (of a search, best first) for a body that does ``now``."""
        now = now or Now()
        best = max((hit.score for hit in hits), default=0.0)
        if not hits or best < threshold:
            return _nothing(text, hits)
        proposed = [hit for hit in hits if hit.score >= max(threshold, best - MARGIN)]
        dropped = moves_unlike_others(self.table, [hit.clip.id for hit in proposed]) if len(proposed) > 4 else set()
        ranked = [
            self._candidate(hit, now, duration, recent, "moves unlike the others" if number in dropped else "")
            for number, hit in enumerate(proposed)
        ]
        ranked.sort(key=lambda c: (bool(c.dropped), -c.score, c.clip.id))
        equals = [c for c in ranked if not c.dropped and c.score >= ranked[0].score - TOLERANCE][:EQUALS]
        rng = np.random.default_rng([seed, zlib.crc32(text.encode())])
        chosen = equals[int(rng.integers(len(equals)))]
        reason = _reason(text, chosen, len(ranked), len(equals), now)
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

    def _now(self, pose: Motion | Rows | None, path: NDArray[np.floating[Any]] | None) -> Now:
        if isinstance(pose, Motion):
            last = pose.slice(max(0, len(pose) - 2), len(pose))
            return Now.of(frame_features(last, canonical_skeleton())[-1], path)
        if pose is not None and (pose.shape != (COLUMNS,) or not np.isfinite(pose).all()):
            raise InputError(
                f"the pose has shape {pose.shape}", f"give a motion, or finite features of one frame [{COLUMNS}]"
            )
        return Now.of(pose, path)

    def _candidate(
        self, hit: Hit, now: Now, duration: float | None, recent: Collection[str], dropped: str
    ) -> Candidate:
        start, joining, way = join(self.table, hit.clip, now) if now.known else (0, 0.0, 0.0)
        stop = end_for(hit.clip, start, duration)
        length = fitting_length(hit.clip, stop - start, duration)
        played = any(hit.clip.id.removesuffix(MIRROR_SUFFIX) == name.removesuffix(MIRROR_SUFFIX) for name in recent)
        cost = KINEMATIC_WEIGHT * (joining + way) + DURATION_WEIGHT * length + RECENT_PENALTY * played
        return Candidate(
            hit.clip, start, stop, hit.score - cost, hit.score, hit.caption, joining, way, length, played, dropped
        )


def _check(posture: str | None, duration: float | None, k: int) -> None:
    if posture is not None and posture not in get_args(Posture):
        raise InputError(f"unknown posture '{posture}'", f"take one of: {', '.join(get_args(Posture))}")
    if duration is not None and not 0.0 < duration < 3600.0:
        raise InputError(f"a duration of {duration} seconds", "give a positive number of seconds")
    if k < 1:
        raise InputError(f"{k} candidates are wanted", "ask for at least one")


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


@cache
def _default() -> Matcher:
    return Matcher.default()


def match(
    text: str,
    *,
    posture: str | None = None,
    duration: float | None = None,
    style: str | None = None,
    hand: str | None = None,
    avoid: Collection[str] = (),
    recent: Collection[str] = (),
    seed: int = 0,
    pose: Motion | Rows | None = None,
    path: NDArray[np.floating[Any]] | None = None,
) -> Match:
    """:meth:`Matcher.match` over the default motion library (the shipped clips and what the user added)."""
    return _default().match(
        text,
        posture=posture,
        duration=duration,
        style=style,
        hand=hand,
        avoid=avoid,
        recent=recent,
        seed=seed,
        pose=pose,
        path=path,
    )
