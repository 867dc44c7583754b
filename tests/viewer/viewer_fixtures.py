"""A cheap character and synthetic scenes: enough to see the viewer work without a mind, a voice or a real body."""

from __future__ import annotations

import io
import threading
import time
import wave
from collections.abc import Sequence

import numpy as np

from digital_life.behaviour import Behaviour
from digital_life.body.character import Character, Material, MeshPart
from digital_life.body.glb import write_glb
from digital_life.motion import quaternion as quat
from digital_life.motion.arkit import ARKIT_INDEX
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, PARENTS, Skeleton, canonical_skeleton
from digital_life.stage.performance import Performance
from digital_life.stage.scene import Furniture, Place, Room
from digital_life.viewer.wire import (
    WireAudio,
    WirePerformance,
    WireScene,
    WireTurn,
    audio_url,
    performance_url,
    wire_character,
)
from digital_life.voice.speech import Speech

ROOM = Room(
    size=(6.0, 5.0),
    places=(
        Place(name="middle", position=(0.0, 0.4), capacity=2, spacing=1.2),
        Place(name="sofa", posture="seated", position=(-1.7, -1.2), facing=25, seat_height=0.44),
    ),
    furniture=(
        Furniture(kind="rug", position=(0.0, 0.4)),
        Furniture(kind="sofa", position=(-1.7, -1.2), facing=25),
        Furniture(kind="chair", position=(0.75, -1.75), facing=-20),
        Furniture(kind="table", position=(2.3, 1.2), facing=90),
        Furniture(kind="desk", position=(2.55, -0.7), facing=-90),
        Furniture(kind="window", position=(-0.1, -2.46)),
        Furniture(kind="bookshelf", position=(-2.8, 0.9), facing=90),
        Furniture(kind="plant", position=(2.5, -2.0)),
        Furniture(kind="lamp", position=(-2.6, -2.1)),
        Furniture(kind="door", position=(1.7, -2.46)),
    ),
)
SPEECHES = (
    ("Mira", "Good evening. I did not expect anybody here, with all that rain."),
    ("Tunde", "Nor did I! The choir is off, they say; so it is the two of us and the tea, if the kettle works."),
    ("Mira", "Then let us see about the kettle."),
)


def box(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices, normals and faces of a box with hard edges."""
    vertices, normals, faces = [], [], []
    for axis in range(3):
        for side, bound in ((-1.0, low), (1.0, high)):
            u, v = (axis + 1) % 3, (axis + 2) % 3
            corner = np.tile(bound, (4, 1))
            corner[:, u] = [low[u], high[u], high[u], low[u]]
            corner[:, v] = [low[v], low[v], high[v], high[v]]
            first = 4 * len(vertices)
            order = [[0, 1, 2], [0, 2, 3]] if side > 0 else [[0, 2, 1], [0, 3, 2]]
            faces += [[first + k for k in triangle] for triangle in order]
            vertices.append(corner)
            normals.append(np.tile(np.eye(3)[axis] * side, (4, 1)))
    return np.concatenate(vertices), np.concatenate(normals), np.array(faces)


def cheap_character(name: str, colour: tuple[float, float, float]) -> Character:
    """A box for every bone, with a smile that moves the head's box."""
    skeleton = canonical_skeleton()
    parts = []
    for joint, parent in enumerate(PARENTS):
        if parent < 0:
            continue
        ends = skeleton.rest_joints[[parent, joint]]
        thick = 0.03 if joint > JOINT_INDEX["right_wrist"] else 0.06
        parts.append((box(ends.min(axis=0) - thick, ends.max(axis=0) + thick), parent))
    feet = skeleton.rest_joints[[JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]]
    for foot, name_of in zip(feet, ("left_ankle", "right_ankle"), strict=True):
        sole = np.array([foot[0], skeleton.floor, foot[2]])
        parts.append((box(np.subtract(sole, (0.05, 0, 0.12)), np.add(sole, (0.05, 0.06, 0.08))), JOINT_INDEX[name_of]))
    body = part("body", parts, Material("cloth", colour))
    head = skeleton.rest_joints[JOINT_INDEX["head"]] + [0, 0.1, 0.02]
    shell = box(np.subtract(head, (0.08, 0.11, 0.09)), np.add(head, (0.08, 0.11, 0.09)))
    smile = {"mouthSmileLeft": (np.arange(4, dtype=np.uint32), np.full((4, 3), 0.01, np.float32))}
    face = part("head", [(shell, JOINT_INDEX["head"])], Material("skin", (0.8, 0.6, 0.5)), smile)
    return Character(name, skeleton, (body, face))


def part(name: str, boxes: list, material: Material, morphs: dict | None = None) -> MeshPart:
    vertices, normals, faces, joints, count = [], [], [], [], 0
    for (v, n, f), joint in boxes:
        vertices.append(v)
        normals.append(n)
        faces.append(f + count)
        joints.append(np.full(len(v), joint))
        count += len(v)
    influences = np.zeros((count, 4), np.uint8)
    influences[:, 0] = np.concatenate(joints)
    weights = np.tile(np.float32([1, 0, 0, 0]), (count, 1))
    return MeshPart(
        name,
        np.concatenate(vertices).astype(np.float32),
        np.concatenate(normals).astype(np.float32),
        np.concatenate(faces).astype(np.uint32),
        influences,
        weights,
        material,
        morphs=morphs or {},
    )


def sway(skeleton: Skeleton, start: float, seconds: float, x: float, z: float, yaw: float, talking: bool) -> Motion:
    """Standing with hanging arms, breathing and swaying; who talks waves a hand and moves the mouth."""
    clock = start + np.arange(round(seconds * FPS)) / FPS
    rotations = np.zeros((len(clock), JOINT_COUNT, 3))
    rotations[:, JOINT_INDEX["left_shoulder"], 2] = -1.15
    rotations[:, JOINT_INDEX["right_shoulder"], 2] = 1.15
    rotations[:, JOINT_INDEX["spine2"], 0] = 0.02 * np.sin(1.6 * clock)
    rotations[:, JOINT_INDEX["head"], 1] = 0.1 * np.sin(0.9 * clock)
    face = np.zeros((len(clock), 52), np.float32)
    face[:, ARKIT_INDEX["mouthSmileLeft"]] = face[:, ARKIT_INDEX["mouthSmileRight"]] = 0.4
    if talking:
        rotations[:, JOINT_INDEX["right_shoulder"], 1] = 0.4
        rotations[:, JOINT_INDEX["right_elbow"], 1] = 1.3 + 0.3 * np.sin(4 * clock)
        face[:, ARKIT_INDEX["jawOpen"]] = 0.25 + 0.25 * np.sin(14 * clock)
    rotations[:, JOINT_INDEX["jaw"], 0] = 0.3 * face[:, ARKIT_INDEX["jawOpen"]]
    quaternions = quat.from_axis_angle(rotations)
    quaternions[:, 0] = quat.yaw(yaw)
    translation = np.tile([x, skeleton.standing_translation, z], (len(clock), 1))
    translation[:, 0] += 0.01 * np.sin(0.7 * clock)
    return Motion(translation, quaternions, face)


def beep(seconds: float, pitch: float = 330.0, rate: int = 24000) -> np.ndarray:
    clock = np.arange(round(seconds * rate)) / rate
    return (0.2 * np.sin(2 * np.pi * pitch * clock) * (1 + np.sin(2 * np.pi * 4 * clock)) / 2).astype(np.float32)


def wav_bytes(samples: np.ndarray, rate: int = 24000) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def wire_turn(index: int, behaviour: Behaviour | None, performances: Sequence[Performance]) -> WireTurn:
    """Describe a performed turn; an idle stretch has no behaviour."""
    spoken = next((p for p in performances if p.speech is not None), None)
    speech_start = None if spoken is None else spoken.start + spoken.speech_start
    audio = None
    if spoken is not None and spoken.speech is not None and spoken.speech.samples is not None:
        audio = WireAudio(url=audio_url(index, spoken.character), start=spoken.start + spoken.speech_start)
    return WireTurn(
        index=index,
        speaker=behaviour.speaker if behaviour else "",
        start=min(p.start for p in performances),
        end=max(p.end for p in performances),
        speech=behaviour.speech if behaviour else "",
        line=behaviour.line() if behaviour else "",
        mind=behaviour.mind if behaviour else "",
        speech_start=speech_start,
        speech_end=None if spoken is None or spoken.speech is None else (speech_start or 0.0) + spoken.speech.duration,
        ends=behaviour.ends if behaviour else False,
        performances=tuple(
            WirePerformance(
                character=p.character, start=p.start, frames=len(p.motion), url=performance_url(index, p.character)
            )
            for p in performances
        ),
        audio=audio,
    )


class SyntheticScene:
    """Turns in memory; ``SceneSource`` of the tests."""

    mode = "replay"

    def __init__(self, characters: list[Character], folder) -> None:
        self.characters = {character.name: character for character in characters}
        self.paths = {}
        for index, character in enumerate(characters):
            self.paths[character.name] = folder / f"{index}.glb"
            write_glb(character, self.paths[character.name])
        self.turns: list[WireTurn] = []
        self.performed: dict[tuple[int, str], Performance] = {}
        self.clock = 0.0

    def add(self, behaviour: Behaviour | None, seconds: float) -> WireTurn:
        index, performances = len(self.turns), []
        row = (len(self.characters) - 1) / 2
        for place, (name, character) in enumerate(self.characters.items()):
            talks = behaviour is not None and behaviour.speaker == name
            yaw = 0.0 if row == 0 else float(np.sign(row - place)) * 1.2
            motion = sway(character.skeleton, self.clock, seconds, (place - row) * 1.2, 0.4, yaw, talks)
            speech = (
                Speech(behaviour.speech, seconds - 0.6, samples=beep(seconds - 0.6)) if talks and behaviour else None
            )
            performances.append(Performance(name, self.clock, motion, speech, 0.3))
            self.performed[index, name] = performances[-1]
        self.turns.append(wire_turn(index, behaviour, performances))
        self.clock = self.turns[-1].end
        return self.turns[-1]

    def scene(self) -> WireScene:
        cast = tuple(wire_character(index, name) for index, name in enumerate(self.characters))
        return WireScene(
            title="A rainy evening", mode=self.mode, mind="offline", duration=self.clock, room=ROOM, characters=cast,
            turns=tuple(self.turns),
        )  # fmt: skip

    def glb(self, name: str):
        return self.paths[name]

    def performance(self, index: int, name: str) -> Performance:
        return self.performed[index, name]

    def audio(self, index: int, name: str) -> bytes:
        speech = self.performed[index, name].speech
        if speech is None or speech.samples is None:
            raise KeyError(index)
        return wav_bytes(speech.samples)


def synthetic_replay(characters: list[Character], folder) -> SyntheticScene:
    """A short dialogue between two characters."""
    scene = SyntheticScene(characters, folder)
    scene.add(None, 1.0)
    for speaker, speech in SPEECHES:
        behaviour = Behaviour(speaker=speaker, speech=speech, expression="warm smile", motion="waves", mind="offline")
        scene.add(behaviour, 4.0)
    return scene


class SyntheticChat(SyntheticScene):
    """Answers everything; "goodbye" ends it, "slow" takes its time, "fail" fails."""

    mode = "chat"

    def __init__(self, characters: list[Character], folder) -> None:
        super().__init__(characters, folder)
        self.name = characters[0].name
        self.idle_requests = 0
        self.release = threading.Event()
        self.more(1.0)

    def think(self, text: str) -> Behaviour:
        if text == "slow":
            self.release.wait(20)
        if text == "fail":
            from digital_life.errors import ModelError

            raise ModelError("the mind gave no answer", "try again")
        time.sleep(0.05)
        answer = f"You said: {text}"
        return Behaviour(speaker=self.name, speech=answer, mind="offline", motion="nods", ends=text == "goodbye")

    def play(self, text: str, answer: Behaviour) -> WireTurn:
        return self.add(answer, 2.5)

    def more(self, seconds: float) -> WireTurn:
        self.idle_requests += 1
        return self.add(None, seconds)
