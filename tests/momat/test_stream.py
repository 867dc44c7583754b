"""Clips of the shipped library, one into another, as one movement."""

import numpy as np
import pytest

from digital_life.errors import InputError
from digital_life.evaluate.bench_blend import faded, random_transitions, streamed
from digital_life.evaluate.seams import FINGERS, lowest_sole, measure_seams, skating
from digital_life.momat.feet import Build
from digital_life.momat.library import MotionLibrary
from digital_life.momat.posture_graph import PostureGraph
from digital_life.momat.stream import MotionStream
from digital_life.motion import quaternion as quat
from digital_life.motion.fit import fit_motion
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import Skeleton, canonical_skeleton

SKELETON = canonical_skeleton()


@pytest.fixture(scope="module")
def library() -> MotionLibrary:
    return MotionLibrary.default()


def measured(stream: MotionStream, skeleton: Skeleton = SKELETON) -> tuple[float, float]:
    """Largest skating (m/s) and lowest sole (m) of what a stream played."""
    motion = stream.motion()
    positions, world = forward_kinematics(motion.rotations.astype(np.float64), motion.translation, skeleton)
    return skating(motion, positions), lowest_sole(positions, world, Build(skeleton))


def test_random_transitions_neither_jump_nor_slide_nor_sink(library: MotionLibrary) -> None:
    graph = PostureGraph(library)
    transitions = random_transitions(library, 16, seed=1)
    results = []
    for transition in transitions:
        passage = streamed(transition, SKELETON, graph)
        results.append(measure_seams(passage.motion, passage.seams, SKELETON))
    assert max(result.worst for result in results) <= 1.0
    assert max(result.skate for result in results) < 0.02
    assert max(result.depth for result in results) < 0.01


def test_a_cut_jumps_where_the_stream_does_not(library: MotionLibrary) -> None:
    graph = PostureGraph(library)
    for transition in random_transitions(library, 3, seed=5):
        smooth, cut = streamed(transition, SKELETON, graph), faded(transition, SKELETON, 0)
        ours, theirs = (measure_seams(passage.motion, passage.seams, SKELETON) for passage in (smooth, cut))
        assert ours.worst < 0.5 * theirs.worst


def test_fingers_join_smoothly(library: MotionLibrary) -> None:
    fist, open_hand = library["excited_fists"], library["stop_palm"]
    stream = MotionStream()
    stream.play_clip(fist, 0, round(fist.stroke * FPS))
    seam = len(stream)
    stream.play_clip(open_hand)
    fingers = stream.motion().rotations[:, FINGERS].astype(np.float64)
    steps = np.linalg.norm(quat.to_axis_angle(quat.multiply(fingers[1:], quat.conjugate(fingers[:-1]))), axis=-1)
    assert steps.max() < 0.25, "no finger turns more than 14 degrees from one frame to the next"
    assert steps[seam : seam + 20].max() > 0.005, "and they do open"


def test_the_body_goes_on_where_it_is(library: MotionLibrary) -> None:
    walk, talk = library["walk_loop"], library["talk_both_small"]
    stream = MotionStream()
    for _ in range(3):
        stream.play_clip(walk)
    seam = len(stream)
    before = stream.motion()
    stream.play_clip(talk)
    motion = stream.motion()
    assert np.array_equal(motion.translation[:seam], before.translation), "frames that were played never change"
    assert motion.translation[seam - 1, 2] > 2.0, "three strides forward"
    step = np.linalg.norm(np.diff(motion.translation, axis=0), axis=-1)
    assert step[seam - 1] == pytest.approx(step[seam - 2], abs=0.006)
    assert motion.translation[-1, 2] > motion.translation[seam - 1, 2], "momentum carries it on"
    skate, lowest = measured(stream)
    assert skate < 0.02 and lowest > -0.01


def test_feet_that_are_far_off_take_steps(library: MotionLibrary) -> None:
    clip = library["idle_standing_calm"]
    turned = clip.motion
    stream = MotionStream()
    stream.play(turned, 0, 40)
    stream.play(turned, 40, 130, at=(np.array([0.25, 0.1]), np.radians(30.0)))
    motion = stream.motion()
    lifted = motion.contacts[40:].max(axis=0) - motion.contacts[40:].min(axis=0)
    assert lifted[[1, 3]].tolist() == [1.0, 1.0], "both feet leave the floor once"
    assert motion.contacts[40:, [1, 3]].max(axis=1).min() == 1.0, "never both at once"
    assert motion.contacts[-1].min() == 1.0
    positions, _ = forward_kinematics(motion.rotations, motion.translation, SKELETON)
    assert np.linalg.norm(positions[-1, [7, 8]].mean(axis=0)[[0, 2]] - positions[39, [7, 8]].mean(axis=0)[[0, 2]]) > 0.2
    assert measured(stream)[0] < 0.02


def test_other_bodies_and_provenance(library: MotionLibrary) -> None:
    small = Skeleton(SKELETON.rest_joints * 0.9, SKELETON.floor * 0.9)
    stream = MotionStream(small)
    stream.play_clip(library["wave_right"], 5, 60)
    stream.play_clip(library["bow"])
    stretches = stream.motion().provenance["stretches"]
    assert [(s["clip"], s["frames"], s["at"]) for s in stretches] == [
        ("wave_right", [5, 60], [0, 55]),
        ("bow", [0, library["bow"].frames], [55, 55 + library["bow"].frames]),
    ]
    assert stretches[0]["seconds"] == 0.0 and 0.1 < stretches[1]["seconds"] <= 1.5
    skate, lowest = measured(stream, small)
    assert skate < 0.02 and lowest > -0.01
    own = MotionStream(small)
    own.play(fit_motion(library["bow"].motion, small), fitted=True)
    fitted = MotionStream(small)
    fitted.play(library["bow"].motion)
    assert np.allclose(own.motion().translation, fitted.motion().translation, atol=1e-5)


def test_frames_that_do_not_exist_are_refused(library: MotionLibrary) -> None:
    stream = MotionStream()
    with pytest.raises(InputError, match="empty"):
        stream.motion()
    with pytest.raises(InputError, match="frames 10:9999"):
        stream.play(library["bow"].motion, 10, 9999)
    with pytest.raises(InputError, match="frames 5:5"):
        stream.play(library["bow"].motion, 5, 5)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf")])
def test_no_time_for_joining_is_refused(library: MotionLibrary, seconds: float) -> None:
    stream = MotionStream()
    stream.play_clip(library["bow"], 0, 30)
    with pytest.raises(InputError, match="seconds="):
        stream.play_clip(library["bow"], seconds=seconds)
    assert len(stream) == 30


def test_captured_clips_of_the_pack(motion_pack) -> None:
    from itertools import islice

    from digital_life.momat.pack import read_pack

    clips = [clip for clip in islice(read_pack(motion_pack, segments=False), 40) if clip.frames > 60]
    library = MotionLibrary(clips)
    graph = PostureGraph(library)
    for transition in random_transitions(library, 6, seed=3):
        if transition.old.posture != transition.new.posture:
            continue
        passage = streamed(transition, SKELETON, graph)
        result = measure_seams(passage.motion, passage.seams, SKELETON)
        assert result.worst <= 1.0 and result.skate < 0.02 and result.depth < 0.01
