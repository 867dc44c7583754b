"""Every mistake in a file is reported with its line, field, what was found and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from digital_life.errors import InputError
from digital_life.persona.library import load_persona
from digital_life.persona.schema import Persona
from digital_life.yaml_file import load_yaml

GOOD = """\
name: Bo
description: a test person
beliefs: [Tests should be able to fail.]
motivation: {long_term: to be read, short_term: to be checked}
"""


def message(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "bo.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        load_yaml(path, Persona)
    return str(caught.value)


def test_a_good_file_loads(tmp_path: Path) -> None:
    path = tmp_path / "bo.yaml"
    path.write_text(GOOD)
    assert load_persona(path).name == "Bo"


def test_all_mistakes_are_reported_with_lines_and_what_is_allowed(tmp_path: Path) -> None:
    text = message(
        tmp_path,
        GOOD
        + "descripton: typo\nage: 2\npersonality:\n  openness: 11\nappearance:\n  hair: shortt\n  skin: red\n"
        + "speech:\n  lines:\n    greetings: [hi]\n",
    )
    assert "bo.yaml:5: descripton: found an unknown field (did you mean 'description'?)" in text
    assert "bo.yaml:6: age: found 2; allowed: a whole number from 4 to 90" in text
    assert "bo.yaml:8: personality.openness: found 11; allowed: a whole number from 1 to 9" in text
    assert "bo.yaml:10: appearance.hair: found 'shortt' (did you mean 'short'?); allowed: bald, buzz" in text
    assert "bo.yaml:11: appearance.skin: found 'red'; allowed: a colour such as '#33608c'" in text
    assert "bo.yaml:14: speech.lines.greetings: found an unknown field (did you mean 'greeting'?)" in text
    assert "correct 6 mistakes" in text


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    text = message(tmp_path, GOOD.replace(", short_term: to be checked", ""))
    assert "bo.yaml:4: motivation.short_term: found nothing, but it is required; allowed: text" in text


def test_items_of_lists_have_their_own_line(tmp_path: Path) -> None:
    text = message(tmp_path, GOOD + "facts:\n  - fine\n  - 12\n")
    assert "bo.yaml:7: facts.1: found 12; allowed: text" in text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("name: Bo\n  age: 3\n", "bo.yaml:2:"),
        ("name: 'Bo\n", "this is not valid YAML"),
        ("name: Bo\nname: Ba\n", "bo.yaml:2: name: found a second time (first in line 1); allowed: once"),
        ("", "the file is empty"),
        ("# only a comment\n", "holds only comments"),
        ("- a\n- b\n", "allowed: a mapping with name"),
        (b"name: B\xf6\n", "bo.yaml:1: byte 0xf6 is not UTF-8"),
        ("a: &x [*x]\n", "bo.yaml:1"),
        ("name: !!python/object:os.system {}\n", "bo.yaml:1:"),
    ],
)
def test_broken_files(tmp_path: Path, text: str | bytes, part: str) -> None:
    assert part in message(tmp_path, text)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_yaml(tmp_path / "none.yaml", Persona)
    with pytest.raises(InputError, match="folder"):
        load_yaml(tmp_path, Persona)
