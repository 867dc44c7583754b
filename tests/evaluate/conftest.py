"""A small evaluation of two arms, played once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from digital_life.assets import asset_dir
from digital_life.cli.evaluate import command


@pytest.fixture(scope="session")
def evaluate() -> Callable[..., str]:
    def run(out: Path, scenario: Path, *more: str) -> str:
        options = ["--scenario", str(scenario), "--arm", "full", "--arm", "without-reflection", "--plots", "2"]
        arguments = ["mind", "--out", str(out), "--mind", "offline", "--drift-turns", "5", *options, *more]
        done = CliRunner().invoke(command, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return run


@pytest.fixture(scope="session")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = yaml.safe_load((asset_dir("examples") / "first_meeting.yaml").read_text())
    path = tmp_path_factory.mktemp("scenario") / "brief.yaml"
    path.write_text(yaml.safe_dump({**data, "rounds": 1}))
    return path


@pytest.fixture(scope="session")
def evaluated(evaluate: Callable[..., str], scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("arms") / "evaluation"
    assert "no judge is configured" in evaluate(out, scenario)
    return out
