"""Feelings in performances: pace, posture, and what is kept of them."""

import json

import numpy as np
import pytest
from staging import track

from digital_life.behaviour import Behaviour, Emotion
from digital_life.motion import quaternion as quat

LONG = "Now listen, because this is the part that matters to me, and everything I own fits into these two small bags."


def said(emotion: Emotion, speaker: str = "Ada") -> Behaviour:
    return Behaviour(speaker=speaker, partner="Bo" if speaker == "Ada" else "Ada", speech=LONG, emotion=emotion)


def chest(stage, performances, name: str) -> np.ndarray:
    """Degrees by which the chest looks above the horizon."""
    seen = track(stage, name, [performances])
    world = seen.world[:, 9]
    forward = quat.rotate(world, np.array([0.0, 0.0, 1.0]))
    return np.asarray(np.degrees(np.arcsin(forward[:, 1])))


def hands(stage, performances, name: str) -> float:
    """Mean speed of the wrists, metres per second."""
    seen = track(stage, name, [performances])
    return float(30 * np.linalg.norm(np.diff(seen.at("left_wrist", "right_wrist"), axis=0), axis=-1).mean())


def test_the_excited_move_faster_than_the_tired(make_stage) -> None:
    speeds = []
    for arousal in (1, 9):
        stage = make_stage("window", "table")
        speeds.append(hands(stage, stage.perform(said(Emotion(arousal=arousal))), "Ada"))
    assert speeds[1] > 1.3 * speeds[0]


def test_the_mood_stays_while_the_other_one_speaks(make_stage) -> None:
    stage = make_stage("window", "table")
    before = chest(stage, stage.idle(1.0), "Ada").mean()
    stage.perform(said(Emotion(pleasure=1, dominance=1)))
    sunk = chest(stage, stage.perform(said(Emotion(), "Bo")), "Ada").mean()
    assert sunk < before - 5.0
    stage.perform(said(Emotion(), "Ada"))
    assert chest(stage, stage.idle(1.0), "Ada").mean() == pytest.approx(before, abs=3.0), "within what idles differ"


def test_a_resumed_stage_keeps_the_mood(make_stage) -> None:
    first, second = make_stage("window", "table"), make_stage("window", "table")
    first.perform(said(Emotion(arousal=9, dominance=2)))
    second.restore(json.loads(json.dumps(first.state())))
    for one, other in zip(first.perform(said(Emotion(), "Bo")), second.perform(said(Emotion(), "Bo")), strict=True):
        np.testing.assert_array_equal(one.motion.rotations, other.motion.rotations)


def test_a_state_of_before_moods_is_neutral(make_stage) -> None:
    stage = make_stage("window", "table")
    stage.perform(said(Emotion(dominance=9)))
    state = json.loads(json.dumps(stage.state()))
    for actor in state["actors"].values():
        del actor["mood"]
    stage.restore(state)
    assert stage.actors["Ada"].mood == Emotion()
    stage.idle(0.5)


def test_the_record_says_how_gestures_were_changed(make_stage) -> None:
    stage = make_stage("window", "table")
    performances = stage.perform(said(Emotion(arousal=9)))
    events = next(p for p in performances if p.character == "Ada").motion.provenance["events"]
    assert events
    assert all(event["pace"] > 1.2 for event in events)
    neutral = next(p for p in stage.perform(said(Emotion())) if p.character == "Ada").motion.provenance["events"]
    assert all("pace" not in event for event in neutral)
