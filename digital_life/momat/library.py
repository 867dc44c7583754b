"""The motion library: keyframe files compiled to motions once, then opened from the cache."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from digital_life.assets import asset_dir, cache_dir, data_path
from digital_life.errors import AssetError, InputError
from digital_life.kept_files import forget_old, note_use
from digital_life.momat.clip import MIRROR_SUFFIX, Clip
from digital_life.momat.content_key import content_key
from digital_life.momat.database import MotionDatabase
from digital_life.momat.manifest import NAME, is_database
from digital_life.momat.measures import Tracks
from digital_life.momat.pack import is_pack
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import canonical_skeleton
from digital_life.whole_file import whole_file

Licences = Literal["default", "permissive", "all"]
"""Which clips and weights may be used: clips of every licence and weights that learnt from permissive motions only; clips and
weights that are permissive; everything, research weights too."""

GENERATED = "generated"
"""Folder beside the keyframe files with the database of clips that the project's weights made."""
_FORMAT = 3


class MotionLibrary:
    """Clips by id, in the order of their ids."""

    def __init__(self, clips: Sequence[Clip], key: str = "") -> None:
        self.clips = sorted(clips, key=lambda clip: clip.id)
        self.key = key
        """Hash of the sources, "" for a library made in memory."""
        self._by_id = {clip.id: clip for clip in self.clips}

    def __len__(self) -> int:
        return len(self.clips)

    def __iter__(self) -> Iterator[Clip]:
        return iter(self.clips)

    def __contains__(self, clip_id: object) -> bool:
        """Whether there is a clip of that id, or one whose mirror image has it."""
        return str(clip_id).removesuffix(MIRROR_SUFFIX) in self._by_id

    def __getitem__(self, clip_id: str) -> Clip:
        """The clip of that id, a mirrored one for an id that ends in ``~mirror``.

        Raises:
            AssetError: there is none.
        """
        if clip_id.endswith(MIRROR_SUFFIX):
            return self[clip_id.removesuffix(MIRROR_SUFFIX)].mirror()
        if clip_id not in self._by_id:
            raise AssetError(f"the motion library has no clip '{clip_id}'", "list them with: digital-life motions info")
        return self._by_id[clip_id]

    def select(
        self, *, kind: str | None = None, posture: str | None = None, tag: str | None = None, source: str | None = None
    ) -> list[Clip]:
        """Clips of a kind, for a posture (those for any posture too), with a tag and from a source."""
        return [
            clip
            for clip in self.clips
            if (kind is None or clip.kind == kind)
            and (posture is None or clip.posture in (posture, "any"))
            and (tag is None or tag in clip.tags)
            and (source is None or source == clip.source)
        ]

    def info(self) -> dict[str, Any]:
        """Number of clips, seconds (of whole takes), captions and clips per kind."""
        kinds: dict[str, int] = {}
        for clip in self.clips:
            kinds[clip.kind] = kinds.get(clip.kind, 0) + 1
        return {
            "clips": len(self.clips),
            "seconds": round(sum(clip.duration for clip in self.clips if not clip.is_segment), 1),
            "captions": sum(len(clip.captions) for clip in self.clips),
            "kinds": dict(sorted(kinds.items())),
        }

    def licensed(self, licence: Licences) -> MotionLibrary:
        """The clips that may be used for anything ("permissive"), or all of them ("default", "all").

        Raises:
            InputError: ``licence`` is neither.
        """
        if licence in ("default", "all"):
            return self
        if licence != "permissive":
            raise InputError(f"unknown licence filter '{licence}'", "take 'default', 'permissive' or 'all'")
        clips = [clip for clip in self.clips if clip.licence_class == "permissive"]
        return MotionLibrary(clips, _joined_key(self.key, licence) if len(clips) < len(self) else self.key)

    @staticmethod
    def default(licence: Licences = "default") -> MotionLibrary:
        """The shipped clips and those of the user's motion database (see :func:`user_database`), if there is one.

        Shipped clips are compiled at first use (seconds) and read from the cache afterwards.

        Raises:
            AssetError: the installation has no motion library, or the database is damaged or of another version.
            InputError: a keyframe file is wrong.
        """
        shipped = _open(asset_dir("motion_db"))
        folder = user_database()
        if is_database(folder):
            added = MotionDatabase(folder)
            shipped = MotionLibrary([*shipped.clips, *added.clips()], _joined_key(shipped.key, added.key))
        return shipped.licensed(licence)

    @staticmethod
    def open(folder: Path | str, licence: Licences = "default") -> MotionLibrary:
        """The library in ``folder``: a motion database, or keyframe files in ``folder/clips``.

        See :meth:`default` for errors.
        """
        folder = Path(folder)
        if (folder / NAME).is_file():
            database = MotionDatabase(folder)
            return MotionLibrary(database.clips(), database.key).licensed(licence)
        if is_pack(folder):
            raise AssetError(
                f"{folder} is a motion pack, not a database",
                f"add it to one: digital-life motions add {folder} --to FOLDER",
            )
        return _open(folder).licensed(licence)


def user_database() -> Path:
    """Folder of the user's motion database: ``DIGITAL_LIFE_MOTIONS``, or ``motions`` in the user's data folder."""
    return Path(os.environ.get("DIGITAL_LIFE_MOTIONS") or data_path("motions"))


def _joined_key(*keys: str) -> str:
    return hashlib.sha256(" ".join(keys).encode()).hexdigest()[:24]


@lru_cache(maxsize=4)
def _open(folder: Path) -> MotionLibrary:
    """The clips that people wrote in ``folder`` and those that weights made, which lie in a database beside them."""
    written = _written(folder)
    made = folder / GENERATED
    if not is_database(made):
        return written
    database = MotionDatabase(made)
    return MotionLibrary([*written.clips, *database.clips()], _joined_key(written.key, database.key))


def _written(folder: Path) -> MotionLibrary:
    sources = sorted((folder / "clips").glob("**/*.yaml"))
    if not sources:
        raise AssetError(
            f"{folder} holds no motion clips",
            "make a database there: digital-life motions add PATH --to FOLDER; or put keyframe files into 'clips'",
        )
    key = content_key(words=str(_FORMAT).encode(), files=sources, makers=("measures",))
    path = cache_dir("motions") / f"library-{key}.npz"
    clips = _read_cache(path)
    if clips is None:
        clips = _compile(sources)
        _write_cache(path, clips)
    return MotionLibrary(clips, key)


def _compile(sources: Sequence[Path]) -> list[Clip]:
    from rich.console import Console
    from rich.progress import track

    from digital_life.motion.keyframes import compile_clip

    clips = []
    console = Console(stderr=True)  # standard output belongs to what a command answers
    for path in track(sources, description="Compiling the motion library", transient=True, console=console):
        made = compile_clip(path)
        clips.append(
            Clip.of(
                made.motion,
                id=made.id,
                captions=made.captions,
                captions_zh=made.captions_zh,
                kind=made.kind,
                posture=made.posture,
                tags=made.tags,
                posture_end=made.posture_end,
                layer=made.layer,
                loopable=made.loop,
                sync=dict(made.sync),
                kinematics=Tracks.of(made.motion, canonical_skeleton()).kinematics(),
            )
        )
    return clips


def _write_cache(path: Path, clips: Sequence[Clip]) -> None:
    arrays: dict[str, NDArray[Any]] = {}
    words = []
    for number, clip in enumerate(clips):
        arrays[f"translation{number}"] = clip.motion.translation
        arrays[f"rotations{number}"] = clip.motion.rotations
        if clip.motion.contacts is not None:
            arrays[f"contacts{number}"] = clip.motion.contacts
        if clip.motion.face is not None:
            arrays[f"face{number}"] = clip.motion.face
        names = ("id", "captions", "captions_zh", "kind", "posture", "tags", "posture_end", "layer", "loopable")
        record = {name: getattr(clip, name) for name in names}
        words.append(
            {
                **record,
                "sync": dict(clip.sync),
                "kinematics": dict(clip.kinematics),
                "provenance": dict(clip.motion.provenance),
            }
        )
    with whole_file(path, "writing the compiled motion library") as file:
        np.savez(file, words=np.array(json.dumps(words)), **arrays)  # type: ignore[arg-type]
    forget_old(path)


def _read_cache(path: Path) -> list[Clip] | None:
    """The compiled clips, or None when they must be compiled (no cache, or a damaged one)."""
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        words = json.loads(str(arrays["words"]))
        note_use(path)
        return [_clip(number, record, arrays) for number, record in enumerate(words)]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _clip(number: int, record: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Clip:
    motion = Motion(
        arrays[f"translation{number}"],
        arrays[f"rotations{number}"],
        face=arrays.get(f"face{number}"),
        contacts=arrays.get(f"contacts{number}"),
        provenance=record.pop("provenance"),
    )
    tuples = {name: tuple(record.pop(name)) for name in ("captions", "captions_zh", "tags")}
    return Clip.of(motion, **tuples, **record)
