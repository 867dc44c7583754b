"""Facts as an English sentence."""

from __future__ import annotations

from digital_life.mogen.captioning.arms import Gesture
from digital_life.mogen.captioning.facts import Facts
from digital_life.mogen.captioning.heads import HeadMove
from digital_life.mogen.captioning.ways import Way

SUBJECT = "a person"
DEEP = 40.0
"""Degrees from which on leaning forward is worth a word beside what the hands do."""
COUNTED = ("", "once", "twice", "three times", "four times", "five times", "six times", "seven times", "eight times",
           "nine times")  # fmt: skip
_GAITS = {"walk": "walks", "run": "runs"}
_DIRECTIONS = {"forward": " forward", "backward": " backward", "left": " to the left", "right": " to the right", "": ""}
_PACES = {"slow": " slowly", "quick": " quickly", "": ""}
_PLACES = {
    "face": "brings {} to the face", "chin": "brings {} to the chin", "head": "brings {} to the head",
    "chest": "lays {} on the chest", "hips": "puts {} on the hip", "belly": "holds {} in front of the belly",
    "overhead": "raises {} above the head", "forward": "extends {} forward", "across": "moves {} across the body",
}  # fmt: skip
_HELD = {"together": "stands with the hands held together", "crossed": "stands with the arms crossed",
         "hips": "stands with {} on the hip"}  # fmt: skip
_RISES = {"head": "raises {} to the height of the head", "shoulder": "raises {} to shoulder height",
          "chest": "gestures with {} at chest height", "waist": "gestures with {} at waist height",
          "low": "moves {} low beside the body"}  # fmt: skip


def sentence(facts: Facts) -> str:
    """What is done, most important first: "a person raises the right hand to shoulder height twice while seated"."""
    said = phrases(facts)
    joined = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    return f"{SUBJECT} {joined}{_posture(facts, joined)}"


def phrases(facts: Facts) -> list[str]:
    """One phrase for each thing that is done, at least one; "stands still" where nothing is."""
    if facts.changes_posture:
        return [_change(facts)]
    said: list[str] = []
    if facts.jumps:
        said.append("jumps" + _times(facts.jumps))
    elif facts.way is not None:
        said.append(way_phrase(facts.way))
    if facts.kick:
        said.append(f"kicks with the {facts.kick} leg")
    bows = facts.bow > 0 and (facts.gesture is None or facts.gesture.height == "low")
    if bows:
        said.append("bows")
    elif facts.bow > DEEP:
        said.append("bends forward")
    elif facts.crouches:
        said.append("crouches")
    if facts.shrugs and not said:
        said.append("shrugs the shoulders")
    elif facts.gesture is not None and not (bows or (facts.jumps and facts.gesture.height != "head")):
        said.append(gesture_phrase(facts.gesture))
    if facts.head is not None and not facts.bow:
        said.append(head_phrase(facts.head))
    if not said:
        return {"standing": ["stands still"], "seated": ["sits still"]}.get(facts.posture, ["stays on the floor"])
    return said[:3]


def way_phrase(way: Way) -> str:
    """Gait, direction, distance and turn."""
    if way.gait == "turn":
        return f"turns {_round(way)} on the spot" if abs(way.degrees) > 150 else f"turns to the {way.turn} on the spot"
    if way.gait == "step":
        step = {"forward": "a step forward", "backward": "a step back"}.get(
            way.direction, f"a step to the {way.direction}"
        )
        return f"takes {step}" + (f" and turns to the {way.turn}" if way.turn else "")
    pace = _PACES[way.pace]
    going = f"{_GAITS[way.gait]}{pace}{_DIRECTIONS[way.direction]}"
    if way.turn:
        return (
            f"{going} while turning {way.turn}" if abs(way.degrees) < 300 else f"{going} in a circle to the {way.turn}"
        )
    return going + (f" about {round(way.metres)} metres" if way.metres >= 1.5 else "")


def gesture_phrase(gesture: Gesture) -> str:
    """Which hand, where it goes, how fast and how often."""
    hand = hand_name(gesture)
    if gesture.place == "hips" and gesture.hand == "both":
        return "stands with both hands on the hips" if gesture.held else "puts both hands on the hips"
    if gesture.held:
        return _HELD.get(gesture.place, "stands with {} raised").format(hand)
    often = _times(gesture.times)
    if gesture.place == "together":
        return f"claps the hands{often}" if gesture.times > 1 else "brings both hands together"
    if gesture.place == "crossed":
        return "crosses the arms"
    if (
        gesture.times > 1
        and gesture.height in ("shoulder", "head")
        and gesture.place not in ("forward", "face", "chin")
    ):
        return f"waves {hand}{often}"
    if gesture.place == "aside":
        where = "to both sides" if gesture.hand == "both" else f"to the {gesture.hand}"
        return f"extends {hand} {where}{often}"
    phrase = (_PLACES.get(gesture.place) or _RISES[gesture.height]).format(hand)
    return f"{phrase}{_PACES[gesture.pace] if gesture.times == 1 else ''}{often}"


def hand_name(gesture: Gesture) -> str:
    """Such as "the left hand"."""
    return "both hands" if gesture.hand == "both" else f"the {gesture.hand} hand"


def head_phrase(move: HeadMove) -> str:
    """Nods, shakes and looks."""
    if move.act == "nod":
        return "nods" + _times(move.times)
    if move.act == "shake":
        return "shakes the head" + _times(move.times)
    where = move.direction if move.direction in ("up", "down", "around") else f"to the {move.direction}"
    return f"looks {where}"


def _change(facts: Facts) -> str:
    if facts.posture_end == "seated":
        return "sits down" if facts.posture == "standing" else "sits up"
    if facts.posture_end == "floor":
        return "goes down to the floor"
    return "stands up" if facts.posture == "seated" else "gets up from the floor"


def _posture(facts: Facts, said: str) -> str:
    if facts.changes_posture or said.startswith(("sits", "stands", "stays")):
        return ""
    return {"seated": " while seated", "floor": " on the floor"}.get(facts.posture, "")


def _times(times: int) -> str:
    if times < 2:
        return ""
    return f" {COUNTED[times]}" if times < len(COUNTED) else " many times"


def _round(way: Way) -> str:
    return "around" if abs(way.degrees) < 270 else "all the way round"
