"""The last step of a turn: where the character goes, what its face and its body do."""

from __future__ import annotations

from digital_life.persona.schema import Persona
from digital_life.sociomind.body_language import SEATS, arrival, choose_expression, choose_motion
from digital_life.sociomind.plot import Plot
from digital_life.sociomind.sharing import ask_for
from digital_life.sociomind.turn import Draft, Turn


def seats(plot: Plot) -> list[str]:
    """The places of the scene to sit down at."""
    return [place for place in plot.places if SEATS.search(place)]


def embody(turn: Turn, persona: Persona) -> Draft:
    """The turn with its words, face, motion and place; notes what was used."""
    notes, act = turn.notes, turn.act or "calm"
    place = _look_for_place(turn, persona)
    if place and place != notes.place:
        notes.place, notes.seated = place, bool(SEATS.search(place))
        motion = turn.motion or arrival(place)
    else:
        place = ""
        motion = turn.motion or _shared_act(turn, act, persona) or _habit(turn, act, persona)
        motion = motion or choose_motion(
            act,
            turn.rng,
            notes.used,
            persona.personality,
            turn.state.emotion,
            seated=notes.seated,
            energy=persona.motion.energy,
        )
    expression = choose_expression(act, turn.rng, notes.used)
    notes.used += [motion, expression]
    return Draft(turn.speech(), expression, motion, place, turn.ends, turn.mood)


_HABITUAL = frozenset(["calm", "listen", "think", "ask", "silence", "opinion"])
_HABIT_CHANCE = 0.25


def _habit(turn: Turn, act: str, persona: Persona) -> str:
    """A movement of the character's own, now and then, when the body has nothing better to do."""
    fresh = [habit for habit in persona.motion.habits if habit not in turn.notes.used]
    if act not in _HABITUAL or not fresh or not turn.chance(_HABIT_CHANCE):
        return ""
    return turn.rng.choice(fresh)


def _shared_act(turn: Turn, act: str, persona: Persona) -> str:
    """Something to do with the partner, once for each occasion; a visitor without a body cannot be asked."""
    plot, occasion = turn.plot, "greet" if act == "introduce" else act
    known = f"shared {occasion}"
    hurt = plot.partner in plot.hurt_by or plot.partner in plot.refused
    just_done = any(item.shared for item in plot.behaviours[-2:])
    if turn.with_person or not plot.call_name or hurt or just_done or known in turn.notes.used:
        return ""
    relationship = turn.state.relationship(plot.partner)
    words = ask_for(
        occasion,
        relationship,
        persona.personality,
        turn.state.emotion,
        turn.rng,
        plot.partner,
        known=plot.met_before,
    )
    if words:
        turn.notes.used.append(known)
    return words


def _look_for_place(turn: Turn, persona: Persona) -> str:
    """Now and then the feet follow the talk: to the window with a heavy thought, or after the partner."""
    notes, plot = turn.notes, turn.plot
    if turn.place or turn.ends or not plot.places:
        return turn.place
    partner_at = turn.heard.place
    if partner_at in plot.places and partner_at != notes.place and persona.personality.agreeableness >= 5:
        return partner_at if turn.chance(0.4) else ""
    window = next((place for place in plot.places if "window" in place), "")
    heavy = turn.mood in ("sad", "tender", "afraid")
    if heavy and window and notes.place != window and plot.own_turns >= 3 and turn.chance(0.3):
        return window
    return ""
