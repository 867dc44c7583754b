"""The built wheel holds everything: its files alone play a scenario from another folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this source tree, built and unpacked where nothing else is."""
    if not (SOURCE / "pyproject.toml").is_file():
        pytest.skip("the tests do not run in a source tree")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(SOURCE)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_plays_a_scenario_from_another_folder(unpacked: Path, short_scenario: Path, tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(unpacked), "DIGITAL_LIFE_CACHE": str(tmp_path / "cache")}
    where = "import digital_life; print(digital_life.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where], env=env, cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert found.stdout.startswith(str(unpacked))
    command = [
        sys.executable,
        "-m",
        "digital_life",
        "simulate",
        str(short_scenario),
        "--out",
        "run",
        "--mind",
        "offline",
    ]
    done = subprocess.run([*command, "--no-video"], env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "transcript.md").read_text().count("- ") >= 4


def test_the_wheel_holds_licence_notice_and_page(unpacked: Path) -> None:
    (info,) = unpacked.glob("*.dist-info")
    assert {"LICENSE", "NOTICE"} <= {path.name for path in (info / "licenses").rglob("*")}
    assert "CC0" in (info / "licenses" / "NOTICE").read_text()
    if (SOURCE / "digital_life" / "viewer" / "static" / "index.html").is_file():
        assert (unpacked / "digital_life" / "viewer" / "static" / "index.html").is_file()
    assert not list(unpacked.rglob("*.pyc"))
