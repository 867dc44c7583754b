"""Ways to listen and to rest that suit the mood, and eyes that follow the hands in everyday acts."""

import itertools

import numpy as np
import pytest
from staging import track

from digital_life.behaviour import Behaviour, Emotion
from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.stage.resting import QUIET_HANDS
from digital_life.stage.timeline import Timeline

LONG = "This is a long story, and I tell it slowly, from its first day to its last. " * 5
TIRED, SUSPICIOUS, SAD = (
    Emotion(pleasure=2.5, arousal=2.5, dominance=4),
    Emotion(pleasure=2.5, arousal=5.5, dominance=6.5),
    Emotion(pleasure=2.5, arousal=4, dominance=3.5),
)


def ways(stage, name: str, mood: Emotion) -> set[str]:
    """Ids of the clips in which somebody listens at forty times."""
    actor, resting = stage.actors[name], stage.movement.resting
    actor.mood = mood
    return {resting.at(actor, Timeline(), now, listening=True)[0].id for now in range(0, 4000, 100)}


@pytest.mark.parametrize(("place", "posture"), [("window", "standing"), ("sofa", "seated")])
def test_moods_listen_in_their_ways(make_stage, place: str, posture: str) -> None:
    stage = make_stage(place, "table")
    stage.idle(0.2)
    willing = ways(stage, "Ada", Emotion())
    assert len(willing) >= 3 and all(name.startswith("listen") for name in willing)
    assert not any("bored" in name or "sceptical" in name for name in willing)
    assert ways(stage, "Ada", TIRED) == {f"listen_{posture}_bored"}
    assert ways(stage, "Ada", SUSPICIOUS) == {f"listen_{posture}_sceptical"}
    assert ways(stage, "Ada", SAD) == willing


def test_hands_sway_less_in_a_turn_than_at_leisure(make_stage) -> None:
    stage = make_stage("window", "table")
    stage.idle(0.2)

    def fastest(leisure: bool) -> float:
        actor, resting = stage.actors["Ada"], stage.movement.resting
        clips = [resting.at(actor, Timeline(), now, listening=False, leisure=leisure)[0] for now in range(0, 4000, 100)]
        return max(clip.kinematics[f"{side}_hand_speed_max"] for clip in clips for side in ("left", "right"))

    assert fastest(leisure=False) <= QUIET_HANDS < fastest(leisure=True)


def test_a_listener_changes_its_way_in_a_long_speech(make_stage) -> None:
    stage = make_stage("window", "table")
    performances = stage.perform(Behaviour(speaker="Ada", partner="Bo", speech=LONG))
    (heard,) = (p.motion.provenance["idles"] for p in performances if p.character == "Bo")
    played = [idle["clip"] for idle in heard]
    assert len(played) >= 2
    assert all(before != after for before, after in itertools.pairwise(played))


@pytest.mark.parametrize("place", ["table", "sofa"])
def test_readers_look_at_the_book_and_then_up_again(make_stage, place: str) -> None:
    """Ada faces Bo; the line of her eyes goes down to her hands while she reads."""
    stage = make_stage(place, place)
    looks = {}
    for motion in ("reads a book", ""):
        performances = stage.perform(
            Behaviour(speaker="Ada", partner="Bo", speech="" if motion else LONG, motion=motion)
        )
        eyes = track(stage, "Ada", [performances]).world[:, JOINT_INDEX["left_eye"]]
        down = -np.degrees(np.arcsin(quat.rotate(eyes, np.array([0.0, 0.0, 1.0]))[:, 1]))
        looks[motion] = np.median(down[30:-30])
    assert looks["reads a book"] > 25.0
    assert looks[""] < 15.0
