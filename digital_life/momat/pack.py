"""Motion packs: a folder with ``manifest.jsonl``, ``rest_joints.npz`` and one ``<source>.npz`` of quantised arrays each.

The packed arrays are first differences in time of whole steps (int16), so they compress well and restore exactly.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.momat.clip import SEGMENT_MARK, Clip, Hand, LicenceClass, Posture
from digital_life.momat.new_motion import NewMotion, Segment
from digital_life.motion import quaternion as quat
from digital_life.motion.anchor import anchored
from digital_life.motion.fit import fit_motion
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, Skeleton, canonical_skeleton

MANIFEST = "manifest.jsonl"
HIP_HEIGHT = 0.974
"""Metres of the hip joints over the floor in the rest pose of the body on which packs are made."""

_IDLE = {"idle", "idle_long", "idleseat", "changepose", "weightshift", "fidget", "breathe", "seatadjust", "incpos"}
_WALKING = {
    "walk", "walkturn", "walkback", "walkside", "walkcircle", "run", "runcircle", "dash", "jog", "turn", "startturn",
    "startwalk", "stopwalk", "strafe", "step", "sprint", "walk formally", "Acceleration", "Circles", "FreeRoaming",
    "Jog", "JogPivotTurn", "MixedLocomotion", "Run", "Snake", "TurnOnSpot", "WalkPivotTurn", "WalkStopTurn",
    "WalkStopTurnPivot", "WalkTurns", "zombie_walk", "stealthy_walk", "long_zombie",
}  # fmt: skip
_POSTURE_CHANGES: dict[str, tuple[Posture, Posture]] = {
    "sit down": ("standing", "seated"),
    "stand up": ("seated", "standing"),
    "rise": ("seated", "standing"),
}


def is_pack(folder: Path) -> bool:
    """Whether ``folder`` is a motion pack."""
    return (folder / MANIFEST).is_file() and (folder / "rest_joints.npz").is_file()


def read_pack(folder: Path, *, segments: bool = True) -> Iterator[Clip]:
    """Clips of a pack in the order of its manifest, frames loaded on demand and fitted to the canonical skeleton.

    With ``segments`` the annotated parts of long takes follow each take as clips of their own, ``<take>#<first frame>``.

    Raises:
        InputError: the manifest is missing or a line of it is damaged; the message names the line.
    """
    for take in read_new_motions(folder):
        yield replace(take.clip, load=_fitted(take))
        if segments:
            yield from (replace(part.clip, load=_part(take, part)) for part in take.segments)


def read_new_motions(folder: Path, reject: Callable[[InputError], object] | None = None) -> Iterator[NewMotion]:
    """The takes of a pack in the order of its manifest, on the pack's own skeleton.

    ``reject`` is told of damaged lines, which are then left out; without it they raise as in :func:`read_pack`.
    """
    if not is_pack(folder):
        raise InputError(f"{folder}: no motion pack", f"a pack holds {MANIFEST}, rest_joints.npz and its arrays")
    for number, line in enumerate((folder / MANIFEST).read_text(encoding="utf-8").splitlines(), start=1):
        try:
            yield _take(folder, json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            wrong = InputError(f"{folder / MANIFEST}, line {number}: not a clip ({error!r})", "copy the pack again")
            if reject is None:
                raise wrong from error
            reject(wrong)


def _fitted(take: NewMotion) -> Callable[[], Motion]:
    return lambda: fit_motion(take.clip.motion, canonical_skeleton(), take.skeleton)


def _part(take: NewMotion, part: Segment) -> Callable[[], Motion]:
    whole = _fitted(take)
    return lambda: anchored(whole().slice(part.first, part.last))


def _take(folder: Path, entry: Mapping[str, Any]) -> NewMotion:
    clip = _clip(folder, entry)
    segments = tuple(_segment(clip, part) for part in entry.get("segments", []))
    return NewMotion(clip, pack_skeleton(folder), lambda: _digest(folder, entry), segments)


def _clip(folder: Path, entry: Mapping[str, Any]) -> Clip:
    licence_class: LicenceClass = "permissive" if entry["licence_class"] == "permissive" else "noncommercial"
    concept = str(entry.get("concept", ""))
    posture: Posture = entry["posture"] if entry["posture"] in ("seated", "floor") else "standing"
    start, end = _POSTURE_CHANGES.get(concept, (posture, posture))
    hand: Hand | None = entry.get("hand") if entry.get("hand") in ("left", "right", "both") else None
    return Clip(
        id=entry["id"],
        captions=tuple(entry["captions"]),
        captions_zh=tuple(entry.get("captions_zh", ())),
        kind=_kind(entry, concept),
        posture=start,
        posture_end=end,
        frames=int(entry["frames"]),
        load=lambda: _load(folder, entry),
        tags=tuple(dict.fromkeys(word for word in (concept, entry.get("style")) if word)),
        loopable=bool(entry.get("loopable", False)),
        sync=_sync(entry.get("sync", {})),
        hand=hand,
        style=str(entry.get("style") or ""),
        has_fingers=bool(entry["has_hands"]),
        has_face=bool(entry["has_face"]),
        source=entry["source"],
        licence=entry["licence"],
        licence_class=licence_class,
        copyleft=bool(entry.get("copyleft", False)),
        split=entry.get("split", ""),
        kinematics=dict(entry.get("kinematics", {})),
    )


def _segment(take: Clip, part: Mapping[str, Any]) -> Segment:
    first, last = int(part["start"]), int(part["end"])
    walking = part["label"] not in ("idle", "stand") and float(part.get("speed_mps", 0.0)) > 0.3
    clip = replace(
        take,
        id=f"{take.id}{SEGMENT_MARK}{first}",
        captions=tuple(part["captions"]),
        captions_zh=tuple(part.get("captions_zh", ())),
        kind="locomotion" if walking or "turn" in part["label"] else take.kind if take.kind == "idle" else "action",
        posture_end=take.posture,
        frames=last - first,
        tags=(part["label"],),
        loopable=False,
        sync={},
        hand=None,
        kinematics={name: float(part[name]) for name in ("speed_mps", "turn_deg", "distance_m") if name in part},
    )
    return Segment(clip, first, last)


def _kind(entry: Mapping[str, Any], concept: str) -> str:
    if concept in _POSTURE_CHANGES:
        return "transition"
    if concept in _WALKING:
        return "locomotion"
    if concept in _IDLE:
        return "idle"
    if concept.startswith("dance"):
        return "dance"
    if concept.startswith("beat"):
        return "talk"
    if entry["source"] == "mmdagent" or concept.startswith("act "):
        return "emotion"
    return "gesture" if entry["source"] in ("smartbody", "vhtoolkit") or entry.get("hand") else "action"


def _sync(times: Mapping[str, float]) -> dict[str, float]:
    names = {"strokeStart": "stroke_start"}
    return {names.get(name, name): float(time) for name, time in times.items()}


@lru_cache(maxsize=4)
def _shard(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: not readable ({error})", "copy the pack again") from error


@lru_cache(maxsize=2)
def pack_skeleton(folder: Path) -> Skeleton:
    """The skeleton on which the motions of a pack were made; its soles are on the floor of the rest pose."""
    with np.load(folder / "rest_joints.npz", allow_pickle=False) as archive:
        joints = np.asarray(archive["joints"], dtype=np.float64)
    hips = joints[[JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]], 1].mean()
    return Skeleton(joints, float(hips - HIP_HEIGHT))


def _read_rows(folder: Path, entry: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The stored numbers of a take: ``body`` [T, 69] and ``hands`` [T, 90] steps, ``face`` [T, 52]."""
    shard, frames = _shard(folder / entry["shard"]), entry["frames"]
    try:
        rows = {"body": shard["body"][:, entry["start"] : entry["start"] + frames].T}
        if entry["has_hands"]:
            rows["hands"] = shard["hands"][:, entry["hands_start"] : entry["hands_start"] + frames].T
        if entry["has_face"]:
            rows["face"] = shard["face"][entry["face_start"] : entry["face_start"] + frames]
    except (KeyError, IndexError, TypeError) as error:
        raise InputError(f"'{entry['id']}' is not whole: {error!r}", "copy the pack again") from error
    if frames < 1 or any(len(part) != frames for part in rows.values()):
        raise InputError(f"'{entry['id']}' has fewer frames than the {frames} of the manifest", "copy the pack again")
    return rows


def _digest(folder: Path, entry: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(_shard(folder / entry["shard"])["q"].tobytes())
    for name, rows in _read_rows(folder, entry).items():
        digest.update(name.encode() + np.ascontiguousarray(rows).tobytes())
    return digest.hexdigest()[:32]


def _load(folder: Path, entry: Mapping[str, Any]) -> Motion:
    rows, frames = _read_rows(folder, entry), entry["frames"]
    turn_step, move_step = _shard(folder / entry["shard"])["q"]
    body = np.cumsum(rows["body"], axis=0, dtype=np.int64)
    rotations = np.zeros((frames, JOINT_COUNT, 4), np.float32)
    rotations[..., 0] = 1.0
    rotations[:, :22] = quat.from_axis_angle((body[:, :66] * turn_step).reshape(frames, 22, 3))
    if "hands" in rows:
        hands = np.cumsum(rows["hands"], axis=0, dtype=np.int64)
        rotations[:, 25:] = quat.from_axis_angle((hands * turn_step).reshape(frames, 30, 3))
    face = (rows["face"] / 255.0).astype(np.float32) if "face" in rows else None
    provenance = {"clips": [entry["id"]], "source": entry["source"], "licence": entry["licence"]}
    return Motion((body[:, 66:] * move_step).astype(np.float32), rotations, face=face, provenance=provenance)
