"""What a character thinks of a matter: a belief for those who may hear it, else how somebody of its traits takes such things."""

from __future__ import annotations

from digital_life.persona.facets import TRAITS
from digital_life.persona.schema import BigFive
from digital_life.sociomind.disclosure import BELIEF_LEVEL
from digital_life.sociomind.honest_lines import thing_asked
from digital_life.sociomind.subjects import SubjectBook
from digital_life.sociomind.turn import Turn

_STANCES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "openness": (
        (
            "{thing}? I keep to what has been tried, there as elsewhere.",
            "{thing}? I like it plain. The new ways can prove themselves first.",
        ),
        (
            "{thing}? I'd like to know how else it could be. Nobody has tried everything yet.",
            "{thing}? It interests me most where it surprises me.",
        ),
    ),
    "conscientiousness": (
        ("{thing}? I don't plan for it. It comes and it goes.", "{thing}? I take it as it falls, on most days."),
        (
            "{thing}? I like it in good order, and I do my part before I complain.",
            "{thing}? One should be careful with it, and finish what one began.",
        ),
    ),
    "extraversion": (
        (
            "{thing}? I think about it by myself, mostly.",
            "{thing}? Quietly, if at all. It makes too much noise for me.",
        ),
        (
            "{thing}? It's only worth something when there are people around it.",
            "{thing}? The more people share it, the better I like it.",
        ),
    ),
    "agreeableness": (
        (
            "{thing}? I look at who gains by it. Somebody always does.",
            "{thing}? I don't trust what everybody nods at.",
        ),
        (
            "{thing}? I ask what it does to people. The rest is detail.",
            "{thing}? Good, as long as nobody is left out of it.",
        ),
    ),
    "neuroticism": (
        ("{thing}? I don't lose sleep over it.", "{thing}? It will sort itself out. Most things do."),
        ("{thing}? It worries me more than it should.", "{thing}? I see first what could go wrong with it."),
    ),
}
"""For the low and the high end of each trait (after the adjectives of Goldberg 1992)."""
_STRONG = 2
"""Points from the middle of a trait from which it shows in what one says."""


def stance(turn: Turn, personality: BigFive) -> bool:
    """Say how one takes the thing that was asked for, by one's strongest traits; False when nothing is named."""
    thing = thing_asked(turn.heard.question)
    if not thing or thing.startswith("My "):
        return False
    values = personality.traits()
    strong = sorted(TRAITS, key=lambda trait: -abs(values[trait] - 5))[:2]
    shown = [trait for trait in strong if abs(values[trait] - 5) >= _STRONG] or strong[:1]
    lines = [line for trait in shown for line in _STANCES[trait][values[trait] > 5]]
    fresh = [line for line in lines if line not in turn.notes.used]
    if not fresh:
        return False
    line = turn.rng.choice(fresh)
    turn.notes.used.append(line)
    turn.add(line.format(thing=thing), "opinion")
    turn.asked = True
    return True


def believe(turn: Turn, subjects: SubjectBook) -> bool:
    """Say the central belief that is nearest to what was asked; False when there is none left, or strangers listen."""
    if turn.openness < BELIEF_LEVEL:
        return False
    cue = turn.heard.question if len(turn.heard.question.split()) > 4 else turn.heard.text
    belief, _ = subjects.belief_for(cue, turn.state.beliefs, turn.notes.used)
    if not belief:
        return False
    turn.notes.used.append(belief)
    turn.say("opinion", belief=belief if belief.endswith((".", "!", "?")) else belief + ".")
    turn.act = "opinion"
    turn.answered = True
    return True
