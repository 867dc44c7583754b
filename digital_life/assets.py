"""Where the shipped files are: in a wheel inside the package, in a source tree beside it."""

from __future__ import annotations

import os
from pathlib import Path

from digital_life.errors import AssetError

_PACKAGE = Path(__file__).resolve().parent


def asset_dir(name: str) -> Path:
    """Folder of shipped files: ``personas``, ``motion_db``, ``configs`` or ``examples``.

    Raises:
        AssetError: the installation does not hold it.
    """
    for root in (_PACKAGE / "assets", _PACKAGE.parent):
        if (root / name).is_dir():
            return root / name
    raise AssetError(
        f"the installation has no '{name}' folder", "reinstall the package: pip install --force-reinstall digital-life"
    )


def cache_dir(name: str = "") -> Path:
    """Folder for what can be made again (compiled motions, patched graphs); ``DIGITAL_LIFE_CACHE`` overrides its root."""
    import platformdirs

    root = os.environ.get("DIGITAL_LIFE_CACHE") or platformdirs.user_cache_dir("digital-life")
    path = Path(root) / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def data_dir(name: str = "") -> Path:
    """Folder for what the user downloaded (model weights); ``DIGITAL_LIFE_DATA`` overrides its root."""
    path = data_path(name)
    path.mkdir(parents=True, exist_ok=True)
    return path


def data_path(name: str = "") -> Path:
    """Where :func:`data_dir` would be, without making it."""
    import platformdirs

    return Path(os.environ.get("DIGITAL_LIFE_DATA") or platformdirs.user_data_dir("digital-life")) / name
