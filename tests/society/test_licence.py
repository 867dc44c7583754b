from pathlib import Path

import pytest

from digital_life.api import Run, Scenario
from digital_life.errors import InputError
from digital_life.momat.growing import add_motions
from digital_life.momat.intake import Intake, Labels
from digital_life.momat.library import MotionLibrary
from digital_life.motion.files import save_motion


def played(run: Run) -> set[str]:
    """Ids of all clips that anybody's motion was made of."""
    rows = [row for turn in run.folder.turns() for row in turn.performances]
    return {str(clip) for row in rows for clip in row.provenance.get("clips", [])}


def test_a_permissive_run_plays_no_noncommercial_motion(
    short_scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user's database has a noncommercial copy of every shipped gesture."""
    for clip in MotionLibrary.default().select(kind="gesture"):
        save_motion(clip.motion, tmp_path / "mocap" / f"{clip.id}.npz")
        (tmp_path / "mocap" / f"{clip.id}.txt").write_text(clip.captions[0])
    add_motions(tmp_path / "db", Intake([tmp_path / "mocap"], Labels(licence="CC-BY-NC-4.0")))
    monkeypatch.setenv("DIGITAL_LIFE_MOTIONS", str(tmp_path / "db"))
    assert any(clip.id.startswith("mocap/") for clip in MotionLibrary.default())

    scenario = Scenario.load(short_scenario)
    run = scenario.run(tmp_path / "run", mind="offline", licence="permissive", notice=lambda _text: None)
    clips = played(run)
    run.folder.close()
    assert clips and not any(clip.startswith("mocap/") for clip in clips)
    assert Run.open(tmp_path / "run").folder.scene.licence == "permissive"


def test_a_run_with_all_motions_is_not_resumed_as_a_permissive_one(short_run: Path, short_scenario: Path) -> None:
    with pytest.raises(InputError, match="--licence default, not with permissive"):
        Scenario.load(short_scenario).run(
            short_run, mind="offline", resume=True, licence="permissive", notice=lambda _text: None
        )
