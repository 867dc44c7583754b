"""Look into a GLB file's JSON, and change it the way other programs would have written it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from digital_life.motion.formats.gltf_read import GltfReader
from digital_life.motion.formats.gltf_write import GltfBuilder


def document_of(path: Path) -> dict[str, Any]:
    return GltfReader(path).document


def rewritten(source: Path, target: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Copy a GLB with its JSON changed in place by ``change``."""
    reader = GltfReader(source)
    binary = reader.buffer(0)
    change(reader.document)
    GltfBuilder("", reader.document, binary).save(target)
    return target
