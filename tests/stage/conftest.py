"""The shipped motion library, opened once, and a maker of stages."""

from collections.abc import Callable

import pytest
import staging

from digital_life.llm.embedding import shared_embedder
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import MotionSearch
from digital_life.stage.stage import Stage


@pytest.fixture(scope="session")
def motions() -> tuple[MotionLibrary, MotionSearch]:
    library = MotionLibrary.default()
    return library, MotionSearch(library, shared_embedder())


@pytest.fixture(scope="session")
def make_stage(motions: tuple[MotionLibrary, MotionSearch]) -> Callable[..., Stage]:
    """Makes a stage with Ada (smaller) and Bo (larger) at the given places."""

    def make(ada: str = "window", bo: str = "sofa", *, seed: int = 3) -> Stage:
        return staging.stage_of_two(ada, bo, seed, motions)

    return make
