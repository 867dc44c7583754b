"""From one posture to another only through clips that sit down or stand up."""

import numpy as np
import pytest

from digital_life.errors import AssetError, InputError
from digital_life.momat.clip import Clip
from digital_life.momat.library import MotionLibrary
from digital_life.momat.posture_graph import PostureGraph
from digital_life.momat.stream import MotionStream
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import canonical_skeleton


@pytest.fixture(scope="module")
def library() -> MotionLibrary:
    return MotionLibrary.default()


def still(name: str, posture: str, end: str, frames: int) -> Clip:
    rotations = np.zeros((frames, 55, 4), dtype=np.float32)
    rotations[..., 0] = 1.0
    motion = Motion(np.zeros((frames, 3), dtype=np.float32), rotations)
    return Clip.of(motion, id=name, captions=(name,), kind="transition", posture=posture, posture_end=end)


def test_the_shipped_library_sits_down_and_stands_up(library: MotionLibrary) -> None:
    graph = PostureGraph(library)
    assert [clip.id for clip in graph.path("standing", "seated")] == ["sit_down"]
    assert [clip.id for clip in graph.path("seated", "standing")] == ["stand_up"]
    assert graph.path("seated", "seated") == [] and graph.path("any", "standing") == []


def test_the_cheapest_way_is_taken() -> None:
    clips = [
        still("slow", "standing", "floor", 300),
        still("kneel", "standing", "seated", 40),
        still("lie", "seated", "floor", 50),
    ]
    graph = PostureGraph(MotionLibrary(clips))
    assert [clip.id for clip in graph.path("standing", "floor")] == ["kneel", "lie"]
    assert [clip.id for clip in PostureGraph(MotionLibrary(clips[:2])).path("standing", "floor")] == ["slow"]


def test_a_clip_that_was_found_dearly_is_found_again_cheaply() -> None:
    clips = [
        still("sink", "standing", "seated", 10),
        still("squat", "standing", "seated", 20),
        still("lie", "seated", "floor", 50),
    ]
    rotations = clips[0].motion.rotations.copy()
    rotations[-1, 1:] = [0.0, 1.0, 0.0, 0.0]
    clips[0] = Clip.of(
        Motion(clips[0].motion.translation, rotations),
        id="sink", captions=("sinks",), kind="transition", posture="standing", posture_end="seated",
    )  # fmt: skip
    graph = PostureGraph(MotionLibrary(clips))
    assert [clip.id for clip in graph.path("standing", "floor")] == ["squat", "lie"]


def test_a_missing_clip_is_an_error_that_says_what_to_add(library: MotionLibrary) -> None:
    graph = PostureGraph(MotionLibrary([library["sit_down"]]))
    with pytest.raises(AssetError, match="from seated to standing") as error:
        graph.path("seated", "standing")
    assert "posture: seated" in str(error.value) and "standing to seated" in str(error.value)


def test_the_stream_sits_down_by_itself(library: MotionLibrary) -> None:
    stream = MotionStream(graph=PostureGraph(library))
    stream.play_clip(library["wave_right"])
    stream.play_clip(library["talk_seated_both"])
    stream.play_clip(library["nod_yes"])
    played = [stretch.clip for stretch in stream.stretches]
    assert played == ["wave_right", "sit_down", "talk_seated_both", "stand_up", "nod_yes"]
    heights = stream.motion().translation[:, 1] + canonical_skeleton().rest_joints[0, 1]
    seat = [heights[stretch.first : stretch.last] for stretch in stream.stretches]
    assert seat[0].min() > 0.85 and seat[2].max() < 0.7 and seat[4][-1] > 0.85
    assert np.ptp(seat[2]) < 0.03, "the seat keeps its height"


def test_without_a_graph_no_posture_is_changed(library: MotionLibrary) -> None:
    stream = MotionStream()
    stream.play_clip(library["wave_right"])
    with pytest.raises(InputError, match="needs a seated body"):
        stream.play_clip(library["idle_seated_calm"])
