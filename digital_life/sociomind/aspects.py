"""Parts of a life that people ask about in many words: who is family, where one comes from, what one eats.

An aspect knows by which words it is asked for and by which words somebody tells of it, in the first person. It is used for
a character's own life and for what a visitor told of theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Aspect:
    """``nouns``: things of which it can be said that one has none, each with the words that tell of it."""

    name: str
    asked: re.Pattern[str]
    told: re.Pattern[str]
    nouns: tuple[tuple[str, str], ...] = ()
    theme: str = ""
    """The theme whose subject answers a question about the whole of it."""
    needs_noun: bool = True
    """Whether only a sentence with the noun asked for speaks of having it: a daughter is no son, but "divorced" is an answer
    to a question about a husband."""

    def noun(self, question: str) -> tuple[str, str] | None:
        """The thing the question is about, with the words that tell of it."""
        return next(((noun, words) for noun, words in self.nouns if re.search(rf"\b({words})\b", question, re.I)), None)


def _aspect(
    name: str, asked: str, told: str, *nouns: tuple[str, str], theme: str = "", needs_noun: bool = True
) -> Aspect:
    return Aspect(name, re.compile(asked, re.IGNORECASE), re.compile(told, re.IGNORECASE), nouns, theme, needs_noun)


_KIN = r"\b(my|our|an?|no|one|two|three|four|five|six|seven|eight|nine|ten|eleven) (?:[a-z-]+,? ){0,2}"
ASPECTS: tuple[Aspect, ...] = (
    _aspect(
        "partner",
        r"\b(wife|husband|spouse|girlfriend|boyfriend|fianc[eé]e?|married|marry|divorced|widow(ed|er)?|engaged|single|in a relationship"
        r"|(seeing|dating) (anyone|anybody|someone|somebody)|significant other|love life)\b",
        rf"{_KIN}(wife|husbands?|girlfriend|boyfriend|fianc[eé]e?)\b|\b(married|divorced|engaged|widow(ed|er)?|suitable men)\b",
        ("wife", "wife"),
        ("husband", "husband"),
        ("girlfriend", "girlfriend"),
        ("boyfriend", "boyfriend"),
        needs_noun=False,
    ),
    _aspect(
        "children",
        r"\byour (?:[a-z-]+ ){0,3}(sons?|daughters?|child|children|kids?|boys?|girls?|grandchild(ren)?|grandsons?|granddaughters?)\b(?! ?friend)"
        r"|\b(have|got|any|raise[d]?) (?:[a-z-]+ ){0,2}(sons?|daughters?|child|children|kids?|grandchild(ren)?)\b"
        r"|\b(a|are you a) (father|mother|parent|dad|mum)\b",
        rf"{_KIN}(sons?|daughters?|child|children|kids|godchild(ren)?|(great-)?grandchild(ren)?)\b(?!['’])",
        ("grandchildren", "grandchild(ren)?|grandsons?|granddaughters?"),
        ("sons", "sons?|boys?"),
        ("daughters", "daughters?|girls?"),
        ("children", "child(ren)?|kids?|father|mother|parent|dad|mum"),
    ),
    _aspect(
        "siblings",
        r"\b(brothers?|sisters?|siblings?|only child|twin|how (big|large) is (your|my) family|big family|how many of you)\b",
        rf"{_KIN}(brothers?|sisters?|siblings|twin)\b|\b(youngest|oldest|eldest|seventh|second|third) of\b",
        ("brothers", "brothers?"),
        ("sisters", "sisters?"),
        ("brothers or sisters", "siblings?|only child|twin"),
    ),
    _aspect(
        "parents",
        r"\byour (own )?(mother|father|parents|mum|mom|mummy|dad|daddy|papa|mama|folks)\b",
        r"\bmy (old )?(mother|father|parents|mum|mom|dad|papa|mama)\b",
    ),
    _aspect(
        "family",
        r"\b(your|my) (whole |own )?(family|relatives|relations|folks)\b|\b(relatives|anyone|anybody|somebody|someone|others) in (your|my) family\b",
        rf"{_KIN}(brothers?|sisters?|mother|father|parents|sons?|daughters?|wife|husbands?|children|godchildren|cousins?|aunts?|uncles?"
        r"|grandmother|grandfather)\b",
        theme="family",
    ),
    _aspect(
        "pets",
        r"\b(pets?|animals? (at home|of your own)|your (dog|cat|parrot|bird|horse))\b|\b(have|got|keep|own|any) (an? )?(dog|cat|animals?|parrot)s?\b",
        rf"{_KIN}(dog|cat|parrot|chickens?|horse|goldfish|bird)\b|\b(share|have) the (dog|cat)\b",
        ("dog", "dogs?"),
        ("cat", "cats?"),
        ("parrot", "parrot"),
        ("animal", "pets?|animals?"),
    ),
    _aspect(
        "origin",
        r"^(?!.*\b(what year|when|how old)\b).*\b(born|raised|brought up|gr[eo]w up|grown up|come from|came from|birthplace|home ?town|native|originally|roots)\b"
        r"|\bwhere (are|were) (you|i) from\b|\bwhere (did|does) (your|my) life begin\b",
        r"\b(i was born|i grew up|i come from|i came from|i['’]m from|i am from|i was raised)\b",
        theme="home",
    ),
    _aspect(
        "residence",
        r"\bwhere (do|are) (you|i) (live|living|stay|staying|based|at home)\b|\b(which|what) (city|town|country|street) (do|did) (you|i)\b[^?]*\blive\b",
        r"\bi (live|stay|moved to)\b|\bcellar in [A-Z]|\bhere in [A-Z]",
    ),
    _aspect(
        "work",
        r"\b(job|profession|occupation|career|employ(ed|er|ment)|trade|line of work|earn|make a living|for a living|make ends meet"
        r"|pays? (your|my) (rent|bills)|put bread)\b|\b(what|where) do (you|i) (do|work)\b(?! (when|on|if|to|in your|with your|at|after|for fun))"
        r"|\bkind of work\b|\bwhat are you by trade\b",
        r"\bi(?:['’]m| am) an? (?:[a-z-]+ ){0,3}[a-z-]+(er|or|ist|man|woman|nurse|cook|clerk|guard|teacher|doctor|engineer|student|detective|pilot)\b"
        r"|\bi (work|worked|teach|taught|sell|repair|record|maintain|measure|drive|drove|study|do magic)\b|\bmy (work|job|trade|profession)\b",
        theme="work",
    ),
    _aspect(
        "teacher",
        r"\bwho (taught|showed|trained) you\b|\b(did|have) you learn(ed|t)? [^?]*\b(from|where|how)\b|\b(where|how|from whom) did you learn\b",
        r"\b(taught|teacher|teaches|learned (it |that )?from|showed me)\b|\bmy (grandmother|grandfather|uncle|aunt|father|mother) [^.]*\b(queen|master|best)\b",
        theme="learning",
    ),
    _aspect(
        "diet",
        r"\b(meat|fish|pork|beef|vegetarian|vegan|allergic|allerg(y|ies)|intolerant|diet)\b|\bmakes? you (sneeze|ill|sick)\b"
        r"|\b(anything|something|food) (that )?(you (can['’]?t|cannot|don['’]t|won['’]t|refuse to|never) eat)",
        r"\b(vegetarian|vegan|allergic|seasick)\b|\bi (don['’]t|do not|never|cannot|can['’]t) (eat|drink)\b",
    ),
    _aspect(
        "instrument",
        r"\b(play|learn|learnt) (an?|any|the|which|what)? ?(musical )?(instruments?|piano|guitar|violin|drums?|flute)\b|\binstruments? do (you|i)\b|\bmusical\b",
        r"\bi play the (?!fool|part)[a-z]+|\b(piano|drum|violin|guitar|accordion|flute|trumpet)\b|\bi sing\b",
    ),
    _aspect(
        "dislikes",
        r"\b(afraid|scared|fear|frighten(s|ed)?|phobia|terrifie[sd]|hate|dislike|can(no|['’])t (stand|bear)|detest|annoys)\b",
        r"\b(afraid|scared|fear|terrified|can(no|['’])t (stand|bear)|dislike|hate)\b",
        theme="fear",
    ),
    _aspect(
        "body",
        r"\b(scars?|broken|fingers?|injur(y|ies|ed)|accident|wounds?|hurt yourself|happened to (your|my) [a-z]+|(your|my) (hearing|health|ears?))\b",
        r"\bi (broke|lost (two|three|four|my|an?) |cut |burned? my|hurt my)|\b(scar|fingertips|deaf in|bad knee|left knee|stammer)",
    ),
    _aspect(
        "driving",
        r"\b(driv(e|ing|er)|licen[cs]e|vehicle|cars?|motorbike|van)\b",
        r"\b(driving tests?|i (drive|drove)|my (car|van|bus|motorbike)|licen[cs]e)\b",
    ),
    _aspect(
        "free time",
        r"\b(hobb(y|ies)|pastimes?|free time|spare time|leisure|weekends?|days? off|evenings|after work|for fun|unwind|when you(['’]re| are) not (at|working|on))\b",
        r"\bi (play|collect|knit|sing|weave|paint|read|walk|run|write|repair|set|keep|own|make|chop|sort|cook|go|sit|lie) ",
        theme="rest",
    ),
)  # fmt: skip
_TO_YOU = re.compile(r"\b(you|your|yours|yourself)\b", re.IGNORECASE)
_OF_ME = re.compile(r"\b(i|me|my|mine|myself)\b", re.IGNORECASE)
_SHORT = 7
_OWN = re.compile(r"\b(your|my) ", re.IGNORECASE)


def aspects_asked(question: str) -> list[Aspect]:
    """The aspects that a question is about."""
    return [aspect for aspect in ASPECTS if aspect.asked.search(question)]


def asks_residence(question: str) -> bool:
    """Whether it asks where somebody lives now, which need not be where they come from."""
    return [aspect.name for aspect in aspects_asked(question)] == ["residence"]


def is_about_the_asked(question: str) -> bool:
    """Whether it asks the listener about the listener: it says "you", or it is a scrap such as "Any brothers?"."""
    if _TO_YOU.search(question):
        return True
    return not _OF_ME.search(question) and len(question.split()) < _SHORT


def presumes(question: str) -> bool:
    """Whether the question takes it for granted that there is what it asks about ("How is your son?")."""
    asks_whether = re.match(r"^\W*(and |so |but )*(do|did|have|has|are) (you|there)\b", question, re.IGNORECASE)
    return bool(_OWN.search(question)) and not asks_whether
