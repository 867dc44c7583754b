"""Clips that the weights make for a library: the plan, the choice, and where each comes from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from digital_life.assets import asset_dir
from digital_life.errors import InputError
from digital_life.mogen.library_plan import Act, read_plan
from digital_life.mogen.make_library import Candidate, LibraryMaker, clip_of, main, seated_clip
from digital_life.momat.clip import Clip
from digital_life.momat.database import MotionDatabase
from digital_life.momat.hand_stops import jerks, wrists
from digital_life.momat.library import MotionLibrary
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton

WAVE = {
    "id": "point",
    "kind": "gesture",
    "takes": 2,
    "seconds": 1.5,
    "hands": ["left", "right"],
    "tags": ["point"],
    "ask": ["a person points at something in front {with} while standing"],
    "captions": [
        "points {with}",
        "shows it {with}",
        "the {hand} points",
        "there, says the {hand}",
        "points ahead {with}",
    ],
    "captions_zh": ["{手}指向前方"],
}


def plan(folder: Path, *acts: object) -> Path:
    path = folder / "plan.yaml"
    path.write_text(yaml.safe_dump(list(acts), allow_unicode=True), encoding="utf-8")
    return path


def test_an_act_is_planned_once_for_each_hand_in_its_words(tmp_path: Path) -> None:
    left, right = read_plan(plan(tmp_path, WAVE))
    assert (left.id, right.id) == ("point_left", "point_right")
    assert left.captions[0] == "points with the left hand" and right.captions_zh == ["右手指向前方"]
    assert not any("{" in text for act in (left, right) for text in (*act.ask, *act.captions, *act.captions_zh))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({**WAVE, "takes": 0}, "takes"),
        ({**WAVE, "captions": ["too few"]}, "captions"),
        ({**WAVE, "colour": "red"}, "colour"),
        ({**WAVE, "kind": "swimming"}, "kind"),
    ],
)
def test_a_wrong_plan_says_where(tmp_path: Path, wrong: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_plan(plan(tmp_path, WAVE, wrong))


def test_two_acts_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="point_left"):
        read_plan(plan(tmp_path, WAVE, WAVE))


def test_made_clips_are_different_good_ones_of_the_right_hand_with_their_origin(tmp_path: Path) -> None:
    out = tmp_path / "made"
    command = [str(plan(tmp_path, WAVE)), "-o", str(out), "--seeds", "8"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    clips = MotionDatabase(out).clips()
    assert clips and len(clips) <= 4
    for clip in clips:
        side = "left" if "_left_" in clip.id else "right"
        assert clip.hand == side and clip.licence_class == "permissive" and clip.captions_zh
        assert clip.kinematics[f"{side}_hand_travel_m"] == max(
            clip.kinematics["left_hand_travel_m"], clip.kinematics["right_hand_travel_m"]
        )
    origins = [json.loads(line) for line in (out / "made.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [origin["id"] for origin in origins] == [clip.id for clip in clips]
    assert all(origin["weights"].startswith("generator-permissive") and origin["prompt"] for origin in origins)

    less = tmp_path / "less"
    dismissed = tmp_path / "dismissed.txt"
    dismissed.write_text(f"{clips[0].id}\n", encoding="utf-8")
    command_less = [*command[:2], str(less), *command[3:], "--without", str(dismissed)]
    assert CliRunner().invoke(main, command_less).exit_code == 0
    assert [clip.id for clip in MotionDatabase(less).clips()] == [clip.id for clip in clips[1:]]

    research = tmp_path / "research"
    only = [*command[:2], str(research), "--seeds", "8", "--licence", "all", "--only", "point_right"]
    assert CliRunner().invoke(main, only).exit_code == 0
    by_research = MotionDatabase(research).clips()
    assert by_research and {(clip.hand, clip.licence_class) for clip in by_research} == {("right", "noncommercial")}
    nothing = CliRunner().invoke(main, [*command[:2], str(tmp_path / "none"), "--only", "swim"])
    assert nothing.exit_code == 2 and "swim" in nothing.output

    again = CliRunner().invoke(main, command)
    assert again.exit_code == 2 and "new folder" in again.output


def test_ctrl_c_keeps_what_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    takes = LibraryMaker.takes

    def stopped(maker: LibraryMaker, act: Act) -> list[Candidate]:
        if act.id == "point_right":
            raise KeyboardInterrupt
        return takes(maker, act)

    monkeypatch.setattr(LibraryMaker, "takes", stopped)
    out = tmp_path / "made"
    done = CliRunner().invoke(main, [str(plan(tmp_path, WAVE)), "-o", str(out), "--seeds", "8"])
    assert done.exit_code == 0 and "made so far" in done.output
    clips = MotionDatabase(out).clips()
    assert clips and all(clip.hand == "left" for clip in clips)
    assert len((out / "made.jsonl").read_text(encoding="utf-8").splitlines()) == len(clips)


def act_of(**said: object) -> Act:
    """A planned act, of which nothing matters but what is ``said``."""
    words = {"takes": 1, "seconds": 2.0, "ask": ["x"], "captions": list("abcde"), "captions_zh": ["甲"]}
    return Act.model_validate({"id": "act", **words, **said})


def made_of(name: str, number: int = 0, **act: object) -> Clip:
    """A written motion as if the weights had made it for an act."""
    take = Candidate(MotionLibrary.default()[name].motion, "x", 0, "", 1.0, 1.0, np.zeros(1, np.float32))
    return clip_of(act_of(**act), number, take, "permissive")


def raised(clip: Clip) -> float:
    """Degrees by which the face looks up in the middle of a clip."""
    motion = clip.motion
    _, world = forward_kinematics(motion.rotations[len(motion) // 2 :][:1], np.zeros((1, 3)), canonical_skeleton())
    return float(np.degrees(np.arcsin(quat.rotate(world[0, JOINT_INDEX["head"]], np.array([0.0, 0.0, 1.0]))[1])))


def test_hands_of_gestures_do_not_tremble() -> None:
    wave = MotionLibrary.default()["wave_right"].motion
    shaken = wave.rotations.astype(np.float64)
    tremor = 0.02 * np.sin(2.5 * np.arange(len(wave)))[:, None] * np.array([0.0, 0.0, 1.0])
    elbow = JOINT_INDEX["right_elbow"]
    shaken[:, elbow] = quat.multiply(shaken[:, elbow], quat.from_axis_angle(tremor))
    take = Candidate(replace(wave, rotations=shaken.astype(np.float32)), "x", 0, "", 1.0, 1.0, np.zeros(1, np.float32))
    calm, trembling = (
        jerks(wrists(motion.rotations, motion.translation, canonical_skeleton())).mean()
        for motion in (clip_of(act_of(kind="gesture"), 0, take, "permissive").motion, take.motion)
    )
    assert calm < 0.3 * trembling


def test_a_mood_is_a_bearing_between_two_rests() -> None:
    proud = made_of("idle_standing_calm", kind="emotion", emotion=[0.6, 0.4, 0.9])
    sad = made_of("idle_standing_calm", kind="emotion", emotion=[-0.7, -0.4, -0.6])
    assert raised(proud) > raised(sad) + 15.0
    assert proud.frames < sad.frames, "the sad are slower"
    assert proud.layer == "upper" and proud.posture == "any"
    np.testing.assert_allclose(
        np.abs((proud.motion.rotations[0] * sad.motion.rotations[-1]).sum(axis=-1)), 1.0, atol=1e-3
    )
    with pytest.raises(ValueError, match="less than or equal to 1"):
        made_of("idle_standing_calm", kind="emotion", emotion=[2.0, 0.0, 0.0])


def test_talk_is_done_sitting_too_and_idles_loop_or_fidget() -> None:
    talk = made_of("talk_right_large", kind="talk", hands=["right"])
    assert set(talk.sync) == {"ready", "stroke", "relax"} and talk.posture == "any"
    sitting = seated_clip(talk, 0)
    assert sitting is not None and sitting.id == "made/act_seated_1" and sitting.posture == "seated"
    assert sitting.captions[0] == "a, sitting" and sitting.captions_zh == ("坐着，甲",)
    assert seated_clip(made_of("talk_right_large", kind="gesture"), 0) is None
    assert seated_clip(made_of("talk_right_large", 5, kind="talk"), 5) is None, "two takes are enough"
    loop, fidget = (made_of("idle_standing_restless", kind="idle", tags=tags) for tags in (["calm"], ["fidget"]))
    assert loop.loopable and fidget.loopable and loop.frames < fidget.frames


def test_the_shipped_plan_is_whole() -> None:
    acts = read_plan(asset_dir("motion_db") / "plan.yaml")
    assert len(acts) > 119 and sum(act.takes for act in acts) > 400
    dismissed = (asset_dir("motion_db") / "dismissed.txt").read_text(encoding="utf-8").split()
    planned = {f"made/{act.id}_{number + 1}" for act in acts for number in range(act.takes)}
    assert dismissed and {name.replace("_seated_", "_") for name in dismissed} <= planned
