"""Whatever kills an addition, the database is as it was before; and two additions at once both count."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from motion_files import add, write_files

from digital_life.momat.library import MotionLibrary

_DIES = """
import os, signal, sys
from pathlib import Path
from digital_life.momat import growing
from digital_life.momat.intake import Intake

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def halfway(intake):
    yield from intake
    print("half", flush=True)
    signal.pause()

database, files, moment = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
intake = Intake([files])
growing.BATCH_FRAMES = 1
if moment == "manifest":
    growing.write_manifest = die
if moment == "shard":
    growing.sync_folder = die
growing.add_motions(database, halfway(intake) if moment == "half" else intake)
"""
_ADDS = """
import sys
from pathlib import Path
from digital_life.momat.growing import add_motions
from digital_life.momat.intake import Intake

print(len(add_motions(Path(sys.argv[1]), Intake([Path(sys.argv[2])])).added))
"""
_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from digital_life.momat.growing import add_motions
from digital_life.momat.intake import Intake
from digital_life.errors import StorageError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    add_motions(Path(sys.argv[1]), Intake([Path(sys.argv[2])]))
except StorageError as error:
    print(error)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("motions") / "mocap")


@pytest.fixture()
def database(files: Path, tmp_path: Path) -> Path:
    add(tmp_path / "db", [files / "nod_yes.npz"])
    return tmp_path / "db"


def start(script: str, *arguments: Path | str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a system with SIGKILL")
@pytest.mark.parametrize("moment", ["half", "shard", "manifest"])
def test_a_killed_process_leaves_the_old_database(database: Path, files: Path, moment: str) -> None:
    before = MotionLibrary.open(database)
    process = start(_DIES, database, files, moment)
    if moment == "half":
        assert process.stdout is not None and process.stdout.readline() == "half\n"
        process.kill()
    assert process.wait() == -signal.SIGKILL
    after = MotionLibrary.open(database)
    assert after.key == before.key and [clip.id for clip in after] == ["mocap/nod_yes"]
    assert len(list((database / "shards").iterdir())) > 1, "the killed process should have left something to sweep"
    assert sorted(add(database, [files]).added) == ["mocap/sit_down", "mocap/wave_right"]
    assert len(MotionLibrary.open(database)) == 3
    assert len([path for path in (database / "shards").iterdir() if path.is_dir()]) == 2


def test_additions_at_the_same_time_lose_nothing(database: Path, files: Path, tmp_path: Path) -> None:
    folders = []
    for number in range(3):
        folder = tmp_path / f"set{number}"
        folder.mkdir()
        for name in ("wave_right", "sit_down"):
            (folder / f"{name}.npz").write_bytes((files / f"{name}.npz").read_bytes())
            (folder / f"{name}.txt").write_text(f"{name} of set {number}")
        folders.append(folder)
    processes = [start(_ADDS, database, folder) for folder in [*folders, folders[0]]]
    added = [int(process.communicate()[0]) for process in processes]
    assert added[1:3] == [2, 2] and sorted((added[0], added[3])) == [0, 2]
    library = MotionLibrary.open(database)
    assert len(library) == 7
    for clip in library:
        assert len(clip.motion) == clip.frames


def test_a_full_disk_leaves_the_old_database(database: Path, files: Path) -> None:
    pytest.importorskip("resource", reason="needs a system with file size limits")
    key = MotionLibrary.open(database).key
    said = start(_FULL_DISK, database, files).communicate()[0]
    assert "the database is as it was" in said and "To mend it" in said
    assert MotionLibrary.open(database).key == key
    assert len([path for path in (database / "shards").iterdir() if path.is_dir()]) == 1


def test_readers_see_a_whole_database_while_it_grows(database: Path, files: Path) -> None:
    process = start(_ADDS, database, files)
    sizes = set()
    while process.poll() is None:
        sizes.add(len(MotionLibrary.open(database)))
        time.sleep(0.01)
    sizes.add(len(MotionLibrary.open(database)))
    assert sizes <= {1, 3} and 3 in sizes
