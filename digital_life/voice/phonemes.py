"""From the synthesiser's IPA-like symbols and their durations to ARPABET phonemes with times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from digital_life.voice.speech import Phoneme

SILENCE = "SIL"
VOWELS = frozenset({"AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"})
CONSONANTS = frozenset(
    [
        "B",
        "CH",
        "D",
        "DH",
        "F",
        "G",
        "HH",
        "JH",
        "K",
        "L",
        "M",
        "N",
        "NG",
        "P",
        "R",
        "S",
        "SH",
        "T",
        "TH",
        "V",
        "W",
        "Y",
        "Z",
        "ZH",
    ],
)

ARPABET: dict[str, str] = {
    "ɑ": "AA", "a": "AA", "ɒ": "AA", "æ": "AE", "ʌ": "AH", "ə": "AH", "ᵊ": "AH", "ɐ": "AH", "ɨ": "IH", "ɤ": "AH",
    "ɔ": "AO", "o": "OW", "ɯ": "UH", "ø": "ER", "œ": "ER", "W": "AW", "I": "AY", "ʧ": "CH", "ɕ": "SH", "ʨ": "CH",
    "ɛ": "EH", "e": "EY", "ɜ": "ER", "ɚ": "ER", "A": "EY", "ɡ": "G", "ɟ": "G", "ɣ": "G", "h": "HH", "ç": "HH",
    "χ": "K", "x": "K", "ɪ": "IH", "ᵻ": "IH", "i": "IY", "y": "UW", "ʤ": "JH", "ʥ": "JH", "ŋ": "NG", "ɴ": "NG",
    "ɲ": "N", "ɳ": "N", "O": "OW", "Q": "OW", "Y": "OY", "ɹ": "R", "r": "R", "ɻ": "R", "ɽ": "R", "ʁ": "R",
    "ʃ": "SH", "ʂ": "SH", "S": "SH", "ʦ": "S", "ʣ": "Z", "θ": "TH", "ð": "DH", "ʊ": "UH", "u": "UW", "j": "Y",
    "ɥ": "W", "ɰ": "W", "ʋ": "V", "ɸ": "F", "β": "B", "ʝ": "Y", "ʒ": "ZH", "ɾ": "T", "T": "T", "ʔ": "T", "ʈ": "T",
    "ɖ": "D", "c": "K", "q": "K", "ʎ": "L", **{letter: letter.upper() for letter in "bdfklmnpstvwz"},
}  # fmt: skip
"""Symbol of the synthesiser's alphabet to ARPABET without stress."""

_STRESS = frozenset("ˈˌ")
_MODIFIERS = frozenset("ːʰʲ̃ᵝ↓→↗↘")
_SHORT_GAP = 0.09
"""Seconds; a space shorter than this is connected speech and belongs to the phoneme after it."""


@dataclass
class TimedSymbol:
    """One phoneme in the making; ``word`` is the index of its word, or -1 between words."""

    symbol: str
    duration: float
    word: int = -1


def merge_symbols(symbols: Iterable[tuple[str, float, int]]) -> list[TimedSymbol]:
    """Fold (synthesiser's symbol, seconds, word) into ARPABET phonemes; the total duration is kept.

    Stress marks and short spaces carry their own duration: it goes to the phoneme after them. Length marks and other
    modifiers go to the phoneme before. Anything that is no phoneme (punctuation, padding) is silence.
    """
    merged: list[TimedSymbol] = []
    waiting = 0.0
    for symbol, duration, word in symbols:
        phoneme = ARPABET.get(symbol)
        if symbol in _STRESS or (symbol == " " and duration <= _SHORT_GAP and merged and merged[-1].symbol != SILENCE):
            waiting += duration
        elif symbol in _MODIFIERS and merged:
            merged[-1].duration += duration
        elif phoneme is None:
            _add_silence(merged, duration + waiting)
            waiting = 0.0
        else:
            merged.append(TimedSymbol(phoneme, duration + waiting, word))
            waiting = 0.0
    if waiting:
        _add_silence(merged, waiting)
    return _merge_r_colour(merged)


def _add_silence(merged: list[TimedSymbol], duration: float) -> None:
    if merged and merged[-1].symbol == SILENCE:
        merged[-1].duration += duration
    else:
        merged.append(TimedSymbol(SILENCE, duration))


def _merge_r_colour(items: list[TimedSymbol]) -> list[TimedSymbol]:
    """A schwa or ER with an R that no vowel follows is one r-coloured vowel."""
    out: list[TimedSymbol] = []
    for i, item in enumerate(items):
        before = out[-1] if out else None
        following = items[i + 1].symbol if i + 1 < len(items) else SILENCE
        coloured = before is not None and before.symbol in ("ER", "AH") and before.word == item.word
        if item.symbol == "R" and before is not None and coloured and following not in VOWELS:
            before.symbol = "ER"
            before.duration += item.duration
        else:
            out.append(item)
    return out


def place_on_clock(
    items: Iterable[TimedSymbol], *, offset: float, start: float, end: float
) -> list[tuple[Phoneme, int]]:
    """Lay phonemes end to end from ``start - offset``, cut to [start, end], so that they tile it without a gap.

    ``offset`` seconds is how much later the durations run than the sound. Returns (phoneme, word index) pairs.
    """
    placed: list[tuple[Phoneme, int]] = []
    clock = start - offset
    items = list(items)
    for i, item in enumerate(items):
        begin = max(clock, start)
        clock += item.duration
        finish = end if i == len(items) - 1 else min(max(clock, start), end)
        if finish > begin:
            placed.append((Phoneme(item.symbol, begin, finish), item.word))
    return placed
