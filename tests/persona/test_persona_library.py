"""The shipped personas: valid, found by name, and different from one another."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from digital_life.errors import InputError
from digital_life.persona.check import check_persona
from digital_life.persona.library import list_personas, load_persona
from digital_life.persona.schema import Persona
from digital_life.voice.styles import STYLES

NAMES = sorted(list_personas())


@pytest.fixture(scope="module")
def cast() -> dict[str, Persona]:
    return {name: load_persona(name) for name in NAMES}


def test_there_are_twelve_of_all_ages(cast: dict[str, Persona]) -> None:
    assert len(NAMES) >= 12
    assert {"mira", "lupe", "aroha"} <= set(NAMES)
    ages = sorted(persona.age for persona in cast.values())
    assert ages[0] <= 8
    assert ages[-1] >= 85


@pytest.mark.parametrize("name", NAMES)
def test_nothing_about_a_persona_is_doubtful(cast: dict[str, Persona], name: str) -> None:
    assert check_persona(cast[name], {voice: style.pitch for voice, style in STYLES.items()}) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_persona_has_enough_to_say(cast: dict[str, Persona], name: str) -> None:
    persona = cast[name]
    assert len(persona.facts) >= 8
    assert len(persona.subjects) >= 10
    assert len({subject.theme for subject in persona.subjects}) >= 10
    assert len(persona.speech.lines) >= 30
    assert all(len(lines) >= 2 for lines in persona.speech.lines.values())
    known = {load_persona(other).name for other in NAMES}
    assert set(persona.relationships) & known, "it should know one of the others"


def test_personas_differ(cast: dict[str, Persona]) -> None:
    for one, two in combinations(cast.values(), 2):
        assert one.name != two.name
        assert one.voice != two.voice
        assert one.personality != two.personality
        assert one.appearance.outfit != two.appearance.outfit
        assert one.appearance.skin != two.appearance.skin
        assert (one.appearance.hair, one.appearance.hair_colour) != (two.appearance.hair, two.appearance.hair_colour)
        mine = {line for lines in one.speech.lines.values() for line in lines}
        yours = {line for lines in two.speech.lines.values() for line in lines}
        assert len(mine & yours) <= 8, f"{one.name} and {two.name} share {mine & yours}"
    ages = [persona.age for persona in cast.values()]
    assert max(ages) - min(ages) >= 30


@pytest.mark.parametrize("name", NAMES)
def test_body_and_file_agree_on_the_age(cast: dict[str, Persona], name: str) -> None:
    assert cast[name].appearance.age == cast[name].age


def test_unknown_names_get_a_suggestion_and_the_list() -> None:
    with pytest.raises(InputError, match="did you mean 'mira'") as caught:
        load_persona("mirra")
    assert "emeka" in str(caught.value)


def test_a_persona_of_the_working_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "personas").mkdir()
    text = "name: Mine\ndescription: d\nbeliefs: [b]\nmotivation: {long_term: l, short_term: s}\n"
    (tmp_path / "personas" / "mira.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert load_persona("mira").name == "Mine"
    assert "emeka" in list_personas()
