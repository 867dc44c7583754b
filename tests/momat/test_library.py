import os
import time
from pathlib import Path

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.errors import AssetError
from digital_life.kept_files import KEPT
from digital_life.momat import library as library_module
from digital_life.momat.library import MotionLibrary


@pytest.fixture()
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of three clips with a cache of its own."""
    monkeypatch.setenv("DIGITAL_LIFE_CACHE", str(tmp_path / "cache"))
    clips = tmp_path / "db" / "clips"
    clips.mkdir(parents=True)
    for name in ("wave_right", "nod_yes", "idle_standing_calm"):
        (clips / f"{name}.yaml").write_text((asset_dir("motion_db") / "clips" / f"{name}.yaml").read_text())
    return tmp_path / "db"


def fresh_open(folder: Path) -> MotionLibrary:
    library_module._open.cache_clear()
    return MotionLibrary.open(folder)


def test_the_cache_gives_back_what_was_compiled_and_opens_fast(folder: Path) -> None:
    compiled = fresh_open(folder)
    start = time.perf_counter()
    cached = fresh_open(folder)
    assert time.perf_counter() - start < 0.5
    assert [clip.id for clip in cached] == ["idle_standing_calm", "nod_yes", "wave_right"]
    for one, other in zip(compiled, cached, strict=True):
        assert one.captions == other.captions and one.sync == other.sync and one.layer == other.layer
        assert np.array_equal(one.motion.rotations, other.motion.rotations)
        assert one.motion.contacts is not None and np.array_equal(one.motion.contacts, other.motion.contacts)


def test_a_changed_source_is_compiled_again(folder: Path) -> None:
    before = fresh_open(folder)
    path = folder / "clips" / "nod_yes.yaml"
    path.write_text(path.read_text().replace("nods in agreement", "bobs the head in agreement"))
    after = fresh_open(folder)
    assert after.key != before.key
    assert "bobs the head in agreement" in after["nod_yes"].captions


def test_a_damaged_cache_is_replaced(folder: Path, tmp_path: Path) -> None:
    fresh_open(folder)
    (cache,) = (tmp_path / "cache" / "motions").glob("library-*.npz")
    cache.write_bytes(cache.read_bytes()[:1000])
    assert len(fresh_open(folder)) == 3
    assert len(cache.read_bytes()) > 1000


def test_missing_clips_are_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="no clip 'somersault'"):
        fresh_open(folder)["somersault"]
    with pytest.raises(AssetError, match="no motion clips"):
        fresh_open(tmp_path / "nowhere")


def test_info_counts(folder: Path) -> None:
    info = fresh_open(folder).info()
    assert info["clips"] == 3 and info["kinds"] == {"gesture": 2, "idle": 1} and info["seconds"] > 10


def test_compiling_says_nothing_on_standard_output(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fresh_open(folder)
    assert capsys.readouterr().out == ""


def test_old_compiled_libraries_go_and_the_used_one_stays(folder: Path, tmp_path: Path) -> None:
    fresh_open(folder)
    cache = tmp_path / "cache" / "motions"
    (used,) = cache.glob("library-*.npz")
    for number in range(20):
        old = cache / f"library-{number}.npz"
        old.write_bytes(b"of another version")
        os.utime(old, (1e9 + number, 1e9 + number))
    os.utime(used, (0, 0))
    fresh_open(folder)
    (folder / "clips" / "nod_yes.yaml").unlink()
    fresh_open(folder)
    left = list(cache.glob("library-*.npz"))
    assert used in left and len(left) == KEPT
