"""Every clip that the stage plays was matched, and the record says which frames, with which scores, and why."""

import json
from itertools import pairwise

import numpy as np

from digital_life.behaviour import Behaviour
from digital_life.momat.entry import last_entry
from digital_life.momat.features import FEATURES
from digital_life.stage.choosing import Chooser, pose_now, pose_on_stage
from digital_life.stage.timeline import Timeline

SENTENCE = "Hello there, I did not expect to meet anybody here tonight, with all this rain."


def provenance(turn, name: str = "Ada") -> dict:
    return next(p for p in turn if p.character == name).motion.provenance


def say(words: str, speech: str = SENTENCE, speaker: str = "Ada") -> Behaviour:
    return Behaviour(speaker=speaker, partner="Bo" if speaker == "Ada" else "Ada", speech=speech, motion=words)


def test_acts_beats_and_idles_are_recorded_with_frames_scores_and_reasons(make_stage) -> None:
    stage = make_stage("table", "table")
    turn = stage.perform(say("waves with the right hand"))
    record = json.loads(json.dumps(provenance(turn)))
    assert [event["clip"] for event in record["events"]] == record["clips"]
    assert record["acts"][0]["clip"] in record["clips"]
    for event in record["events"]:
        clip = stage.library[event["clip"]]
        assert 0 <= event["first"] < event["last"] <= clip.frames
        assert {"score", "semantic", "kinematic"} <= set(event) and event["clip"] in event["reason"]
    for name in ("Ada", "Bo"):
        for idle in provenance(turn, name)["idles"]:
            assert idle["clip"] in idle["reason"] and idle["frames"] > 0
    assert provenance(turn, "Bo")["idles"], "the listener idles"
    assert provenance(stage.idle(0.5))["idles"]


def test_acts_are_entered_where_they_may_be(make_stage) -> None:
    stage = make_stage("table", "table")
    for words in ("shrugs", "claps", "thinks with a hand on the chin"):
        for event in provenance(stage.perform(say(words)))["events"]:
            assert event["first"] <= last_entry(stage.library[event["clip"]])


def test_beats_vary(make_stage) -> None:
    stage = make_stage("table", "table")
    speech = " ".join([SENTENCE] * 4)
    clips = [clip for _ in range(3) for clip in provenance(stage.perform(say("", speech)))["clips"]]
    assert len(clips) > 5 and len(set(clips)) >= 4
    assert all(one != other for one, other in pairwise(clips)), "never twice in a row"


def test_bodies_at_leisure_fidget_and_go_on_after_a_restart(make_stage) -> None:
    stage = make_stage("table", "window")
    played = [idle["clip"] for _ in range(6) for idle in provenance(stage.idle(11.0))["idles"]]
    breaks = {clip.id for clip in stage.library.select(kind="idle", tag="fidget")}
    assert breaks & set(played) and set(played) - breaks, "loops and fidgets take turns"
    again = make_stage("table", "window")
    again.restore(json.loads(json.dumps(stage.state())))
    for one, other in zip(stage.idle(12.0), again.idle(12.0), strict=True):
        np.testing.assert_array_equal(one.motion.rotations, other.motion.rotations)


def test_nobody_fidgets_while_somebody_talks(make_stage) -> None:
    stage = make_stage("table", "window")
    breaks = {clip.id for clip in stage.library.select(kind="idle", tag="fidget")}
    for _ in range(4):
        turn = stage.perform(say("", " ".join([SENTENCE] * 3)))
        assert not breaks & {idle["clip"] for name in ("Ada", "Bo") for idle in provenance(turn, name)["idles"]}


def test_what_was_played_is_remembered_over_a_restart(make_stage) -> None:
    stage = make_stage("table", "table")
    stage.perform(say("waves"))
    saved = json.loads(json.dumps(stage.state()))
    again = make_stage("table", "table")
    again.restore(saved)
    assert again.actors["Ada"].recent == stage.actors["Ada"].recent != ()
    assert again.actors["Bo"].rest == stage.actors["Bo"].rest is not None


def test_an_idle_goes_on_from_one_performance_to_the_next(make_stage) -> None:
    stage = make_stage("table", "table")
    stage.idle(1.0)
    first = provenance(stage.idle(1.0), "Bo")["idles"]
    second = provenance(stage.idle(1.0), "Bo")["idles"]
    clip = stage.library[first[-1]["clip"]]
    assert second[0]["clip"] == clip.id
    assert second[0]["first"] == (first[-1]["first"] + first[-1]["frames"]) % clip.frames


def test_the_pose_of_an_actor_is_that_of_its_frames_whatever_its_size(make_stage) -> None:
    stage = make_stage("table", "table")
    assert pose_on_stage(stage.actors["Ada"], Timeline()) is None, "nothing was played yet"
    stage.idle(0.5)
    heights = [pose_on_stage(stage.actors[name], Timeline())[FEATURES["hips_height"]][0] for name in ("Ada", "Bo")]
    assert abs(heights[0] - heights[1]) < 0.03, "seen on one skeleton"
    actor = stage.actors["Ada"]
    row = pose_now(actor.tail.pelvis, actor.tail.rotations, actor.member.skeleton)
    assert abs(row[FEATURES["hips_velocity"]]).max() < 0.2


def test_two_acts_are_joined_one_after_the_other(make_stage) -> None:
    stage = make_stage("table", "table")
    chooser = Chooser(stage.matcher, "standing", None, (), 0)
    choice = chooser.acts("shrugs the shoulders, then claps the hands")
    assert [match.clip.id for match in choice.matches] == ["shrug", "clap"]
    assert choice.matches[1].kinematic > 0, "the second is joined to the end of the first"
    assert choice.clips == {"shrug", "clap"}
