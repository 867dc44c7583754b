"""What is compared in ``bench mogen``: for every prompt the real motion, the matched one, the generated ones, and the gate's."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.mogen.judge import LONGEST
from digital_life.mogen.representation import HAND_JOINTS, encode
from digital_life.momat.clip import SEGMENT_MARK, Clip
from digital_life.momat.deciding import Match
from digital_life.momat.match import Matcher
from digital_life.motion.motion import FPS, Motion
from digital_life.stage.gate import Gate, Kind, Offer

Rows = NDArray[np.float32]

SHORTEST = 15
"""Frames under which a clip is not asked for."""
REAL, MATCHED, GENERATED, BOTH = "real", "matched only", "generated only", "matched + generated"
ALONE, BARE = "generated without retrieval", "matched + generated without fingers"


@dataclass(frozen=True)
class Prompt:
    """A real clip and the caption that stands for it in all rows of the table."""

    clip: Clip
    text: str
    shown: str
    """Prompts with the same value ask for the same thing."""

    @property
    def motion(self) -> Motion:
        """The real frames, ten seconds at most."""
        return first_seconds(self.clip.motion)

    @property
    def seconds(self) -> float:
        """Length of the real motion that is looked at."""
        return min(self.clip.frames, LONGEST) / FPS


@dataclass(frozen=True)
class Answer:
    """A motion for a prompt, as itself and as rows for the judge."""

    motion: Motion
    rows: Rows


def prompts(clips: Iterable[Clip], *, seed: int = 0) -> list[Prompt]:
    """Clips that are worth asking for, with one of their captions each; takes that are cut into parts are left out."""
    every = [clip for clip in clips if clip.frames >= SHORTEST and clip.captions]
    cut = {clip.id.partition(SEGMENT_MARK)[0] for clip in every if clip.is_segment}
    chosen = [clip for clip in every if clip.is_segment or clip.id not in cut]
    return [
        Prompt(clip, clip.captions[_draw(clip.id, seed, len(clip.captions))], f"{clip.captions[0]}/{clip.style}")
        for clip in chosen
    ]


def _draw(name: str, seed: int, count: int) -> int:
    return int(np.random.default_rng([seed, zlib.crc32(name.encode())]).integers(count))


def first_seconds(motion: Motion) -> Motion:
    """The frames that the judge looks at."""
    return motion.slice(0, min(len(motion), LONGEST))


def answer(motion: Motion, *, fingers: bool) -> Answer:
    """A motion for the judge; without ``fingers`` hands are flat, for a real clip without them says nothing of fingers."""
    motion = first_seconds(motion)
    if not fingers:
        rotations = motion.rotations.copy()
        rotations[:, list(HAND_JOINTS)] = (1.0, 0.0, 0.0, 0.0)
        motion = replace(motion, rotations=rotations)
    return Answer(motion, encode(motion))


@dataclass(frozen=True)
class Choice:
    """What came of one prompt in one take: a motion for each way of the table, and what the gate took."""

    answers: dict[str, Answer]
    kind: str


class Answerer:
    """Answers prompts in every way that is installed. Matches come from ``matcher``'s library alone."""

    def __init__(self, matcher: Matcher, gate: Gate) -> None:
        self.matcher = matcher
        self.gate = gate
        self.generator = gate.generator
        self._asking = replace(gate, thresholds=replace(gate.thresholds, sure=np.inf))

    @property
    def ways(self) -> list[str]:
        """Names of what is compared, in the order of the table."""
        return [MATCHED, GENERATED, BOTH, ALONE, BARE] if self.generator else [MATCHED]

    def answers(self, prompt: Prompt, take: int) -> Choice:
        """One motion in each way; another ``take`` draws other equal clips and other noise."""
        clip = prompt.clip
        match = self.matcher.match(prompt.text, posture=clip.posture, duration=prompt.seconds, seed=take)
        matched = nearest(match)
        ways: dict[str, Motion] = {MATCHED: matched}
        kind = "match"
        if self.generator is not None:
            kind, chosen, made = self._decided(prompt, match, take)
            alone = self.generator.generate(prompt.text, seconds=prompt.seconds, seed=take, posture=clip.posture)
            both = matched if chosen.kind == "match" else chosen.clip.motion.slice(chosen.start, chosen.stop)
            ways |= {GENERATED: made.clip.motion, BOTH: both, ALONE: alone, BARE: both}
        judged = {name: answer(motion, fingers=clip.has_fingers and name != BARE) for name, motion in ways.items()}
        return Choice(judged, kind)

    def _decided(self, prompt: Prompt, match: Match, take: int) -> tuple[Kind, Offer, Offer]:
        """What the gate takes (where it takes nothing, what came nearest), and what was generated, taken or not."""
        decision = self._asking.choose(
            prompt.text, match=match, posture=prompt.clip.posture, seconds=prompt.seconds, seed=take
        )
        made = next(offer for offer in decision.offers if offer.kind != "match")
        found = [offer for offer in decision.offers if offer.kind == "match"]
        if found and match.semantic >= self.gate.thresholds.sure:
            return "match", found[0], made
        return decision.kind, decision.chosen or decision.offers[0], made


def nearest(match: Match) -> Motion:
    """The matched frames; where nothing fits, those of what came nearest, for a row of the table leaves nothing out."""
    if match.clip is not None:
        return match.motion
    if not match.candidates:
        raise InputError(match.reason, "measure with a larger library")
    best = max(match.candidates, key=lambda candidate: candidate.semantic)
    return best.clip.motion.slice(best.start, best.stop)


def every_take(
    answerer: Answerer, asked: Sequence[Prompt], takes: int, report: Callable[[int, int], object]
) -> list[list[Choice]]:
    """Choices [takes][prompts]; ``report`` is told how many are done, of how many."""
    made: list[list[Choice]] = []
    for take in range(takes):
        made.append([])
        for prompt in asked:
            made[-1].append(answerer.answers(prompt, take))
            report(take * len(asked) + len(made[-1]), takes * len(asked))
    return made
