"""Whether hands beat with the voice: strokes on stressed syllables, rest at the end, whole gestures; standing and seated.

Beat alignment as in AIST++ and BEAT (Li et al. 2021, Liu et al. 2022): the mean over the beats of the hands of
``exp(-d^2 / (2 s^2))``, where d is the time to the nearest beat of the sound and s = 0.1 s. A beat of the hands is where a
wrist comes to a stop after it was fast (``momat/hand_stops.py``), or the stroke that the clip's author marked; a beat of the
sound is an accent of the speech. The same hands are set against the accents of the other sentences, each spread over the
time of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from numpy.typing import NDArray

from digital_life.behaviour import Behaviour
from digital_life.evaluate.bench_emotive import SENTENCES
from digital_life.evaluate.table import Table
from digital_life.face.head import accents
from digital_life.momat.hand_stops import LEAST_SPEED, speeds, stops, wrists
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import Skeleton
from digital_life.stage.performance import Performance

if TYPE_CHECKING:
    from digital_life.stage.stage import Stage

Array = NDArray[np.float64]

WIDTH = 0.1
"""Seconds."""
REST_AFTER = 0.4
"""Seconds after the last word from which on hands should be at rest."""
REST_SPEED, REST_AWAY = 0.1, 0.06
"""Hands at rest move less than this (m/s, for a third of a second), and are no farther (m) from where they are later."""
LATER = 1.5
"""Seconds that are played after each sentence, to see where hands rest."""
AROUND_STROKE = 0.1
"""Seconds around the marked stroke in which a stop is that stroke."""


@dataclass(frozen=True)
class Said:
    """One sentence. Times are seconds of speech."""

    accents: Array
    strokes: Array
    """Strokes that the clips' authors marked."""
    later: Array
    """Stops of the hands in a gesture after its marked stroke, before it goes back to rest."""
    beats: Array
    """All stops of the hands: also those where they arrive before a stroke, and where they come to rest."""
    duration: float
    rests: bool
    """Whether the hands are at rest :data:`REST_AFTER` the last word."""
    cut: int
    """Gestures that end before they have said what they say, while their hands are fast."""


def beats() -> Table:
    """Thirty sentences with the persona's voice, said by somebody who stands and by somebody who sits."""
    from rich.progress import track

    sentences: list[str] = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    rows = []
    for posture, place in track((("standing", "window"), ("seated", "sofa")), "Performing", transient=True):
        rows.append(_row(posture, performed(sentences, place)))
    columns = [
        "posture", "sentences", "gestures", "stroke to accent, median ms", "strokes within 100 ms",
        "alignment of strokes", "with other sound", "of later strokes", "with other sound", "of all stops",
        "with other sound", "ends at rest", "cut",
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
        *_alignment(said, "later"),
        *_alignment(said, "beats"),
        f"{100 * np.mean([one.rests for one in said]):.0f} %",
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
    """Each sentence said at ``place``, one after the other by one character, who is at ease for a while after each."""
    stage, skeleton = _stage(place)
    found = []
    for sentence in sentences:
        own = _of_a(stage.perform(Behaviour(speaker="A", partner="B", speech=sentence)))
        found.append(_said(own, _of_a(stage.idle(LATER)).motion, skeleton))
    return found


def _of_a(performances: Sequence[Performance]) -> Performance:
    return next(performance for performance in performances if performance.character == "A")


def _said(own: Performance, later: Motion, skeleton: Skeleton) -> Said:
    speech = own.speech
    assert speech is not None
    begin, last = own.speech_start, own.speech_start + (speech.words[-1].end if speech.words else speech.duration)
    hands = np.concatenate([wrists(m.rotations, m.translation, skeleton) for m in (own.motion, later)])
    speed = speeds(hands)
    when = np.unique(np.concatenate([stops(speed[:, hand]) for hand in (0, 1)]))
    events: Sequence[Mapping[str, Any]] = own.motion.provenance["events"]
    after = [
        (when > e["stroke"] + AROUND_STROKE * FPS) & (when < min(e["relax"], e["at"] + e["frames"])) for e in events
    ]
    inside = when[np.any(after, axis=0)] if after else when[:0]
    seconds = when / FPS - begin
    return Said(
        np.array([time for time, _ in accents(speech)]),
        np.array([e["stroke"] / FPS - begin for e in events]),
        inside / FPS - begin,
        seconds[(seconds >= 0.0) & (seconds <= speech.duration)],
        speech.duration,
        _rests(hands, speed, round((last + REST_AFTER) * FPS)),
        sum(_cut(e, speed) for e in events),
    )


def _cut(event: Mapping[str, Any], speed: Array) -> bool:
    """Whether a gesture ends before it has said what it says, with a wrist that is fast."""
    end = event["at"] + event["frames"]
    return bool(end < event["relax"] and speed[end - 1 : end + 1].max() > LEAST_SPEED)


def _rests(hands: Array, speed: Array, frame: int) -> bool:
    """Whether ``hands`` [T, 2, 3] with ``speed`` [T - 1, 2] are at rest from ``frame`` on."""
    away = np.linalg.norm(hands[frame] - hands[-1], axis=-1).max()
    return bool(speed[frame : frame + FPS // 3].max() < REST_SPEED and away < REST_AWAY)


def _stage(place: str) -> tuple[Stage, Skeleton]:
    """A with a voice at ``place``, and B who listens by the window."""
    from digital_life.evaluate.bench_emotive import staged
    from digital_life.persona.schema import VoiceSettings
    from digital_life.voice.voices import load_voice, voice_names

    return staged(load_voice(VoiceSettings(name=voice_names()[0])), place)
