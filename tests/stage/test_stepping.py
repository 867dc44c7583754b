"""Acts of the whole body on stage: their own legs, steps that fit into the room, feet that stand again."""

import numpy as np
import pytest
from staging import ROOM, scaled

from digital_life.evaluate.seams import lowest_sole, skating
from digital_life.momat.feet import Build, FootTrack, Stance
from digital_life.momat.library import MotionLibrary
from digital_life.motion.kinematics import forward_kinematics
from digital_life.stage.actor import Actor
from digital_life.stage.cast import CastMember
from digital_life.stage.embodiment import Part, embody
from digital_life.stage.gestures import Event
from digital_life.stage.movement import Movement
from digital_life.stage.stepping import acting_segment, blocked, stance_after, uses_legs
from digital_life.stage.timeline import Timeline
from digital_life.voice.silent import SilentVoice
from digital_life.voice.styles import VoiceStyle


@pytest.fixture(scope="module")
def library() -> MotionLibrary:
    return MotionLibrary.default()


def actor_at(place: tuple[float, float], facing: float) -> Actor:
    member = CastMember("Ada", scaled(0.95), SilentVoice("Ada", VoiceStyle()), "table")
    actor = Actor(member, "table", None, Stance(np.zeros((2, 3))), facing)
    actor.stance = Stance.at(np.array(place), facing, actor.build)
    return actor


def test_only_acts_of_the_feet_use_the_legs(library: MotionLibrary) -> None:
    assert all(uses_legs(library[name]) for name in ("step_forward", "step_back", "excited_jump"))
    assert not any(uses_legs(library[name]) for name in ("wave_right", "bow", "talk_both_large", "talk_seated_both"))


@pytest.mark.parametrize("name", ["excited_jump", "step_forward", "step_back"])
def test_feet_step_land_and_stand(library: MotionLibrary, name: str) -> None:
    movement, actor, timeline = Movement(ROOM, library, 3), actor_at((0.3, 0.2), 0.4), Timeline()
    clip = library[name]
    movement.idle(actor, timeline, 20, 0, listening=False)
    assert movement.play(actor, timeline, Event(clip, 20, 0, clip.frames), []) == ""
    movement.idle(actor, timeline, len(timeline) + 30, 0, listening=False)
    motion = embody({"Ada": actor}, {"Ada": Part(timeline)}, movement.hanging, seed=1)["Ada"]
    positions, world = forward_kinematics(
        motion.rotations.astype(np.float64), motion.translation, actor.member.skeleton
    )
    assert skating(motion, positions) < 0.02
    assert lowest_sole(positions, world, actor.build) > -0.01
    assert motion.contacts.min(axis=0).max() == 0.0 and motion.contacts[-1].min() == 1.0
    assert np.abs(positions[-1, [7, 8]][:, [0, 2]] - actor.stance.prints[:, :2]).max() < 0.01


def test_what_is_in_the_way_is_named_and_the_feet_stay(library: MotionLibrary) -> None:
    clip = library["step_forward"]
    build = Build(scaled(0.95))
    wall = acting_segment(clip, 0, clip.frames, Stance.at(np.array([0.0, 2.2]), 0.0, build), build)
    assert blocked(wall, ROOM, []) == "the wall"
    free = acting_segment(clip, 0, clip.frames, Stance.at(np.array([0.0, 0.0]), 0.0, build), build)
    assert blocked(free, ROOM, []) == ""
    assert blocked(free, ROOM, [np.array([0.0, 0.8])]) == "somebody"
    assert stance_after(free, build).centre[1] > 0.15
    movement, actor, timeline = Movement(ROOM, library, 3), actor_at((0.0, 2.2), 0.0), Timeline()
    note = movement.play(actor, timeline, Event(clip, 0, 0, clip.frames), [])
    assert "the wall is in the way" in note and "step_forward" in note
    assert np.allclose(actor.stance.centre, [0.0, 2.2], atol=1e-6)


@pytest.mark.parametrize(("name", "first"), [("made/jump_up_1", 7), ("excited_jump", 0)])
def test_feet_that_stand_apart_stay_flat_where_an_act_begins(library: MotionLibrary, name: str, first: int) -> None:
    build = Build(scaled(0.95))
    stance = Stance.at(np.zeros(2), 0.0, build)
    prints = stance.prints.copy()
    prints[:, 0] += [0.15, -0.15]
    segment = acting_segment(library[name], first, first + 40, Stance(prints), build)
    planted = FootTrack.planted(Stance(prints), 1, build)
    assert np.linalg.norm(segment.feet.ankle[0] - planted.ankle[0], axis=-1).max() < 0.005
