from pathlib import Path

import pytest

from digital_life.errors import StorageError
from digital_life.whole_file import whole_file


def test_a_file_appears_whole_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.bin"
    with whole_file(path, "testing") as file:
        file.write(b"half")
        file.flush()
        assert not path.exists()
    assert path.read_bytes() == b"half" and list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(StorageError if error is OSError else error), whole_file(path, "testing") as file:
        file.write(b"new")
        raise error
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_two_that_write_at_once_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    with whole_file(path, "testing") as one, whole_file(path, "testing") as two:
        one.write(b"one")
        two.write(b"two")
    assert path.read_bytes() == b"one" and list(tmp_path.iterdir()) == [path]
