"""What the server and the page say to each other: scene and chat messages as JSON, performances as packed numbers.

The TypeScript interfaces in ``web/src/wire.ts`` are made from these models (``digital_life.viewer.typescript``).

A packed performance is little-endian: ``b"DLPF"``, u32 version, u32 T, u32 55, u32 52, f32 start (seconds on the scene
clock), f32 translation [T, 3], i16 quaternions [T, 55, 4] / 32767 (wxyz), u8 face [T, 52] / 255.
"""

from __future__ import annotations

import struct
from typing import Literal
from urllib.parse import quote

import numpy as np
from pydantic import BaseModel, ConfigDict

from digital_life.errors import InputError
from digital_life.momat.interactions.file import PropShape
from digital_life.momat.interactions.held import Held
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX
from digital_life.stage.scene import Room

MAGIC = b"DLPF"
VERSION = 1
_HEADER = struct.Struct("<4sIIIIf")
COLOURS = ("#e8a87c", "#7fb4d6", "#b7d68a", "#d69ac3", "#d6c77f", "#8fd6c4")
"""Colours that tell the characters apart in the page, in the order of the cast."""


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WireProp(_Wire):
    """A thing in a hand from ``start`` to ``stop`` (s on the scene clock), fixed to a joint (its number): ``size`` width,
    height, depth and ``offset`` in metres, ``rotation`` wxyz, in the joint's frame."""

    shape: PropShape
    size: tuple[float, float, float]
    joint: int
    offset: tuple[float, float, float]
    rotation: tuple[float, float, float, float]
    start: float
    stop: float


class WirePerformance(_Wire):
    """Where the frames of one character in one turn are, and what it holds."""

    character: str
    start: float
    frames: int
    url: str
    props: tuple[WireProp, ...] = ()


class WireAudio(_Wire):
    """The sound of a turn; ``start`` is in seconds on the scene clock."""

    url: str
    start: float


class WireTurn(_Wire):
    """One turn. ``speaker`` and ``speech`` are empty for an idle stretch; all times are on the scene clock."""

    index: int
    speaker: str = ""
    start: float
    end: float
    speech: str = ""
    line: str = ""
    mind: str = ""
    speech_start: float | None = None
    """When the subtitle appears; None: with the turn."""
    speech_end: float | None = None
    ends: bool = False
    """The conversation is over after this turn."""
    performances: tuple[WirePerformance, ...] = ()
    audio: WireAudio | None = None


class WireCharacter(_Wire):
    """One character of the scene; ``glb`` is the address of its body."""

    name: str
    glb: str
    colour: str


class WireScene(_Wire):
    """Answer of ``GET /api/scene``. A chat's ``duration`` is its present clock and grows with every turn."""

    title: str
    mode: Literal["replay", "chat"]
    mind: str
    fps: int = FPS
    duration: float
    notice: str = ""
    """One line the page shows, such as that no voice is installed."""
    room: Room
    characters: tuple[WireCharacter, ...]
    turns: tuple[WireTurn, ...] = ()


class WireThinking(_Wire):
    """The persona heard the text and thinks."""

    type: Literal["thinking"] = "thinking"


class WireNewTurn(_Wire):
    """A turn to play next; it begins where the last one ends. ``reply`` is false for an idle stretch."""

    type: Literal["turn"] = "turn"
    turn: WireTurn
    reply: bool


class WireError(_Wire):
    """Something went wrong; the conversation can go on."""

    type: Literal["error"] = "error"
    message: str


class WireEnded(_Wire):
    """The persona ended the conversation."""

    type: Literal["ended"] = "ended"


def wire_character(index: int, name: str) -> WireCharacter:
    """The entry of the ``index``-th character of the cast."""
    return WireCharacter(
        name=name, glb=f"/api/characters/{quote(name, safe='')}.glb", colour=COLOURS[index % len(COLOURS)]
    )


def wire_prop(thing: Held, start: float) -> WireProp:
    """A held thing of a performance that begins ``start`` seconds on the scene clock."""
    return WireProp(
        shape=thing.shape,
        size=thing.size,
        joint=JOINT_INDEX[thing.joint],
        offset=thing.offset,
        rotation=thing.rotation,
        start=start + thing.start,
        stop=start + thing.stop,
    )


def performance_url(index: int, name: str) -> str:
    """Address of the frames of a character in a turn."""
    return f"/api/performances/{index}-{quote(name, safe='')}.bin"


def audio_url(index: int, name: str) -> str:
    """Address of what a character says in a turn."""
    return f"/api/audio/{index}-{quote(name, safe='')}.wav"


def pack_performance(start: float, motion: Motion) -> bytes:
    """Frames of one character from ``start`` seconds on the scene clock; a missing face is a neutral one."""
    frames = len(motion)
    face = np.zeros((frames, len(ARKIT_NAMES)), np.float32) if motion.face is None else motion.face
    header = _HEADER.pack(MAGIC, VERSION, frames, JOINT_COUNT, len(ARKIT_NAMES), start)
    quaternions = np.round(np.clip(motion.rotations, -1, 1) * 32767).astype("<i2")
    weights = np.round(np.clip(face, 0, 1) * 255).astype(np.uint8)
    return header + motion.translation.astype("<f4").tobytes() + quaternions.tobytes() + weights.tobytes()


def unpack_performance(data: bytes) -> tuple[float, Motion]:
    """Start (seconds) and motion of a packed performance.

    Raises:
        InputError: it is damaged, or of another version.
    """
    if len(data) < _HEADER.size or data[:4] != MAGIC:
        raise InputError("this is no packed performance")
    _, version, frames, joints, weights, start = _HEADER.unpack_from(data)
    if (version, joints, weights) != (VERSION, JOINT_COUNT, len(ARKIT_NAMES)):
        raise InputError(f"packed performance of version {version} with {joints} joints and {weights} face weights")
    sizes = [frames * 3 * 4, frames * JOINT_COUNT * 4 * 2, frames * len(ARKIT_NAMES)]
    if len(data) != _HEADER.size + sum(sizes):
        raise InputError(f"packed performance of {len(data)} bytes, expected {_HEADER.size + sum(sizes)}")
    first, second = _HEADER.size + sizes[0], _HEADER.size + sizes[0] + sizes[1]
    quaternions = np.frombuffer(data[first:second], "<i2").reshape(frames, JOINT_COUNT, 4).astype(np.float32)
    face = np.frombuffer(data[second:], np.uint8).reshape(frames, len(ARKIT_NAMES))
    return start, Motion(
        translation=np.frombuffer(data[_HEADER.size : first], "<f4").reshape(frames, 3),
        rotations=quaternions / np.linalg.norm(quaternions, axis=-1, keepdims=True),
        face=np.asarray(face / 255.0, dtype=np.float32),
    )
