"""``digital-life evaluate mind``: everything that is measured about minds, and the report that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from digital_life.evaluate.minds.page import page
from digital_life.evaluate.minds.run_data import RunData, read_run
from digital_life.evaluate.minds.run_report import run_parts
from digital_life.llm.embedding import shared_embedder
from digital_life.society.run_folder import RunFolder
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.whole_file import whole_file

REPORT = "report.html"


def report_runs(paths: Sequence[Path], out: Path) -> Path:
    """Write the report of recorded runs into the folder ``out``; returns its path.

    Raises:
        InputError: one of ``paths`` is no run.
        StorageError: a record is damaged, or the report cannot be written.
    """
    encoder = CachedEncoder(shared_embedder())
    parts = [part for path in paths for part in run_parts(_read(path), encoder)]
    return write_report(out, parts)


def write_report(out: Path, parts: Sequence[str]) -> Path:
    """Write ``parts``, which are HTML, as the report in the folder ``out``."""
    with whole_file(out / REPORT, "writing the report") as file:
        file.write(page("Evaluation of minds", parts).encode())
    return out / REPORT


def _read(path: Path) -> RunData:
    folder = RunFolder.open(path)
    try:
        return read_run(folder)
    finally:
        folder.close()
