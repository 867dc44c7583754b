"""A reel of prompts: what is performed, and how it is cut."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from digital_life.assets import asset_dir
from digital_life.errors import InputError
from digital_life.society.reel import load_reel, perform_reel

PROMPTS = [
    {"motion": "waves with the left hand", "emotion": {"pleasure": 8}},
    {"motion": "quarterly inflation spreadsheets"},
    {"place": "chair", "speech": "Sit down."},
]


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wanted = yaml.safe_load((asset_dir("examples") / "motion_reel.yaml").read_text(encoding="utf-8"))
    path = tmp_path_factory.mktemp("reel") / "short.yaml"
    path.write_text(yaml.safe_dump({**wanted, "prompts": PROMPTS}), encoding="utf-8")
    return path


def test_prompts_are_done_one_after_the_other(short: Path) -> None:
    told: list[tuple[int, int]] = []
    reel = perform_reel(load_reel(short), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    wave, nothing, sat = reel.done
    assert wave.kind == "match" and "wave" in wave.clip and wave.start == 0.0
    assert nothing.kind in ("none", "generate", "blend") and sat.kind == "speech"
    assert wave.end < nothing.start < nothing.end < sat.start
    assert list(reel.job.takes) == [one.start for one in reel.done]
    assert [line.speaker for line in reel.job.subtitles][::2] == ["from the library", "Mira"]
    last = max(reel.job.performances, key=lambda performance: performance.start)
    assert last.end == pytest.approx(reel.job.duration)
    assert last.motion.translation[-1, 1] < reel.job.performances[0].motion.translation[0, 1] - 0.2, "sits in the end"


def test_the_shipped_reel_is_whole() -> None:
    wanted = load_reel(asset_dir("examples") / "motion_reel.yaml")
    assert len(wanted.prompts) > 10
    assert all(not prompt.place or wanted.room.place(prompt.place) for prompt in wanted.prompts)


def test_a_place_that_is_not_there_is_said(short: Path, tmp_path: Path) -> None:
    wanted = yaml.safe_load(short.read_text(encoding="utf-8"))
    path = tmp_path / "wrong.yaml"
    path.write_text(yaml.safe_dump({**wanted, "prompts": [{"place": "moon", "motion": "waves"}]}), encoding="utf-8")
    with pytest.raises(InputError, match="moon"):
        perform_reel(load_reel(path))
    path.write_text("prompts: []", encoding="utf-8")
    with pytest.raises(InputError, match="wrong"):
        load_reel(path)
