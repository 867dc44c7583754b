"""Interviews change nothing, whether a run is over or going on."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from digital_life.api import Run, Scenario
from digital_life.assets import asset_dir
from digital_life.cli.interview import command
from digital_life.errors import InputError
from digital_life.society.run_folder import RunFolder


def checksum(run: Path) -> str:
    """Of every recorded state, memory and change."""
    folder = RunFolder.open(run)
    name = folder.scene.names[0]
    content = repr((folder.record.state(name), folder.record.memories(name), folder.record.changes(name)))
    folder.close()
    return hashlib.sha256(content.encode()).hexdigest()


def ask(*arguments: str) -> str:
    result = CliRunner().invoke(command, [*arguments, "--mind", "offline"], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def play(tmp_path: Path, **options: object) -> Run:
    data = yaml.safe_load((asset_dir("examples") / "first_meeting.yaml").read_text())
    path = tmp_path / "scenario.yaml"
    path.write_text(yaml.safe_dump({**data, "rounds": 2}))
    return Scenario.load(path).run(tmp_path / "run", mind="offline", bodies=False, notice=lambda _text: None, **options)  # type: ignore[arg-type]


def test_an_interview_leaves_no_trace_and_knows_who_is_there(tmp_path: Path) -> None:
    play(tmp_path).folder.close()
    before = checksum(tmp_path / "run")
    answer = ask("mira", "What do you think of Dariush?", "What do you want?", "--run", str(tmp_path / "run"))
    assert answer.count("Mira: ") == 2
    assert "(offline" in answer
    assert ask("mira", "What do you want?", "--run", str(tmp_path / "run"), "--turn", "1").startswith("Mira: ")
    assert checksum(tmp_path / "run") == before
    with pytest.raises(InputError, match=r"(?s)nobody.*Mira"):
        ask("Nobody", "Who are you?", "--run", str(tmp_path / "run"))
    with pytest.raises(InputError, match=r"(?s)no turn 99 yet.*up to"):
        ask("mira", "How do you feel?", "--run", str(tmp_path / "run"), "--turn", "99")


def test_characters_are_interviewed_while_their_run_is_played(tmp_path: Path) -> None:
    heard: list[str] = []

    def asking(what: str, _done: int, _total: int) -> None:
        if "[" in what and len(heard) < 2:
            heard.append(ask("mira", "What do you want?", "--run", str(tmp_path / "run")))

    disturbed = play(tmp_path, report=asking)
    assert len(heard) == 2 and all(text.startswith("Mira: ") for text in heard)
    other = tmp_path / "undisturbed"
    other.mkdir()
    alone = play(other)
    assert [b.line() for b in disturbed.behaviours] == [b.line() for b in alone.behaviours]
