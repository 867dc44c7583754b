"""``SilentVoice``: no sound, but the times a speaker would need, guessed from the spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digital_life.voice.phonemes import SILENCE, VOWELS
from digital_life.voice.speech import Phoneme, Speech, Word
from digital_life.voice.styles import VoiceStyle, with_emotion
from digital_life.voice.text import speakable

_SPELLING: tuple[tuple[str, str], ...] = (
    ("tion", "SH AH N"), ("ough", "AO"), ("igh", "AY"), ("tch", "CH"), ("ch", "CH"), ("sh", "SH"), ("th", "DH"),
    ("ph", "F"), ("wh", "W"), ("ng", "NG"), ("ck", "K"), ("qu", "K W"), ("ee", "IY"), ("ea", "IY"), ("oo", "UW"),
    ("ou", "AW"), ("ow", "OW"), ("oi", "OY"), ("oy", "OY"), ("ai", "EY"), ("ay", "EY"), ("au", "AO"), ("aw", "AO"),
    ("er", "ER"), ("ir", "ER"), ("ur", "ER"), ("ar", "AA R"), ("or", "AO R"), ("ll", "L"), ("ss", "S"), ("tt", "T"),
    ("pp", "P"), ("mm", "M"), ("nn", "N"), ("ff", "F"), ("rr", "R"), ("a", "AE"), ("e", "EH"), ("i", "IH"),
    ("o", "AO"), ("u", "AH"), ("y", "IY"), ("b", "B"), ("c", "K"), ("d", "D"), ("f", "F"), ("g", "G"), ("h", "HH"),
    ("j", "JH"), ("k", "K"), ("l", "L"), ("m", "M"), ("n", "N"), ("p", "P"), ("q", "K"), ("r", "R"), ("s", "S"),
    ("t", "T"), ("v", "V"), ("w", "W"), ("x", "K S"), ("z", "Z"),
)  # fmt: skip
_DIGITS = ("Z IH R OW", "W AH N", "T UW", "TH R IY", "F AO R", "F AY V", "S IH K S", "S EH V AH N", "EY T", "N AY N")
_VOWEL_SECONDS = 0.105
_CONSONANT_SECONDS = 0.068
_PAUSES = {",": 0.2, ";": 0.25, ":": 0.25, "—": 0.25, ".": 0.4, "!": 0.4, "?": 0.4, "…": 0.5}
_SILENCE_AROUND = 0.1
_NOTHING_TO_SAY = 0.5


@dataclass(frozen=True)
class SilentVoice:
    """Stands in where no synthesiser is installed: mouth movement and subtitles keep a speaker's pace."""

    name: str
    style: VoiceStyle

    def say(self, text: str, *, pleasure: float = 5, arousal: float = 5) -> Speech:
        """Estimate the times of ``text``; ``samples`` is None."""
        pace = with_emotion(self.style, pleasure, arousal).speed
        phonemes: list[Phoneme] = [Phoneme(SILENCE, 0.0, _SILENCE_AROUND)]
        words: list[Word] = []
        for token in re.findall(r"[\w']+|[^\w\s]", speakable(text)):
            symbols = spell(token)
            start = phonemes[-1].end
            for symbol in symbols:
                seconds = (_VOWEL_SECONDS if symbol in VOWELS else _CONSONANT_SECONDS) / pace
                phonemes.append(Phoneme(symbol, phonemes[-1].end, phonemes[-1].end + seconds))
            if symbols:
                words.append(Word(token, start, phonemes[-1].end))
            elif token in _PAUSES and phonemes[-1].symbol != SILENCE:
                phonemes.append(Phoneme(SILENCE, start, start + _PAUSES[token] / pace))
        if not words:
            return Speech(text, _NOTHING_TO_SAY, (Phoneme(SILENCE, 0.0, _NOTHING_TO_SAY),), voice=self.name)
        if phonemes[-1].symbol != SILENCE:
            phonemes.append(Phoneme(SILENCE, phonemes[-1].end, phonemes[-1].end + _SILENCE_AROUND))
        return Speech(text, phonemes[-1].end, tuple(phonemes), tuple(words), voice=self.name)


def spell(word: str) -> list[str]:
    """ARPABET guess for one word by longest spelling first; a silent final e is dropped, digits are read singly."""
    letters = word.lower()
    if len(letters) > 2 and letters.endswith("e") and letters[-2] not in "aeiou":
        letters = letters[:-1]
    symbols: list[str] = []
    while letters:
        if letters[0].isdigit() and letters[0].isascii():
            symbols += _DIGITS[int(letters[0])].split()
            letters = letters[1:]
            continue
        spelling, sound = next(((s, p) for s, p in _SPELLING if letters.startswith(s)), (letters[0], ""))
        symbols += sound.split()
        letters = letters[len(spelling) :]
    return symbols
