"""Expressions, blinks, gaze, head beats and the whole face track."""

from __future__ import annotations

import numpy as np
import pytest

from digital_life.behaviour import Emotion
from digital_life.face import gaze, head
from digital_life.face.blink import blink_track
from digital_life.face.expression import read_expression
from digital_life.face.track import face_track
from digital_life.motion import quaternion as quat
from digital_life.motion.arkit import ARKIT_INDEX, ARKIT_NAMES
from digital_life.persona.schema import VoiceSettings
from digital_life.voice.speech import Speech
from digital_life.voice.voices import load_voice

NEUTRAL = Emotion()


@pytest.fixture(scope="module")
def speech() -> Speech:
    return load_voice(VoiceSettings(name="tom")).say(
        "Well, I never thought you would come back! Tell me, how was the trip? I want to hear everything."
    )


def weight(text: str, name: str, emotion: Emotion = NEUTRAL) -> float:
    return float(read_expression(text, emotion).weights[ARKIT_INDEX[name]])


def test_words_choose_the_expression() -> None:
    assert weight("a warm smile", "mouthSmileLeft") > 0.35
    assert weight("frowning with worry", "browInnerUp") > 0.3
    assert weight("eyes wide in surprise", "mouthSmileLeft") == 0
    assert weight("surprised", "eyeWideLeft") > 0.3
    assert weight("looks angry", "browDownRight") > 0.4
    assert weight("raises an eyebrow, doubtful", "browOuterUpLeft") > weight("raises an eyebrow", "browOuterUpRight")
    assert (
        weight("slight smile", "mouthSmileLeft")
        < weight("smile", "mouthSmileLeft")
        < weight("broad smile", "mouthSmileLeft")
    )
    assert weight("does not smile", "mouthSmileLeft") == 0


def test_unknown_words_fall_back_to_the_emotion() -> None:
    pleased, hurt = Emotion(pleasure=9), Emotion(pleasure=1, dominance=2)
    furious = Emotion(pleasure=1, dominance=9, arousal=8)
    assert weight("xyzzy", "mouthSmileLeft", pleased) > 0.2
    assert weight("", "browInnerUp", hurt) > 0.2
    assert weight("", "browDownLeft", furious) > weight("", "browDownLeft", hurt)
    assert not read_expression("", NEUTRAL).weights.any()


def test_blinks_come_every_two_to_four_seconds() -> None:
    closed = blink_track(30 * 120, seed=3)
    starts = np.flatnonzero((closed[1:] >= 0.8) & (closed[:-1] < 0.8))
    assert 30 <= len(starts) <= 60
    assert np.diff(starts).max() <= 4.3 * 30
    assert np.array_equal(closed, blink_track(30 * 120, seed=3))
    assert not np.array_equal(closed, blink_track(30 * 120, seed=4))


def test_eyes_look_at_their_target() -> None:
    eyes = np.array([[0.03, 0.1, 0.08], [-0.03, 0.1, 0.08]])
    target = np.tile([0.4, 0.3, 2.0], (90, 1))
    rotations = gaze.eye_rotations(target, eyes, seed=1)
    forward = quat.rotate(rotations, np.array([0.0, 0.0, 1.0]))
    wanted = (target[:, None] - eyes) / np.linalg.norm(target[:, None] - eyes, axis=-1, keepdims=True)
    error = np.degrees(np.arccos(np.clip((forward * wanted).sum(-1), -1, 1)))
    assert 0 < error.mean() < 1.5
    assert error.max() < 4


def test_eyes_stop_at_their_limits() -> None:
    eyes = np.zeros((2, 3))
    beside = gaze.eye_rotations(np.tile([3.0, 0.0, 0.1], (5, 1)), eyes, seed=0)
    forward = quat.rotate(beside, np.array([0.0, 0.0, 1.0]))
    assert np.degrees(np.arctan2(forward[..., 0], forward[..., 2])) == pytest.approx(25, abs=0.1)


def test_speakers_look_away_more_than_listeners() -> None:
    def share(speaking: bool) -> float:
        runs = [gaze.look_away(300, seed=s, speaking=speaking) for s in range(20)]
        return float(np.mean([(np.abs(run).max(axis=1) > 0.02).mean() for run in runs]))

    assert 0.1 < share(False) < 0.35 < share(True) < 0.6


def test_head_moves_with_the_voice_and_comes_to_rest(speech: Speech) -> None:
    frames = int((speech.duration + 2) * 30)
    angles = np.degrees(head.head_beats(speech, 0.5, frames, seed=2))
    assert 1.5 < angles[:, 0].max() < 8
    assert np.abs(np.diff(angles, axis=0)).max() < 2
    assert np.abs(angles[-5:]).max() < 0.2
    assert head.neck_and_head(np.radians(angles)).shape == (frames, 2, 4)


def test_listeners_nod_where_phrases_end(speech: Speech) -> None:
    frames = int((speech.duration + 2) * 30)
    ends = head.phrase_ends(speech)
    assert len(ends) >= 3
    nods = np.degrees(head.listener_nods(speech, 0.0, frames, seed=5)[:, 0])
    peak = nods.argmax() / 30
    assert nods.max() > 2.5
    assert min(abs(peak - end) for end in ends) < 0.7


def test_face_track_speaks_smiles_and_blinks(speech: Speech) -> None:
    frames = int((speech.duration + 1.5) * 30)
    track = face_track(speech, 0.4, frames, emotion=Emotion(pleasure=7), expression="warm smile", seed=7)
    assert track.shape == (frames, len(ARKIT_NAMES))
    assert track.dtype == np.float32
    assert track.min() >= 0 and track.max() <= 1
    assert track[:, ARKIT_INDEX["jawOpen"]].max() > 0.2
    assert track[:9, ARKIT_INDEX["jawOpen"]].max() < 0.05
    assert track[:, ARKIT_INDEX["mouthSmileLeft"]].mean() > 0.1
    assert track[:, ARKIT_INDEX["eyeBlinkLeft"]].max() > 0.8
    assert np.array_equal(
        track, face_track(speech, 0.4, frames, emotion=Emotion(pleasure=7), expression="warm smile", seed=7)
    )


def test_listener_keeps_the_mouth_shut(speech: Speech) -> None:
    track = face_track(speech, 0.0, 200, emotion=NEUTRAL, expression="curious", seed=1, listening=True)
    assert track[:, ARKIT_INDEX["jawOpen"]].max() == 0


def test_face_departs_from_the_one_before() -> None:
    before = np.full(len(ARKIT_NAMES), 0.3, np.float32)
    track = face_track(None, 0.0, 60, emotion=NEUTRAL, expression="", seed=1, previous=before)
    assert np.abs(track[0] - before).max() < 0.02
    assert track[20, ARKIT_INDEX["mouthSmileLeft"]] < 0.01


def test_no_frames_is_an_empty_track() -> None:
    assert face_track(None, 0.0, 0, emotion=NEUTRAL, expression="", seed=1).shape == (0, len(ARKIT_NAMES))
