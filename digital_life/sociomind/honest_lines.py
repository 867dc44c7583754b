"""Plain lines for what a persona has none of its own for: not knowing, having no such thing, another language, a confession."""

from __future__ import annotations

import re

HEART_LINES: dict[str, tuple[str, ...]] = {
    "confession": (
        "Thank you for telling me. I don't think less of you for it.",
        "That can't have been easy to say. I'm glad you said it to somebody.",
        "It's said now, and it weighs less that way. It stays with me.",
        "I hear you. You wouldn't be troubled if you didn't care.",
    ),
    "worry": (
        "I can hear that it weighs on you. You don't have to carry it alone.",
        "That would frighten me too. One step at a time.",
        "Anybody would be uneasy about that. I'm here, take your time.",
    ),
    "wronged": (
        "That wasn't right, and you needn't have put up with it.",
        "No wonder you're upset. I would be too.",
        "That is unfair. I'm on your side there.",
    ),
}
"""What answers a person's confession, worry or injury, by act."""
SAID_BY_YOU = ("{said} That's what you told me.", "{said} I was listening.", "{said} You told me so yourself.")
NOT_SAID = (
    "You haven't told me about {thing} yet. I'd remember.",
    "About {thing} you've told me nothing so far. Will you now?",
    "I don't think you told me about {thing}. Tell me now.",
)
LACKS = ("I have no {thing}.", "There are no {thing} in my life.")
LACKS_PRESUMED = (
    "You must be thinking of somebody else, I have no {thing}.",
    "I think you're mistaking me for somebody, I have no {thing}.",
)
UNKNOWN_OF_ME = (
    "{thing}? There I have nothing to tell you, honestly.",
    "{thing}? I couldn't tell you, it has never come up.",
    "{thing}? I'd have to invent something, and I won't.",
)
UNKNOWN_ABOUT_ME = (
    "There I have nothing to tell you, honestly.",
    "I couldn't tell you, it has never come up.",
    "I'd have to invent something, and I won't.",
)
UNKNOWN = (
    "That I don't know, and I'd rather say so than guess.",
    "I couldn't tell you, I'm afraid. It's not something I know about.",
    "I have no idea, honestly. Do you know?",
)
OF_YOU: tuple[tuple[float, tuple[str, ...]], ...] = (
    (
        4.0,
        (
            "I hardly know you yet. Ask me again when we've talked some more.",
            "It's early to say. I'm listening, that's a beginning.",
        ),
    ),
    (6.0, ("I like talking with you, if that's what you mean.", "I'm glad that you're here, yes.")),
    (10.0, ("You've become dear to me. There, I've said it.", "Yes, and more than I expected to.")),
)
"""What somebody is told who asks "Do you like me?", by the mean of trust and intimacy below which it holds."""
OF_YOU_HURT = ("You hurt me, and I haven't forgotten it.", "Not after what you said to me.")
ADVICE = (
    "I can only tell you how it is with me.",
    "I'm no expert, I only know what I do.",
    "For what it's worth, this is how I know it.",
)
NO_ADVICE = (
    "I can't decide that for you. What does your heart say?",
    "I wouldn't dare to tell you. What would you tell a friend in your place?",
    "I don't know either. What are you most afraid would happen?",
)
SHOW = ("Of course. Like this?", "There you are.", "Gladly, look.", "If you like. Here.")
PRETEND = (
    "I'd be bad at it. I have enough to do with being myself.",
    "Somebody else? No, this one is the only part I know by heart.",
    "I'll leave that to the theatre. What would you have asked, if I could?",
)
"""What answers the wish that the character play somebody else."""
ELSEWHERE = (
    "Where I live now I keep to myself for today. Where I come from I can tell you.",
    "My address is a dull story. This is where I come from.",
)
LIVES_IN = ("I live in {place}.", "In {place}, these days.")
LANGUAGE = (
    "That's {language}, isn't it? I can only answer in English here, I'm afraid.",
    "I hear that it's {language}, but English is all I have here. Would you say it in English?",
    "Your {language} is beyond me, I'm sorry. I only speak English here.",
)
LANGUAGE_MEANT = ("In English, if I may, it's all I have here.", "I can only answer in English.")
"""Put before the answer to a line in another language that was understood."""
_SINGULAR = ("wife", "husband", "girlfriend", "boyfriend", "dog", "cat", "parrot", "animal")
_ABOUT_YOURS = re.compile(
    r"\byour (?:own )?((?:favou?rite |first |last |best )?[a-z][a-z'-]*(?: (?!like\b|now\b|again\b|today\b)[a-z][a-z'-]*)?)\W*$",
    re.I,
)
_VIEW = re.compile(r"\bthink (?:about|of) ((?:the |a )?[a-z][a-z' -]{2,40})$", re.IGNORECASE)
_YOURS_FIRST = re.compile(r"\byour (?:own )?((?:favou?rite |first |last |best )?[a-z][a-z'-]*)", re.IGNORECASE)
_WHICH = re.compile(
    r"\b(?:which|what)(?: (?:kind|sort|type|brand|make) of)? ((?:[a-z'-]+ ){0,2}[a-z'-]+) (?:do|does|did|are|is|was|would|have|can) you\b",
    re.I,
)
_HAVE = re.compile(r"\b(?:have|got|own|wear|keep|any) (an?|any) ((?:[a-z'-]+ ){0,1}[a-z'-]+)\W*$", re.IGNORECASE)


def lacking(noun: str, *, presumed: bool) -> tuple[str, ...]:
    """Lines that say that there is no such person or thing in one's life."""
    lines = LACKS_PRESUMED if presumed else LACKS
    return lines if noun not in _SINGULAR else tuple(line for line in lines if "are no" not in line)


def thing_asked(question: str) -> str:
    """What a question to "you" wants to know of, as the one who answers calls it: "My shoe size", "A tattoo"; may be empty."""
    plain = question.rstrip("?!. ")
    have = _HAVE.search(plain)
    if have:
        return f"A {have[2]}" if have[1].lower() != "an" else f"An {have[2]}"
    named = _WHICH.search(plain) or _VIEW.search(plain)
    if named:
        return named[1][:1].upper() + named[1][1:]
    yours = _ABOUT_YOURS.search(plain) or _YOURS_FIRST.search(plain)
    return f"My {yours[1]}" if yours else ""
