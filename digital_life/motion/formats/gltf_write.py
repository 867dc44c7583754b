"""The binary side of writing glTF 2.0: arrays go in, accessors, buffer views and a GLB file come out."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.whole_file import whole_file

Json = dict[str, Any]

COMPONENTS: dict[int, np.dtype[Any]] = {
    5120: np.dtype("<i1"),
    5121: np.dtype("<u1"),
    5122: np.dtype("<i2"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
"""Component types by their numbers in the specification."""

WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
HEADER = struct.Struct("<4sII")
CHUNK = struct.Struct("<I4s")

VERTEX_DATA = 34962
INDEX_DATA = 34963

_CODES = {dtype: code for code, dtype in COMPONENTS.items()}


class GltfBuilder:
    """Collects binary data and the JSON that describes it; can go on from the ``document`` and binary of a file read."""

    def __init__(self, generator: str, document: Json | None = None, binary: bytes = b"") -> None:
        self.document: Json = document or {
            "asset": {"version": "2.0", "generator": generator}, "bufferViews": [], "accessors": []
        }  # fmt: skip
        self._binary = bytearray(binary)

    @property
    def size(self) -> int:
        """Bytes of binary data so far."""
        return len(self._binary)

    def view(self, data: bytes, target: int | None = None, stride: int | None = None) -> int:
        """Add a buffer view, aligned to four bytes; returns its index."""
        self._binary += b"\0" * (-len(self._binary) % 4)
        view: Json = {"buffer": 0, "byteOffset": len(self._binary), "byteLength": len(data)}
        if target is not None:
            view["target"] = target
        if stride is not None:
            view["byteStride"] = stride
        self._binary += data
        return self._append("bufferViews", view)

    def accessor(
        self,
        array: NDArray[Any],
        kind: str,
        target: int | None = None,
        *,
        normalized: bool = False,
        bounds: bool = False,
    ) -> int:
        """Add an array [N] or [N, width] as an accessor of type ``kind``; returns its index.

        Rows of vertex data are filled up to whole words, as the specification wants.
        """
        array = np.ascontiguousarray(array)
        code = _CODES[array.dtype.newbyteorder("<")]
        row = array.dtype.itemsize * array[0].size if len(array) else 0
        stride = row + 3 & ~3 if target == VERTEX_DATA and row % 4 else None
        data = array.tobytes()
        if stride is not None:
            padded = np.zeros((len(array), stride), np.uint8)
            padded[:, :row] = np.frombuffer(data, np.uint8).reshape(len(array), row)
            data = padded.tobytes()
        accessor: Json = {
            "bufferView": self.view(data, target, stride), "componentType": code, "count": len(array), "type": kind,
        }  # fmt: skip
        if normalized:
            accessor["normalized"] = True
        if bounds:
            flat = array.reshape(len(array), -1)
            accessor["min"], accessor["max"] = flat.min(axis=0).tolist(), flat.max(axis=0).tolist()
        return self._append("accessors", accessor)

    def sparse(self, count: int, indices: NDArray[np.uint32], values: NDArray[Any], *, bounds: bool = True) -> int:
        """Add ``count`` zero vectors of which only ``indices`` [K] are ``values`` [K, 3]; returns its index.

        Integer values are normalised: their largest stands for 1.
        """
        order = np.argsort(indices, kind="stable")
        accessor: Json = {"componentType": _CODES[values.dtype.newbyteorder("<")], "count": count, "type": "VEC3"}
        if values.dtype.kind == "i":
            accessor["normalized"] = True
        if bounds:
            every = values if len(indices) == count else np.concatenate([np.zeros((1, 3), values.dtype), values])
            accessor["min"], accessor["max"] = every.min(axis=0).tolist(), every.max(axis=0).tolist()
        if len(indices):
            dtype = np.dtype("<u2") if count < 65536 else np.dtype("<u4")
            accessor["sparse"] = {
                "count": len(indices),
                "indices": {
                    "bufferView": self.view(indices[order].astype(dtype).tobytes()),
                    "componentType": _CODES[dtype],
                },
                "values": {"bufferView": self.view(values[order].tobytes())},
            }
        return self._append("accessors", accessor)

    def add(self, collection: str, item: Json) -> int:
        """Append to ``nodes``, ``meshes``, ``materials`` ...; returns the index."""
        return self._append(collection, item)

    def save(self, path: Path, doing: str = "writing a character") -> None:
        """Write the GLB file whole or not at all; folders on the way to it are made.

        Raises:
            StorageError: the path cannot be written.
        """
        binary = bytes(self._binary) + b"\0" * (-len(self._binary) % 4)
        text = json.dumps({**self.document, "buffers": [{"byteLength": len(binary)}]}, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        size = HEADER.size + 2 * CHUNK.size + len(text) + len(binary)
        header = HEADER.pack(b"glTF", 2, size)
        with whole_file(path, doing) as file:
            file.write(header + CHUNK.pack(len(text), b"JSON") + text + CHUNK.pack(len(binary), b"BIN\0") + binary)

    def _append(self, collection: str, item: Json) -> int:
        items = self.document.setdefault(collection, [])
        items.append(item)
        return len(items) - 1
