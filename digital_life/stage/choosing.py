"""Which clips a behaviour plays: those that do what its words say and join what the body does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.behaviour import Emotion
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
from digital_life.stage.gate import Decision, Gate
from digital_life.stage.timeline import Timeline

Array = NDArray[np.float64]
Rows = NDArray[np.float32]

SECOND_THRESHOLD = 0.55
"""Least score of a second act: fragments of a sentence fit something too easily."""
ACTING_KINDS = frozenset({"gesture", "emotion", "talk", "idle", "action", "dance"})
OTHER_POSTURE = 0.12
"""A clip for another posture that fits better by more than this is what was meant, and cannot be done."""
BACKGROUND_KINDS = frozenset({"talk", "idle"})
BACKGROUND_PENALTY = 0.08
IDLES = "the body idles and talks instead"


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
    decisions: tuple[Decision, ...] = ()
    """What the quality gate decided, one for each match, where there was anything to decide."""

    @property
    def clips(self) -> frozenset[str]:
        """Ids of the chosen clips."""
        return frozenset(match.clip.id for match in self.matches if match.clip is not None)

    def provenance(self) -> dict[str, Any]:
        """JSON for ``Motion.provenance``."""
        acts = [match.record() for match in self.matches]
        for act, decision in zip(acts, self.decisions, strict=False):
            act["gate"] = decision.record()
        return {"acts": acts} | ({"note": self.note} if self.note else {})


@dataclass(frozen=True)
class Chooser:
    """Chooses for one body at one moment: its ``posture``, what it does now, what it did lately, and the ``seed``."""

    matcher: Matcher
    posture: str
    pose: Rows | None
    recent: Sequence[str]
    seed: int
    gate: Gate | None = None
    """Whether an act is matched or generated; without it, and without a generator, every act is matched."""
    emotion: Emotion | None = None
    """How generated acts are done."""

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
            return Choice(note=f"'{words}' means {anyhow.clip.id}, which a {self.posture} body cannot do; {IDLES}")
        return self._decided([(words, whole)])

    def beat(self, pool: Sequence[Clip], pose: Rows | None, recent: Sequence[str], accent: float) -> Match:
        """One of several talking gestures for the stressed word ``accent`` seconds into the speech."""
        hits = [Hit(clip, 1.0, clip.captions[0] if clip.captions else "") for clip in pool]
        return self.matcher.decide(
            f"talking gesture at {accent:.2f} s", hits, recent=recent, seed=self.seed, now=Now(pose)
        )

    def pose_after(self, match: Match, stop: int) -> Rows | None:
        """What the body does when it has played a match up to frame ``stop`` (exclusive)."""
        clip = match.clip
        if clip is None:
            return None
        last = min(stop, clip.frames)
        if clip.id in self.matcher.search.library and not match.strokes:
            features: Rows = self.matcher.table.features(clip.id)
        else:
            features = frame_features(clip.motion.slice(0, last), canonical_skeleton())
        rows: Rows = features[last - 1]
        return rows

    def _parts(self, words: str, whole: Match) -> Choice | None:
        """Two acts in a row where the words name them and they fit at least as well as one for the whole."""
        parts = [part for part in clauses(words) if " " in part]
        if len(parts) < 2:
            return None
        found: dict[str, tuple[str, Match]] = {}
        pose = self.pose
        for part in parts:
            match = self._match(part, self.posture, pose)
            if match.clip is not None and match.clip.id not in found:
                found[match.clip.id] = part, match
                pose = self.pose_after(match, match.stop)
        if not found:
            return None
        first = max((match for _, match in found.values()), key=lambda match: match.semantic)
        kept = [pair for pair in found.values() if pair[1] is first or pair[1].semantic >= SECOND_THRESHOLD][:2]
        if len(kept) > 1 or whole.clip is None or first.semantic >= whole.semantic:
            return self._decided(kept)
        return None

    def _decided(self, asked: Sequence[tuple[str, Match]]) -> Choice:
        """What the gate makes of acts and their matches."""
        if self.gate is None or self.gate.generator is None:
            matches = tuple(match for _, match in asked if match.clip is not None)
            return Choice(matches) if matches else Choice(note=f"{asked[0][1].reason}; {IDLES}")
        decisions = [self._through_gate(words, match, number) for number, (words, match) in enumerate(asked)]
        played = tuple(decision for decision in decisions if decision.chosen is not None)
        if not played:
            return Choice(note=f"{decisions[0].reason}; {IDLES}", decisions=tuple(decisions))
        return Choice(tuple(decision.match for decision in played), decisions=played)

    def _through_gate(self, words: str, match: Match, number: int) -> Decision:
        assert self.gate is not None
        return self.gate.choose(
            words,
            match=match,
            pose=self.pose if number == 0 else None,
            table=self.matcher.table,
            posture=self.posture,
            posture_end=self.posture,
            emotion=self.emotion,
            seed=self.seed + number,
        )

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
