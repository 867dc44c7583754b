"""``digital-life persona import`` and ``export`` through the command line, with the files beside the persona."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from digital_life.cli.main import main
from digital_life.persona.card_files import as_png, file_name
from digital_life.persona.library import load_persona

from . import spec_cards


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(here: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def persona(*arguments: str, code: int = 0) -> str:
        ended: object = 0
        try:
            main(["persona", *arguments])
        except SystemExit as stopped:
            ended = stopped.code
        shown = capsys.readouterr()
        assert ended == code, shown
        return shown.out + shown.err

    return persona


def test_a_charx_goes_through_yaml_and_comes_out_whole(here: Path, run: Callable[..., str]) -> None:
    files = {"assets/icon/images/main.png": spec_cards.png(), "assets/x_pipe/audio/a.ogg": b"OggS", "app.json": b"{}"}
    (here / "a.charx").write_bytes(spec_cards.charx(spec_cards.V3, files))
    assert "ilse-brandt.assets.zip" in run("import", "a.charx")
    assert (here / "ilse-brandt.png").read_bytes() == spec_cards.png()
    run("export", "ilse-brandt.yaml", "--format", "charx", "-o", "b.charx")
    with zipfile.ZipFile("b.charx") as archive:
        assert {name: archive.read(name) for name in archive.namelist() if name != "card.json"} == files
        text = archive.read("card.json").decode()
    assert spec_cards.ODD_EXTENSION in text
    assert json.loads(text)["data"]["assets"] == json.loads(spec_cards.V3)["data"]["assets"]


def test_nothing_is_overwritten_and_nothing_half_written(here: Path, run: Callable[..., str]) -> None:
    (here / "a.png").write_bytes(spec_cards.png(("chara", spec_cards.V2)))
    (here / "haruka.png").write_bytes(b"mine")
    assert "haruka.png exists already" in run("import", "a.png", code=2)
    assert not (here / "haruka.yaml").exists()
    assert (here / "haruka.png").read_bytes() == b"mine"
    run("import", "a.png", "-o", "new/h.yaml")
    assert load_persona("new/h.yaml").picture == "h.png"


def test_a_shipped_persona_becomes_a_picture_with_a_card(here: Path, run: Callable[..., str]) -> None:
    run("export", "mira")
    assert load_persona("mira.png") == load_persona("mira").model_copy(update={"picture": ""})
    run("export", "mira", "--format", "v2")
    assert json.loads((here / "mira.json").read_text())["spec"] == "chara_card_v2"


def test_a_picture_outside_of_the_folder_is_not_read(here: Path, run: Callable[..., str]) -> None:
    (here / "secret.png").write_bytes(spec_cards.png())
    (here / "sub").mkdir()
    text = "name: A\ndescription: d\nbeliefs: [b]\nmotivation: {long_term: l, short_term: s}\n"
    (here / "sub" / "a.yaml").write_text(text + "picture: ../secret.png\n")
    assert "without '..'" in run("export", "sub/a.yaml", code=2)
    (here / "sub" / "link.png").symlink_to(here / "secret.png")
    (here / "sub" / "a.yaml").write_text(text + "picture: link.png\n")
    assert "outside of its folder" in run("export", "sub/a.yaml", code=2)


def test_a_card_can_be_talked_with_as_it_is(here: Path, run: Callable[..., str]) -> None:
    (here / "a.json").write_text(spec_cards.V1)
    assert load_persona("a.json").name == "Bertil"


def test_pictures_of_other_kinds_become_png(here: Path, run: Callable[..., str]) -> None:
    from PIL import Image

    Image.new("RGB", (3000, 2000), "red").save("p.jpg")
    assert as_png((here / "p.jpg").read_bytes(), "p").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "file"),
    [("../../etc", "etc"), ("Ilse Brandt", "ilse-brandt"), ("ミラ", "ミラ"), ("...", "persona"), ("CON", "con")],
)
def test_file_names_are_no_paths(name: str, file: str) -> None:
    assert file_name(name) == file
