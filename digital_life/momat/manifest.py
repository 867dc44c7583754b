"""The manifest of a motion database: which shards count, and the skeleton on which their motions are stored.

A folder becomes another database only by the atomic replacement of this one small file, so a reader sees the database
from before or from after an addition, never something between.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digital_life.errors import AssetError, StorageError, storage_error
from digital_life.motion.skeleton import JOINT_COUNT, Skeleton, canonical_skeleton

FORMAT = "digital-life motion database"
VERSION = 1
NAME = "manifest.json"


@dataclass(frozen=True)
class ShardEntry:
    """One shard: folder ``shards/<name>``, its clips and frames, and the SHA-256 of its ``clips.json``."""

    name: str
    clips: int
    frames: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The shards in the order in which they were added; of two clips with one id the later counts."""

    skeleton: Skeleton
    shards: tuple[ShardEntry, ...] = ()

    @property
    def key(self) -> str:
        """Hash that changes with every change of the content."""
        parts = [shard.sha256 for shard in self.shards]
        return hashlib.sha256(json.dumps([VERSION, skeleton_key(self.skeleton), parts]).encode()).hexdigest()[:24]


def skeleton_key(skeleton: Skeleton) -> str:
    """Hash of a skeleton to a tenth of a millimetre."""
    numbers = np.round(np.append(skeleton.rest_joints.ravel(), skeleton.floor) * 1e4).astype(np.int64)
    return hashlib.sha256(numbers.tobytes()).hexdigest()[:16]


def is_database(folder: Path) -> bool:
    """Whether ``folder`` holds a motion database (of whatever version)."""
    path = folder / NAME
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return FORMAT.encode() in file.read(400)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the database in ``folder``; an empty one on the canonical skeleton where there is none yet.

    Raises:
        AssetError: the manifest is damaged or of another version.
    """
    path = folder / NAME
    if not path.is_file():
        return Manifest(canonical_skeleton())
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise ValueError(f"format {data['format']!r}")
    except OSError as error:
        raise storage_error(error, path, "reading a motion database") from error
    except (ValueError, KeyError, TypeError) as error:
        raise AssetError(
            f"{path}: not the manifest of a motion database ({error})",
            "restore the file from a copy, or make a new database: digital-life motions add PATH --to NEW_FOLDER",
        ) from error
    if data.get("version") != VERSION:
        raise AssetError(
            f"{path}: a motion database of version {data.get('version')!r}; this program reads version {VERSION}",
            "install the version of digital-life that wrote it, "
            "or add the motions to a new database: digital-life motions add PATH --to NEW_FOLDER",
        )
    return _manifest(path, data)


def _manifest(path: Path, data: dict[str, Any]) -> Manifest:
    try:
        joints = np.array(data["skeleton"]["rest_joints"], dtype=np.float64)
        if joints.shape != (JOINT_COUNT, 3):
            raise ValueError(f"its skeleton has the shape {joints.shape}")
        skeleton = Skeleton(joints, float(data["skeleton"]["floor"]))
        return Manifest(skeleton, tuple(ShardEntry(**shard) for shard in data["shards"]))
    except (ValueError, KeyError, TypeError) as error:
        what = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise AssetError(f"{path}: damaged ({what})", "restore the file from a copy") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step that survives a power cut.

    Raises:
        StorageError: the disk is full or not writable; the old manifest still stands.
    """
    skeleton = {"rest_joints": np.round(manifest.skeleton.rest_joints, 6).tolist(), "floor": manifest.skeleton.floor}
    data = {
        "format": FORMAT,
        "version": VERSION,
        "skeleton": skeleton,
        "shards": [asdict(shard) for shard in manifest.shards],
    }
    path = folder / NAME
    partial = None
    try:
        with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".manifest.", delete=False, encoding="utf-8") as file:
            partial = Path(file.name)
            json.dump(data, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        partial.chmod(0o644)
        partial.replace(path)
        sync_folder(folder)
    except OSError as error:
        if partial is not None:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
        raise database_error(error, path) from error


def sync_folder(folder: Path) -> None:
    """Make new names in ``folder`` survive a power cut, where the system can do that."""
    if os.name == "nt":  # Windows cannot open folders; its renames are journalled
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def database_error(error: OSError, path: Path) -> StorageError:
    """What to say when adding fails half-way."""
    import errno

    if error.errno == errno.ENOSPC:
        return StorageError(
            f"{path}: the disk is full; nothing was added and the database is as it was",
            "free some space, then add again",
        )
    return StorageError(
        f"{path}: {error.strerror or error} while adding motions; the database is as it was",
        "check the path and its permissions, then add again",
    )
