"""Memories, marks and changes in SQLite: tables that are only ever added to (the database itself refuses the rest)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from digital_life.sociomind.change import Change
from digital_life.sociomind.memory.node import Mark, Memory
from digital_life.sociomind.memory.store import Kept, Unrecorded

TABLES = """
CREATE TABLE IF NOT EXISTS memories (
    number INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, id INTEGER NOT NULL, kind TEXT NOT NULL,
    plot INTEGER NOT NULL, data TEXT NOT NULL, vector BLOB NOT NULL, UNIQUE (owner, id));
CREATE TABLE IF NOT EXISTS marks (
    number INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, memory INTEGER NOT NULL, plot INTEGER NOT NULL,
    accesses INTEGER NOT NULL, since INTEGER NOT NULL, used INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, part TEXT NOT NULL, plot INTEGER NOT NULL,
    turn INTEGER NOT NULL, partner TEXT NOT NULL, cause TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL);
"""
APPEND_ONLY = "\n".join(
    f"CREATE TRIGGER IF NOT EXISTS {table}_{verb} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} are only added to'); END;"
    for table in ("memories", "marks", "changes")
    for verb in ("UPDATE", "DELETE")
)


def create(db: sqlite3.Connection) -> None:
    """Make the tables where they are missing."""
    db.executescript(TABLES + APPEND_ONLY)


def append(db: sqlite3.Connection, owner: str, new: Unrecorded, changes: Iterable[Change]) -> None:
    """Add what is new in the mind of ``owner``; the caller's transaction decides when it counts."""
    db.executemany(
        "INSERT INTO memories (owner, id, kind, plot, data, vector) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (owner, item.memory.id, item.memory.kind, item.memory.plot, item.memory.model_dump_json(), item.vector)
            for item in new.memories
        ),
    )
    db.executemany(
        "INSERT INTO marks (owner, memory, plot, accesses, since, used) VALUES (?, ?, ?, ?, ?, ?)",
        ((owner, mark.memory, mark.plot, mark.accesses, mark.since, mark.used) for mark in new.marks),
    )
    db.executemany(
        "INSERT INTO changes (owner, part, plot, turn, partner, cause, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                owner,
                change.part,
                change.plot,
                change.turn,
                change.partner,
                change.cause,
                json.dumps(change.before),
                json.dumps(change.after),
            )
            for change in changes
        ),
    )


def read_memories(db: sqlite3.Connection, owner: str) -> list[Kept]:
    """The memories of ``owner`` in the order of time.

    Raises:
        ValueError: a row is damaged.
    """
    rows = db.execute("SELECT data, vector FROM memories WHERE owner=? ORDER BY id", (owner,))
    return [Kept(Memory.model_validate_json(data), vector) for data, vector in rows]


def read_marks(db: sqlite3.Connection, owner: str) -> list[Mark]:
    """What recall did to the memories of ``owner``, in order."""
    rows = db.execute("SELECT memory, plot, accesses, since, used FROM marks WHERE owner=? ORDER BY number", (owner,))
    return [Mark(memory, plot, accesses, since, bool(used)) for memory, plot, accesses, since, used in rows]


def read_changes(db: sqlite3.Connection, owner: str | None = None) -> list[tuple[str, Change]]:
    """(owner, change) of one mind or of all, in order."""
    rows = db.execute(
        "SELECT owner, part, plot, turn, partner, cause, before, after FROM changes "
        "WHERE ? IS NULL OR owner=? ORDER BY number",
        (owner, owner),
    )
    return [
        (
            row[0],
            Change(
                part=row[1], plot=row[2], turn=row[3], partner=row[4], cause=row[5],
                before=json.loads(row[6]), after=json.loads(row[7]),
            ),
        )
        for row in rows
    ]  # fmt: skip
