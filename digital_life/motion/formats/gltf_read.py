"""The binary side of reading glTF 2.0: a GLB file, or a ``.gltf`` with embedded or neighbouring buffers, in; arrays out."""

from __future__ import annotations

import base64
import binascii
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError, StorageError, storage_error
from digital_life.motion.formats.gltf_write import CHUNK, COMPONENTS, HEADER, WIDTHS, Json

LARGEST = 2 << 30
"""Bytes of a file that is still read into memory."""


class GltfReader:
    """A glTF file in memory. ``kind`` names it in messages ("character file", "animation file").

    Raises:
        StorageError: the file cannot be read, or is no whole glTF 2.0 file.
    """

    def __init__(self, path: Path, kind: str = "character file") -> None:
        self.path = path
        self._kind = kind
        data = self._bytes(path)
        chunks = self._chunks(data) if data[:4] == b"glTF" or path.suffix.lower() != ".gltf" else {b"JSON": data}
        try:
            self.document: Json = json.loads(chunks[b"JSON"])
            version = str(self.document["asset"]["version"])
        except (KeyError, TypeError, ValueError) as error:
            raise self.damaged(f"its JSON part is missing or broken ({error})") from error
        if not version.startswith("2"):
            raise self.damaged(f"it is glTF version {version}, not 2")
        self._embedded = chunks.get(b"BIN\0")
        self._buffers: dict[int, bytes] = {}

    def damaged(self, problem: str) -> StorageError:
        """The error to raise when the content makes no sense."""
        return StorageError(f"{self.path}: damaged {self._kind}: {problem}", "write the file again, or copy it again")

    def buffer(self, index: int) -> bytes:
        """The bytes of a buffer: the GLB's own, a data URI's, or those of a file beside this one."""
        if index not in self._buffers:
            self._buffers[index] = self._load_buffer(index)
        return self._buffers[index]

    def view(self, index: int) -> bytes:
        """The bytes of a buffer view."""
        view = self._item("bufferViews", index)
        start = view.get("byteOffset", 0)
        data = self.buffer(view.get("buffer", 0))[start : start + view["byteLength"]]
        if len(data) != view["byteLength"]:
            raise self.damaged("a buffer view lies outside the file")
        return data

    def accessor(self, index: int) -> NDArray[Any]:
        """Values [N] (SCALAR) or [N, width] as stored; normalised integers stay integers."""
        accessor = self._item("accessors", index)
        width, count = WIDTHS[accessor["type"]], int(accessor["count"])
        dtype = COMPONENTS[accessor["componentType"]]
        if "bufferView" in accessor:
            values = self._strided(index, accessor, dtype, width)
        else:
            if count * width * dtype.itemsize > LARGEST:
                raise self.damaged(f"accessor {index} claims {count} elements")
            values = np.zeros((count, width), dtype)
        if "sparse" in accessor:
            indices, offsets = self._sparse(accessor)
            values = values.copy()
            values[indices] = offsets
        return values[:, 0] if width == 1 else values

    def floats(self, index: int) -> NDArray[np.float64]:
        """Values as numbers: normalised integers become -1..1 or 0..1.

        Raises:
            StorageError: the accessor holds values that are not finite.
        """
        stored = self.accessor(index)
        values = stored.astype(np.float64)
        if stored.dtype.kind in "iu" and self._item("accessors", index).get("normalized"):
            values = np.maximum(values / np.iinfo(stored.dtype).max, -1.0)
        if not np.isfinite(values).all():
            raise self.damaged(f"accessor {index} holds values that are not finite")
        return values

    def sparse(self, index: int) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
        """Indices [K] and values [K, 3] of a sparse VEC3 accessor; a dense one gives its vectors that are not zero.

        Normalised integers become -1..1.
        """
        accessor = self._item("accessors", index)
        if "sparse" in accessor:
            indices, stored = self._sparse(accessor)
        else:
            dense = self.accessor(index)
            indices = np.flatnonzero(np.abs(dense).max(axis=1) > 0).astype(np.uint32)
            stored = dense[indices]
        values = stored.astype(np.float32)
        if stored.dtype.kind == "i" and accessor.get("normalized"):
            values = np.maximum(values / np.float32(np.iinfo(stored.dtype).max), np.float32(-1))
        return indices, values

    def _sparse(self, accessor: Json) -> tuple[NDArray[np.uint32], NDArray[Any]]:
        """Indices and values of an accessor's sparse part, as stored."""
        part = accessor["sparse"]
        dtype, width = COMPONENTS[part["indices"]["componentType"]], WIDTHS[accessor["type"]]
        value_type = COMPONENTS[accessor["componentType"]]
        indices = self._plain(part["indices"], dtype, part["count"])
        values = self._plain(part["values"], value_type, width * part["count"]).reshape(-1, width)
        if len(indices) and int(indices.max()) >= accessor["count"]:
            raise self.damaged("a sparse index is larger than the mesh")
        return indices.astype(np.uint32), values

    def _item(self, collection: str, index: int) -> Json:
        items = self.document.get(collection, [])
        if not isinstance(index, int) or not 0 <= index < len(items):
            raise self.damaged(f"it names {collection}[{index}] of {len(items)}")
        item: Json = items[index]
        return item

    def _plain(self, part: Json, dtype: np.dtype[Any], count: int) -> NDArray[Any]:
        data = self.view(part["bufferView"])[part.get("byteOffset", 0) :]
        if len(data) < count * dtype.itemsize:
            raise self.damaged("a sparse accessor is larger than its buffer view")
        return np.frombuffer(data, dtype, count)

    def _strided(self, index: int, accessor: Json, dtype: np.dtype[Any], width: int) -> NDArray[Any]:
        view = self._item("bufferViews", accessor["bufferView"])
        data = self.view(accessor["bufferView"])
        count, start = int(accessor["count"]), accessor.get("byteOffset", 0)
        size = width * dtype.itemsize
        stride = view.get("byteStride") or size
        if count < 0 or (count and start + (count - 1) * stride + size > len(data)):
            raise self.damaged(f"accessor {index} is larger than its buffer view")
        if stride == size:
            return np.frombuffer(data, dtype, count * width, start).reshape(count, width)
        return np.ndarray((count, width), dtype, data, start, (stride, dtype.itemsize)).copy()

    def _load_buffer(self, index: int) -> bytes:
        uri = self._item("buffers", index).get("uri")
        if uri is None:
            if index or self._embedded is None:
                raise self.damaged(f"buffer {index} has no data")
            return self._embedded
        if uri.startswith("data:"):
            try:
                return base64.b64decode(uri.partition(",")[2], validate=True)
            except binascii.Error as error:
                raise self.damaged(f"buffer {index} is no valid base64 ({error})") from error
        beside = (self.path.parent / unquote(uri)).resolve()
        if not beside.is_relative_to(self.path.parent.resolve()):
            raise self.damaged(f"buffer {index} points outside the file's folder ({uri})")
        return self._bytes(beside)

    def _bytes(self, path: Path) -> bytes:
        try:
            size = path.stat().st_size
            if size > LARGEST:
                raise InputError(
                    f"{path}: {size / 2**30:.1f} GiB, but at most {LARGEST >> 30} GiB are read",
                    "export the skeleton and its animation without meshes and textures",
                )
            return path.read_bytes()
        except OSError as error:
            raise storage_error(error, path, f"reading a {self._kind}") from error

    def _chunks(self, data: bytes) -> dict[bytes, bytes]:
        if len(data) < HEADER.size or data[:4] != b"glTF":
            raise self.damaged("it does not begin like a GLB file")
        _, version, size = HEADER.unpack_from(data)
        if version != 2:
            raise self.damaged(f"it is GLB version {version}, not 2")
        if size != len(data):
            raise self.damaged(f"it is {len(data)} bytes long instead of {size}")
        chunks, start = {}, HEADER.size
        while start + CHUNK.size <= len(data):
            length, kind = CHUNK.unpack_from(data, start)
            start += CHUNK.size
            if start + length > len(data):
                raise self.damaged("a part of it is cut off")
            chunks[kind] = data[start : start + length]
            start += length
        return chunks
