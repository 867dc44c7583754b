"""How much speakers repeat themselves and each other: distinct-n, self-BLEU, echo rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digital_life.evaluate.text_scores import bleu, words
from digital_life.sociomind.encoder import CachedEncoder

ECHO = 0.8
"""Cosine of a line with what was said just before above which it echoes that."""
_NGRAM = 5


@dataclass(frozen=True)
class Repetition:
    """Of one speaker's lines. All are shares 0..1."""

    lines: int
    distinct: tuple[float, float, float]
    """Different n-grams among all, n = 1, 2, 3 (Li et al. 2016); more is more varied. It falls with length."""
    self_bleu: float
    """Mean BLEU-4 of each line against all others of the speaker (Zhu et al. 2018); less is more varied."""
    echo: float
    """Lines that share five words in a row with the line before, somebody else's, or mean the same (cosine over .8)."""
    verbatim: float
    """Lines said word for word before by the same speaker."""


def distinct(lines: Sequence[str], n: int) -> float:
    """Share of different n-grams among all n-grams of ``lines``; 0 where there is none."""
    grams = [gram for line in lines for gram in _grams(words(line), n)]
    return len(set(grams)) / len(grams) if grams else 0.0


def self_bleu(lines: Sequence[str]) -> float:
    """Mean BLEU-4, each of ``lines`` (one with four words or more) against all others; 0 for fewer than two."""
    scores = [
        bleu([line], [[*lines[:at], *lines[at + 1 :]]])[-1]
        for at, line in enumerate(lines)
        if len(lines) > 1 and len(words(line)) >= 4
    ]
    return float(np.mean(scores)) if scores else 0.0


def repetition(talk: Sequence[tuple[str, str]], speaker: str, encoder: CachedEncoder) -> Repetition:
    """Of ``speaker`` in ``talk``, a list of (speaker, speech) in order; silence counts for nothing."""
    spoken = [(who, text) for who, text in talk if text.strip()]
    own = [text for who, text in spoken if who == speaker]
    answers = [
        (text, before)
        for (who, text), (earlier, before) in zip(spoken[1:], spoken, strict=False)
        if who == speaker and earlier != speaker
    ]
    echoed = sum(echoes(text, before, encoder) for text, before in answers)
    said = [tuple(words(text)) for text in own]
    again = sum(text in said[:at] for at, text in enumerate(said))
    return Repetition(
        lines=len(own),
        distinct=(distinct(own, 1), distinct(own, 2), distinct(own, 3)),
        self_bleu=self_bleu(own),
        echo=echoed / len(answers) if answers else 0.0,
        verbatim=again / len(own) if own else 0.0,
    )


def echoes(text: str, before: str, encoder: CachedEncoder) -> bool:
    """Whether ``text`` says again what was said ``before``: five words in a row, or a cosine over :data:`ECHO`."""
    if set(_grams(words(text), _NGRAM)) & set(_grams(words(before), _NGRAM)):
        return True
    return float(encoder.one(text) @ encoder.one(before)) > ECHO


def _grams(tokens: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return [tuple(tokens[at : at + n]) for at in range(len(tokens) - n + 1)]
