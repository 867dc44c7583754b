"""Whether what is told is good, sad, frightening or infuriating, where no face shows it: by plain words, then by likeness."""

from __future__ import annotations

import re

import numpy as np

from digital_life.persona.schema import Mood
from digital_life.sociomind.encoder import CachedEncoder

_EXAMPLES: tuple[tuple[Mood, str], ...] = (
    ("sad", "They will pay us nothing."),
    ("sad", "We have lost everything."),
    ("sad", "My application was turned down."),
    ("sad", "The doctors can do nothing more for him."),
    ("sad", "She died in the night."),
    ("sad", "The shop has to close for good."),
    ("sad", "The house burned down."),
    ("sad", "It was all in vain."),
    ("sad", "The money is gone."),
    ("angry", "They cheated us."),
    ("angry", "Somebody broke in and stole everything."),
    ("angry", "They are tearing it down against our will."),
    ("afraid", "A storm is coming and nobody is safe."),
    ("afraid", "I may lose my home."),
    ("afraid", "The illness may come back."),
    ("glad", "The council has said yes."),
    ("glad", "They have accepted my work."),
    ("glad", "She won the prize."),
    ("glad", "The baby was born, and both are well."),
    ("glad", "The lost dog has come home."),
    ("glad", "They will pay for everything."),
    ("glad", "I am invited to the festival."),
    ("calm", "There is a new shop in the street."),
    ("calm", "The bus comes every twenty minutes."),
    ("calm", "She likes tea with milk."),
    ("calm", "We talked about the weather."),
)
_BAD = re.compile(
    r"\b(pays? (us |me |them )?nothing|died|dead|dies|dying|funeral|burn(ed|t) down|lost (my|our|his|her|their|the|everything)|cancell?ed|refused|rejected|turned down"
    r"|denied|failed|bankrupt|sacked|fired|dismissed|evicted|illness|cancer|accident|drowned|destroyed|ruined|collapsed|flooded|broke[n]?|gone for good"
    r"|no longer|for the last time|too late|in vain|cut (off|down)|close[sd]? (down|for good)|(will|must|has to|have to|going to) (close|shut|go|be sold)|is closing|shut(s|ting)? down)\b",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"\b(won|wins|accepted|invited|saved|found again|born|healthy|cured|harmless|prize|award|a present|approved|said yes|agreed to|passed the"
    r"|granted|good news|has come home|came home|safe and sound|engaged|wedding|promoted|succeeded)\b",
    re.IGNORECASE,
)
_ENOUGH = 0.4
"""Cosine with an example below which likeness says nothing."""


def mood_of(text: str, encoder: CachedEncoder) -> Mood:
    """The mood in which somebody would tell ``text``; "calm" where nothing speaks for another one."""
    bad, good = len(_BAD.findall(text)), len(_GOOD.findall(text))
    cosines = encoder.encode([example for _, example in _EXAMPLES]) @ encoder.one(text)
    best = int(np.argmax(cosines))
    mood = _EXAMPLES[best][0] if cosines[best] >= _ENOUGH else "calm"
    if bad > good:
        return mood if mood in ("sad", "angry", "afraid") else "sad"
    if good > bad:
        return "glad"
    return mood
