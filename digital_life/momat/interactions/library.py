"""The interactions of the motion library."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from digital_life.assets import asset_dir
from digital_life.errors import AssetError, InputError
from digital_life.momat.interactions.file import Interaction
from digital_life.yaml_file import load_yaml


def load_interactions(folder: Path | None = None) -> dict[str, Interaction]:
    """All interactions of ``folder`` (default: the shipped ones) by id, in the order of their ids.

    Raises:
        InputError: a file is wrong (every mistake with its line), or two files have one id.
        AssetError: there are none.
    """
    return dict(_load(folder or asset_dir("motion_db") / "interactions"))


def read_interaction(path: Path) -> Interaction:
    """Read and check one file; see :func:`load_interactions` for errors."""
    return load_yaml(path, Interaction)


@cache
def _load(folder: Path) -> tuple[tuple[str, Interaction], ...]:
    found: dict[str, Interaction] = {}
    for path in sorted(folder.glob("*.yaml")):
        interaction = read_interaction(path)
        if interaction.id in found:
            raise InputError(f"{path}: another file has the id '{interaction.id}' too", "give each its own id")
        found[interaction.id] = interaction
    if not found:
        raise AssetError(f"{folder} holds no interactions", "reinstall the package, or put YAML files into it")
    return tuple(sorted(found.items()))
