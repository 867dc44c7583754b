"""Tests never touch the user's own folders for models, and never a network."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # a test process needs one core; the language model may take the other
for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DIGITAL_LIFE_BASE_URL", "DIGITAL_LIFE_GGUF"):
    os.environ.pop(variable, None)
os.environ["DIGITAL_LIFE_MOTIONS"] = str(Path(__file__).with_name("no_motion_database"))


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    """The one Playwright of a test run; a second one beside it refuses to start."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def short_scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped first meeting with two rounds."""
    from digital_life.assets import asset_dir

    data = yaml.safe_load((asset_dir("examples") / "first_meeting.yaml").read_text())
    path = tmp_path_factory.mktemp("scenario") / "short.yaml"
    path.write_text(yaml.safe_dump({**data, "rounds": 2}))
    return path


@pytest.fixture(scope="session")
def short_run(short_scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the short scenario, played to its end by the offline mind."""
    from digital_life.api import Scenario

    out = tmp_path_factory.mktemp("runs") / "short"
    Scenario.load(short_scenario).run(out, mind="offline", notice=lambda _text: None).folder.close()
    return out


@pytest.fixture(scope="session")
def motion_pack() -> Path:
    """The motion pack for measuring: beside the project, or where ``DIGITAL_LIFE_MOTION_PACK`` says."""
    from digital_life.momat.pack import is_pack

    beside = Path(__file__).resolve().parents[2] / "shared" / "motion"
    pack = Path(os.environ.get("DIGITAL_LIFE_MOTION_PACK") or beside)
    if not is_pack(pack):
        pytest.skip("needs the motion pack: set DIGITAL_LIFE_MOTION_PACK to its folder")
    return pack
