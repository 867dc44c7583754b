"""Motions on disk: one ``.npz`` that this package reads back exactly and that SMPL-X tools can open as well."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_NAMES
from digital_life.whole_file import whole_file

FORMAT = "digital-life-motion"
VERSION = 1

_SMPLX_FIELDS: dict[str, slice] = {
    "global_orient": slice(0, 1),
    "body_pose": slice(1, 22),
    "jaw_pose": slice(22, 23),
    "leye_pose": slice(23, 24),
    "reye_pose": slice(24, 25),
    "left_hand_pose": slice(25, 40),
    "right_hand_pose": slice(40, 55),
}
LARGEST = 2 << 30
"""Bytes of unpacked arrays that are still read into memory."""

SLOWEST, FASTEST = 1.0, 500.0
"""Frame rates outside these bounds (frames per second) are mistakes."""

UNIT_TOLERANCE = 0.01
"""By how much the length of a stored quaternion may differ from one."""

_RE_EXPORT = "export the motion again, or take a file written by this program"


def smplx_fields(motion: Motion) -> dict[str, NDArray[np.float32]]:
    """The SMPL-X parameters of a motion: axis-angle fields [T, 3 * joints] in radians, and ``transl`` [T, 3] metres.

    Hand poses are full axis-angle about the flat hand (``use_pca=False, flat_hand_mean=True`` in ``smplx``).
    """
    vectors = quat.to_axis_angle(motion.rotations).astype(np.float32)
    fields = {name: vectors[:, joints].reshape(len(motion), -1) for name, joints in _SMPLX_FIELDS.items()}
    return {**fields, "transl": motion.translation}


def save_motion(motion: Motion, path: Path) -> None:
    """Write a motion; the file appears whole or not at all.

    Raises:
        InputError: the motion has no frames.
        StorageError: the file cannot be written.
    """
    if len(motion) == 0:
        raise InputError(f"{path}: a motion without frames cannot be written", "give a motion of at least one frame")
    header = {"format": FORMAT, "version": VERSION, "fps": motion.fps, "provenance": dict(motion.provenance)}
    arrays: dict[str, Any] = {
        "header": np.array(json.dumps(header, sort_keys=True)),
        "translation": motion.translation,
        "rotations": motion.rotations,
        "mocap_frame_rate": np.array(float(motion.fps)),
        **smplx_fields(motion),
    }
    if motion.face is not None:
        arrays["face"] = motion.face
    if motion.contacts is not None:
        arrays["contacts"] = motion.contacts
    write_arrays(path, arrays)


def write_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write named arrays as ``.npz``; the file appears whole or not at all.

    Raises:
        StorageError: the file cannot be written.
    """
    with whole_file(path, "writing a motion") as file:
        np.savez_compressed(file, **arrays)


def load_motion(path: Path, *, fps: float | None = None) -> Motion:
    """Read a motion file: one of ours as it is, any other ``.npz`` with SMPL, SMPL+H or SMPL-X poses by ``formats.amass``.

    ``fps`` is the rate of a file that does not say its own.

    Raises:
        InputError: the file is missing, truncated, too large, or holds no motion.
    """
    arrays = read_arrays(path)
    if "rotations" not in arrays:
        from digital_life.motion.formats.amass import motion_of

        return motion_of(arrays, str(path), fps=fps)
    try:
        return _from_native(arrays)
    except InputError as error:
        raise InputError(f"{path}: {error.problem}", error.mend or _RE_EXPORT) from error


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """All arrays of a ``.npz`` file.

    Raises:
        InputError: the file is missing, truncated, or unpacks to more than ``LARGEST`` bytes.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such motion file", "check the path")
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(member.file_size for member in packed.infolist())
        if size > LARGEST:
            raise InputError(
                f"{path}: unpacks to {size / 2**30:.1f} GiB; at most {LARGEST >> 30} GiB are read", "cut it into pieces"
            )
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files if archive[name].dtype.kind in "fiubUS"}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, AttributeError) as error:
        objects = "allow_pickle" in str(error)
        why = "it holds Python objects, which are never read" if objects else f"wrong or truncated file: {error}"
        raise InputError(f"{path}: not a readable .npz motion ({why})", _RE_EXPORT) from error


def _from_native(arrays: Mapping[str, NDArray[Any]]) -> Motion:
    if "header" not in arrays or "translation" not in arrays:
        raise InputError("not a motion file: it has no 'header' or no 'translation'")
    try:
        header = json.loads(str(arrays["header"]))
        fps = int(header["fps"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"the motion's header is damaged ({error})") from error
    if not SLOWEST <= fps <= FASTEST:
        raise InputError(f"the header says {fps} frames per second; known are {SLOWEST:g} to {FASTEST:g}")
    if header.get("format") != FORMAT or header.get("version") != VERSION:
        raise InputError(f"format {header.get('format')!r} version {header.get('version')!r} is not known here")
    motion = Motion(
        translation=arrays["translation"],
        rotations=arrays["rotations"],
        face=arrays.get("face"),
        contacts=arrays.get("contacts"),
        provenance=header.get("provenance", {}),
        fps=fps,
    )
    if len(motion) == 0:
        raise InputError("the motion has no frames")
    crooked = np.abs(np.linalg.norm(motion.rotations, axis=-1) - 1.0) > UNIT_TOLERANCE
    if crooked.any():
        frame, joint = np.argwhere(crooked)[0]
        raise InputError(f"the rotation of {JOINT_NAMES[joint]} in frame {frame} is no unit quaternion")
    return motion
