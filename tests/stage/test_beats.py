"""Talking gestures of performances: strokes on accents, hands at rest after the last word, no gesture cut."""

import numpy as np
import pytest
from staging import track

from digital_life.behaviour import Behaviour
from digital_life.evaluate.bench_beats import performed
from digital_life.face.head import accents
from digital_life.momat.hand_stops import speeds
from digital_life.motion.motion import FPS

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
    for speech in SENTENCES:
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
