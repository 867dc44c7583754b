"""Training data in one small file for another machine.

Rotation vectors and translations as differences in whole steps, compressed, and the states of all captions, so that the
other machine needs no sentence model. Real captures of 3.7 h with all their captions take 50 MB.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.mogen.captions import CaptionStates, all_captions
from digital_life.mogen.dataset import Item, TrainingData
from digital_life.mogen.representation import BODY_JOINTS, HAND_JOINTS, decode, encode
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_COUNT
from digital_life.whole_file import whole_file

if TYPE_CHECKING:
    from digital_life.llm.embedding import Embedder

FORMAT = "digital-life-training"
VERSION = 1
LARGEST = 60.0
"""Megabytes of a packed file."""
TURN_STEP = 0.0008
"""Radians of one step of the packed rotation vectors."""
MOVE_STEP = 0.0002
"""Metres of one step of the packed translation."""
_JOINTS = (0, *BODY_JOINTS, *HAND_JOINTS)
_SPARE = 0.95
"""Share of the limit that a smaller selection is cut to, for clips do not compress alike."""


def save(data: TrainingData, path: Path, *, embedder: Embedder | None = None, largest: float = LARGEST) -> TrainingData:
    """Pack ``data``, with the states of its captions where an ``embedder`` is given and they fit; returns what was packed.

    Of data that are larger than ``largest`` megabytes an even choice of clips is kept, always the same one.

    Raises:
        StorageError: the file cannot be written.
    """
    data = data.compact()
    while True:
        _write(data, None, path)
        size = path.stat().st_size / 1e6
        if size <= largest or len({_take(item) for item in data.items}) < 2:
            break
        data = _fewer(data, _SPARE * largest / size)
    if embedder is not None:
        texts = CaptionStates.of(all_captions(data.items), embedder)
        if size + texts.size / 1e6 <= largest:
            data = replace(data, texts=texts)
            _write(data, texts, path)
    return data


def _fewer(data: TrainingData, share: float) -> TrainingData:
    """About ``share`` of the takes (at least one less), each with all its parts, chosen by their names."""
    takes = sorted({_take(item) for item in data.items}, key=lambda take: zlib.crc32(take.encode()))
    kept = set(takes[: max(1, min(len(takes) - 1, int(share * len(takes))))])
    return replace(data, items=tuple(item for item in data.items if _take(item) in kept)).compact()


def _take(item: Item) -> str:
    return item.id.partition("#")[0]


def _write(data: TrainingData, texts: CaptionStates | None, path: Path) -> None:
    arrays = _packed(data)
    if texts is not None:
        arrays |= {"text_states": texts.states, "text_lengths": texts.lengths, "sentences": texts.sentences}
        arrays["texts"] = np.array(json.dumps(texts.texts))
    with whole_file(path, "packing the training data") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def _packed(data: TrainingData) -> dict[str, NDArray[Any]]:
    body, hands, contacts, frames, fingers = [], [], [], [], []
    for start, stop, moving in _takes(data):
        motion = decode(data.rows[start:stop])
        vectors = quat.to_axis_angle(motion.rotations[:, _JOINTS].astype(np.float64)).reshape(stop - start, -1)
        steps = np.concatenate([motion.translation / MOVE_STEP, vectors / TURN_STEP], axis=1)
        change = np.diff(np.rint(steps).astype(np.int32), axis=0, prepend=0)
        body.append(change[:, :69])
        if moving:
            hands.append(change[:, 69:])
        contacts.append(data.rows[start:stop, -4:] > 0.5)
        frames.append(stop - start)
        fingers.append(moving)
    header = {"format": FORMAT, "version": VERSION, "items": [asdict(item) for item in data.items]}
    return {
        "body": np.concatenate(body).T.astype(np.int16),
        "hands": np.concatenate(hands).T.astype(np.int16) if hands else np.zeros((90, 0), np.int16),
        "contacts": np.packbits(np.concatenate(contacts).T, axis=1),
        "fingers": np.array(fingers),
        "frames": np.array(frames),
        "header": np.array(json.dumps(header)),
    }


def _takes(data: TrainingData) -> Iterator[tuple[int, int, bool]]:
    """First and last frame (exclusive) of each take of compact data, and whether its fingers move; parts lie within."""
    at, stop, moving = 0, 0, False
    for item in sorted(data.items, key=lambda item: item.start):
        if item.start >= stop and stop > at:
            yield at, stop, moving
            at, moving = stop, False
        stop, moving = max(stop, item.start + item.frames), moving or item.fingers
    yield at, stop, moving


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
        return TrainingData(np.concatenate(_unpacked(arrays)), items, _texts(arrays))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(
            f"{path}: not packed training data ({error})", "pack it again with mogen.train --pack"
        ) from error


def _texts(arrays: Mapping[str, NDArray[Any]]) -> CaptionStates | None:
    if "texts" not in arrays:
        return None
    texts = tuple(json.loads(str(arrays["texts"])))
    return CaptionStates(texts, arrays["text_states"], arrays["text_lengths"], arrays["sentences"])


def _restored(item: dict[str, Any]) -> Item:
    return Item(**{**item, "captions": tuple(item["captions"])})


def _unpacked(arrays: Mapping[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
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
