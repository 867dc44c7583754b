"""``digital-life demo-motion`` films a reel."""

from __future__ import annotations

from pathlib import Path

import av
import yaml
from click.testing import CliRunner
from test_video import needs_opengl, opengl

from digital_life.assets import asset_dir
from digital_life.cli.main import cli


@opengl
@needs_opengl
def test_the_command_films_a_reel(tmp_path: Path) -> None:
    wanted = yaml.safe_load((asset_dir("examples") / "motion_reel.yaml").read_text(encoding="utf-8"))
    one = tmp_path / "one.yaml"
    prompts = [{"motion": "waves with the left hand"}]
    one.write_text(yaml.safe_dump({**wanted, "prompts": prompts}), encoding="utf-8")
    out = tmp_path / "reel.mp4"
    command = ["demo-motion", str(one), "-o", str(out), "--fast", "--width", "320", "--height", "180"]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    assert "waves with the left hand" in done.output
    with av.open(str(out)) as file:
        assert sum(1 for _ in file.decode(video=0)) > 60
    again = CliRunner().invoke(cli, command)
    assert again.exit_code != 0 and "--force" in str(again.exception or again.output)
