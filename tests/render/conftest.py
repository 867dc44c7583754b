"""A short scene with two dressed characters who talk."""

from __future__ import annotations

import numpy as np
import pytest

from digital_life.behaviour import Emotion
from digital_life.body.appearance import build_character
from digital_life.body.character import Character
from digital_life.face.track import face_track
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.persona.appearance import Appearance
from digital_life.render.job import RenderJob, Subtitle
from digital_life.stage.performance import Performance
from digital_life.stage.scene import Furniture, Place, Room
from digital_life.voice.speech import Speech

ROOM = Room(
    places=(Place(name="middle", position=(0, 0)),),
    furniture=(
        Furniture(kind="sofa", position=(0, -1.9)),
        Furniture(kind="window", position=(-1.6, -2.45)),
        Furniture(kind="bookshelf", position=(2.0, -2.3)),
        Furniture(kind="rug", position=(0, 0)),
        Furniture(kind="lamp", position=(0.3, 2.0)),
    ),
)


def standing(character: Character, position: tuple[float, float], yaw: float, seconds: float) -> Motion:
    frames = int(seconds * 30)
    rotations = np.tile([1.0, 0.0, 0.0, 0.0], (frames, 55, 1))
    rotations[:, 0] = quat.yaw(yaw)
    for side, sign in (("left", -1), ("right", 1)):
        rotations[:, JOINT_INDEX[f"{side}_shoulder"]] = quat.from_axis_angle(np.array([0.0, 0.0, sign * 1.2]))
    pelvis = character.skeleton.rest_joints[0]
    at = [position[0] - pelvis[0], character.skeleton.standing_translation, position[1] - pelvis[2]]
    face = face_track(None, 0.0, frames, emotion=Emotion(), expression="smile", seed=1)
    return Motion(np.tile(at, (frames, 1)), rotations, face=face)


@pytest.fixture(scope="session")
def characters() -> dict[str, Character]:
    return {
        "Ann": build_character("Ann", Appearance(gender=1, outfit={"top_colour": "#c81e1e"})),
        "Bo": build_character("Bo", Appearance(gender=0, outfit={"top_colour": "#1e1ec8"})),
    }


@pytest.fixture(scope="session")
def job(characters: dict[str, Character]) -> RenderJob:
    seconds = 12.0
    tone = Speech("Hello.", 1.0, samples=0.5 * np.sin(np.arange(24000) / 10).astype(np.float32))
    ann, bo = characters["Ann"], characters["Bo"]
    return RenderJob(
        room=ROOM,
        characters=characters,
        performances=[
            Performance("Ann", 0.0, standing(ann, (-0.6, 0), np.pi / 2, seconds), tone, 2.0),
            Performance("Bo", 0.0, standing(bo, (0.6, 0), -np.pi / 2, seconds)),
        ],
        subtitles=[Subtitle(2.0, 3.0, "Ann", "Hello."), Subtitle(6.0, 11.0, "Bo", "Good evening to you, my friend.")],
        duration=seconds,
    )
