"""AMASS and SMPL-X ``.npz`` files in and out.

Read are the forms that are about: one array ``poses`` of SMPL (72 numbers a frame), SMPL+H (156) or SMPL-X (165), or
split fields under AMASS' names (``root_orient``, ``pose_body``, ``pose_hand``, ``pose_jaw``, ``pose_eye``) or those of
the ``smplx`` package (``global_orient``, ``body_pose``, ``left_hand_pose`` ...); ``trans`` or ``transl``; the rate as
``mocap_framerate``, ``mocap_frame_rate`` or ``fps`` (of a file without any of them it must be given). Rotation vectors in radians, metres.

* **Which way is up.** AMASS is Z-up, most other SMPL-X data Y-up, and no field says so. The pelvis' own up axis, averaged
  over all frames, is compared with +Y and +Z: people are upright most of the time. Where neither wins clearly (lying,
  crawling) files with ``trans`` count as AMASS and thus Z-up, files with ``transl`` as Y-up. ``up="y"`` or ``up="z"``
  overrules it. Z-up files are turned by -90 degrees about X, so what faced -Y in the file faces +Z here.
* **The floor.** Legs of another length than ours would hang in the air or sink in: the clip is shifted so that the third
  percentile of its lowest sole joint rests on y = 0 (``ground=False`` leaves the heights alone, and so does the field
  ``grounded`` that files of this program carry). Shape (``betas``) needs
  the licensed body model and is not used.
* **Hands.** AMASS and SOMA pose flat hands (zero is the flat hand), as we do. Files fitted with ``smplx``'s default
  ``flat_hand_mean=False`` hold differences from a mean hand that belongs to the licensed model: give it as
  ``hand_mean`` [2, 45] (its ``hands_meanl`` and ``hands_meanr``) and it is added, as ``smplx`` does. SMPL has one joint
  for all fingers: its rotation goes to the first joint of the four fingers.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.files import FASTEST, SLOWEST, read_arrays, write_arrays
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.resample import at_rate
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, JOINT_NAMES, Skeleton, canonical_skeleton

Array = NDArray[np.float64]
Up = Literal["auto", "y", "z"]

LONGEST_FRAMES = 2_000_000
NEAR_FLOOR = 0.01
"""A clip whose soles are this close to the floor (metres) stands on it already and is not shifted."""

_BODY, _JAW_EYES, _HANDS = slice(0, 22), slice(22, 25), slice(25, 55)
_WIDTHS = {66: "SMPL body", 72: "SMPL", 156: "SMPL+H", 165: "SMPL-X"}
_FIELDS: dict[str, slice] = {
    "root_orient": slice(0, 1), "global_orient": slice(0, 1),
    "pose_body": slice(1, 22), "body_pose": slice(1, 22),
    "pose_jaw": slice(22, 23), "jaw_pose": slice(22, 23),
    "pose_eye": slice(23, 25), "leye_pose": slice(23, 24), "reye_pose": slice(24, 25),
    "pose_hand": _HANDS, "left_hand_pose": slice(25, 40), "right_hand_pose": slice(40, 55),
}  # fmt: skip
_KNUCKLES = tuple(
    [JOINT_INDEX[f"{side}_{finger}1"] for finger in ("index", "middle", "pinky", "ring")] for side in ("left", "right")
)
_RATES = ("mocap_framerate", "mocap_frame_rate", "fps", "framerate")
_SOLES = [JOINT_INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("ankle", "foot")]
_TO_Y_UP = quat.from_axis_angle(np.array([-np.pi / 2, 0.0, 0.0]))


def read_amass(
    path: Path | str,
    *,
    up: Up = "auto",
    ground: bool = True,
    hand_mean: NDArray[np.floating[Any]] | None = None,
    fps: float | None = None,
) -> Motion:
    """A motion from an AMASS or SMPL-X file, Y-up, on the floor, 30 frames per second; see the module for the options.

    ``fps`` is the rate of a file that does not say its own.

    Raises:
        InputError: the file is missing or damaged, or a field has the wrong shape, values that are not finite, no
            frames, or a rate that is missing or outside 1 to 500 frames per second; the message names file and field.
    """
    return motion_of(read_arrays(Path(path)), str(path), up=up, ground=ground, hand_mean=hand_mean, fps=fps)


def motion_of(
    arrays: Mapping[str, NDArray[Any]],
    source: str,
    *,
    up: Up = "auto",
    ground: bool = True,
    hand_mean: NDArray[np.floating[Any]] | None = None,
    fps: float | None = None,
) -> Motion:
    """As :func:`read_amass`, from the arrays of the file ``source``."""
    vectors, kind = _vectors(arrays, source)
    if hand_mean is not None:
        vectors[:, _HANDS] += np.asarray(hand_mean, dtype=np.float64).reshape(30, 3)
    skeleton = canonical_skeleton()
    rotations = quat.from_axis_angle(vectors)
    translation = _translation(arrays, len(rotations), source)
    if up == "z" or (up == "auto" and _is_z_up(rotations[:, 0], "trans" in arrays)):
        pelvis = quat.rotate(_TO_Y_UP, skeleton.rest_joints[0] + translation)
        translation = pelvis - skeleton.rest_joints[0]
        rotations[:, 0] = quat.multiply(_TO_Y_UP, rotations[:, 0])
    rotations, translation = at_rate(rotations, translation, _rate(arrays, source, fps), FPS)
    if ground and not _is_grounded(arrays):
        translation = translation - np.array([0.0, _height(rotations, translation, skeleton), 0.0])
    provenance = {"source": source, "format": kind}
    return Motion(translation.astype(np.float32), quat.normalize(rotations).astype(np.float32), provenance=provenance)


def write_amass(motion: Motion, path: Path | str, *, up: Literal["y", "z"] = "z") -> None:
    """Write ``motion`` as AMASS' SMPL-X form (``poses`` [T, 165], ``trans``, both names of the rate, split fields).

    ``up="z"`` as AMASS has it; readers that know nothing of axes want ``up="y"``. Hands are flat at zero. The face,
    which AMASS does not hold, is left out.

    Raises:
        InputError: the motion has no frames.
        StorageError: the file cannot be written.
    """
    if len(motion) == 0:
        raise InputError(f"{path}: a motion without frames cannot be written", "give a motion of at least one frame")
    rotations, translation = motion.rotations.astype(np.float64), motion.translation.astype(np.float64)
    if up == "z":
        turn, rest = quat.conjugate(_TO_Y_UP), canonical_skeleton().rest_joints[0]
        translation = quat.rotate(turn, rest + translation) - rest
        rotations[:, 0] = quat.multiply(turn, rotations[:, 0])
    vectors = quat.to_axis_angle(rotations).astype(np.float32)
    frames = len(motion)
    parts = {"root_orient": slice(0, 1), "pose_body": slice(1, 22), "pose_jaw": slice(22, 23)}
    parts |= {"pose_eye": slice(23, 25), "pose_hand": _HANDS}
    arrays: dict[str, Any] = {
        "surface_model_type": np.array("smplx"),
        "gender": np.array("neutral"),
        "mocap_frame_rate": np.array(float(motion.fps)),
        "mocap_framerate": np.array(float(motion.fps)),
        "trans": translation.astype(np.float32),
        "poses": vectors.reshape(frames, -1),
        "betas": np.zeros(16, np.float32),
        "grounded": np.array(True),
        **{name: vectors[:, joints].reshape(frames, -1) for name, joints in parts.items()},
    }
    write_arrays(Path(path), arrays)


def _vectors(arrays: Mapping[str, NDArray[Any]], source: str) -> tuple[Array, str]:
    """Rotation vectors [T, 55, 3], and what body model they belong to."""
    if "poses" in arrays:
        poses = _checked(arrays["poses"], "poses", source)
        width = poses[0].size
        if width not in _WIDTHS:
            known = ", ".join(f"{number} ({name})" for number, name in _WIDTHS.items())
            raise InputError(f"{source}: 'poses' has {width} numbers a frame; known are {known}", "export full poses")
        return _placed(poses.reshape(len(poses), -1, 3)), _WIDTHS[width]
    found = [name for name in _FIELDS if name in arrays]
    if not {"body_pose", "pose_body"} & set(found) or not {"root_orient", "global_orient"} & set(found):
        raise InputError(
            f"{source}: not a motion file: it has neither 'rotations' nor 'global_orient' with 'body_pose' nor 'poses'; "
            f"found {sorted(arrays)}",
            "export the motion again, or take a file written by this program",
        )
    frames = len(np.atleast_1d(arrays[found[0]]))
    vectors = np.zeros((frames, JOINT_COUNT, 3))
    for name in found:
        joints = _FIELDS[name]
        values, shape = _checked(arrays[name], name, source), (frames, joints.stop - joints.start, 3)
        if values.size != np.prod(shape):
            hint = "hands as principal components need the licensed model: export full poses (use_pca=False)"
            mend = hint if "hand" in name else "export the motion again"
            raise InputError(f"{source}: '{name}' has shape {values.shape}, expected {shape}", mend)
        vectors[:, joints] = values.reshape(shape)
    return vectors, "SMPL-X fields"


def _placed(poses: Array) -> Array:
    """Poses [T, J, 3] of any of the models, in the 55 joints' places."""
    vectors = np.zeros((len(poses), JOINT_COUNT, 3))
    vectors[:, _BODY] = poses[:, :22]
    if poses.shape[1] == 24:
        for knuckles, hand in zip(_KNUCKLES, (22, 23), strict=True):
            vectors[:, knuckles] = poses[:, hand, None]
    elif poses.shape[1] == 52:
        vectors[:, _HANDS] = poses[:, 22:]
    elif poses.shape[1] == 55:
        vectors[:, _JAW_EYES], vectors[:, _HANDS] = poses[:, 22:25], poses[:, 25:]
    return vectors


def _translation(arrays: Mapping[str, NDArray[Any]], frames: int, source: str) -> Array:
    for name in ("trans", "transl"):
        if name in arrays:
            values = _checked(arrays[name], name, source)
            if values.shape != (frames, 3):
                raise InputError(f"{source}: '{name}' has shape {values.shape}, expected {(frames, 3)}")
            return values
    return np.zeros((frames, 3))


def _checked(values: NDArray[Any], name: str, source: str) -> Array:
    if values.dtype.kind not in "fiu" or values.ndim < 2:
        raise InputError(f"{source}: '{name}' is no array of numbers for each frame (shape {values.shape})")
    if not 0 < len(values) <= LONGEST_FRAMES:
        raise InputError(f"{source}: '{name}' has {len(values)} frames; known are 1 to {LONGEST_FRAMES}")
    bad = ~np.isfinite(values.reshape(len(values), -1))
    if bad.any():
        frame, column = np.argwhere(bad)[0]
        place = _joint_name(name, int(column), bad.shape[1])
        raise InputError(f"{source}: '{name}' is not finite in frame {frame}, {place}", "repair the recording")
    return values.astype(np.float64)


def _joint_name(name: str, column: int, width: int) -> str:
    """Which joint a column of a field belongs to."""
    if name == "poses" and width in _WIDTHS:
        hands = ("left_hand", "right_hand") if width == 72 else JOINT_NAMES[_HANDS] if width == 156 else ()
        names = JOINT_NAMES if width == 165 else (*JOINT_NAMES[_BODY], *hands)
        return f"joint '{names[column // 3]}'"
    joints = JOINT_NAMES[_FIELDS[name]] if name in _FIELDS else ()
    return f"joint '{joints[column // 3]}'" if column // 3 < len(joints) else f"number {column}"


def _rate(arrays: Mapping[str, NDArray[Any]], source: str, given: float | None) -> float:
    for name in _RATES:
        if name in arrays:
            try:
                rate = float(arrays[name])
            except (TypeError, ValueError) as error:
                raise InputError(f"{source}: '{name}' is no number ({arrays[name]})") from error
            if not SLOWEST <= rate <= FASTEST:
                raise InputError(
                    f"{source}: '{name}' says {rate:g} frames per second; known are {SLOWEST:g} to {FASTEST:g}",
                    f"write the true rate into '{name}'",
                )
            return rate
    if given is None:
        raise InputError(
            f"{source}: no frame rate: none of the fields {', '.join(_RATES)} is there; --fps gives it",
            f"give it, such as --fps 30 (in Python fps=30), or write it into the field '{_RATES[1]}'",
        )
    if not SLOWEST <= given <= FASTEST:
        raise InputError(f"{given:g} frames per second are given; known are {SLOWEST:g} to {FASTEST:g}")
    return given


def _is_z_up(root: Array, amass: bool) -> bool:
    up = quat.rotate(root, np.array([0.0, 1.0, 0.0])).mean(axis=0)
    if abs(up[2] - up[1]) < 0.3:
        return amass
    return bool(up[2] > up[1])


def _is_grounded(arrays: Mapping[str, NDArray[Any]]) -> bool:
    return "grounded" in arrays and bool(np.all(arrays["grounded"]))


def _height(rotations: Array, translation: Array, skeleton: Skeleton) -> float:
    """How far the soles are over the floor: third percentile over time of the lowest joint of the feet, metres."""
    positions, _ = forward_kinematics(rotations, translation, skeleton)
    over = positions[:, _SOLES, 1] - (skeleton.rest_joints[_SOLES, 1] - skeleton.floor)
    height = float(np.percentile(over.min(axis=1), 3))
    return height if abs(height) > NEAR_FLOOR else 0.0
