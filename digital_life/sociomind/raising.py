"""Topics and plots without a model: from untold subjects, news, memories, motives, and how one feels about the others."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digital_life.persona.schema import Mood, Persona, Subject
from digital_life.sociomind.disclosure import openness
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.memory import Memory
from digital_life.sociomind.needs import Need, urges
from digital_life.sociomind.planning import Opening, PlotPlan, Topic
from digital_life.sociomind.plot import EXTRA_SUBJECTS, Told
from digital_life.sociomind.state import MindState
from digital_life.sociomind.titles import title_of
from digital_life.sociomind.valence import mood_of

_WEIGHT: dict[Mood, int] = {
    "calm": 3,
    "amused": 4,
    "glad": 5,
    "tender": 5,
    "proud": 5,
    "angry": 6,
    "afraid": 6,
    "sad": 7,
}
"""Poignancy of a subject told in that mood."""
_REMEMBERED = 3
"""Latest memories of a partner that may be taken up again."""


def raise_topics(persona: Persona, state: MindState, memories: Sequence[Memory], others: Sequence[str]) -> list[Topic]:
    """Everything this mind could want to talk about with ``others`` now; ``memories`` are its remembered events."""
    topics: list[Topic] = []
    for partner in others:
        topics += _subjects(persona, state, partner)
        topics += _memories(persona, memories, partner)
        topics += _repairs(persona, state, partner)
    topics += _news(persona, state, others)
    topics += _needs(persona, state, others)
    topics.append(_motive(persona, state, others))
    return topics


def _subjects(persona: Persona, state: MindState, partner: str) -> list[Topic]:
    told, open_to = state.told.get(partner, {}), openness(state.relationship(partner))
    found = []
    for index, subject in enumerate(persona.subjects):
        if subject.intimacy > open_to or _all_told(subject, told.get(index)):
            continue
        # What one dares to tell only now that one is close matters most.
        poignancy = min(9, _WEIGHT[subject.mood] + max(0, subject.intimacy - 2) // 2)
        found.append(
            Topic(
                description=f"{persona.name} wants to tell {partner} about {subject.about}",
                summary=title_of(subject.about),
                poignancy=max(1, poignancy - 2 * (index in told)),
                emergency=2 if index not in told else 1,
                partner=partner,
                owner=persona.name,
                source="subject",
                subject=index,
            )
        )
    return found


def _all_told(subject: Subject, told: Told | None) -> bool:
    return told is not None and len(told.pieces) >= len(subject.tell) + bool(subject.why) + bool(subject.feeling)


def _memories(persona: Persona, memories: Sequence[Memory], partner: str) -> list[Topic]:
    """What the partner told before is asked about again."""
    known = [item for item in memories if item.kind == "event" and item.partner == partner and item.about]
    topics = []
    for item in known[-_REMEMBERED:]:
        about = third_person(item.about)
        topics.append(
            Topic(
                description=f"{persona.name} wants to hear more from {partner} about {about}",
                summary=title_of(about),
                poignancy=item.poignancy,
                emergency=2,
                partner=partner,
                owner=persona.name,
                source="memory",
                about=about,
            )
        )
    return topics


def _repairs(persona: Persona, state: MindState, partner: str) -> list[Topic]:
    """Who is distrusted though once met is either made up with or kept away; warm characters want to make up."""
    known = state.relationships.get(partner)
    if known is None or known.trust > 3 or persona.personality.agreeableness < 5:
        return []
    return [
        Topic(
            description=f"{persona.name} wants to clear the air with {partner}",
            summary="clearing the air",
            poignancy=7,
            emergency=4,
            partner=partner,
            owner=persona.name,
            source="relationship",
        )
    ]


def _news(persona: Persona, state: MindState, others: Sequence[str]) -> list[Topic]:
    """What has happened to this mind since the last plot."""
    return [
        Topic(
            description=item.description,
            summary=title_of(item.description),
            poignancy=item.poignancy,
            emergency=item.emergency,
            partner=_closest(state, others),
            owner=persona.name,
            source="event",
        )
        for item in state.news
    ]


def _motive(persona: Persona, state: MindState, others: Sequence[str]) -> Topic:
    wish = state.motivation.short_term.strip().rstrip(".")
    return Topic(
        description=f"{persona.name} wants {wish}",
        summary=title_of(wish),
        poignancy=5,
        emergency=1,
        partner=_closest(state, others),
        owner=persona.name,
        source="motive",
    )


_NEED_WISHES: dict[Need, str] = {
    "energy": "to have a quiet hour with",
    "company": "to spend time with",
    "competence": "to show something to",
    "novelty": "to start something new with",
}


_NEED_TITLES: dict[Need, str] = {
    "energy": "a quiet hour",
    "company": "time together",
    "competence": "something to show",
    "novelty": "something new",
}


def _needs(persona: Persona, state: MindState, others: Sequence[str]) -> list[Topic]:
    """A need that is not met makes a character seek somebody out; the more is missing, the more urgent it is."""
    partner = _closest(state, others)
    return [
        Topic(
            description=f"{persona.name} wants {_NEED_WISHES[urge.need]} {partner}",
            summary=_NEED_TITLES[urge.need],
            poignancy=4,
            emergency=min(9, 1 + round(urge.strength)),
            partner=partner,
            owner=persona.name,
            source="need",
        )
        for urge in urges(state.needs, persona.personality)
    ]


def _closest(state: MindState, others: Sequence[str]) -> str:
    return max(others, key=lambda name: state.relationship(name).trust + state.relationship(name).intimacy)


def make_plots(
    persona: Persona,
    state: MindState,
    topics: Sequence[Topic],
    others: Sequence[str],
    places: Sequence[str],
    room: str,
    topics_per_plot: int,
) -> list[PlotPlan]:
    """A plot for each topic (best first), with the next best topics for the same partner beside it."""
    plans = []
    for index, topic in enumerate(topics):
        fitting = [other for other in topics[index + 1 :] if other.partner == topic.partner]
        chosen = (topic, *fitting)[:topics_per_plot]
        plans.append(
            PlotPlan(
                title=topic.summary or "Another day",
                situation=_situation(persona, topic, others, room, state),
                topics=chosen,
                opener=persona.name,
                openings={persona.name: Opening(place=_place(topic, places, state))},
                poignancy=topic.poignancy,
                emergency=topic.emergency,
                proposer=persona.name,
                by="offline",
            )
        )
    return plans


def _situation(persona: Persona, topic: Topic, others: Sequence[str], room: str, state: MindState) -> str:
    everybody = ", ".join(others[:-1]) + (" and " if len(others) > 1 else "") + others[-1]
    when = "Some days later" if state.plots else "One day"
    about = "There is news" if topic.source == "event" else topic.description
    return f"{when}, {persona.name} meets {everybody} in the {room}. {about.rstrip('.')}."


def _place(topic: Topic, places: Sequence[str], state: MindState) -> str:
    """Heavy things are told at the window or on a seat, where there is one."""
    heavy = topic.poignancy >= 6 and state.plots > 0
    return next((place for place in places if heavy and ("window" in place or "sofa" in place)), "")


def news_subjects(topics: Sequence[Topic], name: str, encoder: CachedEncoder) -> list[Subject]:
    """What a character tells about its news, in the words in which it came and in the mood that they ask for."""
    chosen = [topic for topic in topics if topic.owner == name and topic.source == "event"]
    return [
        Subject(
            about="the news",
            theme="change",
            mood=mood_of(topic.description, encoder),
            tell=_sentences(topic.description),
        )
        for topic in chosen
    ]


def preferred_subjects(topics: Sequence[Topic], name: str) -> list[int]:
    """Indices of the own subjects that the topics are about; those of the plot's news come first."""
    news = [index for index, _ in enumerate(t for t in topics if t.owner == name and t.source == "event")]
    own = [topic.subject for topic in topics if topic.owner == name and topic.subject is not None]
    return [EXTRA_SUBJECTS + index for index in news] + own


def things_to_ask(topics: Sequence[Topic], name: str) -> list[str]:
    """What a character wants to hear more about."""
    return [topic.about for topic in topics if topic.owner == name and topic.about]


def third_person(thing: str) -> str:
    """ "your greenhouse", as it was said to the partner, as one speaks of it to others: "the greenhouse"."""
    return re.sub(r"^your\b", "the", thing)


def _sentences(text: str) -> list[str]:
    from digital_life.sociomind.hearing import split_sentences

    return split_sentences(text) or [text]
