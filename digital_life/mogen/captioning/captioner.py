"""``caption(motion)``: what a motion shows, in a sentence that agrees with what can be measured.

Captions of like motions know what movements mean; measurements know sides, places, directions and numbers. So the
wording on which the neighbours agree is kept where it fits the facts, its sides and numbers are set right, and where
none fits the facts speak for themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from digital_life.errors import AssetError
from digital_life.mogen.captioning.agreement import corrected, names_what_acts, repetitions
from digital_life.mogen.captioning.chinese import chinese_sentence
from digital_life.mogen.captioning.consensus import Neighbour, expected_overlap
from digital_life.mogen.captioning.facts import Facts, facts_of
from digital_life.mogen.captioning.neighbours import Kinematic, Neighbours
from digital_life.mogen.captioning.sentences import COUNTED, SUBJECT, sentence
from digital_life.momat.clip import MADE
from digital_life.momat.library import Licences, MotionLibrary
from digital_life.momat.match import Matcher
from digital_life.momat.search import MotionSearch
from digital_life.momat.wording import values_named
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.resample import resample

if TYPE_CHECKING:
    from digital_life.mogen.critic import Critic

Source = Literal["retrieved", "measured"]

ALTERNATIVES = 4
LEAST_OVERLAP = 0.12
"""Expected overlap under which the neighbours disagree so much that their words mean nothing."""
OTHERS = 0.6
"""Share of the best wording's score that another wording needs."""
NAMED = 0.08
"""What it is worth to say which hand acts and that a body sits."""


@dataclass(frozen=True)
class Caption:
    """``text`` in English and ``chinese``; other wordings; what was measured; where the words come from."""

    text: str
    chinese: str
    alternatives: tuple[str, ...]
    facts: Facts
    source: Source
    neighbours: tuple[Neighbour, ...] = ()

    def record(self) -> dict[str, Any]:
        """JSON."""
        near = [{"clip": n.clip, "weight": round(n.weight, 4)} for n in self.neighbours]
        return {
            "text": self.text,
            "chinese": self.chinese,
            "alternatives": list(self.alternatives),
            "source": self.source,
            "facts": self.facts.record(),
            "neighbours": near,
        }


@dataclass(frozen=True)
class Captioner:
    """Captions motions with the words of a library; without ``neighbours`` it says what it measures."""

    neighbours: Neighbours | None = None

    @staticmethod
    def default(licence: Licences = "default") -> Captioner:
        """A captioner with the words of the default motion library and the critic that a licence setting allows.

        Raises:
            AssetError: the library is missing.
        """
        return _default(licence)

    def caption(self, motion: Motion) -> Caption:
        """Say what a motion (any frame rate, canonical skeleton) shows.

        Raises:
            InputError: the motion has no frames.
        """
        motion = motion if motion.fps == FPS else resample(motion, FPS)
        facts = facts_of(motion)
        measured = sentence(facts)
        near = self.neighbours.of(motion) if self.neighbours is not None else []
        ranked = self._retrieved(near, facts)
        chinese = chinese_sentence(facts)
        if not ranked:
            return Caption(measured, chinese, (), facts, "measured", tuple(near))
        said = _counted(ranked[0], facts)
        others = dict.fromkeys([*ranked[1:ALTERNATIVES], measured])
        return Caption(said, chinese, tuple(text for text in others if text != said), facts, "retrieved", tuple(near))

    def _retrieved(self, near: Sequence[Neighbour], facts: Facts) -> list[str]:
        """Wordings of the neighbours that fit the facts, as whole sentences, best first."""
        texts: dict[str, None] = {}
        for neighbour in near:
            for caption in neighbour.captions:
                fitting = corrected(caption, facts)
                if fitting is not None:
                    texts[fitting] = None
        words = [text for text in texts if is_sentence(text)] or [_as_sentence(text) for text in texts]
        if not words:
            return []
        scores = expected_overlap(words, near)
        scores += [NAMED * names_what_acts(text, facts) for text in words]
        ranked = [words[n] for n in sorted(range(len(words)), key=lambda n: (-scores[n], words[n]))]
        likely = [text for text in ranked if scores[words.index(text)] >= OTHERS * scores.max()]
        return likely if scores.max() >= LEAST_OVERLAP else []


def _counted(text: str, facts: Facts) -> str:
    """``text`` with how often it is done, where it names an act that is counted and says nothing of it."""
    times = repetitions(text, facts)
    said = any(value.startswith("times:") for value in values_named(text))
    return text if said or not 2 <= times < len(COUNTED) else f"{text} {COUNTED[times]}"


def is_sentence(text: str) -> bool:
    """Whether a caption says who does it."""
    return text.startswith((SUBJECT, "someone", "somebody", "a man", "a woman", "the person"))


def _as_sentence(text: str) -> str:
    """A caption without a subject, such as "nods in agreement", with one; titles such as "karate chop" stay titles."""
    return f"{SUBJECT} {text}" if text.split()[0].endswith("s") else text


def caption(motion: Motion, *, licence: Licences = "default") -> Caption:
    """:meth:`Captioner.caption` with the words of the default motion library."""
    return Captioner.default(licence).caption(motion)


def installed_critic(licence: Licences = "default") -> Critic | None:
    """The critic that puts neighbours in order, None where none is installed."""
    from digital_life.mogen.critic import Critic

    try:
        return Critic.default(licence)
    except AssetError:
        return None


@cache
def _default(licence: Licences) -> Captioner:
    from digital_life.llm.embedding import shared_embedder

    library = MotionLibrary.default(licence)
    # What the weights made has the words that were asked for, whatever it shows: no witness of what a motion is.
    seen = MotionLibrary([clip for clip in library if clip.source != MADE])
    table = Matcher(MotionSearch(seen, shared_embedder())).table
    return Captioner(Neighbours(MotionLibrary(table.clips), Kinematic(table), installed_critic(licence)))
