"""How feelings show in the body: the same sentences, with the same sound, performed under different emotions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import yaml
from numpy.typing import NDArray

from digital_life.behaviour import Behaviour, Emotion
from digital_life.evaluate.table import Table
from digital_life.momat.gesture_size import reach
from digital_life.momat.hand_stops import jerks, speeds
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton
from digital_life.voice.speech import Speech, Voice

if TYPE_CHECKING:
    from digital_life.stage.stage import Stage

Array = NDArray[np.float64]

SENTENCES = Path(__file__).parent / "data" / "emotive_sentences.yaml"
LEVELS = (1, 3, 5, 7, 9)
DIMENSIONS = ("arousal", "dominance", "pleasure")
MEASURES = {
    "speed": "speed of the wrists, m/s",
    "size": "reach of the wrists, arm lengths",
    "upright": "chest upright, degrees",
    "open": "shoulders back, cm",
    "head": "face raised, degrees",
    "jerk": "jerk of the wrists, m/s³",
}
"""Means over the frames of a sentence."""
_HANDS = [JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]]
_SHOULDERS = [JOINT_INDEX["left_shoulder"], JOINT_INDEX["right_shoulder"]]


def emotive() -> Table:
    """Thirty sentences at five levels of arousal, dominance and pleasure, the other two neutral."""
    from rich.progress import track

    sentences: list[str] = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    asked = [(dimension, level) for dimension in DIMENSIONS for level in LEVELS]
    found = {
        (dimension, level): measured(sentences, Emotion(**{dimension: level}))
        for dimension, level in track(asked, "Performing", transient=True)
    }
    rows = [
        _row(dimension, name, np.array([[m[name] for m in found[dimension, level]] for level in LEVELS]))
        for dimension in DIMENSIONS
        for name in MEASURES
    ]
    columns = ["feeling", "measure", *map(str, LEVELS), "rank correlation", "rises all the way"]
    return Table(columns, rows, [f"{len(sentences)} sentences; one body, one sound for all feelings."])


def _row(dimension: str, name: str, values: Array) -> list[str]:
    """``values`` [levels, sentences]: means, mean rank correlation with the level, share of sentences that never fall."""
    from scipy.stats import spearmanr

    ranks = [float(spearmanr(LEVELS, column).statistic) for column in values.T if np.ptp(column) > 0]
    rising = np.mean((np.diff(values, axis=0) >= 0.0).all(axis=0)) if np.ptp(values) > 0 else np.nan
    means = [f"{mean:.3g}" for mean in values.mean(axis=1)]
    return [dimension, MEASURES[name], *means, f"{np.mean(ranks):.2f}" if ranks else "-", f"{100 * rising:.0f} %"]


def measured(sentences: Sequence[str], emotion: Emotion) -> list[dict[str, float]]:
    """:data:`MEASURES` of each sentence, said by a character who feels ``emotion``."""
    stage, skeleton = _stage()
    found = []
    for sentence in sentences:
        performances = stage.perform(Behaviour(speaker="A", partner="B", speech=sentence, emotion=emotion))
        own = next(performance for performance in performances if performance.character == "A")
        assert own.speech is not None
        first = round(own.speech_start * FPS)
        found.append(_measures(own.motion.slice(first, first + round(own.speech.duration * FPS)), skeleton))
    return found


def _measures(motion: Motion, skeleton: Skeleton) -> dict[str, float]:
    positions, world = forward_kinematics(motion.rotations, motion.translation, skeleton)
    chest = world[:, JOINT_INDEX["spine3"]]
    seen = quat.rotate(quat.conjugate(chest)[:, None], positions - positions[:, [JOINT_INDEX["spine3"]]])
    hands = positions[:, _HANDS]
    return {
        "speed": float(speeds(hands).mean()),
        "size": float(reach(motion.rotations, skeleton).mean()),
        "upright": _pitch(chest),
        "open": float(-100.0 * seen[:, _SHOULDERS, 2].mean()),
        "head": _pitch(world[:, JOINT_INDEX["head"]]),
        "jerk": float(jerks(hands).mean()),
    }


def _pitch(world: Array) -> float:
    """Mean angle in degrees by which the +Z axis of rotations [T, 4] points above the horizon."""
    forward = quat.rotate(world, np.array([0.0, 0.0, 1.0]))
    return float(np.degrees(np.arcsin(np.clip(forward[:, 1], -1.0, 1.0))).mean())


@dataclass
class _OneSound:
    """A voice whose sound does not change with the feeling."""

    voice: Voice
    name: str = "one sound"
    said: dict[str, Speech] = field(default_factory=dict)

    def say(self, text: str, *, pleasure: float = 5, arousal: float = 5) -> Speech:
        """The words as they are said without any feeling."""
        if text not in self.said:
            self.said[text] = self.voice.say(text)
        return self.said[text]


def _stage() -> tuple[Stage, Skeleton]:
    from digital_life.voice.silent import SilentVoice
    from digital_life.voice.styles import VoiceStyle

    return staged(_OneSound(SilentVoice("plain", VoiceStyle())), "window")


def staged(voice: Voice, place: str) -> tuple[Stage, Skeleton]:
    """A stage with a speaker A at ``place`` of the first meeting's room and a listener B by the window."""
    from digital_life.assets import asset_dir
    from digital_life.llm.embedding import shared_embedder
    from digital_life.momat.library import MotionLibrary
    from digital_life.momat.search import MotionSearch
    from digital_life.motion.skeleton import canonical_skeleton
    from digital_life.society.scenario import load_scenario
    from digital_life.stage.cast import CastMember
    from digital_life.stage.stage import Stage

    room = load_scenario(asset_dir("examples") / "first_meeting.yaml").scenario.room
    skeleton = canonical_skeleton()
    members = [CastMember("A", skeleton, voice, place), CastMember("B", skeleton, voice, "window")]
    library = MotionLibrary.default()
    return Stage(room, members, seed=1, library=library, search=MotionSearch(library, shared_embedder())), skeleton
