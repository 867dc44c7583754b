"""All commands treat the file that they are told to write alike: folders are made, files that are there stay."""

import subprocess
import sys
from pathlib import Path

import pytest

from digital_life.momat.library import MotionLibrary
from digital_life.motion.files import save_motion

COMMANDS = {
    "show": ("motions", "show", "nod_yes", "--sticks", "--columns", "2", "-o"),
    "speak": ("speak", "hello", "-o"),
    "export": ("export", "{motion}", "--format", "bvh", "-o"),
    "render": ("render", "{run}", "-o"),
}
SUFFIXES = {"show": ".png", "speak": ".wav", "export": ".bvh", "render": ".mp4"}


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest, short_run: Path, tmp_path: Path) -> tuple[str, list[str]]:
    save_motion(MotionLibrary.default()["nod_yes"].motion, tmp_path / "nod.npz")
    places = {"motion": tmp_path / "nod.npz", "run": short_run}
    return request.param, [word.format(**places) for word in COMMANDS[request.param]]


def run(arguments: list[str], *more: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "digital_life", *arguments, *map(str, more)]
    return subprocess.run(words, capture_output=True, text=True, timeout=200, check=False)


def test_a_file_that_is_there_stays(command: tuple[str, list[str]], tmp_path: Path) -> None:
    name, arguments = command
    taken = tmp_path / f"taken{SUFFIXES[name]}"
    taken.write_text("mine")
    for target, words in (
        (taken, ("exists", "--force")),
        (tmp_path, ("folder",)),
        (taken / "x.png", ("taken", "file")),
    ):
        done = run(arguments, target)
        assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
        assert all(word in done.stderr for word in words), done.stderr
    assert taken.read_text() == "mine"


def test_folders_are_made_and_force_replaces(command: tuple[str, list[str]], tmp_path: Path) -> None:
    name, arguments = command
    if name == "render":
        pytest.skip("a video takes a minute; tests/render makes one")
    target = tmp_path / "not" / "there" / f"x{SUFFIXES[name]}"
    assert run(arguments, target).returncode == 0
    size = target.stat().st_size
    target.write_text("old")
    assert run(arguments, target, "--force").returncode == 0
    assert target.stat().st_size > size / 2
