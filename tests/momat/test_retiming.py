"""Tempo inside a gesture: later stops on accents, hands at rest in time, the stroke as it was."""

from itertools import pairwise

import numpy as np
import pytest

from digital_life.errors import InputError
from digital_life.momat.clip import Clip
from digital_life.momat.hand_stops import speeds, stops, wrists
from digital_life.momat.library import MotionLibrary
from digital_life.momat.retiming import HELD, MOVING, Phases, Retiming, missed, retimed
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.resample import sample, sample_smoothly
from digital_life.motion.skeleton import canonical_skeleton


@pytest.fixture(scope="module")
def small() -> Clip:
    """A gesture of one hand with a marked stroke and one later stop."""
    return MotionLibrary.default()["talk_right_small"]


def right_wrist(motion: Motion) -> np.ndarray:
    return speeds(wrists(motion.rotations, motion.translation, canonical_skeleton()))[:, 1]


def test_phases_lie_in_their_order(small: Clip) -> None:
    phases = Phases.of(small)
    assert phases.before and phases.after
    frames = [*phases.before, phases.stroke, *phases.after, phases.relax, phases.leave, phases.rest]
    assert all(one < other for one, other in pairwise(frames))
    assert right_wrist(small.motion)[phases.rest :].max() <= 0.1
    assert right_wrist(small.motion)[phases.relax : phases.rest].max() > 0.3


@pytest.mark.parametrize("off", [-0.12, 0.12])
def test_a_later_stop_goes_to_an_accent_near_it(small: Clip, off: float) -> None:
    phases = Phases.of(small)
    accent = phases.after[0] - phases.stroke + off * FPS
    timing = retimed(phases, [0.0, accent], phases.rest, 1000.0)
    played = timing.performed(small)
    stroke = played.stroke * FPS
    found = stops(right_wrist(played.motion))
    assert np.abs(found - (stroke + accent)).min() <= 1.5
    before = stops(right_wrist(small.motion))
    assert np.abs(before - (phases.stroke + accent)).min() > 2.5


def test_an_accent_out_of_reach_changes_nothing(small: Clip) -> None:
    phases = Phases.of(small)
    timing = retimed(phases, [phases.after[0] - phases.stroke + 0.3 * FPS], phases.rest, 1000.0)
    np.testing.assert_array_equal(timing.times, np.arange(small.frames))


def test_a_stop_is_missed_where_no_accent_can_be_reached(small: Clip) -> None:
    phases = Phases.of(small)
    stop = phases.after[0] - phases.stroke
    assert missed(phases, [0.0, stop + 2.0], phases.rest, 1000.0) == 0
    assert missed(phases, [0.0, stop + 0.3 * FPS], phases.rest, 1000.0) == 1
    assert missed(phases, [0.0], phases.after[0], 1000.0) == 0, "the gesture is left before"


@pytest.mark.parametrize("deadline", [60.0, 52.0])
def test_hands_rest_in_time(small: Clip, deadline: float) -> None:
    phases = Phases.of(small)
    assert phases.rest - phases.stroke > deadline > phases.least(phases.rest)
    played = retimed(phases, [], phases.rest, deadline).performed(small)
    assert right_wrist(played.motion)[round(played.stroke * FPS + deadline) + 1 :].max() <= 0.12


def test_tempo_stays_within_bounds_and_the_stroke_as_it_was() -> None:
    library = MotionLibrary.default()
    for name in ("talk_both_large", "talk_contrast", "talk_seated_both", "talk_right_small"):
        clip = library[name]
        phases = Phases.of(clip)
        accents = [-20.0, 0.0, 13.0, 27.0, 45.0]
        timing = retimed(phases, accents, phases.rest, 70.0)
        lasts = np.diff(timing.times)
        assert (lasts >= phases.shortest - 2e-3).all() and (lasts <= phases.longest + 2e-3).all()
        assert HELD[0] - 2e-3 <= lasts.min() and lasts.max() <= HELD[1] + 2e-3
        first, last = phases.kept
        np.testing.assert_allclose(lasts[first:last], 1.0, atol=2e-3)
        fast = speeds(wrists(clip.motion.rotations, clip.motion.translation, canonical_skeleton())).max(axis=1) > 0.25
        assert lasts[fast].min() >= MOVING[0] - 2e-3 and lasts[fast].max() <= MOVING[1] + 2e-3
        again = retimed(phases, accents, phases.rest, 70.0)
        np.testing.assert_array_equal(timing.times, again.times)


def test_a_faster_gesture_has_its_phases_earlier(small: Clip) -> None:
    phases = Phases.of(small)
    paced = phases.paced(1.25, 87)
    assert paced.stroke == pytest.approx(phases.stroke / 1.25)
    assert paced.after[0] == pytest.approx(phases.after[0] / 1.25, abs=0.5)
    assert len(paced.shortest) == len(paced.longest) == 86
    assert phases.paced(1.0, small.frames) is phases


def test_a_shift_moves_all_and_holds_the_first_frame(small: Clip) -> None:
    later = Retiming(np.arange(small.frames, dtype=np.float64)).after(0.4)
    played = later.performed(small)
    assert played.stroke == pytest.approx(small.stroke + 0.4 / FPS)
    assert later.source(later.at(31.0)) == pytest.approx(31.0)
    np.testing.assert_allclose(played.motion.rotations[0], small.motion.rotations[0], atol=1e-6)


def test_smooth_samples_have_no_corners() -> None:
    clip = MotionLibrary.default()["talk_right_large"]
    at = np.arange(0.0, clip.frames - 1, 0.5)

    def jerk(motion: Motion) -> float:
        places = wrists(motion.rotations, motion.translation, canonical_skeleton())
        return float(np.linalg.norm(np.diff(places, 3, axis=0), axis=-1).max())

    smooth = sample_smoothly(clip.motion, at)
    assert jerk(smooth) < 0.5 * jerk(sample(clip.motion, at))
    np.testing.assert_allclose(smooth.rotations[::2], clip.motion.rotations[:-1], atol=1e-5)
    with pytest.raises(InputError, match="fewer than two"):
        sample_smoothly(clip.motion.slice(0, 1), at)
