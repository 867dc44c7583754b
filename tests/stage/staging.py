"""A room, two characters without sound, and what the tests measure on their performances."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import MotionSearch
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton, canonical_skeleton
from digital_life.stage.cast import CastMember
from digital_life.stage.performance import Performance
from digital_life.stage.scene import Furniture, Place, Room
from digital_life.stage.stage import Stage
from digital_life.voice.silent import SilentVoice
from digital_life.voice.styles import VoiceStyle

ROOM = Room(
    size=(6.4, 5.0),
    places=(
        Place(name="sofa", posture="seated", position=(-1.5, -0.7), facing=35, seat_height=0.44, spacing=0.8),
        Place(name="table", position=(0.5, 0.7), spacing=1.15),
        Place(name="desk", position=(1.9, -0.5), facing=-90, capacity=1),
        Place(name="window", position=(0.3, -1.5), facing=180),
    ),
    furniture=(
        Furniture(kind="sofa", position=(-1.5, -0.7), facing=35),
        Furniture(kind="desk", position=(2.7, -0.5), facing=-90),
        Furniture(kind="table", position=(2.3, 1.5)),
    ),
)


def scaled(factor: float) -> Skeleton:
    """The canonical skeleton, larger or smaller."""
    base = canonical_skeleton()
    return Skeleton(base.rest_joints * factor, base.floor * factor)


def stage_of_two(ada: str, bo: str, seed: int, motions: tuple[MotionLibrary, MotionSearch]) -> Stage:
    """Ada (smaller) and Bo (larger) in ``ROOM``."""
    cast = [
        CastMember("Ada", scaled(0.95), SilentVoice("Ada", VoiceStyle()), ada),
        CastMember("Bo", scaled(1.05), SilentVoice("Bo", VoiceStyle()), bo),
    ]
    return Stage(ROOM, cast, seed=seed, library=motions[0], search=motions[1])


@dataclass
class Track:
    """World joints [T, 55, 3], world rotations [T, 55, 4], contacts [T, 4] and face [T, 52] of one character."""

    joints: np.ndarray
    world: np.ndarray
    rotations: np.ndarray
    contacts: np.ndarray
    face: np.ndarray

    def at(self, *names: str) -> np.ndarray:
        """Positions [T, n, 3] of joints."""
        return self.joints[:, [JOINT_INDEX[name] for name in names]]


def track(stage: Stage, name: str, turns: Sequence[Sequence[Performance]]) -> Track:
    """All performances of one character in a row."""
    mine = [next(p.motion for p in turn if p.character == name) for turn in turns]
    rotations = np.concatenate([motion.rotations for motion in mine]).astype(np.float64)
    translation = np.concatenate([motion.translation for motion in mine]).astype(np.float64)
    joints, world = forward_kinematics(rotations, translation, stage.actors[name].member.skeleton)
    contacts = np.concatenate([motion.contacts for motion in mine])
    return Track(joints, world, rotations, contacts, np.concatenate([motion.face for motion in mine]))
