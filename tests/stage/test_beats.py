"""Talking gestures of performances: strokes on accents, hands at rest after the last word, no gesture cut."""

import numpy as np
import pytest
from staging import track

from digital_life.behaviour import Behaviour
from digital_life.evaluate.bench_beats import performed
from digital_life.face.head import accents
from digital_life.momat.hand_stops import speeds
from digital_life.motion.motion import FPS
from digital_life.stage.choosing import Chooser
from digital_life.stage.gestures import Planner
from digital_life.voice.speech import Phoneme, Speech, Word

SENTENCES = [
    "I have just come from the station, and nobody was there.",
    "We have three weeks left until the whole street moves out.",
    "You can put the boxes over there, next to the window.",
    "The garden is so large that you cannot see where it ends.",
]
SHORT = ("I know what I saw.", "That is not what I meant.", "Nobody was there.")


@pytest.mark.parametrize("place", ["window", "sofa"])
def test_a_real_voice_is_met_by_strokes_and_left_by_hands_at_rest(place: str) -> None:
    said = performed(SENTENCES, place)
    strokes = np.concatenate([np.abs(one.strokes[:, None] - one.accents).min(axis=1) for one in said])
    assert len(strokes) >= 4 and strokes.max() < 0.01
    assert all(one.rests for one in said)
    assert sum(one.cut for one in said) == 0


def silent(*stressed: float) -> Speech:
    """A speech of five seconds whose accents are at these times: every second vowel counts where there is no sound."""
    vowels = [(time + shift, time + shift + 0.1) for time in stressed for shift in (-0.05, 0.1)]
    phonemes = tuple(Phoneme("AA", begin, end) for begin, end in vowels)
    return Speech("ah", 5.0, phonemes=phonemes, words=(Word("ah", 0.0, 5.0),))


@pytest.mark.parametrize(("second", "expected"), [(0.55, "talk_precise"), (0.9, "talk_right_small")])
def test_gestures_are_chosen_whose_later_strokes_have_an_accent(make_stage, second: float, expected: str) -> None:
    stage = make_stage("table", "window")
    beats = [stage.library[name] for name in ("talk_precise", "talk_right_small")]
    for seed in range(4):
        planner = Planner(np.random.default_rng(seed))
        speech = silent(1.0, 1.0 + second)
        assert [time for time, _ in accents(speech)] == pytest.approx([1.0, 1.0 + second])
        chooser = Chooser(stage.matcher, "standing", None, (), seed)
        planner.add_beats(speech, 0, beats, stage.phases, chooser, earliest=0)
        assert planner.events[0].clip.id == expected
        assert planner.events[0].stroke == pytest.approx(FPS)


@pytest.mark.parametrize("place", ["table", "sofa"])
def test_hands_come_to_rest_after_long_and_short_speeches(make_stage, place: str) -> None:
    stage = make_stage(place, "window")
    gestures = 0
    for speech in (" ".join(SENTENCES), *SHORT):
        turn = [stage.perform(Behaviour(speaker="Ada", partner="Bo", speech=speech)), stage.idle(1.0)]
        own = next(performance for performance in turn[0] if performance.character == "Ada")
        assert own.speech is not None
        speed = speeds(track(stage, "Ada", turn).at("left_wrist", "right_wrist")).max(axis=1)
        rest = round((own.speech_start + own.speech.words[-1].end + 0.5) * FPS)
        assert speed[rest : rest + 10].max() < 0.15, speech
        events = own.motion.provenance["events"]
        loud = np.array([time for time, _ in accents(own.speech)])
        for event in events:
            assert np.abs(loud - (event["stroke"] / FPS - own.speech_start)).min() < 0.01
        ends = [event["at"] + event["frames"] for event in events]
        assert all(end <= event["at"] for end, event in zip(ends, events[1:], strict=False))
        gestures += len(events)
    assert gestures >= 5


def test_the_record_has_the_frames_of_the_library(make_stage) -> None:
    stage = make_stage("sofa", "window")
    events = []
    for speech in (*SENTENCES, " ".join(SENTENCES)):
        turn = stage.perform(Behaviour(speaker="Ada", partner="Bo", speech=speech))
        events += next(performance for performance in turn if performance.character == "Ada").motion.provenance[
            "events"
        ]
    assert any(abs(event["frames"] - (event["last"] - event["first"])) > 2 for event in events), (
        "some tempo was changed"
    )
    for event in events:
        clip = stage.library[event["clip"]]
        assert 0 <= event["first"] < event["last"] <= clip.frames
        assert event["at"] < event["stroke"] < event["at"] + event["frames"]
        assert event["stroke"] < event["relax"]
