"""Which interaction a behaviour's motion words mean: "shakes hands with Mira", "hugs her", "与对方握手"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from digital_life.momat.interactions.file import Interaction
from digital_life.momat.wording import read_wording

_PERSON = (
    r"(?:him|her|his|their|them|you|your|each other(?:'s)?|one another(?:'s)?|"
    r"the others?(?:'s)?(?: (?:one|person|woman|man)(?:'s)?)?|"
    r"(?:(?:his|her|their|a|an|the|your) )?(?:\w+ )?(?:friend|partner|companion|guest|colleague|somebody|someone|stranger|"
    r"woman|man|person)(?:'s)?{names})"
)
_OWN = re.compile(r"\b(?:own|herself|himself|themselves)\b", re.IGNORECASE)


def mentioned(
    words: str, interactions: Mapping[str, Interaction], names: Sequence[str] = ()
) -> tuple[Interaction, str] | None:
    """The interaction that ``words`` mean and the part that says so; None where they mean none.

    The longest phrase of any interaction counts. What is negated ("without shaking hands") or done to oneself ("hugs
    herself") does not. ``names`` are those of people one can do it with.
    """
    if not words.strip():
        return None
    text = read_wording(words).text
    found: list[tuple[int, str, Interaction]] = []
    for interaction in interactions.values():
        for phrase in (*interaction.phrases, *interaction.phrases_zh):
            match = _pattern(phrase, tuple(names)).search(text)
            if match and not _OWN.search(text[match.start() : match.end() + 12]):
                found.append((len(match.group(0)), match.group(0), interaction))
    if not found:
        return None
    _, said, interaction = max(found, key=lambda entry: entry[0])
    return interaction, said


@lru_cache(maxsize=1024)
def _pattern(phrase: str, names: tuple[str, ...]) -> re.Pattern[str]:
    """``*`` after a word is any ending, alone up to three words; ``@`` is a person."""
    if re.search(r"[\u4e00-\u9fff]", phrase):
        return re.compile(re.escape(phrase).replace(r"\*", ".{0,5}"))
    named = "".join(rf"|{re.escape(name)}(?:'s)?" for whole in names for name in {whole, whole.split()[0]})
    person = _PERSON.replace("{names}", named)
    parts = []
    for word in phrase.split():
        if word == "*":
            parts.append(r"(?:\S+\s+){0,3}?")
        elif word == "@":
            parts.append(person + r"\s+")
        else:
            parts.append(re.escape(word).replace(r"\*", r"\w*") + r"\s+")
    pattern = "".join(parts)
    pattern = pattern.removesuffix(r"\s+")
    return re.compile(rf"\b{pattern}(?!\w)", re.IGNORECASE)
