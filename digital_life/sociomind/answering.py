"""How the offline mind answers a question: from its subjects, facts, beliefs and memories."""

from __future__ import annotations

import re
from dataclasses import replace

from digital_life.sociomind.disclosure import BELIEF_LEVEL
from digital_life.sociomind.hearing import split_sentences
from digital_life.sociomind.honest_lines import ADVICE, LANGUAGE_MEANT, NO_ADVICE
from digital_life.sociomind.honesty import admit, answer_about_us, answer_in_english, answer_own_words
from digital_life.sociomind.life_answers import MISHEARD_LIFE, SCRAP, LifeAnswers
from digital_life.sociomind.lore import LoreReader
from digital_life.sociomind.memory import Memory
from digital_life.sociomind.requests import answer_offer, offered, pretend, show
from digital_life.sociomind.subjects import FACT_GATE, SubjectBook
from digital_life.sociomind.telling import Teller
from digital_life.sociomind.turn import Turn
from digital_life.sociomind.views import believe, stance

_UNSURE_FACT_GATE = 0.4
_OFFER_FACT = 0.3
_LATEST = 20
"""So many events are looked through for something to mention."""


_HELPFUL = frozenset(["rest", "courage", "learning", "mistake", "friendship", "belief"])
"""Themes of which one's own experience may help somebody else."""
_SECRET = 3
"""Intimacy from which a subject is a secret."""
_LIGHT = frozenset(["joy", "food", "music", "rest", "place"])
"""Themes that nobody needs to know another one well for."""
_CHEERFUL = ("glad", "amused", "proud")
_HELPS = 0.2
"""Cosine below which one's own experience has nothing to do with what is asked."""
_ABOUT_LIFE = frozenset(["theme", "unknown", "other", "opinion"]) | MISHEARD_LIFE
_VIEW = re.compile(r"\b(think|feel|opinion|view|say) (about|of|on)\b", re.IGNORECASE)
_ABOUT_SUBJECTS = frozenset(["theme", "unknown", "other", "next", "why", "feeling", "clarify", "remember", "open"])
"""Kinds of question that can be about something the character has to tell."""


class Answerer:
    """Answers the question of ``turn.heard`` by adding to the turn."""

    def __init__(self, subjects: SubjectBook, teller: Teller) -> None:
        self._subjects = subjects
        self._teller = teller
        self._lore = LoreReader(subjects.persona)
        self._life = LifeAnswers(subjects, teller)

    def warm_up(self) -> None:
        """Embed what questions are compared with."""
        self._life.warm_up()

    def answer(self, turn: Turn) -> None:
        """Add an answer, part by part; ``turn.answered`` says whether something of one's own was told."""
        whole = turn.heard
        if whole.language and whole.asks != "language":
            turn.add(turn.rng.choice(LANGUAGE_MEANT))
            turn.asked = True
        for part in whole.parts or (None,):
            if part is not None:
                turn.heard = replace(
                    whole, question=part.question, asks=part.asks, theme=part.theme, sureness=part.score
                )
            self._answer_one(turn)
        turn.heard = whole

    def _answer_one(self, turn: Turn) -> None:
        kind = turn.heard.asks
        if turn.with_person:
            if answer_about_us(turn) or self._life.reason(turn):
                return
            if kind in _ABOUT_LIFE and self._life.answer(turn):
                return
            if self._life.is_misheard(turn):
                kind = "unknown"
        named = self._subjects.named(turn.heard.question, turn.notes, turn.openness)
        if kind in _ABOUT_SUBJECTS and named is not None and named != turn.notes.subject:
            self._teller.tell(turn, named, kind if kind in ("why", "feeling") else "next")
            return
        if kind in ("theme", "opinion", "unknown") and self._fact(turn, FACT_GATE):
            return
        handlers = {
            "how": self._how, "okay": self._how, "name": self._name, "age": self._age, "theme": self._theme,
            "return": self._return, "open": self._open, "here": self._here, "opinion": self._opinion, "help": self._advise,
            "joke": self._joke, "remember": self._remember, "offer": self._offer, "wave": show,
            "machine": self._machine, "other": self._unknown, "own words": self._own_words, "language": answer_in_english,
            "pretend": pretend, "secret": self._secret,
        }  # fmt: skip
        if kind in ("why", "feeling", "next", "clarify"):
            self._follow_up(turn, "next" if kind == "clarify" else kind)
        elif kind in handlers:
            handlers[kind](turn)
        elif kind == "unknown" and not self._fact(turn, _UNSURE_FACT_GATE):
            self._unknown(turn)

    def _how(self, turn: Turn) -> None:
        if turn.notes.said_how and turn.heard.asks != "okay":
            return self._open(turn)
        turn.notes.said_how = True
        turn.say("how_i_am")
        turn.act = "calm"
        if not turn.notes.asked_how and turn.chance(0.7):
            turn.notes.asked_how = True
            turn.asked = turn.say("ask_how")
        return None

    def _name(self, turn: Turn) -> None:
        if turn.notes.introduced and not turn.with_person:
            return self._open(turn)
        turn.notes.introduced = True
        turn.say("introduce")
        turn.act = "introduce"
        return None

    def _age(self, turn: Turn) -> None:
        turn.add(f"I'm {self._subjects.persona.age}.", "calm")

    def _theme(self, turn: Turn) -> None:
        theme, notes = turn.heard.theme, turn.notes
        untold = self._subjects.untold(notes, turn.openness)
        index = self._subjects.of_theme(theme, untold)
        if index is None:
            index = self._subjects.of_theme(theme, [known for known in notes.told if self._subjects.left(known, notes)])
        if index is not None:
            self._teller.tell(turn, index)
        elif (_VIEW.search(turn.heard.question) and stance(turn, self._subjects.persona.personality)) or (
            theme in _LIGHT and self._lightly(turn, untold)
        ):
            return
        elif self._subjects.is_private(theme, turn.openness):
            turn.guarded = True
            self._teller.deflect(turn)
        elif theme == "belief":
            self._opinion(turn)
        elif not self._fact(turn, _UNSURE_FACT_GATE):
            nearest, score = self._subjects.nearest(turn.heard.question, untold)
            if nearest is not None and score > _UNSURE_FACT_GATE:
                self._teller.tell(turn, nearest)
            elif turn.with_person:
                self._unknown(turn)
            else:
                self._teller.deflect(turn)

    def _lightly(self, turn: Turn, untold: list[int]) -> bool:
        """A light question whose own answer is not for these listeners gets another cheerful story."""
        if not self._subjects.is_private(turn.heard.theme, turn.openness):
            return False
        cheerful = [index for index in untold if self._subjects[index].mood in _CHEERFUL]
        index, _ = self._subjects.nearest(turn.heard.question, cheerful)
        return index is not None and self._teller.tell(turn, index)

    def _return(self, turn: Turn) -> None:
        if "how_i_am" in turn.heard.acts and not turn.notes.said_how:
            return self._how(turn)
        theme = turn.notes.asked_theme
        index = self._subjects.of_theme(theme, self._subjects.untold(turn.notes, turn.openness))
        if index is not None:
            self._teller.tell(turn, index)
            return None
        return self._open(turn)

    def _here(self, turn: Turn) -> None:
        turn.say("reason_here")
        turn.act = "calm"

    def _open(self, turn: Turn) -> None:
        index = self._teller.spontaneous(turn)
        tell = self._teller.tell if turn.parts else self._teller.raise_subject
        if index is None or not tell(turn, index):
            self._opinion(turn)

    def _follow_up(self, turn: Turn, wanted: str) -> None:
        index = turn.notes.subject
        if index is not None and self._teller.tell(turn, index, wanted):
            return
        if index is None:
            self._open(turn)
        else:
            self._opinion(turn)

    def _opinion(self, turn: Turn) -> None:
        if believe(turn, self._subjects) or stance(turn, self._subjects.persona.personality):
            return None
        if turn.openness < BELIEF_LEVEL:
            turn.guarded = True
            return self._teller.deflect(turn)
        return self._unknown(turn)

    def _secret(self, turn: Turn) -> None:
        """The most private of what may be told here; strangers are put off."""
        index = self._subjects.most_private(self._subjects.untold(turn.notes, turn.openness), _SECRET)
        if index is None or not self._teller.tell(turn, index):
            turn.guarded = True
            self._teller.deflect(turn)

    def _joke(self, turn: Turn) -> None:
        turn.notes.jokes += 1
        turn.say("joke")
        turn.act, turn.asked = "joke", True

    def _machine(self, turn: Turn) -> None:
        """An honest answer, whatever the role."""
        turn.add(f"I'm {self._subjects.persona.name}, a character in a program, if you want the truth.", "calm")
        turn.asked = True

    def _remember(self, turn: Turn) -> None:
        known = recalled_about(turn)
        about = known.about if known else turn.notes.memory
        if "name" in turn.heard.question.lower() and turn.plot.call_name:
            turn.add(f"You are {turn.plot.call_name}. I was listening.", "amused")
        elif about:
            turn.add(f"Of course I remember. You told me about {about}.", "tender")
        elif turn.plot.call_name and turn.plot.met_before:
            turn.add(f"Of course I do. You are {turn.plot.call_name}.", "tender")
        elif turn.plot.call_name:
            turn.add(f"You are {turn.plot.call_name}, and we have only begun.", "amused")
        else:
            self._unknown(turn)

    def _own_words(self, turn: Turn) -> None:
        answer_own_words(turn, self._subjects.encoder)

    def _advise(self, turn: Turn) -> None:
        """The own experience that is nearest to what troubles the partner."""
        cue = f"{turn.heard.statement} {turn.heard.question}"
        if not turn.with_person:
            return self._opinion(turn)
        untold = self._subjects.untold(turn.notes, turn.openness)
        among = [index for index in untold if self._subjects[index].theme in _HELPFUL]
        index, score = self._subjects.nearest(cue, among)
        if index is None or score < _HELPS:
            turn.add(turn.rng.choice(NO_ADVICE), "think")
            turn.asked = True
            return None
        turn.add(turn.rng.choice(ADVICE))
        self._teller.tell(turn, index)
        return None

    def _offer(self, turn: Turn) -> None:
        if offered(turn):
            answer_offer(turn, self._subjects)
        elif not self._fact(turn, _OFFER_FACT):
            self._opinion(turn)

    def _fact(self, turn: Turn, gate: float) -> bool:
        fact, score = self._subjects.fact_for(turn.heard.question, turn.notes.used, turn.openness)
        theme = self._subjects.of_theme(turn.heard.theme, self._subjects.untold(turn.notes, turn.openness))
        if score < gate or (theme is not None and score < 0.62):
            return False
        turn.notes.used.append(fact)
        turn.add(fact, "calm")
        turn.answered = True
        return True

    def _lore_answer(self, turn: Turn) -> bool:
        """Say what the partner's words call up in the lorebook, unless it was said before."""
        called_up = [text for text in self._lore.answer(turn.plot) if text not in turn.notes.used]
        if not called_up:
            return False
        turn.notes.used.append(called_up[0])
        turn.add(" ".join(split_sentences(called_up[0])[:3]), "calm")
        turn.answered = True
        return True

    def _unknown(self, turn: Turn) -> None:
        nearest, score = self._subjects.nearest(turn.heard.question, self._subjects.untold(turn.notes, turn.openness))
        if nearest is not None and score > _UNSURE_FACT_GATE and self._teller.tell(turn, nearest):
            return None
        if self._lore_answer(turn):
            return None
        if turn.with_person and len(turn.heard.question.split()) > SCRAP:
            return admit(turn)
        if turn.notes.told and turn.notes.used.count("fallback") >= 1:
            return self._teller.deflect(turn)
        turn.notes.used.append("fallback")
        turn.asked = turn.say("fallback")
        turn.act = "think"
        return None


def recalled_about(turn: Turn) -> Memory | None:
    """The latest thing remembered of this partner from earlier plots."""
    plot = turn.plot
    known = turn.memory.latest("event", _LATEST, partner=plot.partner, before=plot.index)
    return next((item for item in known if item.about and not turn.memory.is_forgotten(item, plot.index)), None)
