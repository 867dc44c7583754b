"""What a visitor asks a character to do or to take: an offer, a movement to show, a part to play."""

from __future__ import annotations

import re

from digital_life.sociomind.honest_lines import PRETEND, SHOW
from digital_life.sociomind.subjects import FACT_GATE, SubjectBook
from digital_life.sociomind.turn import Turn

_REFUSING = re.compile(r"\b(allergic|can(no|')t|cannot|dislike|hate|afraid|never|do not|don't)\b", re.IGNORECASE)
_OFFER = re.compile(r"\b(want|would you|have some|offer|care for|hold|try)\b", re.IGNORECASE)
_REQUEST = re.compile(
    r"^(please |now )?((can|could|would|will) you |show me how you |let me see you )?(please )?", re.I
)
_ASKS_LEAVE = re.compile(r"^(please )?(may|can|could|might|shall) (i|we)\b", re.IGNORECASE)
"""The other one wants to do something: that is no request for an act of one's own."""
_FOR_ME = re.compile(r" (at|to|for|with) (me|us)\b|\bplease\b", re.IGNORECASE)
_GUARD_GATE = 0.3
_IRREGULAR = {"do": "does", "go": "goes", "have": "has", "be": "is"}


def offered(turn: Turn) -> bool:
    """Whether the question of the turn offers something."""
    return bool(_OFFER.search(turn.heard.question))


def answer_offer(turn: Turn, subjects: SubjectBook) -> None:
    """Accept or decline what is offered, by the own facts about it."""
    fact, score = subjects.fact_for(turn.heard.question, turn.notes.used, turn.openness)
    refuses = [item for item in subjects.open_facts(turn.openness) if _REFUSING.search(item)]
    guard, guard_score = subjects.best_of(refuses, turn.heard.question)
    if guard and guard_score > _GUARD_GATE and guard_score >= score - 0.05:
        turn.say("decline")
        turn.add(guard, "decline")
        turn.notes.used.append(guard)
    elif subjects.persona.personality.agreeableness >= 4:
        turn.say("accept")
        turn.act = "agree"
        if fact and score > FACT_GATE:
            turn.add(fact)
            turn.notes.used.append(fact)
    else:
        turn.say("decline")
        turn.act = "decline"


def show(turn: Turn) -> None:
    """Do the movement that was asked for; who asks leave for an own act just gets it."""
    turn.act = "agree"
    if _ASKS_LEAVE.search(turn.heard.question):
        turn.say("accept")
        return
    turn.add(turn.rng.choice([line for line in SHOW if line not in turn.parts]))
    turn.motion = third_person(turn.heard.question)
    turn.asked = True


def third_person(request: str) -> str:
    """The movement a request names, as motions are written: "Can you wave at me?" is "waves"."""
    plain = _REQUEST.sub("", request.rstrip("?!. ")).strip().lower()
    words = re.sub(r"\byour\b", "the", _FOR_ME.sub("", plain)).split()
    if not words:
        return ""
    return " ".join([_third(words[0]), *words[1:]])


def _third(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s")


def pretend(turn: Turn) -> None:
    """A character stays itself: it declines to be somebody else, and says so kindly."""
    line = turn.rng.choice([line for line in PRETEND if line not in turn.notes.used] or list(PRETEND))
    turn.notes.used.append(line)
    turn.add(line, "amused")
    turn.asked = True
