"""A character that is kept comes back as it was, to every process, and only as long as it is still what would be made."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digital_life.body import kept_characters
from digital_life.body.appearance import build_character, fresh_character
from digital_life.body.character import Character
from digital_life.body.kept_characters import KEPT, kept_character
from digital_life.persona.appearance import Ancestry, Appearance, Outfit

ADA = Appearance(
    age=61, gender=0.2, face_seed=9, hair="braids", facial_hair="full_beard", glasses="sunglasses", height_cm=171.5,
    ancestry=Ancestry(african=2), outfit=Outfit(top="sweater", bottom="skirt", outer="coat", hat="brimmed"),
)  # fmt: skip


def same(one: Any, other: Any) -> bool:
    """Equal to the bit, the order of keys and the kinds of numbers included."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if type(one) is not type(other):
        return False
    if is_dataclass(one):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def never() -> Character:
    raise AssertionError("it was made again")


@pytest.fixture(scope="module")
def ada() -> Character:
    return fresh_character("Ada", ADA)


@pytest.fixture
def kept(ada: Character, tmp_path: Path) -> Path:
    """A folder of characters in which she is."""
    kept_character(ADA, lambda: ada, tmp_path)
    return tmp_path


def test_every_value_comes_back(ada: Character, kept: Path) -> None:
    again = kept_character(ADA, never, kept)
    assert len(ada.parts) > 10
    assert any(part.morphs for part in ada.parts) and any(part.correctives is not None for part in ada.parts)
    assert same(again, ada)


def test_another_process_reads_it_and_makes_nothing(ada: Character, tmp_path: Path) -> None:
    kept_character(ADA, lambda: ada, tmp_path / "characters")
    program = """
import hashlib, sys
from digital_life.body import appearance
from digital_life.persona.appearance import Appearance
appearance.make_identity = None
found = appearance.build_character("Bo", Appearance.model_validate_json(sys.argv[1]))
print(found.name, len(found.parts), hashlib.sha256(b"".join(part.vertices.tobytes() for part in found.parts)).hexdigest())
"""
    import hashlib

    said = subprocess.run(
        [sys.executable, "-c", program, ADA.model_dump_json()],
        env=os.environ | {"DIGITAL_LIFE_CACHE": str(tmp_path)}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    whole = hashlib.sha256(b"".join(part.vertices.tobytes() for part in ada.parts)).hexdigest()
    assert said.split() == ["Bo", str(len(ada.parts)), whole]


def test_the_second_character_of_a_look_has_its_own_name(monkeypatch: pytest.MonkeyPatch, kept: Path) -> None:
    monkeypatch.setattr("digital_life.body.kept_characters.cache_dir", lambda name: kept)
    assert build_character("Eve", ADA).name == "Eve"


@pytest.mark.parametrize(
    "change", [{"face_seed": 10}, {"age": 62}, {"outfit": ADA.outfit.model_copy(update={"hat": "cap"})}]
)
def test_whoever_looks_otherwise_is_another(ada: Character, kept: Path, change: dict[str, Any]) -> None:
    other = replace(ada, name="other")
    assert kept_character(ADA.model_copy(update=change), lambda: other, kept) is other
    assert len(list(kept.glob("*.npz"))) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: data[:9000] + b"\1" + data[9001:],
        lambda data: b"x",
    ],
)
def test_a_damaged_file_is_made_anew(ada: Character, kept: Path, damage: Callable[[bytes], bytes]) -> None:
    (file,) = kept.glob("*.npz")
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert kept_character(ADA, lambda: ada, kept) is ada
    assert same(kept_character(ADA, never, kept), ada)


def test_a_file_of_something_else_is_made_anew(ada: Character, kept: Path) -> None:
    (file,) = kept.glob("*.npz")
    np.savez(file, about=np.zeros(3))
    assert kept_character(ADA, lambda: ada, kept) is ada


def test_changed_code_or_data_make_it_anew(ada: Character, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = kept.parent / "package" / "body"
    for folder in (body / "data", body.parent / "motion" / "data"):
        folder.mkdir(parents=True, exist_ok=True)
    (body / "skin.py").write_text("red")
    (body / "data" / "identity.npz").write_bytes(b"old")
    monkeypatch.setattr(kept_characters, "_BODY", body)
    monkeypatch.setattr(kept_characters, "_MOTION", body.parent / "motion")
    monkeypatch.setattr(kept_characters, "makers", kept_characters.makers.__wrapped__)
    assert kept_character(ADA, lambda: ada, kept) is ada  # other code than that of the package
    assert kept_character(ADA, never, kept).name == "Ada"
    (body / "data" / "identity.npz").write_bytes(b"new")
    assert kept_character(ADA, lambda: ada, kept) is ada
    (body / "skin.py").write_text("blue")
    assert kept_character(ADA, lambda: ada, kept) is ada


def test_where_nothing_can_be_kept_it_is_made(ada: Character, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert kept_character(ADA, lambda: ada, tmp_path / "file" / "below") is ada
    monkeypatch.setenv("DIGITAL_LIFE_CACHE", str(tmp_path / "file"))
    assert kept_character(ADA, lambda: ada) is ada


def test_a_full_disk_leaves_no_half_file(ada: Character, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        assert kept_character(ADA, lambda: ada, tmp_path) is ada
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.iterdir())


def test_those_used_longest_ago_go(ada: Character, kept: Path) -> None:
    (used,) = kept.glob("*.npz")
    for number in range(KEPT + 3):
        old = kept / f"character-{number}.npz"
        old.write_bytes(b"of another version")
        os.utime(old, (1e9 + number, 1e9 + number))
    os.utime(used, (0, 0))
    kept_character(ADA, never, kept)
    kept_character(Appearance(), lambda: ada, kept)
    left = list(kept.glob("*.npz"))
    assert used in left and len(left) == KEPT
