"""Networks on disk: half-precision tensors in a ``.safetensors`` file whose header says what they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from digital_life.errors import AssetError
from digital_life.whole_file import whole_file

MEND = "install the package again, or give the path of weights that this version wrote"


def write_tensors(path: Path, tensors: Mapping[str, Tensor], header: Mapping[str, str]) -> None:
    """Write ``tensors`` in half precision; ``header`` holds at least ``format`` and ``version``.

    Raises:
        StorageError: the file cannot be written.
    """
    from safetensors.torch import save

    halves = {name: value.detach().to("cpu", torch.float16).contiguous() for name, value in tensors.items()}
    with whole_file(path, "writing weights") as file:
        file.write(save(halves, metadata=dict(header)))


def read_tensors(path: Path, kind: str, *versions: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors in single precision and the header of a file of this ``kind`` (its ``format``) and one of ``versions``.

    Raises:
        AssetError: the file is missing, damaged, or of another kind or version.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise AssetError(f"{path}: there are no weights", MEND)
    try:
        with safe_open(path, framework="pt") as file:
            header = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise AssetError(f"{path}: the weights are damaged ({error})", MEND) from error
    if header.get("format") != kind or header.get("version") not in versions:
        found = f"{header.get('format')!r} version {header.get('version')!r}"
        raise AssetError(f"{path}: weights of {found}, expected {kind!r} version {' or '.join(versions)!r}", MEND)
    return tensors, header
