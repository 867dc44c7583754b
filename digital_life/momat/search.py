"""Semantic search: which clip of the library does what the words say."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.momat.candidates import Candidates
from digital_life.momat.caption_rows import Encoder
from digital_life.momat.clip import Clip
from digital_life.momat.library import MotionLibrary
from digital_life.momat.meaning import Meaning, Nearness
from digital_life.momat.requirements import Requirements, fit

Scores = NDArray[np.float32]

FITTING = 0.48
"""Score over which a clip does what was asked: over it are 93 % of the paraphrases of the shipped clips and 22 % of acts
that no shipped clip does (the plain encoder: 61 % and 17 %)."""
_SQUEEZE = 0.6
"""Slope of scores over :data:`FITTING`, which keeps them near the range of a cosine."""
MIRROR_PENALTY = 0.03
"""A clip made for a side comes before a mirrored one."""


@dataclass(frozen=True)
class Hit:
    """A clip that fits.

    ``score`` is a cosine, adjusted for what the words require (about -0.5 to 1; over :data:`FITTING` the clip does what
    was asked); ``clip.motion`` is already mirrored when ``mirrored`` says so.
    """

    clip: Clip
    score: float
    caption: str
    mirrored: bool = False


class MotionSearch:
    """Similarity of sentence embeddings, the best caption of each clip counting, under what the words require.

    Deterministic. Clips are searched as they are and mirrored.
    """

    def __init__(self, library: MotionLibrary, embedder: Encoder) -> None:
        self.library = library
        self.embedder = embedder

    @cached_property
    def candidates(self) -> Candidates:
        """The clips of the library and their mirror images."""
        return Candidates(self.library.clips)

    @cached_property
    def _meaning(self) -> Meaning:
        return Meaning(self.candidates, self.embedder)

    @cached_property
    def _postures(self) -> NDArray[np.str_]:
        return np.array([clip.posture for clip in self.library.clips])[self.candidates.clip]

    @cached_property
    def _kinds(self) -> NDArray[np.str_]:
        return np.array([clip.kind for clip in self.library.clips])[self.candidates.clip]

    def search(
        self,
        text: str,
        *,
        k: int = 5,
        posture: str | None = None,
        kind: str | None = None,
        style: str | None = None,
        hand: str | None = None,
        avoid: Collection[str] = (),
    ) -> list[Hit]:
        """The ``k`` best clips for ``text`` (English, Chinese or both), best first.

        ``posture`` ("standing", "seated" or "floor") leaves out clips that need another one; ``kind`` keeps one kind;
        ``style`` is a manner such as "angry"; ``hand`` is "left", "right", "both" or "either" and overrules the text;
        ``avoid`` names clips by id, or acts in words, that are not wanted.

        Raises:
            InputError: ``text`` is empty, or ``hand`` is none of these.
        """
        if not text.strip():
            raise InputError("the motion query is empty", 'say what the body does, such as "waves with the right hand"')
        unwanted = {name for name in avoid if name in self._numbers}
        required = Requirements.of(text, style=style, hand=hand, avoid=[name for name in avoid if name not in unwanted])
        allowed = np.ones(len(self.candidates), dtype=bool)
        if posture is not None:
            allowed &= (self._postures == posture) | (self._postures == "any")
        if kind is not None:
            allowed &= self._kinds == kind
        if unwanted:
            allowed &= ~np.isin(self.candidates.clip, [self._numbers[name] for name in unwanted])
        return self._best(required, allowed, k)

    def without(self, caption: str) -> MotionSearch:
        """The same search as if no clip had ``caption``; for measuring."""
        left = MotionSearch(self.library, self.embedder)
        left.candidates, left._meaning = self.candidates.without(caption), self._meaning
        return left

    @cached_property
    def _numbers(self) -> dict[str, int]:
        numbers = {clip.id: number for number, clip in enumerate(self.library.clips)}
        return numbers | {f"{name}~mirror": number for name, number in numbers.items()}

    def _best(self, required: Requirements, allowed: NDArray[np.bool_], k: int) -> list[Hit]:
        near = self._meaning.of([required.text, *required.negated], self.candidates)
        scores = np.where(allowed, self._scores(required, near), -np.inf)
        order = np.argsort(-np.round(scores, 6), kind="stable")
        hits: list[Hit] = []
        taken: set[int] = set()
        for candidate in order:
            number = int(self.candidates.clip[candidate])
            if not np.isfinite(scores[candidate]) or len(hits) >= k:
                break
            if number not in taken:
                taken.add(number)
                hits.append(self._hit(int(candidate), float(scores[candidate]), near))
        return hits

    def _scores(self, required: Requirements, near: Nearness) -> Scores:
        """Score of each candidate, -inf for one that must not be taken."""
        meaning = near.candidates[0]
        if required.chinese:
            meaning = np.maximum(meaning, 0.5 * (meaning + self._meaning.shared_chinese(required.chinese)))
        scores = (
            meaning + fit(self.candidates, required, near.candidates[1:]) - MIRROR_PENALTY * self.candidates.mirrored
        )
        squeezed = FITTING + _SQUEEZE * (scores - FITTING)
        return np.asarray(np.where(scores > FITTING, squeezed, scores), dtype=np.float32)

    def _hit(self, candidate: int, score: float, near: Nearness) -> Hit:
        clip = self.library.clips[self.candidates.clip[candidate]]
        mirrored = bool(self.candidates.mirrored[candidate])
        first, end = np.searchsorted(self.candidates.row_candidate, [candidate, candidate + 1])
        caption = ""
        if end > first:
            row = first + int(near.rows[first:end].argmax())
            caption = self.candidates.texts[self.candidates.row_text[row]]
        return Hit(clip.mirror() if mirrored else clip, score, caption, mirrored)
