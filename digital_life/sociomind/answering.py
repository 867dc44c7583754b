"""How the offline mind answers a question: from its subjects, facts, beliefs and memories."""

from __future__ import annotations

import re
from dataclasses import replace

from digital_life.persona.schema import Intent
from digital_life.sociomind.aspects import asks_residence, aspects_asked, presumes
from digital_life.sociomind.disclosure import BELIEF_LEVEL
from digital_life.sociomind.hearing import split_sentences
from digital_life.sociomind.honest_lines import ADVICE, ELSEWHERE, LANGUAGE_MEANT, LIVES_IN, NO_ADVICE, lacking
from digital_life.sociomind.honesty import admit, answer_about_us, answer_in_english, answer_own_words
from digital_life.sociomind.lore import LoreReader
from digital_life.sociomind.memory import Memory
from digital_life.sociomind.own_life import NEAR, Found, LifeBook, lives_in
from digital_life.sociomind.requests import answer_offer, offered, pretend, show
from digital_life.sociomind.subjects import FACT_GATE, SubjectBook
from digital_life.sociomind.turn import Turn
from digital_life.sociomind.views import believe, stance

_UNSURE_FACT_GATE = 0.4
_OFFER_FACT = 0.3
_SPONTANEOUS = 4
"""From how many of the nearest subjects one is raised unasked."""
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
_SCRAP = 2
"""Questions of at most so many words ("What?") were not understood; a longer one that nothing answers is not known."""
_SURE = 0.5
"""Cosine with an example question below which the kind of a question is only a guess."""
_WHOLE = 0.6
"""Cosine from which a question is about a theme as a whole."""
_UNLIKE = 0.25
_REQUESTS = re.compile(
    r"^\W*(please|now|and|so)?\W*(can|could|would|will|show|let me|please|stand|sit|dance|wave|clap|jump|turn|bow)\b",
    re.I,
)
_OWN_AGE = re.compile(
    r"\bhow old (are|were) you\b|\byour age\b|\b(year|when) were you born\b|\byour birthday\b", re.IGNORECASE
)
_MISHEARD_LIFE = frozenset(["offer", "next", "how", "wave", "here", "okay", "age", "name", "feeling", "return"])
"""Kinds for which a question about a part of one's life may be taken by mistake."""
_ABOUT_LIFE = frozenset(["theme", "unknown", "other", "opinion"]) | _MISHEARD_LIFE
_WHY_THING = re.compile(
    r"\bwhy (do|did|are|were|have) you (really |still |even )?\w+ (?!(it|that|this|so|them|you|me)\b)\w+", re.IGNORECASE
)
"""A question for the reason of something named."""
_OWN_WORK = re.compile(r"\byour (own )?(work|job)\b", re.IGNORECASE)
_VIEW = re.compile(r"\b(think|feel|opinion|view|say) (about|of|on)\b", re.IGNORECASE)
_ABOUT_SUBJECTS = frozenset(["theme", "unknown", "other", "next", "why", "feeling", "clarify", "remember", "open"])
"""Kinds of question that can be about something the character has to tell."""


class Answerer:
    """Answers the question of ``turn.heard`` by adding to the turn."""

    def __init__(self, subjects: SubjectBook) -> None:
        self._subjects = subjects
        self._lore = LoreReader(subjects.persona)
        self._life = LifeBook(subjects)

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
            if answer_about_us(turn) or self._why(turn):
                return
            if kind in _ABOUT_LIFE and self._from_life(turn):
                return
            if self._is_misheard(turn):
                kind = "unknown"
        named = self._subjects.named(turn.heard.question, turn.notes, turn.openness)
        if kind in _ABOUT_SUBJECTS and named is not None and named != turn.notes.subject:
            self.tell(turn, named, kind if kind in ("why", "feeling") else "next")
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

    def _why(self, turn: Turn) -> bool:
        """Answer why one likes, does or is something from the subject whose reason fits it."""
        if not _WHY_THING.search(turn.heard.question):
            return False
        question, notes = turn.heard.question, turn.notes
        themes = [aspect.theme for aspect in aspects_asked(question) if aspect.theme]
        themes += ["work"] if _OWN_WORK.search(question) else []
        index = self._subjects.of_theme(themes[0], self._subjects.untold(notes, turn.openness)) if themes else None
        if index is None:
            index = self._subjects.reason_for(question, notes, turn.openness)
        return index is not None and self.tell(turn, index, "why")

    def _from_life(self, turn: Turn) -> bool:
        """Answer from the sentence about oneself that fits the question, unless a whole subject of its theme fits better."""
        heard = turn.heard
        found = self._life.find(heard.question, turn.notes, turn.openness)
        if found is None and asks_residence(heard.question):
            return self._residence(turn)
        if found is None or self._theme_is_better(turn, found):
            return False
        if found.private:
            turn.guarded = True
            self._deflect(turn)
            turn.asked = True
        elif found.lacks:
            self._say_lacking(turn, found)
        elif found.text:
            self._tell_found(turn, found.text)
        return True

    def _residence(self, turn: Turn) -> bool:
        """Where one lives, as the persona's description has it; else where one comes from, and that this is what it is."""
        place = lives_in(self._subjects.persona)
        if place:
            turn.add(turn.rng.choice(LIVES_IN).format(place=place), "calm")
            turn.asked = True
            return True
        index = self._subjects.of_theme("home", self._subjects.untold(turn.notes, turn.openness))
        if index is None:
            return False
        turn.add(turn.rng.choice(ELSEWHERE))
        return self.tell(turn, index)

    def _is_misheard(self, turn: Turn) -> bool:
        """Whether the kind of question is only a guess that the character could not answer well by."""
        heard, words = turn.heard, len(turn.heard.question.split())
        if heard.asks == "wave":
            return not _REQUESTS.search(heard.question)
        if heard.asks == "age":
            return not _OWN_AGE.search(heard.question)
        if heard.asks in ("next", "why", "feeling", "clarify", "return"):
            return heard.sureness < _SURE and words > _SCRAP + 1 and turn.notes.subject is None
        if heard.asks != "theme" or heard.sureness >= _SURE:
            return False
        index = self._subjects.of_theme(heard.theme, self._subjects.untold(turn.notes, turn.openness))
        return index is None or self._subjects.nearest(heard.question, [index])[1] < _UNLIKE

    def _theme_is_better(self, turn: Turn, found: Found) -> bool:
        """Whether the question is about a theme as a whole, or is surer of its theme than the sentence is near to it."""
        heard = turn.heard
        if found.aspect is None:
            return heard.asks in _MISHEARD_LIFE or found.score < max(NEAR, heard.sureness * (heard.asks == "theme"))
        untold = self._subjects.untold(turn.notes, turn.openness)
        whole = heard.asks == "theme" and heard.theme == found.aspect.theme and heard.sureness >= _WHOLE
        return whole and not found.lacks and self._subjects.of_theme(heard.theme, untold) is not None

    def _say_lacking(self, turn: Turn, found: Found) -> None:
        lines = lacking(found.lacks, presumed=presumes(turn.heard.question))
        turn.add(turn.rng.choice(lines).format(thing=found.lacks), "calm")
        if found.text:
            self._tell_found(turn, found.text)
        turn.asked = True

    def _tell_found(self, turn: Turn, text: str) -> None:
        """Say one's own sentence; what it belongs to counts as told so far."""
        index = self._subjects.mark_told(text, turn.notes)
        if index is None:
            turn.notes.used.append(text)
        else:
            turn.notes.subject, turn.mood = index, self._subjects[index].mood
        turn.notes.floor_turns = 0
        turn.notes.followed_up.clear()
        turn.add(text, turn.mood or "calm")
        turn.answered = True

    def tell(self, turn: Turn, index: int, wanted: str = "next") -> bool:
        """Tell a piece of a subject; False when everything about it has been told."""
        text = self._subjects.piece(index, wanted, turn.notes)
        if not text:
            return False
        turn.notes.subject = index
        turn.notes.floor_turns = 0
        turn.notes.followed_up.clear()
        turn.mood = self._subjects[index].mood
        turn.add(text, turn.mood)
        turn.answered = True
        return True

    def raise_subject(self, turn: Turn, index: int, intent: Intent = "topic") -> bool:
        """Begin to tell a subject with a line that leads to it, unless what is told names it anyway."""
        subject = self._subjects[index]
        if intent != "topic" or _bare(subject.about) not in _bare(subject.tell[0]):
            turn.say(intent, optional=True, topic=subject.about)
        return self.tell(turn, index)

    def spontaneous(self, turn: Turn) -> int | None:
        """What the plot is about, if it is not told yet; else an untold subject among those nearest to what one wants."""
        untold = self._subjects.untold(turn.notes, turn.openness)
        planned = next((index for index in turn.plot.preferred if index in untold), None)
        if planned is not None:
            return planned
        nearest = self._subjects.ranked(f"{turn.state.motivation.short_term} {turn.state.motivation.long_term}", untold)
        return turn.rng.choice(nearest[:_SPONTANEOUS]) if nearest else None

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
            self.tell(turn, index)
        elif (_VIEW.search(turn.heard.question) and stance(turn, self._subjects.persona.personality)) or (
            theme in _LIGHT and self._lightly(turn, untold)
        ):
            return
        elif self._subjects.is_private(theme, turn.openness):
            turn.guarded = True
            self._deflect(turn)
        elif theme == "belief":
            self._opinion(turn)
        elif not self._fact(turn, _UNSURE_FACT_GATE):
            nearest, score = self._subjects.nearest(turn.heard.question, untold)
            if nearest is not None and score > _UNSURE_FACT_GATE:
                self.tell(turn, nearest)
            elif turn.with_person:
                self._unknown(turn)
            else:
                self._deflect(turn)

    def _lightly(self, turn: Turn, untold: list[int]) -> bool:
        """A light question whose own answer is not for these listeners gets another cheerful story."""
        if not self._subjects.is_private(turn.heard.theme, turn.openness):
            return False
        cheerful = [index for index in untold if self._subjects[index].mood in _CHEERFUL]
        index, _ = self._subjects.nearest(turn.heard.question, cheerful)
        return index is not None and self.tell(turn, index)

    def _return(self, turn: Turn) -> None:
        if "how_i_am" in turn.heard.acts and not turn.notes.said_how:
            return self._how(turn)
        theme = turn.notes.asked_theme
        index = self._subjects.of_theme(theme, self._subjects.untold(turn.notes, turn.openness))
        if index is not None:
            self.tell(turn, index)
            return None
        return self._open(turn)

    def _here(self, turn: Turn) -> None:
        turn.say("reason_here")
        turn.act = "calm"

    def _open(self, turn: Turn) -> None:
        index = self.spontaneous(turn)
        tell = self.tell if turn.parts else self.raise_subject
        if index is None or not tell(turn, index):
            self._opinion(turn)

    def _follow_up(self, turn: Turn, wanted: str) -> None:
        index = turn.notes.subject
        if index is not None and self.tell(turn, index, wanted):
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
            return self._deflect(turn)
        return self._unknown(turn)

    def _secret(self, turn: Turn) -> None:
        """The most private of what may be told here; strangers are put off."""
        index = self._subjects.most_private(self._subjects.untold(turn.notes, turn.openness), _SECRET)
        if index is None or not self.tell(turn, index):
            turn.guarded = True
            self._deflect(turn)

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
        self.tell(turn, index)
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

    def _deflect(self, turn: Turn) -> None:
        index = self.spontaneous(turn)
        about = self._subjects[index].about if index is not None else ""
        turn.say("deflect", topic=about)
        turn.act = "decline"
        turn.asked = bool(about) and about in turn.parts[-1]

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
        if nearest is not None and score > _UNSURE_FACT_GATE and self.tell(turn, nearest):
            return None
        if self._lore_answer(turn):
            return None
        if turn.with_person and len(turn.heard.question.split()) > _SCRAP:
            return admit(turn)
        if turn.notes.told and turn.notes.used.count("fallback") >= 1:
            return self._deflect(turn)
        turn.notes.used.append("fallback")
        turn.asked = turn.say("fallback")
        turn.act = "think"
        return None


def recalled_about(turn: Turn) -> Memory | None:
    """The latest thing remembered of this partner from earlier plots."""
    plot = turn.plot
    known = turn.memory.latest("event", _LATEST, partner=plot.partner, before=plot.index)
    return next((item for item in known if item.about and not turn.memory.is_forgotten(item, plot.index)), None)


def _bare(text: str) -> str:
    """Lower case, without a leading article."""
    return re.sub(r"^(a|an|the|my|our) ", "", text.lower())
