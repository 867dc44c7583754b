"""Memories and changes in the record: append-only, whole after a kill, the same after a restart, one writer a run."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from itertools import pairwise
from pathlib import Path

import pytest

from digital_life.behaviour import Behaviour
from digital_life.errors import InputError, StorageError
from digital_life.llm.chat import Usage
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.society.record import Record
from digital_life.society.run_folder import RunFolder, SceneFile
from digital_life.sociomind.checkpoint import Checkpoint
from digital_life.sociomind.mind import Mind
from digital_life.stage.scene import Place, Room


def scene() -> SceneFile:
    room = Room(places=(Place(name="floor", position=(0, 0)),))
    return SceneFile(mode="simulation", mind="offline", seed=3, room=room, names=("Ann", "Bo"), title="Test")


def mind(name: str = "mira", partner: str = "Guest") -> Mind:
    made = Mind(load_persona(name), OfflineModel(), seed=0)
    made.begin(partner, "They wait for a bus.", ["sofa"], 8)
    return made


def talk(one: Mind, record: Record, texts: list[str], first: int = 1) -> list[Behaviour]:
    """Say ``texts``, each answer recorded with the mind."""
    answers = []
    for number, text in enumerate(texts, start=first):
        one.perceive(Behaviour(speaker="Guest", partner=one.persona.name, speech=text, mind="person"))
        answers.append(one.act())
        record.add_turn(number, answers[-1], one.last_usage, {one.persona.name: one.checkpoint()})
    return answers


SAID = ["Good day, I am Tom.", "My daughter is a surgeon in Leeds.", "You are very kind."]


def test_a_mind_goes_on_after_a_restart_as_if_nothing_had_happened(tmp_path: Path) -> None:
    one, record = mind(), Record(tmp_path / "run.db")
    talk(one, record, SAID)
    record.add_events("reflection", one.finish(), owner="Mira", states={"Mira": one.checkpoint()})
    one.begin("Guest", "They meet again.", ["sofa"], 8)
    talk(one, record, ["Hello again!"], first=4)
    record.close()

    record = Record(tmp_path / "run.db")
    state = record.state("Mira")
    assert state is not None and "memories" not in state, "what is only added to is not written again every turn"
    two = Mind(load_persona("mira"), OfflineModel(), seed=0)
    two.restore(state, *record.memories("Mira"))
    assert two.state() == one.state()
    cue = "How is your daughter, the surgeon?"
    assert two.memory.search(cue, 1) == one.memory.search(cue, 1) != []
    heard = Behaviour(speaker="Guest", partner="Mira", speech=cue, mind="person")
    for each in (one, two):
        each.perceive(heard)
    assert one.act() == two.act()
    assert [item.memory.id for item in two.checkpoint().memory.memories] == [len(one.memory) - 1, len(one.memory)]


def test_every_behaviour_is_a_memory_and_every_change_has_its_cause(tmp_path: Path) -> None:
    one, record = mind(), Record(tmp_path / "run.db")
    answers = talk(one, record, SAID)
    record.add_events("reflection", one.finish(), owner="Mira", states={"Mira": one.checkpoint()})
    kept, _ = record.memories("Mira")
    lines = [item.memory.description for item in kept if item.memory.kind == "behaviour"]
    assert lines[1::2] == [" ".join(answer.line().split()) for answer in answers]
    assert [item.memory.id for item in kept] == list(range(1, len(kept) + 1))
    assert {"behaviour", "event", "thought", "plot"} <= {item.memory.kind for item in kept}
    plot = next(item.memory for item in kept if item.memory.kind == "plot")
    assert plot.links == tuple(range(1, plot.id)), "a plot links to all that arose in it"
    changes = [change for owner, change in record.changes("Mira") if owner == "Mira"]
    assert {"emotion", "needs", "relationship"} <= {change.part for change in changes}
    assert all(change.cause and change.before != change.after for change in changes)
    felt = [change for change in changes if change.part == "emotion"]
    assert all(one.after == other.before for one, other in pairwise(felt)), "no step is missing"
    assert felt[-1].after == one.emotion.model_dump()


@pytest.mark.parametrize("table", ["memories", "marks", "changes", "plot_items"])
def test_the_database_refuses_to_change_or_delete_what_was_kept(tmp_path: Path, table: str) -> None:
    one, record = mind(), Record(tmp_path / "run.db")
    talk(one, record, SAID)
    one.memory.reinforce(one.memory.memories[:1], plot=3)
    record.add_turn(9, None, Usage(), {"Mira": one.checkpoint()})
    record.close()
    db = sqlite3.connect(tmp_path / "run.db")
    for verb in (f"DELETE FROM {table}", f"UPDATE {table} SET owner='Nobody'"):
        with pytest.raises(sqlite3.Error, match="only added to"):
            db.execute(verb)
    db.close()


def test_a_killed_process_leaves_memories_that_fit_the_last_state(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from digital_life.behaviour import Behaviour
        from digital_life.llm.chat import Usage
        from digital_life.society.record import Record
        from digital_life.sociomind.checkpoint import Checkpoint
        from digital_life.sociomind.encoder import CachedEncoder
        from digital_life.sociomind.memory import Memory, MemoryStore
        import numpy as np

        class Letters:
            def encode(self, sentences):
                rows = np.array([[1 + text.count(c) for c in "0123456789"] for text in sentences], np.float32)
                return rows / np.linalg.norm(rows, axis=1, keepdims=True)

        record, store = Record(Path(sys.argv[1])), MemoryStore(CachedEncoder(Letters()))
        for turn in range(1, 100000):
            store.add(Memory(kind="event", description=f"thing {turn} {turn * 7919}", plot=turn))
            store.reinforce(store.memories[-3:], turn)
            new = store.unrecorded()
            checkpoint = Checkpoint({"turn": turn}, new, [], recorded=lambda: store.recorded(new))
            record.add_turn(turn, None, Usage(), {"Ann": checkpoint})
            if turn == 60:
                print("go", flush=True)
        """
    )
    path = tmp_path / "run.db"
    process = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    record = Record(path)
    turns, state = len(record.turns()), record.state("Ann")
    kept, marks = record.memories("Ann")
    assert state is not None and turns == state["turn"] >= 60
    assert [item.memory.id for item in kept] == list(range(1, turns + 1)), "a memory for every turn, and none beyond"
    assert marks[-1].plot == turns
    assert kept[-1].memory.description.startswith(f"thing {turns} ")


def test_a_damaged_memory_is_named(tmp_path: Path) -> None:
    one, record = mind(), Record(tmp_path / "run.db")
    talk(one, record, SAID[:1])
    record._db.execute(
        "INSERT INTO memories (owner, id, kind, plot, data, vector) VALUES ('Mira', 99, 'x', 0, '{', '')"
    )
    with pytest.raises(StorageError, match=r"run\.db.*\n.*copy"):
        record.memories("Mira")
    with pytest.raises(StorageError, match="Mira's mind is damaged"):
        mind().restore({**one.state(), "marks": [{"memory": 1}]})


def test_a_clock_that_is_set_back_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(2_000_000_000, 0, -86_400))
    monkeypatch.setattr(time, "time", lambda: float(next(clock)))
    record = Record(tmp_path / "run.db")
    one = mind()
    answers = talk(one, record, SAID)
    record.add_events("reflection", one.finish(), owner="Mira", states={"Mira": one.checkpoint()})
    assert [turn.behaviour for turn in record.turns()] == answers
    two = Mind(load_persona("mira"), OfflineModel(), seed=0)
    state = record.state("Mira")
    assert state is not None
    two.restore(state, *record.memories("Mira"))
    assert two.state() == one.state()
    walls = [row[0] for row in record._db.execute("SELECT wall FROM turns ORDER BY turn")]
    assert walls == sorted(walls) and walls[-1] - walls[0] < 600, "and the record has no night in it"


def test_times_go_on_after_a_night_asleep_and_never_back_in_a_later_sitting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 2_000_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    record = Record(tmp_path / "run.db")
    record.add_turn(1, None, Usage(), {})
    now += 8 * 3600  # which a clock of the process, asleep with the machine, would not count
    record.add_turn(2, None, Usage(), {})
    record.close()
    now -= 5 * 3600
    record = Record(tmp_path / "run.db")
    record.add_events("notice", ["Good morning."])
    record.add_turn(3, None, Usage(), {})
    walls = [row[0] for row in record._db.execute("SELECT wall FROM turns UNION ALL SELECT wall FROM events")]
    assert [wall - 2_000_000_000 for wall in walls] == [0, 8 * 3600, 8 * 3600, 8 * 3600]
    record.close()


def test_a_record_grows_with_the_turns_and_not_with_their_square(tmp_path: Path) -> None:
    one, record = mind(), Record(tmp_path / "run.db")
    talk(one, record, [f"I have {number} cats." for number in range(60)])
    sizes = [row[0] for row in record._db.execute("SELECT length(data) FROM states ORDER BY turn")]
    assert sizes[-1] < 1.5 * sizes[10]
    at_ten = record.state("Mira", 10)
    assert at_ten is not None and len(at_ten["plot"]["behaviours"]) == 20
    assert len(at_ten["plot"]["notes"]["used"]) < len(one.state()["plot"]["notes"]["used"])
    record._db.execute("DROP TRIGGER plot_items_DELETE")
    record._db.execute("DELETE FROM plot_items WHERE place=3")
    with pytest.raises(StorageError, match="behaviours of plot 0 are kept"):
        record.state("Mira")


def test_a_run_whose_states_hold_the_lists_in_full_is_gone_on_with(tmp_path: Path) -> None:
    one, record = mind(), Record(tmp_path / "run.db")
    for text in SAID:
        one.perceive(Behaviour(speaker="Guest", partner="Mira", speech=text, mind="person"))
        one.act()
    told = one.checkpoint()
    whole = {key: value for key, value in one.state().items() if key not in ("memories", "marks")}
    record.add_turn(3, None, Usage(), {"Mira": Checkpoint(whole, told.memory, told.changes)})
    state = record.state("Mira")
    assert state == whole

    two = Mind(load_persona("mira"), OfflineModel(), seed=0)
    two.restore(state, *record.memories("Mira"))
    talk(two, record, ["And what do you do?", "I see."], first=4)
    state = record.state("Mira")
    assert state is not None and len(state["plot"]["behaviours"]) == 10
    three = Mind(load_persona("mira"), OfflineModel(), seed=0)
    three.restore(state, *record.memories("Mira"))
    assert three.state() == two.state()
    talk(three, record, ["Good bye."], first=6)
    assert len(three.state()["plot"]["behaviours"]) == 12 and record.state("Mira") is not None


@pytest.mark.parametrize("table", ["plot_items", "changes", "memories"])
def test_a_write_that_fails_is_made_up_for_by_the_next(tmp_path: Path, table: str) -> None:
    one, record = mind(), Record(tmp_path / "run.db")
    talk(one, record, SAID[:1])
    record._db.execute(
        f"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    )
    with pytest.raises(StorageError, match="disk is full"):
        talk(one, record, SAID[1:2], first=2)
    record._db.execute("DROP TRIGGER full")
    talk(one, record, SAID[2:], first=3)
    record.close()

    record = Record(tmp_path / "run.db")
    state = record.state("Mira")
    assert state is not None and [item["speech"] for item in state["plot"]["behaviours"]][::2] == SAID
    two = Mind(load_persona("mira"), OfflineModel(), seed=0)
    two.restore(state, *record.memories("Mira"))
    assert two.state() == one.state()
    felt = [change for _, change in record.changes("Mira") if change.part == "emotion"]
    assert all(one.after == other.before for one, other in pairwise(felt)), "no step is missing"


def test_a_second_process_on_one_run_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from digital_life.society.run_folder import RunFolder
        folder = RunFolder.open(Path(sys.argv[1]), write=True)
        print("go", flush=True)
        time.sleep(60)
        """
    )
    root = tmp_path / "run"
    RunFolder.create(root, scene()).close()
    process = subprocess.Popen([sys.executable, "-c", script, str(root)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"go\n"
    for start in (lambda: RunFolder.open(root, write=True), lambda: RunFolder.create(root, scene(), force=True)):
        with pytest.raises(InputError, match=r"being played by another process\n.*another --out"):
            start()
    assert RunFolder.open(root).turns() == [], "looking on is allowed"
    process.kill()
    process.wait()
    RunFolder.open(root, write=True).close()
    RunFolder.create(root, scene(), force=True).close()
