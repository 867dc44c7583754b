"""Mistakes in a scenario are told where they are."""

from pathlib import Path

import pytest

from digital_life.assets import asset_dir
from digital_life.errors import InputError
from digital_life.society.scenario import load_scenario

TEXT = (asset_dir("examples") / "first_meeting.yaml").read_text()


def line_of(text: str, start: str) -> int:
    return next(i for i, line in enumerate(text.splitlines(), 1) if line.strip().startswith(start))


@pytest.mark.parametrize(
    ("old", "new", "near", "words"),
    [
        ("place: window}", "place: balcony}", "- {persona: mira", "'balcony'; the room has sofa, table, desk, window"),
        ("position: [1.9, -0.5]", "position: [.nan, 0]", "- {name: desk", "found nan"),
        ("position: [1.9, -0.5]", "position: [9.0, 0]", "name: community room", "outside the room"),
        ("size: [6.4, 5.0]", "size: [0, -5]", "size:", "found"),
        ("rounds: 4", "rounds: 0", "rounds:", "from 1 to 50"),
        ("kind: lamp", "kind: lampp", "- {kind: lampp", "lamp"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, near: str, words: str) -> None:
    text = TEXT.replace(old, new)
    assert text != TEXT
    path = tmp_path / "scene.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    assert words in str(caught.value)
    told = int(str(caught.value).split("scene.yaml:")[1].split(":")[0])
    assert abs(told - line_of(text, near)) <= 1


def test_the_shipped_scenario_is_fine() -> None:
    assert len(load_scenario(asset_dir("examples") / "first_meeting.yaml").names) == 2
