"""The built page: made by ``make web`` in a source tree, part of the wheel."""

from __future__ import annotations

from pathlib import Path

from digital_life.errors import AssetError

STATIC = Path(__file__).parent / "static"


def static_dir() -> Path:
    """Folder of the built page.

    Raises:
        AssetError: the page was not built.
    """
    if not (STATIC / "index.html").is_file():
        raise AssetError("the viewer's page is not built", "run: make web (needs Node.js), or install the wheel")
    return STATIC
