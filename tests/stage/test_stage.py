"""Turns of two characters, measured on their joints."""

import json

import numpy as np
import pytest
from staging import ROOM, track

from digital_life.behaviour import Behaviour
from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.arkit import ARKIT_INDEX
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.stage.pointing import name_pointing_hand

FEET = ("left_ankle", "left_foot", "right_ankle", "right_foot")
SENTENCE = "Hello there, I did not expect to meet anybody here tonight, with all this rain."


def say(speaker: str, speech: str = SENTENCE, **more: str) -> Behaviour:
    return Behaviour(speaker=speaker, partner="Bo" if speaker == "Ada" else "Ada", speech=speech, **more)


SCENE = [
    say("Ada", motion="waves with the right hand"),
    say("Bo", motion="nods"),
    say("Ada", "Thank you.", place="sofa"),
    say("Bo", "I will look at the rain.", place="window", motion="strokes his chin, thinking"),
    say("Ada", "Is it still raining that hard? Let me see.", place="window"),
]


def angle(a: float, b: float) -> float:
    """Degrees between two directions."""
    return float(np.degrees(abs((a - b + np.pi) % (2 * np.pi) - np.pi)))


@pytest.fixture(scope="module")
def scene(make_stage):
    """The whole scene, played once."""
    stage = make_stage("window", "sofa")
    turns = [stage.idle(1.0), *(stage.perform(behaviour) for behaviour in SCENE), stage.idle(1.0)]
    return stage, turns


def test_performances_share_one_clock(scene) -> None:
    stage, turns = scene
    clock = 0.0
    for turn in turns:
        assert {p.character for p in turn} == {"Ada", "Bo"}
        assert all(p.start == pytest.approx(clock) for p in turn)
        assert len({len(p.motion) for p in turn}) == 1
        clock = turn[0].end
    assert stage.clock == pytest.approx(clock)


@pytest.mark.parametrize("name", ["Ada", "Bo"])
def test_nothing_pops_and_nothing_is_frozen(scene, name: str) -> None:
    stage, turns = scene
    body = track(stage, name, turns)
    acceleration = np.linalg.norm(np.diff(body.at("pelvis", "head", "spine3"), 2, axis=0), axis=-1) * FPS**2
    assert acceleration.max() < 45
    hands = np.linalg.norm(np.diff(body.at("left_wrist", "right_wrist"), 2, axis=0), axis=-1) * FPS**2
    assert hands.max() < 90
    steps = quat.to_axis_angle(quat.multiply(quat.conjugate(body.rotations[:-1]), body.rotations[1:]))
    assert np.abs(steps).max(axis=(1, 2)).min() > 1e-5


@pytest.mark.parametrize("name", ["Ada", "Bo"])
def test_seams_are_no_rougher_than_the_rest(scene, name: str) -> None:
    stage, turns = scene
    body = track(stage, name, turns)
    jerk = np.linalg.norm(np.diff(body.at("pelvis", "head", "left_wrist", "right_wrist"), 2, axis=0), axis=-1) * FPS**2
    for seam in np.cumsum([len(turn[0].motion) for turn in turns])[:-1]:
        assert jerk[seam - 3 : seam + 2].max() < 25


@pytest.mark.parametrize("name", ["Ada", "Bo"])
def test_feet_stay_on_the_floor_and_do_not_slide(scene, name: str) -> None:
    stage, turns = scene
    body, skeleton = track(stage, name, turns), stage.actors[name].member.skeleton
    feet = body.at(*FEET)
    touching = body.contacts > 0.5
    rest = skeleton.rest_joints[[JOINT_INDEX[joint] for joint in FEET], 1] - skeleton.floor
    assert np.abs((feet[..., 1] - rest)[touching]).max() < 0.01
    assert (feet[..., 1] - rest).min() > -0.01
    speed = np.linalg.norm(np.diff(feet[..., [0, 2]], axis=0), axis=-1) * FPS
    assert speed[touching[1:] & touching[:-1]].max() < 0.03
    assert (body.contacts.max(axis=1) > 0.5).all()


def test_acts_with_steps_and_hops_land_on_the_floor(make_stage) -> None:
    stage = make_stage("table", "sofa")
    turns = [stage.perform(say("Ada", motion=words)) for words in ("jumps for joy", "is surprised and recoils")]
    clips = [p.motion.provenance["acts"][0]["clip"] for turn in turns for p in turn if p.character == "Ada"]
    assert "jump" in clips[0] and clips[1] == "surprised_recoil"
    body, skeleton = track(stage, "Ada", [*turns, stage.idle(0.5)]), stage.actors["Ada"].member.skeleton
    feet, touching = body.at(*FEET), body.contacts > 0.5
    rest = skeleton.rest_joints[[JOINT_INDEX[joint] for joint in FEET], 1] - skeleton.floor
    assert np.abs((feet[..., 1] - rest)[touching]).max() < 0.01
    assert (feet[..., 1] - rest).min() > -0.01
    assert (feet[..., 1] - rest).min(axis=1).max() > 0.03, "the jump leaves the floor"
    assert np.abs((feet[..., 1] - rest)[-1]).max() < 0.01
    speed = np.linalg.norm(np.diff(feet[..., [0, 2]], axis=0), axis=-1) * FPS
    assert speed[touching[1:] & touching[:-1]].max() < 0.03


def test_characters_never_overlap(scene) -> None:
    stage, turns = scene
    ada, bo = (track(stage, name, turns).at("pelvis")[:, 0, [0, 2]] for name in ("Ada", "Bo"))
    assert np.linalg.norm(ada - bo, axis=-1).min() > 0.5


def test_walks_to_the_free_spot_and_faces_the_partner(make_stage) -> None:
    stage = make_stage("table", "window")
    turn = stage.perform(say("Ada", place="window"))
    ada, bo = (track(stage, name, [turn]) for name in ("Ada", "Bo"))
    free = [np.array(ROOM.place("window").spot(index)) for index in range(2)]
    feet = ada.at("left_ankle", "right_ankle")[-1][:, [0, 2]].mean(axis=0)
    assert min(np.linalg.norm(feet - spot) for spot in free) < 0.10
    for one, other in ((ada, bo), (bo, ada)):
        x, _, z = other.at("pelvis")[-1, 0] - one.at("pelvis")[-1, 0]
        assert angle(float(quat.heading(one.world[-1, 0])), float(np.arctan2(x, z))) < 15
    assert 0.85 < np.linalg.norm(stage.actors["Ada"].position - stage.actors["Bo"].position) < 1.3


def test_sits_on_the_seat(make_stage) -> None:
    stage = make_stage("table", "window")
    turn = stage.perform(say("Ada", place="sofa"))
    ada = track(stage, "Ada", [turn, stage.idle(1.0)])
    pelvis = ada.at("pelvis")[-1, 0]
    seats = [np.array(ROOM.place("sofa").spot(index)) for index in range(2)]
    assert min(np.linalg.norm(pelvis[[0, 2]] - seat) for seat in seats) < 0.13
    assert stage.actors["Ada"].posture == "seated"
    assert np.linalg.norm(pelvis - stage.actors["Ada"].seat) < 0.05
    assert 0.44 < ada.at("left_hip", "right_hip")[-1, :, 1].mean() < 0.44 + 0.15
    assert angle(float(quat.heading(ada.world[-1, 0])), np.radians(35)) < 10


def test_a_seated_character_turns_its_head_to_the_partner(make_stage) -> None:
    stage = make_stage("sofa", "sofa")
    body = track(stage, "Ada", [stage.perform(say("Ada")), stage.perform(say("Bo"))])
    head, chest = (quat.heading(body.world[:, JOINT_INDEX[name]]) for name in ("head", "spine3"))
    hips = quat.heading(body.world[:, 0])
    assert max(angle(a, b) for a, b in zip(head, chest, strict=True)) < 70
    turned = [angle(a, b) for a, b in zip(head, hips, strict=True)]
    assert max(turned) < 95
    assert np.median(turned[30:]) > 35


def test_the_mouth_moves_while_speaking_only(make_stage) -> None:
    stage = make_stage("table", "table")
    turn = stage.perform(say("Ada", motion="waves"))
    by_name = {p.character: p for p in turn}
    speech, start = by_name["Ada"].speech, by_name["Ada"].speech_start
    assert speech is not None and by_name["Bo"].speech is None
    jaw = by_name["Ada"].motion.face[:, ARKIT_INDEX["jawOpen"]]
    spoken = slice(round(start * FPS), round((start + speech.duration) * FPS))
    assert jaw[spoken].max() > 0.15 and jaw[spoken].std() > 0.03
    assert jaw[: max(1, round((start - 0.2) * FPS))].max() < 0.06
    assert by_name["Bo"].motion.face[:, ARKIT_INDEX["jawOpen"]].max() < 0.06
    opening = quat.to_axis_angle(by_name["Ada"].motion.rotations[:, JOINT_INDEX["jaw"]])[:, 0]
    assert np.allclose(opening, jaw * stage.actors["Ada"].member.jaw_open, atol=1e-4)


def test_the_same_seed_gives_the_same_frames_and_another_one_others(make_stage) -> None:
    runs = []
    for seed in (3, 3, 4):
        stage = make_stage(seed=seed)
        runs.append([stage.perform(behaviour) for behaviour in SCENE[:2]])
    for name in ("Ada", "Bo"):
        first, second, other = (track(stage, name, run).rotations for run in runs)
        assert np.array_equal(first, second)
        assert first.shape != other.shape or not np.array_equal(first, other)


def test_a_restored_stage_continues_with_the_same_frames(make_stage) -> None:
    stage = make_stage()
    for behaviour in SCENE[:3]:
        stage.perform(behaviour)
    saved = json.loads(json.dumps(stage.state()))
    expected = [stage.perform(behaviour) for behaviour in SCENE[3:]]
    again = make_stage()
    again.restore(saved)
    assert again.clock == pytest.approx(expected[0][0].start)
    actual = [again.perform(behaviour) for behaviour in SCENE[3:]]
    for name in ("Ada", "Bo"):
        assert np.array_equal(track(stage, name, expected).rotations, track(again, name, actual).rotations)
        assert np.array_equal(track(stage, name, expected).face, track(again, name, actual).face)


def test_an_unknown_place_is_noted_and_nobody_moves(make_stage) -> None:
    stage = make_stage("table", "table")
    before = stage.actors["Ada"].position
    turn = stage.perform(say("Ada", place="atlantis"))
    assert np.linalg.norm(stage.actors["Ada"].position - before) < 0.05
    notes = next(p for p in turn if p.character == "Ada").motion.provenance["notes"]
    assert "atlantis" in notes[0]


def test_silence_is_an_act(make_stage) -> None:
    stage = make_stage("table", "table")
    turn = stage.perform(say("Ada", "", motion="shrugs"))
    ada = next(p for p in turn if p.character == "Ada")
    assert ada.speech is None and ada.motion.duration > 1.0
    assert ada.motion.provenance["acts"][0]["clip"].removeprefix("made/").startswith("shrug")
    assert ada.motion.face[:, ARKIT_INDEX["jawOpen"]].max() < 0.1


def test_words_that_fit_no_clip_are_said_so(make_stage) -> None:
    stage = make_stage("table", "table")
    turn = stage.perform(say("Ada", motion="quarterly inflation spreadsheets"))
    provenance = next(p for p in turn if p.character == "Ada").motion.provenance
    assert provenance["acts"] == []
    assert "no clip" in provenance["note"]
    assert provenance["clips"], "talking beats take its place"


def test_an_act_of_another_posture_is_not_replaced_by_a_wrong_one(make_stage) -> None:
    stage = make_stage("sofa", "window")
    turn = stage.perform(say("Ada", motion="puts the hands on the hips"))
    provenance = next(p for p in turn if p.character == "Ada").motion.provenance
    assert provenance["acts"] == [] and "hands_on_hips" in provenance["note"]


def test_the_nearer_hand_points(make_stage) -> None:
    stage = make_stage("table", "table")
    ada = stage.actors["Ada"]
    words = [
        name_pointing_hand("points at the desk", ROOM, ada.position, np.radians(facing)) for facing in (0.0, 180.0)
    ]
    assert words == ["points at the desk with the left hand", "points at the desk with the right hand"]
    assert name_pointing_hand("points at the moon", ROOM, ada.position, 0.0) == "points at the moon"
    assert name_pointing_hand("nods", ROOM, ada.position, 0.0) == "nods"


def test_a_full_place_gives_a_spot_beside_whoever_is_there(make_stage) -> None:
    stage = make_stage("desk", "table")
    stage.perform(say("Bo", place="desk"))
    distance = np.linalg.norm(stage.actors["Ada"].position - stage.actors["Bo"].position)
    assert 0.85 < distance < 1.3


def test_the_chosen_clip_and_its_score_are_recorded(make_stage) -> None:
    stage = make_stage("table", "table")
    turn = stage.perform(say("Ada", motion="waves with the left hand"))
    (act,) = next(p for p in turn if p.character == "Ada").motion.provenance["acts"]
    assert "wave" in act["clip"] and act["score"] > 0.6 and "left" in act["caption"]


def test_wrong_names_are_refused(make_stage) -> None:
    with pytest.raises(InputError, match="no place 'moon'"):
        make_stage("moon", "sofa")
    stage = make_stage()
    with pytest.raises(InputError, match="'Zoe' is not on stage"):
        stage.perform(Behaviour(speaker="Zoe"))
    with pytest.raises(InputError, match="saved stage"):
        stage.restore({"frame": 0, "turn": 0, "actors": {"Zoe": {}}})
