"""The prompts of the released SocioMind, rebuilt from their description so that their tokens can be counted.

Every part that the description names is there (role, state with its meaning and standing rules, plot, topics, line format,
rules, places, history, scored memories, six exemplars, the choice to end), in our own and rather short words; the release
says the same at greater length. What it sends beside that (shortening, retries, re-formatting) is left out. So the counts are
a lower bound.
"""

from __future__ import annotations

from collections.abc import Sequence

from digital_life.behaviour import Behaviour
from digital_life.persona.schema import Persona
from digital_life.sociomind.state import MindState
from digital_life.sociomind.words import relationship_in_words

HISTORY = 12
_LIKERT = "All numbers are on a Likert scale from 1 (not at all) over 5 (neutral) to 9 (extremely); -1 means unknown."
_STANDING = "Deep motives and central beliefs are not disclosed to anybody without a high degree of trust and intimacy."


def state_text(persona: Persona, state: MindState, partner: str) -> str:
    """Everything about the character: it stands in every prompt, with all features and the meaning of each part."""
    traits = ", ".join(f"{name} {value}" for name, value in persona.personality.traits().items() if "_" not in name)
    known = state.relationship(partner)
    emotion = state.emotion
    return f"""Name: {persona.name}. {persona.description}
Personality (Big Five): {persona.personality_description}. {traits}.
Motivation. Long term: {state.motivation.long_term}. Short term: {state.motivation.short_term}. {_STANDING}
Core self. Central beliefs: {" ".join(state.beliefs)} Features: {" ".join(persona.facts)} {_STANDING}
Relationship with {partner}: {relationship_in_words(partner, known)} Attitude means feelings, thoughts and beliefs about the \
person; trust {known.trust}, intimacy {known.intimacy} and supportiveness {known.supportiveness} are their degrees.
Emotion: {emotion.description}. Pleasure {emotion.pleasure:.0f}, arousal {emotion.arousal:.0f}, dominance \
{emotion.dominance:.0f}. {_LIKERT}"""


def wire_line(item: Behaviour) -> str:
    """One behaviour in the tagged form in which it goes over the wire and into the history."""
    return (
        f"<self_name>{item.speaker}<speech>{item.speech}<expression>{item.expression}<motion>{item.motion}"
        f"<place>{item.place or 'sofa'}<partner_name>{item.partner}"
    )


def decision(
    persona: Persona,
    state: MindState,
    partner: str,
    situation: str,
    topics: Sequence[str],
    places: Sequence[str],
    dialogue: Sequence[Behaviour],
    memories: Sequence[str],
    patterns: Sequence[str],
) -> list[str]:
    """The messages of one decision call."""
    system = f"""Play the role of the following person as in a film. You are {persona.name}.
{state_text(persona, state, partner)}
Background of the present plot: {situation}
Topics you want to raise: {" ".join(topics)}
Answer with one line in this format, or with the single word END:
<self_name>NAME<speech>...<expression>...<motion>...<place>...<partner_name>NAME
For example: <self_name>Anna<speech>Did you see the game?<expression>bright smile<motion>waves the right hand<place>sofa\
<partner_name>Tom
Rules: act from your psychology and memory. Reach the topic of the plot fast, through speech, motion and expression. Speak \
casually and with concrete meaning, at most 35 words. Do not echo the partner. Do not be over-polite and do not hand out \
thanks. Keep bringing in new topics. Never admit that you are a language model. Motions are atomic, varied and physically \
possible from a standing pose, show body language, and have at most 6 words. The expression has at most 4 words and fits \
emotion and speech. Body language carries about thirty per cent of the signal. The place must exist in the room.
Places: {", ".join(places)}"""
    shown = [wire_line(item) for item in dialogue[-HISTORY:]]
    scored = "\n".join(f"{text} (score 0.52)" for text in memories)
    research = "\n".join(patterns)
    last = f"""Relevant events and thoughts:
{scored}
Psychological research has found these patterns:
{research}
Choose END if the talk is pointless, repetitive, or against your motivation, personality or topics; else respond with a line \
in the format above."""
    return [system, *shown, last]


def emotion_update(
    persona: Persona, state: MindState, partner: str, dialogue: Sequence[Behaviour], memories: Sequence[str]
) -> list[str]:
    """The messages of the emotion call, which comes with every third own turn."""
    own = next((wire_line(item) for item in reversed(dialogue) if item.speaker == persona.name), "")
    return [
        f"""You are a professional psychologist. {state_text(persona, state, partner)}
Relevant memories: {" ".join(memories)}
The last behaviour of {persona.name}: {own}
Give the emotion that follows as pleasure, arousal, dominance and a description of at most 15 words, preferably showing a \
change from the previous one. Answer in JSON like {{"pleasure": 5, "arousal": 5, "dominance": 5, "description": "..."}}.
{_LIKERT}"""
    ]


def reflection(
    persona: Persona,
    state: MindState,
    partner: str,
    dialogue: Sequence[Behaviour],
    memories: Sequence[str],
    patterns: Sequence[str],
) -> list[list[str]]:
    """The messages of the five calls at the end of a plot."""
    base = state_text(persona, state, partner)
    said = "\n".join(wire_line(item) for item in dialogue[-100:])
    known = " ".join(memories)
    research = "Psychological research has found these patterns: " + " ".join(patterns)
    tasks = (
        f"The dialogue:\n{said}\nSummarise it as at most 3 events: general, not overlapping, socially meaningful; keywords "
        "without names; poignancy 1-9; emergency 1-9. Answer as a JSON list.",
        f"{research}\nNew events, earlier events and thoughts: {known}\nGive at most 3 thoughts: what the person now feels and "
        "concludes, not what was already thought; keywords, poignancy. Answer as a JSON list.",
        f"{research}\nEvents and thoughts: {known}\nA core belief is held for long and only yields to something important and "
        "clearly contrary. Is there a conflict (Y/N), and what is the belief now? Answer in JSON.",
        f"{research}\nEvents and thoughts: {known}\nGive description, attitude, trust, intimacy and supportiveness of the "
        "relationship, preferably showing a change that reflects the new events. Answer in JSON.",
        f"{research}\nEvents and thoughts: {known}\nLong-term motivation depends on personality, self and culture, short-term on "
        "situation, thinking and relations. Give both, each with whether it changed. Answer in JSON.",
    )
    return [[f"{base}\n{task}"] for task in tasks]
