"""What tests and the commands that they start write does not land in the user's folders."""

import subprocess
import sys
from pathlib import Path

import platformdirs

from digital_life.assets import cache_dir, data_dir
from digital_life.momat.library import user_database


def test_nothing_is_written_into_the_folders_of_the_user() -> None:
    theirs = [Path(folder("digital-life")) for folder in (platformdirs.user_cache_dir, platformdirs.user_data_dir)]
    for ours in (cache_dir("motions"), data_dir("models"), user_database()):
        assert not any(ours.is_relative_to(folder) for folder in theirs)


def test_commands_that_tests_start_share_these_folders() -> None:
    code = "from digital_life.assets import cache_dir, data_path; print(cache_dir(), data_path())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(cache_dir()), str(data_dir())]
