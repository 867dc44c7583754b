"""``Record``: the append-only log of a run in SQLite. A replay needs nothing else but the files it names.

A turn is written in two transactions. The first holds the behaviour, the speaker's mind right after it and what it thought
to itself, as soon as the mind has spoken. The second holds the performances (whose files are complete by then), the stage
and the minds of those who perceived it. What a model was asked is kept call by call.
A process killed at any moment therefore leaves whole turns and at most one behaviour that is still to be performed.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from digital_life.behaviour import Behaviour
from digital_life.errors import StorageError
from digital_life.llm.budget import Call, Spent
from digital_life.llm.chat import Usage
from digital_life.sociomind import plot_log
from digital_life.sociomind.change import Change
from digital_life.sociomind.checkpoint import Checkpoint
from digital_life.sociomind.memory import Kept, Mark, log
from digital_life.steady_clock import SteadyClock

VERSION = 1

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS turns (
    turn INTEGER PRIMARY KEY, speaker TEXT, data TEXT, wall REAL NOT NULL,
    seconds REAL NOT NULL DEFAULT 0, prompt_tokens INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS performances (
    turn INTEGER NOT NULL, character TEXT NOT NULL, start REAL NOT NULL, frames INTEGER NOT NULL, file TEXT NOT NULL,
    audio TEXT, speech_start REAL NOT NULL, speech_seconds REAL NOT NULL, provenance TEXT NOT NULL, PRIMARY KEY (turn, character));
CREATE TABLE IF NOT EXISTS states (
    turn INTEGER NOT NULL, owner TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (turn, owner));
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, turn INTEGER, kind TEXT NOT NULL, owner TEXT, data TEXT NOT NULL, wall REAL NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, turn INTEGER, owner TEXT NOT NULL, purpose TEXT NOT NULL, model TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, seconds REAL NOT NULL, attempts INTEGER NOT NULL,
    price REAL, problem TEXT NOT NULL);
"""

_NEWEST = "SELECT MAX(wall) FROM (SELECT 0 AS wall UNION ALL SELECT wall FROM turns UNION ALL SELECT wall FROM events)"

LoggedEvent = tuple[str, str | None, Any]
"""Kind, owner and data (JSON) of something that happened outside a turn's behaviour."""


State = Mapping[str, Any] | Checkpoint
"""Plain data, or a mind's checkpoint, whose memories and changes go into tables of their own in the same transaction."""


@dataclass(frozen=True)
class TurnRow:
    """One turn: ``behaviour`` is None where everybody only idles."""

    turn: int
    behaviour: Behaviour | None
    usage: Usage


@dataclass(frozen=True)
class PerformanceRow:
    """Where one character's performance of one turn is kept. ``start`` is in seconds on the scene clock, ``speech_start``
    in seconds after it; ``speech_seconds`` is 0 for one who says nothing, ``audio`` is None for one without a voice.
    """

    turn: int
    character: str
    start: float
    frames: int
    file: str
    audio: str | None
    speech_start: float
    speech_seconds: float
    provenance: dict[str, Any]


class Record:
    """Read and append a run's log.

    Raises:
        StorageError: the file is no record of ours, is damaged, or cannot be written (a full disk keeps all before it).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock: Callable[[], float] = SteadyClock()
        """Seconds since 1970, to be written down; a cassette puts its own here."""
        self._lock = threading.RLock()
        self._db = self._open(path)
        self._newest: float = self._read(_NEWEST)[0][0]

    def _open(self, path: Path) -> sqlite3.Connection:
        try:
            # The chat server reads and writes from several threads; the lock lets one in at a time.
            db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.executescript(_TABLES)
            log.create(db)
            plot_log.create(db)
            stored = db.execute("SELECT value FROM meta WHERE key='version'").fetchone()
            if stored is None:
                db.execute("INSERT INTO meta VALUES ('version', ?)", (json.dumps(VERSION),))
            elif json.loads(stored[0]) != VERSION:
                raise StorageError(
                    f"{path}: record of version {stored[0]}, this program reads version {VERSION}",
                    "open it with the program that wrote it",
                )
        except sqlite3.Error as error:
            raise _storage(error, path) from error
        return db

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                self._rollback()
                raise _storage(error, self.path) from error
            except BaseException:
                self._rollback()
                raise

    def _rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Fold the write-ahead log into the file, so that the run folder can be moved."""
        try:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise _storage(error, self.path) from error
        finally:
            self._db.close()

    def _wall(self) -> float:
        """Now, and never before what was written down already, in an earlier sitting too."""
        with self._lock:
            self._newest = max(self._newest, self.clock())
            return self._newest

    def set_meta(self, key: str, value: Any) -> None:
        """Keep a JSON value under ``key``."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))

    def meta(self, key: str, default: Any = None) -> Any:
        """The JSON value kept under ``key``."""
        row = self._read("SELECT value FROM meta WHERE key=?", key)
        return json.loads(row[0][0]) if row else default

    def add_turn(
        self,
        turn: int,
        behaviour: Behaviour | None,
        usage: Usage,
        states: Mapping[str, State],
        events: Sequence[LoggedEvent] = (),
    ) -> None:
        """First transaction of a turn: what the mind decided, the mind right after it, and ``events`` that go with it."""
        wall = self._wall()
        with self._transaction() as db:
            db.execute(
                "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    turn,
                    behaviour.speaker if behaviour else None,
                    behaviour.model_dump_json() if behaviour else None,
                    wall,
                    usage.seconds,
                    usage.prompt_tokens,
                    usage.completion_tokens,
                    usage.attempts,
                ),
            )
            _insert_states(db, turn, states)
            _insert_events(db, turn, events, wall)
        _tell_recorded(states)

    def add_performances(self, turn: int, rows: list[PerformanceRow], states: Mapping[str, State]) -> None:
        """Second transaction of a turn: what was seen, and the state of everyone else after it."""
        with self._transaction() as db:
            for row in rows:
                db.execute(
                    "INSERT INTO performances VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        turn,
                        row.character,
                        row.start,
                        row.frames,
                        row.file,
                        row.audio,
                        row.speech_start,
                        row.speech_seconds,
                        json.dumps(row.provenance),
                    ),
                )
            _insert_states(db, turn, states)
        _tell_recorded(states)

    def add_events(
        self,
        kind: str,
        items: Sequence[Any],
        *,
        turn: int | None = None,
        owner: str | None = None,
        states: Mapping[str, State] | None = None,
    ) -> None:
        """Log what happened outside a turn's behaviour (a notice, a reflection, what a person said), all or nothing.

        ``states`` are those of minds that it changed; they count as states after ``turn``, or after the last turn.
        """
        wall = self._wall()
        with self._transaction() as db:
            _insert_events(db, turn, [(kind, owner, item) for item in items], wall)
            if states:
                last = db.execute("SELECT COALESCE(MAX(turn), 0) FROM turns").fetchone()[0]
                _insert_states(db, last if turn is None else turn, states)
        _tell_recorded(states or {})

    def add_call(self, turn: int | None, call: Call) -> None:
        """Log one request to a model, made for ``turn``."""
        usage = call.usage
        with self._transaction() as db:
            db.execute(
                "INSERT INTO calls (turn, owner, purpose, model, prompt_tokens, completion_tokens, seconds, attempts, price, "
                "problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    turn,
                    call.owner,
                    call.purpose,
                    call.model,
                    usage.prompt_tokens,
                    usage.completion_tokens,
                    usage.seconds,
                    usage.attempts,
                    call.price,
                    call.problem,
                ),
            )

    def calls(self) -> list[tuple[int | None, Call]]:
        """(turn, call) of every request to a model, in order."""
        rows = self._read(
            "SELECT turn, owner, purpose, model, prompt_tokens, completion_tokens, seconds, attempts, price, problem "
            "FROM calls ORDER BY id"
        )
        return [(row[0], Call(row[1], row[2], row[3], Usage(*row[4:8]), row[8], row[9])) for row in rows]

    def spent(self) -> Spent:
        """What all calls so far have cost."""
        spent = Spent()
        for _, call in self.calls():
            spent = spent.plus(call)
        return spent

    def next_turn(self) -> int:
        """Number of the turn that comes next."""
        return int(self._read("SELECT COALESCE(MAX(turn), -1) + 1 FROM turns")[0][0])

    def turns(self, first: int = 0) -> list[TurnRow]:
        """All turns from ``first`` on, in order."""
        rows = self._read(
            "SELECT turn, data, prompt_tokens, completion_tokens, seconds, attempts FROM turns WHERE turn>=? ORDER BY turn",
            first,
        )
        return [
            TurnRow(row[0], Behaviour.model_validate_json(row[1]) if row[1] else None, Usage(*row[2:6])) for row in rows
        ]

    def unseen(self, stage: str) -> list[TurnRow]:
        """Turns whose second transaction is missing: it keeps the state of ``stage`` with each turn."""
        seen = {row[0] for row in self._read("SELECT turn FROM states WHERE owner=?", stage)}
        return [row for row in self.turns() if row.turn not in seen]

    def performances(self, first: int = 0) -> list[PerformanceRow]:
        """All performances of the turns from ``first`` on, in order of turn and character."""
        rows = self._read("SELECT * FROM performances WHERE turn>=? ORDER BY turn, character", first)
        return [_performance_row(row) for row in rows]

    def events(self, kind: str | None = None) -> list[tuple[str, str | None, Any]]:
        """(kind, owner, data) of the logged events in order."""
        rows = self._read("SELECT kind, owner, data FROM events WHERE ? IS NULL OR kind=? ORDER BY id", kind, kind)
        return [(row[0], row[1], json.loads(row[2])) for row in rows]

    def events_of_turns(self, kind: str) -> list[tuple[int | None, str | None, Any]]:
        """(turn, owner, data) of the logged events of one kind in order."""
        rows = self._read("SELECT turn, owner, data FROM events WHERE kind=? ORDER BY id", kind)
        return [(row[0], row[1], json.loads(row[2])) for row in rows]

    def state(self, owner: str, turn: int | None = None) -> dict[str, Any] | None:
        """The latest stored state of a character's mind, or of the stage; with ``turn`` the one after that turn.

        Raises:
            StorageError: a part of it is missing or damaged.
        """
        rows = self._read(
            "SELECT data FROM states WHERE owner=? AND turn<=? ORDER BY turn DESC LIMIT 1",
            owner,
            turn if turn is not None else 2**62,
        )
        try:
            with self._lock:
                read = partial(plot_log.read_items, self._db, owner)
                return plot_log.put_together(json.loads(rows[0][0]), read) if rows else None
        except (sqlite3.Error, ValueError) as error:
            raise _storage(error, self.path) from error

    def memories(self, owner: str) -> tuple[list[Kept], list[Mark]]:
        """All that the mind of ``owner`` keeps, and what recall did to it.

        Raises:
            StorageError: a row is damaged.
        """
        try:
            with self._lock:
                return log.read_memories(self._db, owner), log.read_marks(self._db, owner)
        except (sqlite3.Error, ValueError) as error:
            raise _storage(error, self.path) from error

    def changes(self, owner: str | None = None) -> list[tuple[str, Change]]:
        """(owner, change) of every change of a mind, with its cause, what was before and what is after, in order."""
        try:
            with self._lock:
                return log.read_changes(self._db, owner)
        except (sqlite3.Error, ValueError) as error:
            raise _storage(error, self.path) from error

    def _read(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _storage(error, self.path) from error


def _performance_row(row: tuple[Any, ...]) -> PerformanceRow:
    turn, character, start, frames, file, audio, speech_start, speech_seconds, provenance = row
    return PerformanceRow(
        turn, character, start, frames, file, audio, speech_start, speech_seconds, json.loads(provenance)
    )


def _insert_states(db: sqlite3.Connection, turn: int, states: Mapping[str, State]) -> None:
    for owner, state in states.items():
        data = state.state if isinstance(state, Checkpoint) else state
        db.execute("INSERT OR REPLACE INTO states VALUES (?, ?, ?)", (turn, owner, json.dumps(data)))
        if isinstance(state, Checkpoint):
            log.append(db, owner, state.memory, state.changes)
            plot_log.append(db, owner, state.grown)


def _tell_recorded(states: Mapping[str, State]) -> None:
    for state in states.values():
        if isinstance(state, Checkpoint):
            state.recorded()


def _insert_events(db: sqlite3.Connection, turn: int | None, events: Sequence[LoggedEvent], wall: float) -> None:
    for kind, owner, data in events:
        db.execute(
            "INSERT INTO events (turn, kind, owner, data, wall) VALUES (?, ?, ?, ?, ?)",
            (turn, kind, owner, json.dumps(data), wall),
        )


def _storage(error: sqlite3.Error | ValueError, path: Path) -> StorageError:
    text = str(error).partition("\n")[0]
    if "full" in text:
        return StorageError(
            f"{path}: the disk is full; every turn before this one is kept",
            "free some space, then run the same command with --resume",
        )
    if "not a database" in text or "malformed" in text or isinstance(error, ValueError):
        return StorageError(
            f"{path}: not a readable record ({text})", "restore the run folder from a copy, or run it again"
        )
    return StorageError(f"{path}: {text}", "check the folder and its permissions")
