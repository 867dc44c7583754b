"""What MoGen learns from: clips as rows, with their captions and the conditions that are known of them."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.mogen.representation import BODY_JOINTS, HAND_JOINTS, TILT, WIDTH, encode
from digital_life.momat.clip import Clip
from digital_life.momat.wording import swap_sides
from digital_life.motion import quaternion as quat
from digital_life.motion.contacts import detect_contacts
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_COUNT, MIRROR, canonical_skeleton
from digital_life.whole_file import whole_file

FORMAT = "digital-life-training"
VERSION = 1
TURN_STEP = 0.0008
"""Radians of one step of the packed rotation vectors."""
MOVE_STEP = 0.0002
"""Metres of one step of the packed translation."""
_JOINTS = (0, *BODY_JOINTS, *HAND_JOINTS)
_NUMBERED = re.compile(r"\d+$")


@dataclass(frozen=True)
class Item:
    """One clip: rows ``start`` to ``start + frames``, what it is called, and what is known of it."""

    id: str
    start: int
    frames: int
    captions: tuple[str, ...]
    concept: str
    """Clips of one concept show the same thing; they do not count as wrong answers of each other."""
    fingers: bool
    posture: str
    posture_end: str
    style: str
    hand: str
    source: str
    licence_class: str
    split: str


@dataclass(frozen=True)
class TrainingData:
    """``rows`` [N, 320] float32 of all clips one after the other, and one ``Item`` for each clip or part of one."""

    rows: NDArray[np.float32]
    items: tuple[Item, ...]

    def select(self, *, split: str | None = None, licence: str = "all") -> TrainingData:
        """Only the items of a split and, for ``permissive``, of free licences; the rows stay."""
        return replace(
            self,
            items=tuple(
                item
                for item in self.items
                if split in (None, item.split) and (licence == "all" or item.licence_class == licence)
            ),
        )


def collect(clips: Sequence[Clip]) -> TrainingData:
    """Encode ``clips``; parts of a take (``<take>#<frame>``) share the rows of their take where that is among them."""
    from rich.progress import track

    rows: list[NDArray[np.float32]] = []
    items: list[Item] = []
    starts: dict[str, int] = {}
    at = 0
    for clip in track(clips, description="Encoding motions", transient=True):
        take, _, first = clip.id.partition("#")
        if first and take in starts:
            items.append(_item(clip, starts[take] + int(first)))
            continue
        if clip.frames < 2:
            continue
        motion = clip.motion
        contacts = motion.contacts if motion.contacts is not None else detect_contacts(motion, canonical_skeleton())
        rows.append(encode(replace(motion, contacts=contacts)))
        starts[clip.id] = at
        items.append(_item(clip, at))
        at += len(rows[-1])
    if not items:
        raise InputError("there are no clips to learn from", "check the licence and the split, or add motions")
    return TrainingData(np.concatenate(rows), tuple(items))


def concept_name(clip_id: str) -> str:
    """The name of a clip without the number of the take."""
    return _NUMBERED.sub("", clip_id)


def _item(clip: Clip, start: int) -> Item:
    return Item(
        id=clip.id,
        start=start,
        frames=clip.frames,
        captions=clip.captions,
        concept=f"{clip.tags[0] if clip.tags else concept_name(clip.id)}/{clip.hand or ''}/{clip.style}",
        fingers=clip.has_fingers,
        posture=clip.posture,
        posture_end=clip.posture_end,
        style=clip.style,
        hand=clip.hand or "",
        source=clip.source,
        licence_class=clip.licence_class,
        split=clip.split,
    )


@lru_cache(maxsize=1)
def mirror_rows() -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """``order`` and ``signs`` [320] such that ``rows[:, order] * signs`` are the rows of the mirrored motion.

    A reflection in x = 0 turns a rotation R into M R M with M = diag(-1, 1, 1).
    """
    order = np.arange(WIDTH)
    signs = np.ones(WIDTH, np.float32)
    signs[[0, 1]] = -1.0
    six = np.array([1, -1, -1, -1, 1, 1], np.float32)
    signs[TILT] = six
    where = {joint: 10 + 6 * place for place, joint in enumerate((*BODY_JOINTS, *HAND_JOINTS))}
    for joint, place in where.items():
        other = where[MIRROR[joint]]
        order[place : place + 6] = np.arange(other, other + 6)
        signs[place : place + 6] = six
    order[316:] = [318, 319, 316, 317]
    return order, signs


def mirrored_captions(captions: Sequence[str]) -> tuple[str, ...]:
    """The captions of the mirrored motion."""
    return tuple(swap_sides(caption) for caption in captions)


def save(data: TrainingData, clips: Sequence[Clip], path: Path) -> None:
    """Pack small for another machine: rotation vectors and translations as differences in whole steps, compressed.

    ``clips`` are those ``data`` was made of. Real captures of 3.7 h take about 22 MB.

    Raises:
        StorageError: the file cannot be written.
    """
    known = {clip.id for clip in clips}
    takes = [c for c in clips if c.frames >= 2 and ("#" not in c.id or c.id.partition("#")[0] not in known)]
    body, hands, contacts = [], [], []
    for clip in takes:
        motion = clip.motion
        vectors = quat.to_axis_angle(motion.rotations[:, _JOINTS]).reshape(len(motion), -1) / TURN_STEP
        steps = np.concatenate([motion.translation / MOVE_STEP, vectors], axis=1)
        whole = np.rint(steps).astype(np.int32)
        change = np.diff(whole, axis=0, prepend=0)
        body.append(change[:, :69])
        if clip.has_fingers:
            hands.append(change[:, 69:])
        found = motion.contacts if motion.contacts is not None else detect_contacts(motion, canonical_skeleton())
        contacts.append(found > 0.5)
    header = {"format": FORMAT, "version": VERSION, "items": [asdict(item) for item in data.items]}
    arrays = {
        "body": np.concatenate(body).T.astype(np.int16),
        "hands": np.concatenate(hands).T.astype(np.int16) if hands else np.zeros((90, 0), np.int16),
        "contacts": np.packbits(np.concatenate(contacts).T, axis=1),
        "fingers": np.array([clip.has_fingers for clip in takes]),
        "frames": np.array([clip.frames for clip in takes]),
        "header": np.array(json.dumps(header)),
    }
    with whole_file(path, "packing the training data") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def load(path: Path) -> TrainingData:
    """Unpack what :func:`save` wrote.

    Raises:
        InputError: the file is missing, damaged or of another version.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        header = json.loads(str(arrays["header"]))
        if header["format"] != FORMAT or header["version"] != VERSION:
            raise ValueError(f"format {header['format']!r} version {header['version']!r}")
        items = tuple(_restored(item) for item in header["items"])
        return TrainingData(np.concatenate(list(_unpacked(arrays))), items)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path}: not packed training data ({error})", "pack it again with mogen.train --pack"
        ) from error


def _restored(item: dict[str, Any]) -> Item:
    return Item(**{**item, "captions": tuple(item["captions"])})


def _unpacked(arrays: dict[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
    total = int(arrays["frames"].sum())
    contacts = np.unpackbits(arrays["contacts"], axis=1, count=total).T
    rows, at, at_hands = [], 0, 0
    for frames, fingers in zip(arrays["frames"], arrays["fingers"], strict=True):
        body = _summed(arrays["body"][:, at : at + frames])
        vectors = np.zeros((frames, JOINT_COUNT, 3))
        vectors[:, :22] = (body[:, 3:] * TURN_STEP).reshape(frames, 22, 3)
        if fingers:
            hands = _summed(arrays["hands"][:, at_hands : at_hands + frames])
            vectors[:, 25:] = (hands * TURN_STEP).reshape(frames, 30, 3)
            at_hands += frames
        motion = Motion(
            (body[:, :3] * MOVE_STEP).astype(np.float32),
            quat.from_axis_angle(vectors).astype(np.float32),
            contacts=contacts[at : at + frames].astype(np.float32),
        )
        rows.append(encode(motion))
        at += frames
    return rows


def _summed(changes: NDArray[np.int16]) -> NDArray[np.float64]:
    """[n, rows] values of differences [rows, n]."""
    return np.cumsum(changes.T.astype(np.int64), axis=0).astype(np.float64)
