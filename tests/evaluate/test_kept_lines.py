"""Kept lines survive a stop in the middle of a line, and reading them changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from digital_life.errors import StorageError
from digital_life.evaluate.kept_lines import add_line, read_lines, resume_lines


def test_a_last_line_without_its_newline_is_kept_and_the_next_one_stands_on_its_own(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"a": 1}\n{"a": 2}')
    assert resume_lines(path, "a") == [{"a": 1}, {"a": 2}]
    add_line(path, {"a": 3, "said": "Grüße"}, "testing")
    assert [entry["a"] for entry in read_lines(path, "a")] == [1, 2, 3]
    assert path.read_bytes() == '{"a": 1}\n{"a": 2}\n{"a": 3, "said": "Grüße"}\n'.encode()


def test_only_who_goes_on_writing_removes_a_line_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    cut = '{"a": 1}\n{"a": "Grü'.encode()[:-1]
    path.write_bytes(cut)
    assert read_lines(path, "a") == [{"a": 1}] and path.read_bytes() == cut
    file = path.stat().st_ino
    assert resume_lines(path, "a") == [{"a": 1}] and path.read_bytes() == b'{"a": 1}\n'
    assert path.stat().st_ino != file  # a whole new file took its place
    path.write_text('{"a": 1}\n{"b": 2}\n{"a": 3}\n')
    with pytest.raises(StorageError, match="line 2 is damaged"):
        resume_lines(path, "a")
