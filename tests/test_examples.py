"""Examples and documents do what they say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from digital_life.assets import asset_dir

SOURCE = Path(__file__).resolve().parents[1]


def test_hello_plays_a_scene_and_prints_it(tmp_path: Path) -> None:
    script = asset_dir("examples") / "01_hello.py"
    code = [line for line in script.read_text().splitlines() if line.strip() and not line.startswith(('"', "'"))]
    assert len(code) <= 16, "the first example is a dozen lines"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "hello")],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"^(Mira|Dariush): ", done.stdout, re.MULTILINE)) >= 4


def test_match_prints_why_and_writes_frames(tmp_path: Path) -> None:
    from digital_life.motion.files import load_motion

    script, out = asset_dir("examples") / "02_match.py", tmp_path / "wave.npz"
    done = subprocess.run(
        [sys.executable, str(script), "waves with the left hand", str(out)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("'waves with the left hand' is ")
    frames = int(re.search(r"^(\d+) frames in", done.stdout, re.MULTILINE)[1])
    assert len(load_motion(out)) == frames > 20


def test_every_python_block_of_the_readme_is_valid_and_uses_names_that_exist() -> None:
    import digital_life as dl

    blocks = re.findall(r"```python\n(.*?)```", (SOURCE / "README.md").read_text(), re.DOTALL)
    assert blocks
    for block in blocks:
        compile(block, "README.md", "exec")
        for name in re.findall(r"\bdl\.(\w+)", block):
            assert hasattr(dl, name), name


@pytest.mark.parametrize(
    "path", ["README.md", "CONTRIBUTING.md", "docs/benchmarks.md", "docs/body.md", "docs/motion.md"]
)
def test_links_and_pictures_of_the_documents_exist(path: str) -> None:
    text = (SOURCE / path).read_text()
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert ((SOURCE / path).parent / target).exists(), f"{path} points at {target}"
