"""Facts about people, taken from what they say of themselves: "I live in Kano with my son." is kept as "Emeka lives in Kano
with their son." Plain rules, so that remembering needs no model; what they do not understand is left to reflection.
"""

from __future__ import annotations

import re

from digital_life.sociomind.hearing import split_sentences

_MOST_WORDS = 22
_SUBJECT = re.compile(r"^(?:(?:well|yes|no|oh|and|but|so|you know|actually|in fact|to be honest)[, ]+)*", re.IGNORECASE)
_BEING = re.compile(
    r"^I(?:'m| am) (?P<rest>(?:not )?(?:an?|the|from|allergic|afraid|scared|married|engaged|divorced|widowed|single|"
    r"vegetarian|vegan|deaf|blind|retired|pregnant|(?:nearly |almost )?\d+ years old|born|called|good at|bad at|fond of)\b.*)$",
    re.IGNORECASE,
)
_VERBS = {
    "live": "lives", "work": "works", "come": "comes", "love": "loves", "like": "likes", "hate": "hates",
    "dislike": "dislikes", "prefer": "prefers", "collect": "collects", "play": "plays", "speak": "speaks",
    "study": "studies", "teach": "teaches", "own": "owns", "keep": "keeps", "believe": "believes", "fear": "fears",
    "sing": "sings", "paint": "paints", "write": "writes", "run": "runs", "drive": "drives", "have": "has",
    "miss": "misses", "never": "never", "always": "always", "can't": "can't", "cannot": "cannot", "can": "can",
    "was": "was", "grew": "grew", "used": "used", "once": "once", "lost": "lost", "moved": "moved", "studied": "studied",
    "worked": "worked", "lived": "lived", "built": "built", "learned": "learned", "met": "met", "married": "married",
}  # fmt: skip
_DOING = re.compile(
    rf"^I(?P<have>'ve got)? ?(?P<verb>{'|'.join(map(re.escape, _VERBS))})?\b(?P<rest>.*)$", re.IGNORECASE
)
_OWNING = re.compile(
    r"^my (?P<rest>\w.* (?:is|was|are|were|has|had|lives|works|died|calls|plays|taught|loves|hates)\b.*)$", re.I
)
_SECOND_SUBJECT = re.compile(
    r"(?:[,;:]| and| but| so| because| although| when)+ (?:I|I'[a-z]+|you|we)\b.*$", re.IGNORECASE
)
_ONE_WORD = frozenset(
    ["children", "kids", "sons", "daughters", "siblings", "brothers", "sisters", "twins", "grandchildren", "asthma", "diabetes", "epilepsy",
     "cancer", "arthritis", "migraines", "dogs", "cats", "pets", "horses", "chickens", "bees", "allergies", "tinnitus", "dyslexia"]
)  # fmt: skip
"""What somebody lastingly has that one word says; "I have pots." is of the moment."""
_NAMED = re.compile(r"^name is ([A-Z][\w'-]*(?: [A-Z][\w'-]*){0,2})\b.*$")
_FLEETING = re.compile(
    r"\b(?:today|tonight|now|right now|at the moment|you|your|this|that|just|going to)\b|\?$", re.IGNORECASE
)
_THIRD = {
    "i was": "they were", "i am": "they are", "i": "they", "my": "their", "me": "them", "mine": "theirs",
    "myself": "themselves",
}  # fmt: skip
_PAST = frozenset(
    [
        "went",
        "ate",
        "saw",
        "did",
        "had",
        "was",
        "could",
        "got",
        "took",
        "made",
        "knew",
        "thought",
        "said",
        "told",
        "felt",
        "left",
        "forgot",
        "read",
        "put",
    ]
)


def facts_in(speech: str, name: str) -> list[str]:
    """Lasting facts that ``name`` tells about themselves, each a sentence in the third person."""
    facts = [_fact(sentence, name) for sentence in split_sentences(speech)]
    return [fact for fact in dict.fromkeys(facts) if fact]


def _fact(sentence: str, name: str) -> str:
    said = _SUBJECT.sub("", sentence.replace("’", "'").strip())
    said = _SECOND_SUBJECT.sub("", said).rstrip(" .!,;:")
    if not said or _FLEETING.search(said) or len(said.split()) > _MOST_WORDS:
        return ""
    being, owning, doing = _BEING.match(said), _OWNING.match(said), _DOING.match(said)
    if being:
        return _sentence(f"{name} is {_third(being['rest'])}")
    if owning:
        named = _NAMED.match(owning["rest"])
        return _sentence(f"{name}'s name is {named[1]}" if named else f"{name}'s {_third(owning['rest'])}")
    if doing and doing["have"]:
        return _sentence(f"{name} has {_third(doing['rest'])}")
    if doing and doing["verb"]:
        return _doing(doing["verb"].lower(), doing["rest"], name)
    return ""


def _doing(verb: str, rest: str, name: str) -> str:
    words = rest.split()
    if not words or (verb == "have" and words[0] in ("to", "no", "had", "never")):
        return ""
    if verb == "have" and len(words) == 1 and words[0].lower() not in _ONE_WORD:
        return ""
    if verb in ("never", "always", "once") and words[0] not in _PAST and not words[0].endswith("ed"):
        ending = "es" if words[0].endswith(("s", "sh", "ch", "x", "o")) else "s"
        words[0] = _VERBS.get(words[0], words[0] + ending)
    return _sentence(f"{name} {_VERBS[verb]} {_third(' '.join(words))}")


def _third(text: str) -> str:
    """``text`` with the first person turned into the third."""
    return re.sub(
        r"\b(i was|i am|i|my|me|mine|myself)\b", lambda word: _THIRD[word[0].lower()], text, flags=re.IGNORECASE
    )


def _sentence(text: str) -> str:
    return " ".join(text.split()) + "."
