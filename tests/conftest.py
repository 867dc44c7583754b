"""Tests write nothing into the user's own folders, and never ask a network."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # a test process needs one core; the language model may take the other
for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DIGITAL_LIFE_BASE_URL", "DIGITAL_LIFE_GGUF"):
    os.environ.pop(variable, None)

# A job in the background ignores Ctrl-C, and what tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_folders = tempfile.TemporaryDirectory(prefix="digital-life-tests-")  # deleted when the test process ends


def _own_folders() -> None:
    """A cache and a data folder for this test run: filled once (seconds), shared by its tests, seen by what they start.

    Models that the user pulled are linked into it, for they are large, and are only read.
    """
    from digital_life.assets import data_path

    pulled = data_path("models")
    root = Path(_folders.name)
    (root / "data" / "models").mkdir(parents=True)
    for model in pulled.iterdir() if pulled.is_dir() else ():
        (root / "data" / "models" / model.name).symlink_to(model.resolve())
    os.environ["DIGITAL_LIFE_CACHE"] = str(root / "cache")
    os.environ["DIGITAL_LIFE_DATA"] = str(root / "data")
    os.environ.pop("DIGITAL_LIFE_MOTIONS", None)


_own_folders()


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    """The one Playwright of a test run; a second one beside it refuses to start."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def short_scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped first meeting with two rounds, in which nobody touches anybody: making two bodies meet takes seconds."""
    from digital_life.assets import asset_dir

    data = yaml.safe_load((asset_dir("examples") / "first_meeting.yaml").read_text())
    path = tmp_path_factory.mktemp("scenario") / "short.yaml"
    path.write_text(yaml.safe_dump({**data, "rounds": 2, "seed": 11}))
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
