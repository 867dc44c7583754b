"""The short run, opened."""

from pathlib import Path

import pytest

from digital_life.api import Run


@pytest.fixture(scope="session")
def finished_run(short_run: Path) -> Run:
    """The short scenario, played to its end by the offline mind."""
    return Run.open(short_run)
