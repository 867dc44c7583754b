"""What the partner just did: the acts in it, the question, the mood and the things mentioned."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from digital_life.behaviour import Behaviour
from digital_life.persona.schema import Mood, Theme
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.intent_bank import ACTS, PERSON_ACTS, QUESTIONS, THEMES
from digital_life.sociomind.noun_phrases import noun_phrases
from digital_life.sociomind.other_language import language_of, meaning_of
from digital_life.sociomind.valence import mood_of
from digital_life.sociomind.visitor_told import asks_for_own_words

ACT_GATE = 0.55
"""Cosine above which a sentence is taken for the act of its nearest example."""
WEIGHTY_GATE = 0.48
"""The same for acts that must not be missed: grief, insult, farewell."""
QUESTION_GATE = 0.38
ECHO_GATE = 0.33
"""Cosine below which a mentioned thing is not what the statement is about."""


@dataclass(frozen=True)
class Asked:
    """One question: its words, its kind (a key of ``QUESTIONS``, "theme", "unknown", "own words", "language"), its theme."""

    question: str
    asks: str
    theme: str = ""
    score: float = 0.0
    """How surely its kind was recognised, a cosine, 1 for a plain pattern."""


@dataclass(frozen=True)
class Heard:
    """One perceived behaviour, understood."""

    text: str = ""
    statement: str = ""
    """What was told, without the questions."""
    question: str = ""
    """The question to be answered, in the partner's words."""
    asks: str = ""
    """Kind of that question as in ``Asked``, or empty when nothing was asked."""
    theme: str = ""
    sureness: float = 0.0
    """How surely the kind was recognised."""
    parts: tuple[Asked, ...] = ()
    """All questions in their order, where a person asked several things at once; else empty."""
    language: str = ""
    """English name of the language a person spoke, when it is not English."""
    acts: frozenset[str] = frozenset()
    mood: Mood = "calm"
    echo: str = ""
    """The thing the statement is most about, ready to be said back."""
    name: str = ""
    """Name under which the partner introduced themselves."""
    ended: bool = False
    place: str = ""

    tells: bool = False
    """Whether the partner told something of substance; greetings and mere reactions do not count."""


_SMALL_TALK = frozenset(
    ["greet", "introduce", "how_i_am", "farewell", "leave_hint", "thanks", "apology", "insult", "invite", "yes", "no"]
)
_SUBSTANCE = 10
"""Words from which a statement of another mind is more than a reaction; a person's short sentence already counts."""


_FIRST_PERSON = re.compile(r"\b(i|i['’]m|i['’]ve|my|me|we|our|mine)\b", re.IGNORECASE)


_COMMENT = re.compile(r"^\W*(that|this|it|these|those|what an?|how|you|your|oh|so|i see|really)\b", re.IGNORECASE)
"""How a remark on what the other one told begins."""


def _tells(statement: str, acts: set[str], *, asks: str, person: bool, moved: bool) -> bool:
    words = len(statement.split())
    if asks == "how":
        return False
    if person:
        if not _FIRST_PERSON.search(statement) and words <= 8 and not moved:
            return False  # a comment on what the character said, not a story of one's own
        return words >= 3 and (words >= 14 or not acts & _SMALL_TALK)
    return words >= _SUBSTANCE + 3 * bool(asks) and not acts & (_SMALL_TALK - {"yes", "no", "thanks", "apology"})


_CUES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (act, re.compile(pattern, re.IGNORECASE))
    for act, pattern in (
        ("greet", r"^\W*(hi|hello|hey|good (morning|day|evening|afternoon)|welcome|how do you do)\b"),
        ("farewell", r"\b(good ?bye|bye|farewell|see you (soon|later|tomorrow|around)|take care|good night|until (the )?next time)\b"),
        ("insult", r"\b(you|your)\b.*\b(idiot|stupid|moron|loser|ugly|liar|pathetic|dumb|fool)\b|^\W*(idiot|shut up|go to hell|i hate you)\b"),
        ("bad_news", r"\b(passed away|funeral|(has|have|had) died|died (on|last|this|yesterday)|heartbroken|got fired|cancer)\b"),
        ("thanks", r"\b(thanks|thank you)\b"),
        ("introduce", r"\b(my name is|call me|i['’]m called)\b"),
        ("joke", r"\b(ha ?ha|lol)\b"),
        ("leave_hint", r"\b(my bus|i should go|(have|need) to (go|run|leave)|must (go|leave)|getting late|later than i thought"
                       r"|expected by|keep you much|better be off|on my way)\b"),
    )
)  # fmt: skip
_PERSON_CUES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (act, re.compile(pattern, re.IGNORECASE))
    for act, pattern in (
        ("bad_news", r"\b(my|our) (?:[\w'’-]+ ){1,4}(died|passed|is dying|was killed|killed (himself|herself)|left me|has left me|dumped me)\b"
                     r"|\b(i|we) (just |recently )?(lost|buried) (my|our) (?!keys|way|phone|wallet|mind|temper|place|voice)"
                     r"|\b(broke up|miscarriage|diagnosed with|evicted|bankrupt|funeral)\b"),
        ("good_news", r"\bi['’]?m so (happy|relieved|glad|proud|excited)\b|\b(what a relief|i (finally )?(made|did) it)\b"
                      r"|\b(pregnant|engaged|got promoted|promotion|all[- ]clear|harmless|cured|passed (my|the)|got (the|my|into))\b"),
        ("confession", r"\b(confess|ashamed|feel (so |very |really )?guilty|my fault|never told (anyone|anybody|a soul)|nobody knows|no one knows"
                       r"|i (lied|cheated|stole|betrayed)|can['’]?t tell (my|anyone|anybody)|(drinking|gambling|smoking) (too|so|again)|i regret)\b"),
        ("worry", r"\b(i['’]?m|i am) (so |very |really |a bit |terribly )?(afraid|scared|worried|nervous|terrified|frightened|anxious)\b"
                  r"|\b(i (worry|panic)|keeps me (awake|up)|what if i)\b"),
        ("wronged", r"\b(unfair(ly)?|humiliated me|(shouted|yelled) at me|lied to me|cheated on me|(made fun of|laughed at) me|stole my|was stolen|bullied|blamed me|insulted me"
                     r"|(threw|kicked) me out|for no reason|without (any )?reason)\b"),
    )
)  # fmt: skip
_WEIGHTY = frozenset(["bad_news", "insult", "good_news", "confession", "worry", "wronged"])
_LONG_WEIGHTY = 24
_MOODS: tuple[tuple[Mood, str], ...] = (
    ("sad", r"sad|tear|grief|sorrow|heavy|wistful"),
    ("angry", r"angry|frown|glare|scowl|stern|cross"),
    ("afraid", r"afraid|worried|nervous|anxious|uneasy|frightened"),
    ("amused", r"amused|grin|laugh|smirk|chuckl|teasing|mischiev"),
    ("proud", r"proud|chin|lifted"),
    ("tender", r"tender|soft|gentle|fond|dreamy"),
    ("glad", r"glad|bright|beam|joy|delight|happy|radiant"),
)
_LOOKS_TO_LEAVE = re.compile(
    r"\blooks? at the (own )?(wrist|watch)|\blooks? towards the door|over the shoulder with the thumb", re.IGNORECASE
)
_QUESTION_START = re.compile(
    r"^(and |so |but |well |please |now )?(who|what|where|when|why|how|which|do|does|did|are|is|can|could|would|will|shall|have|has|may)"
    r" (i|you|your|we|it|that|the|is|are|was|do|does|did|would|should|could|made|happened|brings|kind|music|else)\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"^(so |and |now |please |come,? |you could )*(tell me\b|let['’]s talk about\b|go on\b|continue\b|you[.!]?$|show me\b"
    r"|let['’]?s (pretend|imagine|play)\b|pretend\b|role-?play\b|act (like|as if) you\b|say something about\b|don['’]t stop\b)|^i(['’]d| should| would) like to hear\b",
    re.IGNORECASE,
)
_SHORT_QUESTIONS = frozenset(["why?", "how?", "you?", "and?"])
_ANNOUNCEMENT = re.compile(r"^(and |now )?(may|can|could|shall) i (tell|say|show)\b", re.IGNORECASE)
_JOKE = re.compile(r"^(why did the|what do you call a|how many \w+ does it take|what did the)\b", re.IGNORECASE)
_PLAIN_QUESTIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("next", r"^and\?$|\b(tell me more|go on|and then|what happened|don['’]t (you dare )?stop|continue)\b"),
        ("remember", r"\bwhat(['’]s| is| was) my name\b"),
        ("name", r"\bwho are you\b(?! (talk|speak|look))"),
        ("how", r"\bhow are you\b.{0,25}$|\bhow have you been\b|\bhow do you do\b"),
        ("return", r"^you\?$|^(and|what about|how about) (you|yourself|yours)\b.{0,3}$|^now you[.!]?$|^and yourself"),
        (
            "why",
            r"^(and |but )?why\W*$|^(and |but )?why (do|does|did|is) (you|it|that) (like|love|care|matter|do|want|important)( (it|that|this|them|so))?( so much| to you)*\W*$",
        ),
    )
)
_TAG = re.compile(
    r",\s(isn['’]t|aren['’]t|don['’]t|didn['’]t|wasn['’]t|doesn['’]t|won['’]t|right|eh|no)\b[\w\s]{0,18}\?$", re.I
)
_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]")
_NAME = re.compile(r"\b(?:my name is|call me|i['’]m called|i am|i['’]m)\s+([A-Z][a-zé'-]+)", re.IGNORECASE)
_NO_NAMES = frozenset(
    ["a", "an", "the", "not", "so", "very", "fine", "well", "sorry", "here", "just", "happy", "sad", "good"]
)


_SOUND = re.compile(r"^\W*(h+m+|m+h*m+|uh+|um+|er+m*|oh+|ah+|eh+|huh|pff+|meh)\W*$", re.IGNORECASE)
"""A sound is no act, whatever its vector is near to."""
_ASKS_ADVICE = re.compile(
    r"^\W*(?:and |so |but |well )*(?:should|ought) i\b|\bwhat (?:do|should|can|could|would|shall) i do\b|\bwhat would you do\b"
    r"|^\W*(?:and |so |but )*how (?:do|can|should|could) i\b|\b(?:any|your|some) advice\b",
    re.IGNORECASE,
)
_PERSON_QUESTIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("pretend", r"\b(pretend|imagine|role-?play|act (like|as if)|let['’]?s play) (that )?(you|to be|being|as)\b|\bpretend (that )?(to|you)\b"),
        ("secret", r"\b(your|a|any) (?:\w+ )?secrets?\b(?! (ingredient|recipe|agent|sauce|santa))|\bnever told (anyone|anybody|a soul)\b"),
    )
)  # fmt: skip
_CLAUSES = re.compile(
    r"(?:,\s*|;\s*|\s+)and\s+(?=(?:what|where|who|whom|whose|when|why|how|which|do|does|did|are|is|have|has|can|could|will|would)\b)",
    re.IGNORECASE,
)
"""Where a second question begins in one sentence."""
_ANSWERED_APART = frozenset(
    ["theme", "unknown", "other", "age", "name", "how", "opinion", "own words", "here", "offer", "remember", "joke"]
)
_MOST_PARTS = 3


def _several(found: list[Asked]) -> tuple[Asked, ...]:
    apart = [item for item in found if item.asks in _ANSWERED_APART]
    return tuple(apart[:_MOST_PARTS]) if len(apart) > 1 else ()


class Ear:
    """Recognises acts and questions by their nearest labelled example."""

    def __init__(self, encoder: CachedEncoder) -> None:
        self.encoder = encoder
        self._acts = [(act, text) for act, texts in ACTS.items() for text in texts]
        self._person_acts = self._acts + [(act, text) for act, texts in PERSON_ACTS.items() for text in texts]
        self._questions = [(kind, text) for kind, texts in QUESTIONS.items() for text in texts]
        self._questions += [(f"theme:{theme}", text) for theme, texts in THEMES.items() for text in texts]

    def warm_up(self) -> None:
        """Embed the examples once."""
        self.encoder.encode([text for _, text in self._person_acts + self._questions])

    def understand(self, behaviour: Behaviour) -> Heard:
        """Everything the mind makes of one behaviour of the partner."""
        person = behaviour.mind == "person"
        language = language_of(behaviour.speech) if person else ""
        meaning = meaning_of(behaviour.speech) if language else ""
        if language and meaning in ("", "language"):
            return Heard(
                text=behaviour.speech, question=behaviour.speech, asks="language", language=language, sureness=1.0
            )
        return replace(self._in_english(behaviour, meaning or behaviour.speech, person), language=language)

    def _in_english(self, behaviour: Behaviour, speech: str, person: bool) -> Heard:
        sentences = split_sentences(speech)
        asked = [sentence for sentence in sentences if is_question(_QUOTED.sub("it.", sentence))]
        before = sentences if person or not asked else sentences[: sentences.index(asked[0])]
        told = [sentence for sentence in before if sentence not in asked]
        clauses = [clause for sentence in asked for clause in _CLAUSES.split(sentence)] if person else asked
        self.encoder.encode([*sentences, *clauses])
        found = [self._asked(clause, person) for clause in clauses]
        best = self._best_question(found)
        felt = mood_of(" ".join(told), self.encoder) if person and told and not _COMMENT.match(told[-1]) else "calm"
        acts = self._statement_acts([_QUOTED.sub("it", sentence) for sentence in told], behaviour, person)
        statement = " ".join(told)
        return Heard(
            text=behaviour.speech,
            statement=statement,
            question=best.question,
            asks=best.asks,
            theme=best.theme,
            sureness=best.score,
            parts=_several(found) if person else (),
            acts=frozenset(acts),
            mood=_mood(behaviour, acts, felt),
            echo=self.main_thing(statement),
            name=_name(speech, acts),
            ended=behaviour.ends,
            place=behaviour.place,
            tells=_tells(statement, acts, asks=best.asks, person=person, moved=felt != "calm"),
        )

    def _best_question(self, found: list[Asked]) -> Asked:
        """The question that is recognised best; "And then? Don't stop!" is one question."""
        best = max(found, key=lambda item: item.score, default=Asked("", ""))
        return found[0] if best.asks == "unknown" else best

    def _asked(self, question: str, person: bool) -> Asked:
        """One question and what it asks for."""
        if person and asks_for_own_words(question):
            return Asked(question, "own words", score=1.0)
        if person and _ASKS_ADVICE.search(question):
            return Asked(question, "help", score=1.0)
        for kind, pattern in _PERSON_QUESTIONS if person else ():
            if pattern.search(question):
                return Asked(question, kind, score=1.0)
        score, kind = self._question(question)
        if score < QUESTION_GATE:
            return Asked(question, "unknown", score=score)
        if kind.startswith("theme:"):
            return Asked(question, "theme", kind.removeprefix("theme:"), score)
        return Asked(question, kind, score=score)

    def _question(self, question: str) -> tuple[float, str]:
        for kind, pattern in _PLAIN_QUESTIONS:
            if pattern.search(question):
                return 1.0, kind
        kind, score = self._nearest(self._questions, question)
        return score, kind

    def _statement_acts(self, told: list[str], behaviour: Behaviour, person: bool) -> set[str]:
        acts: set[str] = set()
        for sentence in told:
            acts |= {act for act, cue in (*_CUES, *(_PERSON_CUES if person else ())) if cue.search(sentence)}
            if _SOUND.match(sentence):
                continue
            act, score = self._nearest(self._person_acts if person else self._acts, sentence)
            weighty = person and act in _WEIGHTY
            short = len(sentence.split()) <= (_LONG_WEIGHTY if weighty else 12)
            plain = weighty and bool(acts & _WEIGHTY)  # words that leave no doubt come before likeness
            if score >= (WEIGHTY_GATE if weighty else ACT_GATE) and short and not plain:
                acts.add(act)
        if acts & {"bad_news", "confession", "worry"}:
            acts.discard("good_news")
        if "greet" in acts:
            acts.discard("leave_hint")  # "I hope I am not late"
        if "introduce" in acts and not _NAME.search(behaviour.speech):
            acts.discard("introduce")
        if not behaviour.speech.strip():
            acts.add("silence")
        if behaviour.ends:
            acts.add("farewell")
        if _LOOKS_TO_LEAVE.search(behaviour.motion):
            acts.add("leave_hint")
        if behaviour.place and behaviour.place in behaviour.speech:
            acts.add("invite")
        return acts

    def main_thing(self, statement: str) -> str:
        """The mentioned thing that the statement is most about, or an empty string."""
        phrases = noun_phrases(statement)
        if not phrases:
            return ""
        cosines = self.encoder.encode(phrases) @ self.encoder.one(statement)
        best = int(np.argmax(cosines))
        return phrases[best] if cosines[best] >= ECHO_GATE else ""

    def theme_of(self, text: str) -> str:
        """The theme that a text is nearest to."""
        return self._nearest([(theme, line) for theme, lines in THEMES.items() for line in lines], text)[0]

    def _nearest(self, examples: list[tuple[str, str]], sentence: str) -> tuple[str, float]:
        cosines = self.encoder.encode([text for _, text in examples]) @ self.encoder.one(sentence)
        best = int(np.argmax(cosines))
        return examples[best][0], float(cosines[best])


def split_sentences(text: str) -> list[str]:
    """Sentences of spoken text, with the quotation marks that close them."""
    return [
        part.strip() for part in re.split(r"(?:(?<=[.!?…])|(?<=[.!?…][\"”']))\s+", text.strip()) if part.strip(" .")
    ]


def asks_something(speech: str) -> bool:
    """Whether anything in it wants an answer."""
    return any(is_question(sentence) for sentence in split_sentences(speech))


def is_question(sentence: str) -> bool:
    """A sentence that wants an answer; tag questions do not."""
    if (
        _JOKE.search(sentence)
        or _ANNOUNCEMENT.search(sentence)
        or (len(sentence.split()) == 1 and sentence.lower() not in _SHORT_QUESTIONS)
    ):
        return False
    if sentence.endswith("?"):
        return not _TAG.search(sentence)
    return bool(_REQUEST.search(sentence)) or bool(_QUESTION_START.search(sentence) and sentence[-1] not in ".!…")


def _mood(behaviour: Behaviour, acts: set[str], felt: Mood) -> Mood:
    by_act: tuple[tuple[str, Mood], ...] = (
        ("bad_news", "sad"),
        ("insult", "angry"),
        ("confession", "tender"),
        ("worry", "afraid"),
        ("wronged", "angry"),
        ("good_news", "glad"),
        ("joke", "amused"),
    )
    for act, mood in by_act:
        if act in acts:
            return mood
    for mood, pattern in _MOODS:
        if re.search(pattern, behaviour.expression, re.IGNORECASE):
            return mood
    return felt if not acts & _SMALL_TALK else "calm"


def _name(text: str, acts: set[str]) -> str:
    match = _NAME.search(text) if "introduce" in acts else None
    return match[1] if match and match[1].lower() not in _NO_NAMES else ""


assert set(THEMES) == set(get_args(Theme)), "every theme needs example questions"
