"""Dressed characters kept on disk: making one takes seconds, reading it back a small part of one."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np

from digital_life.assets import cache_dir
from digital_life.body.asset_store import find_added
from digital_life.body.character import Character
from digital_life.body.character_arrays import character_arrays, character_from
from digital_life.errors import StorageError
from digital_life.kept_files import forget_old, note_use
from digital_life.persona.appearance import Appearance
from digital_life.whole_file import whole_file

KEPT = 32
"""Characters that stay, those used last; each takes about 20 MB, most of it textures."""
_BODY = Path(__file__).resolve().parent
_MOTION = _BODY.parent / "motion"


def kept_character(appearance: Appearance, make: Callable[[], Character], folder: Path | None = None) -> Character:
    """The character of an ``appearance``, made only if it is not kept yet; ``name`` is that of whoever it was made for.

    It is kept by all that the appearance says, the assets worn, and the code and data that it is made with. ``folder`` is
    the cache's (one in the user's cache folder when None); where that cannot be read or written, it is made every time.

    Raises:
        InputError: an asset that the appearance names was not added.
        StorageError: one is damaged.
    """
    try:
        path = (folder or cache_dir("characters")) / f"character-{_key(appearance)}.npz"
    except OSError:
        return make()
    character = _read(path)
    if character is None:
        character = make()
        with suppress(StorageError):  # a full disk is no reason to stop
            _write(path, character)
    return character


def _key(appearance: Appearance) -> str:
    said = json.dumps(appearance.model_dump(mode="json"), sort_keys=True, ensure_ascii=True)
    digest = hashlib.sha256(said.encode())
    hair = () if appearance.hair_asset is None else (appearance.hair_asset,)
    for asset in (*appearance.outfit.assets, *hair):
        folder = find_added(asset).folder
        digest.update(_content(sorted(file for file in folder.rglob("*") if file.is_file()), folder))
    digest.update(makers())
    return digest.hexdigest()[:24]


@lru_cache(maxsize=1)
def makers() -> bytes:
    """Digest of the code and the data that characters are made with."""
    files = [*_BODY.glob("*.py"), *(_BODY / "data").iterdir(), *_MOTION.glob("*.py"), *(_MOTION / "data").iterdir()]
    return _content(sorted(files), _BODY.parent)


def _content(files: Iterable[Path], root: Path) -> bytes:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.digest()


def _read(path: Path) -> Character | None:
    """The kept character, or None when it must be made (not kept, or damaged)."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            character = character_from({name: archive[name] for name in archive.files})
    except (OSError, ValueError, KeyError, TypeError, IndexError, EOFError, zipfile.BadZipFile):
        return None
    note_use(path)
    return character


def _write(path: Path, character: Character) -> None:
    with whole_file(path, "keeping a character") as file:
        np.savez(file, allow_pickle=False, **character_arrays(character))
    forget_old(path, KEPT)
