"""What the report of a run shows without a judge, and the figures behind it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from digital_life.behaviour import Behaviour
from digital_life.cli.evaluate import command
from digital_life.errors import InputError
from digital_life.evaluate.minds import intervals, svg
from digital_life.evaluate.minds.likeness import PersonaClassifier
from digital_life.evaluate.minds.repetition import distinct, repetition, self_bleu
from digital_life.evaluate.minds.run_data import read_run
from digital_life.llm.embedding import shared_embedder
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.society.run_folder import RunFolder, SceneFile
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.mind import Mind
from digital_life.stage.scene import Place, Room

INSULT = "You are a stupid <b>liar</b>."


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run in which Tom tells Mira of himself, then insults her."""
    root = tmp_path_factory.mktemp("talk") / "run"
    room = Room(places=(Place(name="floor", position=(0, 0)),))
    scene = SceneFile(mode="chat", mind="offline", seed=0, room=room, names=("Mira",), title="A talk")
    folder = RunFolder.create(root, scene)
    mind = Mind(load_persona("mira"), OfflineModel(), seed=0)
    mind.begin("Tom", "They wait for a bus.", ["floor"], 6)
    for turn, text in enumerate(("My daughter is a surgeon in Leeds.", INSULT)):
        heard = Behaviour(speaker="Tom", partner="Mira", speech=text, mind="person")
        mind.perceive(heard)
        folder.record.add_turn(2 * turn, heard, mind.last_usage, {})
        folder.record.add_turn(2 * turn + 1, mind.act(), mind.last_usage, {"Mira": mind.checkpoint()})
    folder.record.add_events("reflection", mind.finish(), owner="Mira", states={"Mira": mind.checkpoint()})
    folder.close()
    return root


def test_intervals_are_those_of_the_textbooks() -> None:
    eight = intervals.share(8, 10)
    assert eight is not None and eight.low == pytest.approx(0.4902, abs=1e-4)
    assert eight.high == pytest.approx(0.9433, abs=1e-4)
    several = intervals.mean([4, 5, 6, 7])  # sd 1.291, t(3) 3.182
    assert several is not None and several.value == 5.5 and several.high == pytest.approx(5.5 + 2.0543, abs=1e-3)
    line = intervals.slope([1, 2, 3, 4])
    assert line is not None and line.value == pytest.approx(1) and line.low == pytest.approx(1)
    assert intervals.share(0, 0) is None and intervals.mean([]) is None
    assert intervals.guess_corrected(6, [3, 3, 4, 4, 5, 5, 3, 4, 5]) == pytest.approx((6 - 2.35) / (9 - 2.35))


def test_repetition_counts_what_comes_again() -> None:
    assert distinct(["a b c", "a b d"], 1) == pytest.approx(4 / 6)
    assert distinct(["a b c", "a b d"], 2) == pytest.approx(3 / 4)
    assert self_bleu(["I like the sea very much."] * 3) == pytest.approx(1)
    assert self_bleu(["I like the sea very much.", "Nobody told him about trains."]) == 0
    encoder = CachedEncoder(shared_embedder())
    said = [("Tom", "I went to the market in the morning."), ("Ann", "So you went to the market in the morning?")]
    said += [("Tom", "The dog sleeps."), ("Ann", "My uncle builds violins."), ("Ann", "My uncle builds violins.")]
    ann = repetition(said, "Ann", encoder)
    assert (ann.lines, ann.echo, ann.verbatim) == (3, 0.5, pytest.approx(1 / 3))


def test_stories_of_a_persona_are_known_as_its_own() -> None:
    personas = [load_persona(name) for name in ("mira", "hana")]
    classifier = PersonaClassifier([], CachedEncoder(shared_embedder()))
    for persona in personas:
        stories = [line for subject in persona.subjects for line in subject.tell][:10]
        windows = classifier.windows(stories, persona.name)
        assert len(windows) == 2 and all(window.recognised and window.margin > 0 for window in windows)
    crossed = classifier.judge([line for subject in personas[0].subjects for line in subject.tell][:5], "Hana")
    assert crossed.margin < 0 and crossed.nearest == "Mira"


def test_curves_follow_the_recorded_changes(talk: Path) -> None:
    run = read_run(RunFolder.open(talk))
    pleasure = [value for _, value in run.emotions["Mira"]["pleasure"]]
    changes = [change for _, change in RunFolder.open(talk).record.changes("Mira") if change.part == "emotion"]
    assert pleasure == [changes[0].before["pleasure"], *(change.after["pleasure"] for change in changes)]
    assert min(pleasure) < pleasure[0], "an insult hurts"
    assert run.relationships["Mira", "Tom"]["trust"][0] == (0, 4)
    told = [item for item in run.statements if item.kind == "told"]
    assert [(item.who, item.about) for item in told] == [("Tom", "Tom")] and "surgeon" in told[0].what
    assert any(item.kind == "sees as" and item.about == "Tom" for item in run.statements)


def test_the_report_is_one_file_that_asks_for_nothing(talk: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(command, ["mind", str(talk), "--out", str(out)], catch_exceptions=False)
    assert done.exit_code == 0 and str(out / "report.html") in done.output
    text = (out / "report.html").read_text()
    assert (
        "<script" not in text
        and "src=" not in text
        and "http" not in text.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    )
    assert INSULT not in text and "&lt;b&gt;liar" in text
    pictures = re.findall(r"<svg.*?</svg>", text)
    assert len(pictures) == 3  # emotions, one relationship, one memory graph
    drawn = [ElementTree.fromstring(picture) for picture in pictures]
    name = "{http://www.w3.org/2000/svg}"
    assert len(drawn[0].findall(f"{name}polyline")) == 3
    memories = read_run(RunFolder.open(talk)).memories["Mira"]
    assert len(drawn[2].findall(f"{name}circle")) == len(memories)
    with pytest.raises(InputError, match="with other runs"):
        CliRunner().invoke(command, ["mind", str(talk.parent), "--out", str(out)], catch_exceptions=False)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no run folder"):
        CliRunner().invoke(command, ["mind", str(tmp_path), "--out", str(tmp_path / "o")], catch_exceptions=False)


def test_intervals_outside_the_axis_stay_on_the_picture() -> None:
    picture = svg.intervals([("full", intervals.Estimate(0.5, -2.0, 3.0, 4)), ("none", None)], 0, 1, (0, 0.5, 1))
    line = ElementTree.fromstring(picture).findall("{http://www.w3.org/2000/svg}line")[-1]
    assert (line.get("x1"), line.get("x2")) == ("190.0", "600.0") and "not judged" in picture
