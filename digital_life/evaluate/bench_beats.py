"""Whether hands beat with the voice: strokes on stressed syllables, rest at the end, whole gestures; standing and seated.

Beat alignment as in AIST++ and BEAT (Li et al. 2021, Liu et al. 2022): the mean over the beats of the hands of
``exp(-d^2 / (2 s^2))``, where d is the time to the nearest beat of the sound and s = 0.1 s. A beat of the hands is where a
wrist comes to a stop after it was fast, or the stroke that the clip's author marked; a beat of the sound is an accent of the
speech. The same hands are set against the accents of the other sentences, each spread over the time of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import yaml
from numpy.typing import NDArray

from digital_life.behaviour import Behaviour
from digital_life.evaluate.bench_emotive import SENTENCES
from digital_life.evaluate.table import Table
from digital_life.face.head import accents
from digital_life.momat.entry import earliest_end
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton
from digital_life.stage.gestures import Event
from digital_life.stage.performance import Performance

if TYPE_CHECKING:
    from digital_life.stage.stage import Stage

Array = NDArray[np.float64]

WIDTH = 0.1
"""Seconds."""
QUIET = 0.3
"""Seconds around the end of the last word in which hands should come to rest."""
LEAST_SPEED = 0.3
"""Metres per second that a wrist reaches in a beat, at least."""
_HANDS = [JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]]


@dataclass(frozen=True)
class Said:
    """One sentence: times of its accents, of the hands' beats and of the strokes (seconds of speech), and how it ends."""

    accents: Array
    beats: Array
    strokes: Array
    duration: float
    after: float
    """Speed of the hands after the last word, as a share of that while it speaks."""
    cut: int
    """Gestures that another one, or the end, cuts before their stroke is over."""


def beats() -> Table:
    """Thirty sentences with the persona's voice, said by somebody who stands and by somebody who sits."""
    from rich.progress import track

    sentences: list[str] = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    rows = []
    for posture, place in track((("standing", "window"), ("seated", "sofa")), "Performing", transient=True):
        rows.append(_row(posture, performed(sentences, place)))
    columns = [
        "posture", "sentences", "gestures", "stroke to accent, median ms", "strokes within 100 ms",
        "alignment of strokes", "with other sound", "of all stops", "with other sound", "speed after the end", "cut",
    ]  # fmt: skip
    return Table(columns, rows, [f"Alignment: 1 is on the beat, s = {WIDTH} s."])


def _row(posture: str, said: Sequence[Said]) -> list[str]:
    off = np.concatenate([_nearest(one.strokes, one.accents) for one in said])
    return [
        posture,
        str(len(said)),
        str(len(off)),
        f"{1000 * np.median(off):.0f}",
        f"{100 * np.mean(off <= WIDTH):.0f} %",
        *_alignment(said, "strokes"),
        *_alignment(said, "beats"),
        f"{100 * np.mean([one.after for one in said]):.0f} %",
        str(sum(one.cut for one in said)),
    ]


def _alignment(said: Sequence[Said], what: str) -> tuple[str, str]:
    """With the own sound (mean and 95 % interval), and with that of all other sentences."""
    own = np.concatenate([_aligned(getattr(one, what), one.accents) for one in said])
    others = [
        _aligned(getattr(one, what), other.accents * (one.duration / other.duration))
        for one in said
        for other in said
        if other is not one
    ]
    half = 1.96 * own.std(ddof=1) / np.sqrt(len(own))
    return f"{own.mean():.3f} ± {half:.3f}", f"{np.concatenate(others).mean():.3f}"


def _aligned(moved: Array, sound: Array) -> Array:
    return np.asarray(np.exp(-(_nearest(moved, sound) ** 2) / (2.0 * WIDTH**2)))


def _nearest(moved: Array, sound: Array) -> Array:
    """Seconds from each of ``moved`` to the nearest of ``sound``."""
    if not len(moved) or not len(sound):
        return np.zeros(0)
    return np.asarray(np.abs(moved[:, None] - sound[None]).min(axis=1))


def performed(sentences: Sequence[str], place: str) -> list[Said]:
    """Each sentence said at ``place``, one after the other by one character."""
    stage, skeleton = _stage(place)
    found = []
    for sentence in sentences:
        performances = stage.perform(Behaviour(speaker="A", partner="B", speech=sentence))
        own = next(performance for performance in performances if performance.character == "A")
        played = own.motion.provenance["events"]
        events = [Event(stage.library[e["clip"]], e["at"], e["first"], e["last"]) for e in played]
        found.append(_said(own, events, skeleton))
    return found


def _said(own: Performance, events: Sequence[Event], skeleton: Skeleton) -> Said:
    speech = own.speech
    assert speech is not None
    places, _ = forward_kinematics(own.motion.rotations, own.motion.translation, skeleton)
    speed = np.linalg.norm(np.diff(places[:, _HANDS], axis=0), axis=-1) * FPS
    begin, last = own.speech_start, own.speech_start + (speech.words[-1].end if speech.words else speech.duration)
    while_said = speed[round(begin * FPS) : round(last * FPS)].max(axis=1).mean()
    after = speed[round((last + QUIET) * FPS) :].max(axis=1)
    stops = np.concatenate([_stops(speed[:, hand]) for hand in (0, 1)]) / FPS - begin
    strokes = [(e.start + e.clip.stroke * FPS - e.first) / FPS - begin for e in events]
    return Said(
        np.array([time for time, _ in accents(speech)]),
        stops[(stops >= 0.0) & (stops <= speech.duration)],
        np.array(strokes),
        speech.duration,
        float(after.mean() / while_said) if len(after) else 0.0,
        sum(event.last < earliest_end(event.clip) for event in events),
    )


def _stops(speed: Array) -> Array:
    """Frames in which a wrist with ``speed`` [T] is slowest after each time that it was fast."""
    from scipy.signal import find_peaks

    fast = find_peaks(speed, height=LEAST_SPEED, distance=FPS // 5)[0]
    slow = np.flatnonzero(np.diff(speed, append=np.inf) > 0.0)
    return np.asarray(slow[np.searchsorted(slow, fast)], dtype=np.float64)


def _stage(place: str) -> tuple[Stage, Skeleton]:
    """A with a voice at ``place``, and B who listens by the window."""
    from digital_life.evaluate.bench_emotive import staged
    from digital_life.persona.schema import VoiceSettings
    from digital_life.voice.voices import load_voice, voice_names

    return staged(load_voice(VoiceSettings(name=voice_names()[0])), place)
