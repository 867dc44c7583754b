"""The words that lie beside a motion file: ``captions.yaml`` in its folder, ``<name>.txt``, or its name.

``captions.yaml`` maps names of files (without suffix) to a caption, a list of captions, or fields::

    wave_01: a person waves with the right hand
    sit: {captions: [a person sits down on a chair, taking a seat], captions_zh: [坐下], kind: transition, posture_end: seated}

``<name>.txt`` holds one caption a line (what follows a ``#``, as in HumanML3D, is left out). Captions in Chinese are
told by their characters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from digital_life.errors import InputError
from digital_life.momat.clip import Hand, Posture
from digital_life.yaml_file import load_yaml

SIDECAR = "captions.yaml"
_MEND = f"write captions into {{name}}.txt or {SIDECAR} beside the file, or give --caption TEXT"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]+")

Kind = Literal["idle", "talk", "gesture", "emotion", "locomotion", "transition", "action", "dance"]


class Words(BaseModel):
    """What is said of one motion; what is left out is measured."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    captions: tuple[str, ...] = ()
    captions_zh: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kind: Kind | None = None
    posture: Posture | None = None
    posture_end: Posture | None = None
    hand: Hand | None = None
    style: str = ""
    loop: bool | None = None
    sync: dict[str, float] = Field(default_factory=dict)
    licence: str | None = None
    licence_class: Literal["permissive", "noncommercial"] | None = None


class _Sidecar(RootModel[dict[str, str | list[str] | Words]]):
    """The whole ``captions.yaml``."""


def words_for(path: Path, given: tuple[str, ...] = ()) -> Words:
    """The words of the motion file at ``path``; captions that are ``given`` count instead of those beside it.

    Raises:
        InputError: no caption can be found, or what lies beside the file is wrong.
    """
    words = Words(captions=given) if given else _beside(path)
    captions = [" ".join(caption.split()) for caption in (*words.captions, *words.captions_zh)]
    captions = [caption for caption in captions if _WORD.search(caption)]
    if not captions:
        raise InputError(f"{path}: its caption is empty", _MEND.format(name=path.stem))
    english = tuple(caption for caption in captions if not _CHINESE.search(caption))
    chinese = tuple(caption for caption in captions if _CHINESE.search(caption))
    return words.model_copy(update={"captions": english or chinese, "captions_zh": chinese})


def _beside(path: Path) -> Words:
    sidecar = path.with_name(SIDECAR)
    if sidecar.is_file():
        entry = _read_sidecar(sidecar, sidecar.stat().st_mtime_ns).get(path.stem)
        if isinstance(entry, Words):
            return entry
        if entry is not None:
            return Words(captions=(entry,) if isinstance(entry, str) else tuple(entry))
    text = path.with_suffix(".txt")
    if text.is_file():
        try:
            lines = text.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{text}: not readable as UTF-8 text ({error})", "save the file as UTF-8") from error
        return Words(captions=tuple(line.split("#")[0] for line in lines))
    return Words(captions=(_from_name(path.stem),))


@lru_cache(maxsize=64)
def _read_sidecar(path: Path, _changed: int) -> dict[str, str | list[str] | Words]:
    return load_yaml(path, _Sidecar).root


def _from_name(stem: str) -> str:
    """``WaveLeft_02`` becomes "wave left"."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", stem)
    return " ".join(word for word in re.split(r"[^A-Za-z\u4e00-\u9fff]+", spaced)).strip().lower()
