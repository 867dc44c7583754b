"""A keyframe file spread out into one track per body part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from digital_life.motion.arms import collar_share
from digital_life.motion.clip_file import ClipFile, Key, Root
from digital_life.motion.hands import hand_rotations
from digital_life.motion.poses import BasePose, Eyes, Hand, Head, Pelvis, Pose, Shoulder, Torso, base_poses
from digital_life.motion.skeleton import Skeleton
from digital_life.motion.torso import SIZES, pelvis_height
from digital_life.motion.tracks import Track

Array = NDArray[np.float64]
SIDES = ("left", "right")
_MARGIN = 1.5
_CARRIES_SHOULDERS = ("weight", "height", "pelvis", "torso")
_BELOW_THE_TRUNK = ("thigh", "other_thigh", "knee", "hip", "waist", "belly")
"""Places that stay where they are when the trunk bends: a hand that lies there is solved anew."""


@dataclass(frozen=True)
class HandKey:
    """A hand target to be reached at ``time`` (s)."""

    time: float
    hand: Hand
    ease: str


@dataclass(frozen=True)
class Score:
    """Tracks by part name, in radians and metres, made longer than the clip; hand targets per side in order of time.

    ``advance`` is how far the body goes in one period of a loop: left, forward (m), turn (radians).
    """

    tracks: Mapping[str, Track]
    advance: Array
    hands: Mapping[str, list[HandKey]]


def read_score(clip: ClipFile, skeleton: Skeleton) -> Score:
    """Collect the keys of every part; parts without keys have the base pose's value at time 0 alone."""
    base = base_poses()[clip.base]
    tracks: dict[str, Track] = {}
    hands: dict[str, list[HandKey]] = {side: [] for side in SIDES}
    start = Key.model_validate({"time": 0.0, "pose": clip.base, "root": {}})
    for key in [start, *sorted(clip.keys, key=lambda key: key.time)]:
        reference = base_poses()[key.pose] if key.pose else base
        values = dict(_part_values(key, reference, skeleton))
        targets = {side: hand for side in SIDES if (hand := _hand(key, reference, side))}
        for side, hand in targets.items():
            values[f"{side}_lift"] = collar_share(hand, side, skeleton)
        for side in SIDES:
            if shape := _fingers(key, reference, side):
                values[f"{side}_fingers"] = hand_rotations(shape, side).ravel()
        for time in (key.time, key.time + key.hold) if key.hold else (key.time,):
            ease = key.ease if time == key.time else "smooth"
            for name, value in values.items():
                tracks.setdefault(name, Track()).add(time, value, ease)
            for side, hand in targets.items():
                _add_hand(hands[side], HandKey(time, hand, ease))
    moving = sorted({time for name in _CARRIES_SHOULDERS for time in tracks[name].times})
    hands = {side: _staying(keys, moving) for side, keys in hands.items()}
    root = tracks["root"].values
    return Score({name: spread(clip, name, track) for name, track in tracks.items()}, root[-1] - root[0], hands)


def _add_hand(keys: list[HandKey], new: HandKey) -> None:
    if keys and new.time <= keys[-1].time + 1e-6:
        keys.pop()
    keys.append(new)


def _staying(keys: list[HandKey], moving: list[float]) -> list[HandKey]:
    """The keys with those repeated at the times ``moving`` at which a hand stays on thighs or hips while the trunk moves."""
    staying: list[HandKey] = []
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        staying.append(key)
        if key.hand.near in _BELOW_THE_TRUNK and (following is None or following.hand == key.hand):
            until = np.inf if following is None else following.time - 1e-6
            staying += [replace(key, time=time) for time in moving if key.time + 1e-6 < time < until]
    return staying


def _merged(key: Pose, reference: BasePose, name: str, default: BaseModel) -> BaseModel | None:
    """The part with the fields written in the key over those of the reference; None when the key is silent about it."""
    written = getattr(key, name)
    if written is None and not getattr(key, "pose", None):
        return None
    ground = getattr(reference, name) or default
    return ground if written is None else ground.model_copy(update=written.model_dump(exclude_unset=True))


def _part_values(key: Key, reference: BasePose, skeleton: Skeleton) -> Iterator[tuple[str, Array]]:
    whole = key.pose is not None
    if key.weight is not None or whole:
        yield "weight", np.array([reference.weight or 0.0 if key.weight is None else key.weight])
    if key.seat is not None or whole:
        yield "height", np.array([pelvis_height(skeleton, key.seat if key.seat is not None else reference.seat)])
    if (pelvis := _merged(key, reference, "pelvis", Pelvis())) and isinstance(pelvis, Pelvis):
        metres = np.array([pelvis.left, pelvis.up, pelvis.forward]) / 100.0
        yield "pelvis", np.concatenate([metres, np.radians([pelvis.lean, pelvis.tilt, pelvis.turn])])
    if (torso := _merged(key, reference, "torso", Torso())) and isinstance(torso, Torso):
        yield "torso", np.radians([torso.lean, torso.tilt, torso.turn])
    if (head := _merged(key, reference, "head", Head())) and isinstance(head, Head):
        yield "head", np.radians([head.nod, head.tilt, head.turn])
    if (eyes := _merged(key, reference, "eyes", Eyes())) and isinstance(eyes, Eyes):
        yield "eyes", np.radians([eyes.up, eyes.left])
    for side in SIDES:
        name = f"{side}_shoulder" if getattr(key, f"{side}_shoulder") else "shoulders"
        shoulder = _merged(key, reference, name, reference.shoulders or Shoulder())
        if isinstance(shoulder, Shoulder):
            yield f"{side}_girdle", np.radians([shoulder.up, shoulder.forward])
    if key.root is not None:
        yield "root", root_value(key.root)


def root_value(root: Root) -> Array:
    """Left, forward (m) and turn (radians)."""
    return np.array([root.left / 100.0, root.forward / 100.0, np.radians(root.turn)])


def _hand(key: Key, reference: BasePose, side: str) -> Hand | None:
    written = getattr(key, f"{side}_hand") or key.both_hands
    if written == "rest" or (written is None and key.pose):
        written = getattr(reference, f"{side}_hand")
    return written if isinstance(written, Hand) else None


def _fingers(key: Key, reference: BasePose, side: str) -> str | None:
    written: str | None = getattr(key, f"{side}_fingers") or key.both_fingers
    resting = key.pose is not None or "rest" in (getattr(key, f"{side}_hand"), key.both_hands)
    if written is None and resting:
        written = getattr(reference, f"{side}_fingers")
    return written


def spread(clip: ClipFile, name: str, track: Track) -> Track:
    """A track made longer than its clip: a loop's goes round (``root`` goes on), any other is held at both ends."""
    if not clip.loop:
        return track.held(_MARGIN)
    advance = track.values[-1] - track.values[0] if name == "root" else None
    return track.repeated(clip.duration, advance)


def trunk_values(values: Mapping[str, Array]) -> dict[str, Array]:
    """Part values as ``pose_trunk`` wants them: the collar is what the author said plus what the arm takes along."""
    trunk = {name: values[name] for name in SIZES if name in values}
    return trunk | {f"{side}_collar": values[f"{side}_girdle"] + values[f"{side}_lift"] for side in SIDES}
