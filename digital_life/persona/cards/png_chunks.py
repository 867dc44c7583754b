"""Text chunks of PNG files (PNG specification, third edition, 5 and 11.3.3), without touching the picture."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Iterable

from digital_life.errors import InputError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_BYTES = 64 * 1024 * 1024
MOST_PIXELS = 64 * 1000 * 1000
"""A picture of more pixels is refused before anything decodes it."""

Chunk = tuple[bytes, bytes]
"""Type and content."""


def chunks(data: bytes, what: str) -> list[Chunk]:
    """All chunks of a PNG or APNG file.

    Raises:
        InputError: it is no PNG, is cut off, damaged or far too large.
    """
    if len(data) > MOST_BYTES:
        raise InputError(f"{what}: {len(data) / 1e6:.0f} MB is too large for a card", "use a smaller picture")
    if not data.startswith(SIGNATURE):
        raise InputError(f"{what}: this is no PNG file", "export the card again as PNG")
    found: list[Chunk] = []
    at = len(SIGNATURE)
    while at < len(data):
        if at + 12 > len(data):
            raise _damaged(what, at)
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        if at + 12 + length > len(data):
            raise _damaged(what, at)
        (checksum,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        if zlib.crc32(kind + body) != checksum:
            raise _damaged(what, at)
        found.append((kind, body))
        at += 12 + length
        if kind == b"IEND":
            break
    _check_head(found, what)
    return found


def _check_head(found: list[Chunk], what: str) -> None:
    if not found or found[0][0] != b"IHDR" or len(found[0][1]) != 13 or found[-1][0] != b"IEND":
        raise InputError(f"{what}: the PNG file has no beginning or no end", "copy the file again")
    width, height = struct.unpack(">II", found[0][1][:8])
    if not width or not height or width * height > MOST_PIXELS:
        raise InputError(f"{what}: a picture of {width} x {height} pixels is not opened", "use a smaller picture")


def _damaged(what: str, at: int) -> InputError:
    return InputError(f"{what}: the PNG file is damaged at byte {at}", "copy the file again")


def join(parts: Iterable[Chunk]) -> bytes:
    """The file with these chunks."""
    written = [SIGNATURE]
    for kind, body in parts:
        written.append(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))
    return b"".join(written)


def text_of(chunk: Chunk) -> tuple[str, bytes] | None:
    """Keyword and content of a ``tEXt`` chunk; None for any other chunk. Compressed text is never unpacked."""
    kind, body = chunk
    if kind != b"tEXt" or b"\0" not in body:
        return None
    keyword, content = body.split(b"\0", 1)
    return keyword.decode("latin-1"), content


def decode_base64(content: bytes, what: str) -> bytes:
    """The bytes of a base64 chunk.

    Raises:
        InputError: it is not base64.
    """
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        raise InputError(f"{what}: the text chunk of the card is not base64", "export the card again") from None


def with_texts(data: bytes, texts: dict[str, bytes], what: str) -> bytes:
    """The PNG ``data`` with base64 text chunks put before its end, those of the same keywords replaced.

    Raises:
        InputError: as ``chunks``.
    """
    kept = [chunk for chunk in chunks(data, what) if (text_of(chunk) or ("",))[0] not in texts]
    added = [(b"tEXt", name.encode("latin-1") + b"\0" + base64.b64encode(body)) for name, body in texts.items()]
    return join([*kept[:-1], *added, kept[-1]])
