from __future__ import annotations

from pathlib import Path

import pytest
from browser_fixtures import browser, page
from viewer_fixtures import SyntheticChat, SyntheticScene, cheap_character, synthetic_replay

from digital_life.body.character import Character

__all__ = ["browser", "page"]


@pytest.fixture(scope="session")
def cast() -> list[Character]:
    return [cheap_character("Mira", (0.75, 0.25, 0.2)), cheap_character("Tunde", (0.15, 0.35, 0.75))]


@pytest.fixture
def replay(cast: list[Character], tmp_path: Path) -> SyntheticScene:
    return synthetic_replay(cast, tmp_path)


@pytest.fixture
def chat(cast: list[Character], tmp_path: Path) -> SyntheticChat:
    return SyntheticChat(cast[:1], tmp_path)


@pytest.fixture
def stand_in_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page of one word, for tests of the server alone."""
    page = tmp_path / "page"
    page.mkdir()
    (page / "index.html").write_text("page")
    monkeypatch.setattr("digital_life.viewer.page.STATIC", page)
    return page
