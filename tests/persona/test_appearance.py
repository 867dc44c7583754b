"""The appearance of a persona file: what older files wrote still means the same."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from digital_life.persona.appearance import UNDER_JACKET, Appearance, Outfit


def test_older_files_keep_their_meaning() -> None:
    old = Appearance.model_validate(
        {"hair": "long", "glasses": True, "outfit": {"top": "jacket", "top_colour": "#2b3a67", "bottom": "skirt"}}
    )
    assert (old.hair, old.glasses) == ("long_straight", "square")
    assert (old.outfit.outer, old.outfit.outer_colour) == ("jacket", "#2b3a67")
    assert (old.outfit.top, old.outfit.top_colour, old.outfit.bottom) == ("t_shirt", UNDER_JACKET, "skirt")
    assert Appearance.model_validate({"glasses": False}).glasses == "none"


def test_an_appearance_survives_being_written_and_read() -> None:
    worn = Appearance(age=6, outfit=Outfit(outer="coat", top_pattern="stripes", top_accent="#ffffff", hat="beanie"))
    assert Appearance.model_validate_json(worn.model_dump_json()) == worn


@pytest.mark.parametrize("wrong", [{"age": 3}, {"height_cm": 240}, {"hair": "mohawk"}, {"glasses": 1.5}])
def test_what_no_body_can_have_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Appearance.model_validate(wrong)
