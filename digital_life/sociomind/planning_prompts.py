"""What a model is told when it plans: topics, plots, what a character wants in the plot that was chosen, what news weigh."""

from __future__ import annotations

from collections.abc import Sequence

from digital_life.llm.chat import Message
from digital_life.llm.untrusted import as_data
from digital_life.persona.schema import Persona
from digital_life.sociomind.config import MindConfig
from digital_life.sociomind.memory import Memory
from digital_life.sociomind.planning import PlotPlan, Topic, latest
from digital_life.sociomind.prompts import habits, role, within
from digital_life.sociomind.state import MindState
from digital_life.sociomind.words import relationship_in_words

_MEMORIES = 6


def topic_messages(
    persona: Persona,
    state: MindState,
    memories: Sequence[Memory],
    patterns: Sequence[str],
    others: Sequence[str],
    config: MindConfig,
) -> list[Message]:
    """Ask for topics."""
    task = f"""{_inner(state, others)}
{habits(patterns) or "Nothing is known of people like this."}
Earlier meetings, oldest first:
{_lines(latest(state.backgrounds, config.plots_shown))}
Remembered:
{_lines([item.description for item in memories[-_MEMORIES:]])}
Very important news that {persona.name} has just had:
{_lines([item.description for item in state.news])}
Talked about already, not to be proposed again:
{_lines(latest(state.used_topics, config.used_topics_shown))}

What would {persona.name} like to bring up with {_and(others)} when they meet next? Give up to six topics that differ from \
each other: what it is (one sentence), a summary of at most five words, how much it matters (poignancy 1 to 9), how soon it \
must be said (emergency 1 to 9), and with whom. Nothing deep for people who are not trusted and close."""
    return [role(persona), Message("user", task)]


def plot_messages(
    persona: Persona,
    state: MindState,
    topics: Sequence[Topic],
    others: Sequence[str],
    places: Sequence[str],
    room: str,
    topics_per_plot: int,
) -> list[Message]:
    """Ask for plots made of topics."""
    numbered = "\n".join(f"{number}. {as_data(topic.description)}" for number, topic in enumerate(topics, 1))
    task = f"""{_inner(state, others)}
Topics of {persona.name}:
{numbered}

Propose up to two meetings of {_and([persona.name, *others])} in the {room}. Each has at most {topics_per_plot} of the \
topics (their numbers), a title of at most five words, a situation of at most 50 words (why they are here and what has just \
happened; nothing that is still to be said), poignancy and emergency 1 to 9, and for everybody how they are at the opening: \
place ({", ".join(places)}), one movement, feeling in a few words with pleasure, arousal and dominance 1 to 9."""
    return [role(persona), Message("user", task)]


def motivation_messages(persona: Persona, state: MindState, plan: PlotPlan) -> list[Message]:
    """Ask what a character wants now that a plot begins."""
    news = _lines([item.description for item in state.news])
    task = f"""{within(state)}
The next meeting: {as_data(plan.situation)}
It will be about: {"; ".join(as_data(topic.description) for topic in plan.topics) or "nothing in particular"}
News: {news}

What does {persona.name} want now? The wish for life changes only for a very strong reason; the wish for today follows the \
situation. Say for both whether they changed, and give them in the form "to ..."."""
    return [role(persona), Message("user", task)]


def weight_messages(persona: Persona, state: MindState, text: str) -> list[Message]:
    """Ask what news weigh."""
    task = f"""{within(state)}
News for {persona.name}: {as_data(text)}
How much does that matter to {persona.name} (poignancy) and how pressing is it (emergency)? 1 not at all, 9 extremely."""
    return [role(persona), Message("user", task)]


def _inner(state: MindState, others: Sequence[str]) -> str:
    people = "\n".join(as_data(relationship_in_words(name, state.relationship(name))) for name in others)
    return f"{within(state)}\n{people}"


def _lines(items: Sequence[str]) -> str:
    return "\n".join(f"- {as_data(item)}" for item in items) or "- nothing"


def _and(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
