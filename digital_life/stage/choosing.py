"""Which clips a behaviour plays: those that do what its words say and join what the body does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.clip import Clip
from digital_life.momat.deciding import Match
from digital_life.momat.features import frame_features
from digital_life.momat.joining import Now
from digital_life.momat.match import PROPOSALS, Matcher
from digital_life.momat.search import Hit
from digital_life.momat.wording import clauses
from digital_life.motion.fit import fit_motion
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import Skeleton, canonical_skeleton
from digital_life.stage.actor import Actor
from digital_life.stage.timeline import Timeline

Array = NDArray[np.float64]
Rows = NDArray[np.float32]

SECOND_THRESHOLD = 0.55
"""Least score of a second act: fragments of a sentence fit something too easily."""
ACTING_KINDS = frozenset({"gesture", "emotion", "talk", "idle", "action"})
OTHER_POSTURE = 0.12
"""A clip for another posture that fits better by more than this is what was meant, and cannot be done."""
BACKGROUND_KINDS = frozenset({"talk", "idle"})
BACKGROUND_PENALTY = 0.08


def pose_on_stage(actor: Actor, timeline: Timeline) -> Rows | None:
    """Features of what an actor does at the end of ``timeline``, or did at the end of the last performance."""
    if timeline.segments:
        segment = timeline.segments[-1]
        return pose_now(segment.pelvis, segment.rotations, actor.member.skeleton)
    if actor.tail is None:
        return None
    return pose_now(actor.tail.pelvis, actor.tail.rotations, actor.member.skeleton)


def pose_now(pelvis: Array, rotations: Array, skeleton: Skeleton) -> Rows:
    """Features of the last of some frames: ``pelvis`` [T, 3] and ``rotations`` [T, 55, 4] of a body in the world."""
    last = slice(-2, None)
    motion = Motion((pelvis[last] - skeleton.rest_joints[0]).astype(np.float32), rotations[last].astype(np.float32))
    canonical = canonical_skeleton()
    rows: Rows = frame_features(fit_motion(motion, canonical, skeleton), canonical)[-1]
    return rows


@dataclass(frozen=True)
class Choice:
    """Clips for the words of a behaviour, and what the record says about it."""

    matches: tuple[Match, ...] = ()
    note: str = ""

    @property
    def clips(self) -> frozenset[str]:
        """Ids of the chosen clips."""
        return frozenset(match.clip.id for match in self.matches if match.clip is not None)

    def provenance(self) -> dict[str, Any]:
        """JSON for ``Motion.provenance``."""
        return {"acts": [match.record() for match in self.matches]} | ({"note": self.note} if self.note else {})


@dataclass(frozen=True)
class Chooser:
    """Chooses for one body at one moment: its ``posture``, what it does now, what it did lately, and the ``seed``."""

    matcher: Matcher
    posture: str
    pose: Rows | None
    recent: Sequence[str]
    seed: int

    def acts(self, words: str) -> Choice:
        """The clips that do what ``words`` say, one for each of the acts they name (two at most), in their order.

        No words give no clip; words that nothing in the library fits give none either, and the note says so.
        """
        if not words.strip():
            return Choice()
        whole = self._match(words, self.posture, self.pose)
        parts = self._parts(words, whole)
        if parts is not None:
            return parts
        anyhow = self._match(words, None, None)
        if anyhow.clip is not None and anyhow.semantic - _nearest(whole) > OTHER_POSTURE:
            return Choice(
                note=f"'{words}' means {anyhow.clip.id}, which a {self.posture} body cannot do; it idles and talks instead"
            )
        if whole.clip is not None:
            return Choice((whole,))
        return Choice(note=f"{whole.reason}; the body idles and talks instead")

    def beat(self, pool: Sequence[Clip], pose: Rows | None, recent: Sequence[str], accent: float) -> Match:
        """One of several talking gestures for the stressed word ``accent`` seconds into the speech."""
        hits = [Hit(clip, 1.0, clip.captions[0] if clip.captions else "") for clip in pool]
        return self.matcher.decide(
            f"talking gesture at {accent:.2f} s", hits, recent=recent, seed=self.seed, now=Now(pose)
        )

    def pose_after(self, match: Match, stop: int) -> Rows | None:
        """What the body does when it has played a match up to frame ``stop`` (exclusive)."""
        if match.clip is None:
            return None
        rows = self.matcher.table.features(match.clip.id)
        # A clip whose strokes were repeated has other frames than the table; both end alike.
        left = match.clip.frames - min(stop, match.clip.frames)
        after: Rows = rows[max(0, len(rows) - 1 - left)]
        return after

    def _parts(self, words: str, whole: Match) -> Choice | None:
        """Two acts in a row where the words name them and they fit at least as well as one for the whole."""
        parts = [part for part in clauses(words) if " " in part]
        if len(parts) < 2:
            return None
        found: dict[str, Match] = {}
        pose = self.pose
        for part in parts:
            match = self._match(part, self.posture, pose)
            if match.clip is not None and match.clip.id not in found:
                found[match.clip.id] = match
                pose = self.pose_after(match, match.stop)
        if not found:
            return None
        first = max(found.values(), key=lambda match: match.semantic)
        kept = [match for match in found.values() if match is first or match.semantic >= SECOND_THRESHOLD][:2]
        if len(kept) > 1 or whole.clip is None or first.semantic >= whole.semantic:
            return Choice(tuple(kept))
        return None

    def _match(self, words: str, posture: str | None, pose: Rows | None) -> Match:
        hits = [
            replace(hit, score=hit.score - BACKGROUND_PENALTY * (hit.clip.kind in BACKGROUND_KINDS))
            for hit in self.matcher.search.search(words, k=PROPOSALS, posture=posture)
            if hit.clip.kind in ACTING_KINDS and not hit.clip.changes_posture
        ]
        hits.sort(key=lambda hit: -hit.score)
        return self.matcher.decide(words, hits, recent=self.recent, seed=self.seed, now=Now(pose))


def _nearest(match: Match) -> float:
    """Semantic score of a match, or of what came nearest where nothing fitted."""
    if match.clip is not None:
        return match.semantic
    return max((candidate.semantic for candidate in match.candidates), default=0.0)
