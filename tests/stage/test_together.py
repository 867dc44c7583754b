"""Two characters who do something together."""

import json

import numpy as np
import pytest
from staging import track

from digital_life.behaviour import Behaviour
from digital_life.errors import InputError
from digital_life.momat.interactions import load_interactions
from digital_life.momat.interactions.mention import mentioned
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.stage.remarks import remarks

HANDSHAKE = Behaviour(speaker="Ada", partner="Bo", speech="Good to meet you.", motion="shakes hands with Bo")


def record(turn, name: str) -> dict:
    """What the provenance of one character says about the interaction."""
    return next(p.motion.provenance["interaction"] for p in turn if p.character == name)


def wrists(stage, turn) -> tuple[np.ndarray, np.ndarray]:
    """Right wrists [T, 3] of Ada and Bo."""
    first, second = (track(stage, name, [turn]).at("right_wrist")[:, 0] for name in ("Ada", "Bo"))
    return first, second


@pytest.fixture(scope="module")
def met(make_stage):
    """Ada walks to Bo and shakes his hand."""
    stage = make_stage("table", "window")
    turns = [stage.idle(0.5), stage.perform(HANDSHAKE), stage.idle(0.5)]
    return stage, turns


def test_they_walk_up_and_their_hands_meet(met) -> None:
    stage, turns = met
    ada, bo = record(turns[1], "Ada"), record(turns[1], "Bo")
    assert (ada["id"], ada["role"], bo["role"], ada["partner"]) == ("handshake", "active", "passive", "Bo")
    (contact,) = ada["contacts"]
    assert contact["error_mm"] < 20 and ada["penetration_mm"] < 10
    middle = round((contact["from"] + contact["to"]) / 2 * FPS)
    first, second = wrists(stage, turns[1])
    assert np.linalg.norm(first[middle] - second[middle]) < 0.22
    assert np.linalg.norm(first[0] - second[0]) > 0.8, "they came from different places"


def test_nothing_jumps_and_feet_stay(met) -> None:
    stage, turns = met
    for name in ("Ada", "Bo"):
        body = track(stage, name, turns)
        points = body.at("pelvis", "head", "left_wrist", "right_wrist")
        acceleration = np.linalg.norm(np.diff(points, 2, axis=0), axis=-1) * FPS**2
        assert acceleration.max() < 60
        feet = body.at("left_ankle", "left_foot", "right_ankle", "right_foot")
        touching = (body.contacts[1:] > 0.5) & (body.contacts[:-1] > 0.5)
        speed = np.linalg.norm(np.diff(feet[..., [0, 2]], axis=0), axis=-1) * FPS
        assert speed[touching].max() < 0.04


def test_they_look_at_each_other_and_talk(met) -> None:
    stage, turns = met
    ada = next(p for p in turns[1] if p.character == "Ada")
    assert ada.speech is not None
    (contact,) = record(turns[1], "Ada")["contacts"]
    middle = round((contact["from"] + contact["to"]) / 2 * FPS)
    bodies = {name: track(stage, name, [turns[1]]) for name in ("Ada", "Bo")}
    for name, other in (("Ada", "Bo"), ("Bo", "Ada")):
        head = bodies[name].joints[middle, JOINT_INDEX["head"]]
        way = bodies[other].joints[middle, JOINT_INDEX["head"]] - head
        world = bodies[name].world[middle, JOINT_INDEX["head"]]
        facing = 2 * (world[1] * world[3] + world[0] * world[2]), 1 - 2 * (world[1] ** 2 + world[2] ** 2)
        assert np.dot(facing, way[[0, 2]]) / np.linalg.norm(facing) / np.linalg.norm(way[[0, 2]]) > 0.8


def test_a_restored_stage_meets_in_the_same_frames(make_stage) -> None:
    runs = []
    saved = None
    for _ in range(2):
        stage = make_stage("table", "table")
        if saved is None:
            stage.idle(0.4)
            saved = json.loads(json.dumps(stage.state()))
        else:
            stage.restore(saved)
        runs.append(stage.perform(HANDSHAKE.model_copy(update={"speech": "", "motion": "bows to Bo"})))
    for first, second in zip(*runs, strict=True):
        assert np.array_equal(first.motion.rotations, second.motion.rotations)
        assert np.array_equal(first.motion.translation, second.motion.translation)


def test_the_partner_may_refuse_or_answer_late(make_stage) -> None:
    stage = make_stage("table", "table")
    refused = stage.perform(HANDSHAKE, response="refuse")
    assert record(refused, "Ada")["response"] == "refuse" and record(refused, "Ada")["contacts"] == []
    first, second = wrists(stage, refused)
    assert np.linalg.norm(first - second, axis=-1).min() > 0.25
    assert first[-1, 1] < 1.0, "the offered hand is lowered"
    late = stage.perform(HANDSHAKE, response=1.0)
    (contact,) = record(late, "Ada")["contacts"]
    start = record(late, "Ada")["frames"][0] / FPS
    assert contact["from"] - start == pytest.approx(2.0, abs=0.1)
    assert contact["error_mm"] < 20
    with pytest.raises(InputError, match="cannot answer"):
        stage.perform(HANDSHAKE, response="later")  # type: ignore[arg-type]


def test_a_seated_partner_stays_or_stands_up(make_stage) -> None:
    stage = make_stage("table", "sofa")
    touched = stage.perform(HANDSHAKE.model_copy(update={"motion": "puts a hand on Bo's shoulder"}))
    assert stage.actors["Bo"].posture == "seated"
    assert record(touched, "Bo")["contacts"][0]["error_mm"] < 30
    ankles = track(stage, "Bo", [touched]).at("left_ankle", "right_ankle")
    assert np.ptp(ankles, axis=0).max() < 0.01, "feet on the floor stay where they are"
    greeted = stage.perform(HANDSHAKE.model_copy(update={"motion": "bows to Bo"}))
    assert stage.actors["Bo"].posture == "standing"
    notes = next(p.motion.provenance["notes"] for p in greeted if p.character == "Ada")
    assert any("stands up" in note for note in notes)


def test_words_without_a_partner_are_done_alone(make_stage) -> None:
    stage = make_stage("table", "table")
    turn = stage.perform(HANDSHAKE.model_copy(update={"motion": "shakes her head"}))
    assert all("interaction" not in p.motion.provenance for p in turn)


def test_two_walk_side_by_side_to_the_place(make_stage) -> None:
    stage = make_stage("table", "table")
    turn = stage.perform(HANDSHAKE.model_copy(update={"motion": "walks together with Bo", "place": "window"}))
    ada = record(turn, "Ada")
    assert (ada["id"], ada["partner"]) == ("walk_together", "Bo")
    first, last = ada["frames"]
    pelvis = np.stack([track(stage, name, [turn]).at("pelvis")[first:last, 0][:, [0, 2]] for name in ("Ada", "Bo")])
    ways = pelvis[:, -1] - pelvis[:, 0]
    assert np.linalg.norm(ways, axis=-1).min() > 1.0
    assert np.dot(*(way / np.linalg.norm(way) for way in ways)) > 0.98, "they go the same way"
    apart = np.linalg.norm(pelvis[0] - pelvis[1], axis=-1)
    assert apart.min() > 0.45 and apart.max() < 1.0
    window = np.array(stage.room.place("window").position)
    assert np.linalg.norm(pelvis[:, -1].mean(axis=0) - window) < 0.8
    assert {stage.actors["Ada"].place, stage.actors["Bo"].place} == {"window"}


def test_who_refuses_to_come_along_stays(make_stage) -> None:
    stage = make_stage("table", "table")
    before = stage.actors["Bo"].position.copy()
    words = {"motion": "walks together with Bo", "response": "refuse"}
    turn = stage.perform(HANDSHAKE.model_copy(update=words))
    ada = next(p.motion.provenance for p in turn if p.character == "Ada")
    assert any("does not come along" in note for note in ada["notes"]) and "interaction" not in ada
    assert np.linalg.norm(stage.actors["Bo"].position - before) < 0.4


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"partner": "Zoe"}, "Zoe is not on stage; Bo takes the place"),
        ({"motion": "shakes hands with Zoe"}, "names Zoe, but it is done with Bo"),
        ({"motion": "gives Bo the key"}, "a book stands for it"),
        ({"motion": "nods", "response": "refuse"}, "the response 'refuse' has no meaning"),
        ({}, None),
        ({"motion": "gives Bo the parcel", "response": "late"}, None),
    ],
)
def test_what_is_replaced_is_noted(changes: dict, said: str | None) -> None:
    behaviour = HANDSHAKE.model_copy(update=changes)
    found = mentioned(behaviour.motion, load_interactions(), ("Bo",))
    notes = list(remarks(behaviour, "Bo", found[0] if found else None, behaviour.response))
    assert [said in note for note in notes] == [True] if said else notes == []


def test_the_stage_records_the_notes(make_stage) -> None:
    stage = make_stage("table", "window")
    turn = stage.perform(HANDSHAKE.model_copy(update={"motion": "nods", "response": "refuse", "partner": "Zoe"}))
    notes = next(p.motion.provenance["notes"] for p in turn if p.character == "Ada")
    assert any("Zoe is not on stage" in note for note in notes) and any("no meaning" in note for note in notes)
