"""A folder of small motion files with captions, and shorthands to add them."""

from collections.abc import Sequence
from pathlib import Path

from digital_life.momat.growing import Outcome, add_motions
from digital_life.momat.intake import Intake, Labels
from digital_life.momat.library import MotionLibrary
from digital_life.motion.files import save_motion

CLIPS = {"wave_right": "a person waves with the right hand", "nod_yes": "nods in agreement", "sit_down": "takes a seat"}


def write_files(folder: Path) -> Path:
    """Three shipped clips as files, a caption beside each."""
    folder.mkdir(parents=True)
    library = MotionLibrary.default()
    for name, caption in CLIPS.items():
        save_motion(library[name].motion, folder / f"{name}.npz")
        (folder / f"{name}.txt").write_text(f"{caption}\n")
    return folder


def add(database: Path, paths: Sequence[Path], labels: Labels | None = None, **options: bool) -> Outcome:
    """What ``digital-life motions add`` does."""
    intake = Intake(paths, labels or Labels())
    outcome = add_motions(database, intake, **options)
    outcome.rejected[:0] = intake.rejected
    return outcome
