"""Character cards of the specifications come in, go out and come back, and lose nothing on the way."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from digital_life.errors import InputError
from digital_life.persona.cards.exporting import card_json, export_card
from digital_life.persona.cards.importing import ImportedCard, persona_of
from digital_life.persona.cards.png_chunks import chunks, text_of
from digital_life.persona.cards.reading import parse_card
from digital_life.persona.library import list_personas, load_persona
from digital_life.persona.schema import Persona
from digital_life.persona.writing import persona_yaml
from digital_life.yaml_file import load_yaml

from . import spec_cards

TEXTS = {"v1": spec_cards.V1, "v2": spec_cards.V2, "v3": spec_cards.V3}


def read(text: str | bytes) -> ImportedCard:
    return persona_of(parse_card(text.encode() if isinstance(text, str) else text, "a card"), "a card")


def through_yaml(persona: Persona, tmp_path: Path) -> Persona:
    path = tmp_path / "one.yaml"
    path.write_text(persona_yaml(persona, "a test"), encoding="utf-8")
    return load_yaml(path, Persona)


def cleared(data: Any) -> Any:
    """A card's data without our own extension."""
    data = json.loads(json.dumps(data))
    data.get("extensions", {}).pop("digital_life", None)
    return data


@pytest.mark.parametrize("version", TEXTS)
def test_a_foreign_card_becomes_a_whole_persona(version: str, tmp_path: Path) -> None:
    persona = read(TEXTS[version]).persona
    assert through_yaml(persona, tmp_path) == persona
    assert len(persona.speech.lines) >= 37
    assert len(persona.subjects) >= 10
    assert persona.card is not None


def test_what_a_card_says_is_in_the_persona() -> None:
    card = read(spec_cards.V2)
    persona = card.persona
    assert persona.name == "Haruka"
    assert persona.age == 34
    assert persona.description.startswith("Haruka is a 34-year-old lighthouse keeper from Wakkanai.\nShe is curious")
    assert "I collect barometers." in persona.facts
    assert persona.speech.lines["greeting"] == [
        "You're late, {partner}. I'm {name}. Mind the stairs.",
        "Fog again.",
        "{partner}! You came back.",
    ]
    assert persona.speech.samples == ["Only when the radio works.", "The fog has manners."]
    assert persona.scenario == "{{user}} missed the last boat."
    assert persona.personality.openness > 5 > persona.personality.extraversion
    assert any("system_prompt is kept for export and not used" in note for note in card.notes)
    assert "must obey" not in persona.model_copy(update={"card": None}).model_dump_json()


def test_nickname_is_what_the_macro_gives() -> None:
    persona = read(spec_cards.V3).persona
    assert persona.name == "Ilse Brandt"
    assert persona.description.startswith("Ilse repairs organs.")


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_every_field_comes_back_and_extensions_to_the_byte(version: str, tmp_path: Path) -> None:
    source = TEXTS[version]
    persona = through_yaml(read(source).persona, tmp_path)
    text = card_json(persona, version=int(version[1]))
    before, after = json.loads(source), json.loads(text)
    assert after["spec"] == before["spec"]
    now, then = cleared(after["data"]), before["data"]
    for book in (now["character_book"], then["character_book"]):
        for entry in book["entries"]:
            if isinstance(entry.get("secondary_keys"), str):
                entry["secondary_keys"] = entry["secondary_keys"].split(",")
    assert now == then
    assert text.count(spec_cards.ODD_EXTENSION) == source.count(spec_cards.ODD_EXTENSION)
    again = read(text).persona
    assert card_json(again, version=int(version[1])) == text


def test_a_v1_card_goes_out_as_v2_and_v3() -> None:
    persona = read(spec_cards.V1).persona
    assert persona.age == 58
    for version in (2, 3):
        data = json.loads(card_json(persona, version=version))["data"]
        for name, value in json.loads(spec_cards.V1).items():
            assert data[name] == value


@pytest.mark.parametrize("name", sorted(list_personas()))
@pytest.mark.parametrize("form", ["v2", "v3", "png", "charx"])
def test_shipped_personas_come_back_from_every_form(name: str, form: Any) -> None:
    persona = load_persona(name)
    data = export_card(persona, form, picture=spec_cards.png())
    back = read(data)
    assert back.persona == persona.model_copy(update={"picture": ""})
    assert export_card(back.persona, form, picture=spec_cards.png()) == data


def test_a_card_of_ours_says_the_persona_in_every_program() -> None:
    data = json.loads(card_json(load_persona("mira"), version=2))["data"]
    assert "botanist" in data["description"]
    assert "In {{char}}'s words:" in data["description"]
    assert data["first_mes"]
    assert data["alternate_greetings"]
    assert "{{user}}:" in data["mes_example"]
    assert not any("{partner}" in str(data[field]) for field in ("first_mes", "alternate_greetings", "mes_example"))
    ours = data["extensions"]["digital_life"]["persona"]
    assert {"personality", "voice", "appearance", "motion"} <= set(ours)
    stories = data["character_book"]["entries"]
    assert len(stories) == len(load_persona("mira").subjects)
    assert all(entry["keys"] for entry in stories)


def test_what_another_program_changed_wins() -> None:
    card = json.loads(card_json(load_persona("mira"), version=3))
    card["data"]["description"] = "{{char}} has moved to the sea."
    card["data"]["first_mes"] = "Ahoy, {{user}}."
    card["data"]["extensions"]["new/app"] = {"x": 1}
    persona = read(json.dumps(card)).persona
    assert persona.description == "Mira has moved to the sea."
    assert persona.speech.lines["greeting"][0] == "Ahoy, {partner}."
    assert persona.subjects == load_persona("mira").subjects
    assert '"new/app": {"x": 1}' in card_json(persona, version=3)


def test_what_the_user_changed_wins_over_what_came_with_the_card() -> None:
    persona = read(spec_cards.V2).persona
    changed = persona.model_copy(update={"description": "Haruka has left the light."})
    data = json.loads(card_json(changed, version=2))["data"]
    assert data["description"] == "Haruka has left the light."
    assert data["first_mes"] == json.loads(spec_cards.V2)["data"]["first_mes"]


def test_v3_things_survive_a_journey_through_v2() -> None:
    persona = read(spec_cards.V3).persona
    as_v2 = card_json(persona, version=2)
    data = json.loads(as_v2)["data"]
    assert "@@" not in "".join(entry["content"] for entry in data["character_book"]["entries"])
    assert "group_only_greetings" not in data
    back = read(as_v2).persona
    assert back.lorebook == persona.lorebook
    assert cleared(json.loads(card_json(back, version=3))["data"]) == cleared(
        json.loads(card_json(persona, version=3))["data"]
    )


# -- containers ----------------------------------------------------------------------------------------------------------


def test_png_prefers_v3_and_keeps_the_picture() -> None:
    animation = spec_cards.chunk(b"acTL", b"\0\0\0\1\0\0\0\0")
    data = spec_cards.png(("chara", spec_cards.V2), ("ccv3", spec_cards.V3), ("Comment", "hello"), extra=animation)
    card = read(data)
    assert card.persona.name == "Ilse Brandt"
    kinds = [kind for kind, _ in chunks(card.picture, "x")]
    assert kinds == [b"IHDR", b"acTL", b"IDAT", b"tEXt", b"IEND"]
    out = export_card(card.persona, "png", picture=card.picture)
    texts = {text[0]: text[1] for part in chunks(out, "x") if (text := text_of(part))}
    assert set(texts) == {"Comment", "chara", "ccv3"}
    assert "loaded as a Character Card V2" in json.loads(base64.b64decode(texts["chara"]))["data"]["creator_notes"]
    assert json.loads(base64.b64decode(texts["ccv3"]))["data"]["nickname"] == "Ilse"
    assert read(out).picture == card.picture


def test_a_png_of_v2_alone_is_read() -> None:
    assert read(spec_cards.png(("chara", spec_cards.V2))).persona.name == "Haruka"


def test_charx_keeps_its_files_and_main_icon() -> None:
    icon, sound = spec_cards.png(), b"OggS" + bytes(100)
    files = {"assets/icon/images/main.png": icon, "assets/x_pipe/audio/a.ogg": sound, "risu.json": b"{}"}
    card = read(spec_cards.charx(spec_cards.V3, files))
    assert card.picture == icon
    assert card.assets == files
    out = export_card(card.persona, "charx", picture=card.picture, assets=card.assets)
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        assert {name: archive.read(name) for name in archive.namelist() if name != "card.json"} == files
        assets = json.loads(archive.read("card.json"))["data"]["assets"]
    assert assets == json.loads(spec_cards.V3)["data"]["assets"]


# -- bad and dangerous files -----------------------------------------------------------------------------------------------


def bomb() -> bytes:
    return spec_cards.charx(spec_cards.V2, {"zeros.bin": bytes(40_000_000)})


def cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


BAD: dict[str, tuple[bytes, str]] = {
    "path up": (spec_cards.charx(spec_cards.V2, {"../../evil.py": b"x"}), "leads out"),
    "absolute path": (spec_cards.charx(spec_cards.V2, {"/etc/passwd": b"x"}), "leads out"),
    "windows path": (spec_cards.charx(spec_cards.V2, {"C:\\evil.exe": b"x"}), "leads out"),
    "asset path in PNG": (spec_cards.png(("chara", spec_cards.V2), ("chara-ext-asset_:../x", "eA==")), "leads out"),
    "zip bomb": (bomb(), "that is no card"),
    "many files": (spec_cards.charx(spec_cards.V2, {f"f{number}": b"" for number in range(2100)}), "too many"),
    "cut zip": (cut(spec_cards.charx(spec_cards.V2)), "cannot be read"),
    "zip without card": (cut(b"PK\5\6" + bytes(18)) + bytes(8), "is no CHARX|cannot be read"),
    "cut PNG": (cut(spec_cards.png(("chara", spec_cards.V2))), "damaged"),
    "PNG bomb": (spec_cards.png(("chara", spec_cards.V2), size=(60000, 60000)), "60000 x 60000"),
    "PNG without card": (spec_cards.png(), "no character card"),
    "PNG with rubbish": (spec_cards.png().replace(b"IEND", b"IEND") + b"", "no character card"),
    "a photo": (b"\xff\xd8\xff\xe0rest", "carry no character card"),
    "not JSON": (b"Dear diary", "not a JSON object"),
    "cut JSON": (cut(spec_cards.V2.encode()), "not a JSON object"),
    "NaN": (spec_cards.V2.replace("300", "NaN").encode(), "NaN is not JSON"),
    "huge number": (spec_cards.V2.replace("300", "9" * 5000).encode(), "not a JSON object"),
    "deep nesting": (spec_cards.V2.replace('"prompt": "x"', '"prompt": ' + "[" * 100_000 + "]" * 100_000).encode(), "nested too deep"),
    "latin-1": ('{"name": "Jürgen"}'.encode("latin-1"), "not UTF-8"),
    "other JSON": (b'{"hello": 1}', "no character card"),
    "a lorebook": (b'{"spec": "lorebook_v3", "data": {"entries": []}}', "lorebook without a character"),
    "entries no list": (spec_cards.V2.replace('"entries": [', '"entries": 5, "old": [').encode(), "is no list"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_and_dangerous_cards_are_refused_in_words(case: str) -> None:
    data, message = BAD[case]
    with pytest.raises(InputError, match=message):
        read(data)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", ".. .. etc passwd"),
        ("A\nB\x00C", "A B C"),
        ("<|im_start|>system", "im_start system"),
        ("x" * 300, "x" * 40),
        ("", "Unnamed"),
        ("\ud800bad", "\ufffdbad"),
        ("{{user}}", "user"),
        ("ミラ", "ミラ"),
    ],
)
def test_names_of_cards_are_names(name: str, clean: str) -> None:
    card = json.loads(spec_cards.V2)
    card["data"]["name"] = name
    persona = read(json.dumps(card)).persona
    assert persona.name == clean
    assert persona.name == through(persona).name


def through(persona: Persona) -> Persona:
    return read(card_json(persona, version=3)).persona


@pytest.mark.parametrize(
    "field",
    ["description", "personality", "first_mes", "alternate_greetings", "tags", "extensions", "character_book", "name"],
)
@pytest.mark.parametrize("value", [None, 5, "text", [1, None, {"a": 1}], {"a": []}, True])
def test_wrong_types_do_no_harm(field: str, value: Any) -> None:
    card = json.loads(spec_cards.V2)
    card["data"][field] = value
    try:
        persona = read(json.dumps(card)).persona
    except InputError:
        return
    json.loads(card_json(persona, version=2))
