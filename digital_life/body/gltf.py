"""The binary side of GLB 2.0: accessors and buffer views in, accessors and buffer views out."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import StorageError, storage_error

Json = dict[str, Any]

_COMPONENTS: dict[int, np.dtype[Any]] = {
    5121: np.dtype("<u1"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
_CODES = {dtype: code for code, dtype in _COMPONENTS.items()}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_HEADER = struct.Struct("<4sII")
_CHUNK = struct.Struct("<I4s")

VERTEX_DATA = 34962
INDEX_DATA = 34963


class GltfBuilder:
    """Collects binary data and the JSON that describes it."""

    def __init__(self, generator: str) -> None:
        self.document: Json = {"asset": {"version": "2.0", "generator": generator}, "bufferViews": [], "accessors": []}
        self._binary = bytearray()

    def view(self, data: bytes, target: int | None = None) -> int:
        """Add a buffer view, aligned to four bytes; returns its index."""
        self._binary += b"\0" * (-len(self._binary) % 4)
        view: Json = {"buffer": 0, "byteOffset": len(self._binary), "byteLength": len(data)}
        if target is not None:
            view["target"] = target
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
        """Add an array [N] or [N, width] as an accessor of type ``kind``; returns its index."""
        array = np.ascontiguousarray(array)
        code = _CODES[array.dtype.newbyteorder("<")]
        accessor: Json = {
            "bufferView": self.view(array.tobytes(), target), "componentType": code, "count": len(array), "type": kind,
        }  # fmt: skip
        if normalized:
            accessor["normalized"] = True
        if bounds:
            accessor["min"], accessor["max"] = array.min(axis=0).tolist(), array.max(axis=0).tolist()
        return self._append("accessors", accessor)

    def sparse(self, count: int, indices: NDArray[np.uint32], values: NDArray[np.float32]) -> int:
        """Add ``count`` zero vectors of which only ``indices`` [K] are ``values`` [K, 3]; returns its index."""
        order = np.argsort(indices, kind="stable")
        zero_or = np.concatenate([np.zeros((1, 3), np.float32), values.astype(np.float32)])
        accessor: Json = {
            "componentType": 5126, "count": count, "type": "VEC3",
            "min": zero_or.min(axis=0).tolist(), "max": zero_or.max(axis=0).tolist(),
        }  # fmt: skip
        if len(indices):
            dtype = np.dtype("<u2") if count < 65536 else np.dtype("<u4")
            accessor["sparse"] = {
                "count": len(indices),
                "indices": {
                    "bufferView": self.view(indices[order].astype(dtype).tobytes()),
                    "componentType": _CODES[dtype],
                },
                "values": {"bufferView": self.view(values[order].astype("<f4").tobytes())},
            }
        return self._append("accessors", accessor)

    def add(self, collection: str, item: Json) -> int:
        """Append to ``nodes``, ``meshes``, ``materials`` ...; returns the index."""
        return self._append(collection, item)

    def save(self, path: Path) -> None:
        """Write the file whole or not at all.

        Raises:
            StorageError: the path cannot be written.
        """
        binary = bytes(self._binary) + b"\0" * (-len(self._binary) % 4)
        text = json.dumps({**self.document, "buffers": [{"byteLength": len(binary)}]}, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        size = _HEADER.size + 2 * _CHUNK.size + len(text) + len(binary)
        header = _HEADER.pack(b"glTF", 2, size)
        draft = path.with_name(path.name + ".part")
        try:
            draft.write_bytes(
                header + _CHUNK.pack(len(text), b"JSON") + text + _CHUNK.pack(len(binary), b"BIN\0") + binary
            )
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise storage_error(error, path, "writing a character") from error

    def _append(self, collection: str, item: Json) -> int:
        items = self.document.setdefault(collection, [])
        items.append(item)
        return len(items) - 1


class GltfReader:
    """A GLB file in memory.

    Raises:
        StorageError: the file cannot be read, or is no whole GLB 2.0 file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            data = path.read_bytes()
        except OSError as error:
            raise storage_error(error, path, "reading a character") from error
        if len(data) < _HEADER.size or data[:4] != b"glTF":
            raise self.damaged("it does not begin like a GLB file")
        _, version, size = _HEADER.unpack_from(data)
        if version != 2:
            raise self.damaged(f"it is GLB version {version}, not 2")
        if size != len(data):
            raise self.damaged(f"it is {len(data)} bytes long instead of {size}")
        chunks = self._chunks(data)
        try:
            self.document: Json = json.loads(chunks[b"JSON"])
            self._binary = chunks[b"BIN\0"]
        except (KeyError, ValueError) as error:
            raise self.damaged(f"its JSON or binary part is missing or broken ({error})") from error

    def damaged(self, problem: str) -> StorageError:
        """The error to raise when the content makes no sense."""
        return StorageError(
            f"{self.path}: damaged character file: {problem}", "make the run again, or copy the file again"
        )

    def view(self, index: int) -> bytes:
        """The bytes of a buffer view."""
        view = self.document["bufferViews"][index]
        start = view.get("byteOffset", 0)
        data = self._binary[start : start + view["byteLength"]]
        if len(data) != view["byteLength"]:
            raise self.damaged("a buffer view lies outside the file")
        return data

    def accessor(self, index: int) -> NDArray[Any]:
        """Values [N] (SCALAR) or [N, width] as stored; normalised integers stay integers."""
        accessor = self.document["accessors"][index]
        width, count = _WIDTHS[accessor["type"]], accessor["count"]
        dtype = _COMPONENTS[accessor["componentType"]]
        values = np.zeros((count, width), dtype)
        if "bufferView" in accessor:
            values = np.frombuffer(self.view(accessor["bufferView"]), dtype, count * width).reshape(count, width)
        if "sparse" in accessor:
            indices, offsets = self.sparse(index)
            values = values.copy()
            values[indices] = offsets
        return values[:, 0] if width == 1 else values

    def sparse(self, index: int) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
        """Indices [K] and values [K, 3] of a sparse VEC3 accessor; a dense one gives its vectors that are not zero."""
        accessor = self.document["accessors"][index]
        if "sparse" not in accessor:
            dense = self.accessor(index)
            kept = np.flatnonzero(np.abs(dense).max(axis=1) > 0)
            return kept.astype(np.uint32), dense[kept].astype(np.float32)
        part = accessor["sparse"]
        dtype = _COMPONENTS[part["indices"]["componentType"]]
        indices = np.frombuffer(self.view(part["indices"]["bufferView"]), dtype, part["count"])
        values = np.frombuffer(self.view(part["values"]["bufferView"]), "<f4", 3 * part["count"]).reshape(-1, 3)
        if len(indices) and int(indices.max()) >= accessor["count"]:
            raise self.damaged("a sparse index is larger than the mesh")
        return indices.astype(np.uint32), values.astype(np.float32)

    def _chunks(self, data: bytes) -> dict[bytes, bytes]:
        chunks, start = {}, _HEADER.size
        while start + _CHUNK.size <= len(data):
            length, kind = _CHUNK.unpack_from(data, start)
            start += _CHUNK.size
            if start + length > len(data):
                raise self.damaged("a part of it is cut off")
            chunks[kind] = data[start : start + length]
            start += length
        return chunks
