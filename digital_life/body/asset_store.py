"""The user's own wardrobe: assets added once, then named in personas."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from digital_life.assets import data_dir, data_path
from digital_life.body.asset_fit import fit_asset, hidden_by, place
from digital_life.body.asset_format import Asset, read_asset
from digital_life.body.character import MeshPart
from digital_life.body.identity import Identity, make_identity
from digital_life.errors import DigitalLifeError, InputError, StorageError, storage_error
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.persona.appearance import Appearance

FOLDER = "wardrobe"
Layer = Literal["top", "bottom", "shoes", "hat", "hair"]
LARGEST = 0.35
"""Assets may reach this far (metres) beyond the body; what lies further away is broken."""


@dataclass(frozen=True)
class Added:
    """An asset in the wardrobe and what it is worn in place of."""

    name: str
    folder: Path
    licence: str
    replaces: tuple[Layer, ...]


@dataclass(frozen=True)
class Additions:
    """What ``add_assets`` did: the assets added, and a message for each that could not be."""

    added: tuple[Added, ...]
    refused: tuple[str, ...]
    notes: tuple[str, ...] = ()


def add_assets(folder: Path, *, force: bool = False) -> Additions:
    """Check every ``.mhclo`` below a folder and copy it, with its mesh, material and textures, into the wardrobe.

    Raises:
        InputError: the folder does not exist or holds none.
        StorageError: the wardrobe cannot be written.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder", "name a folder with .mhclo files")
    files = sorted(folder.rglob("*.mhclo"))
    if not files:
        raise InputError(f"{folder}: no .mhclo file in it or below", "name a folder of MakeHuman clothes or hair")
    body = make_identity(Appearance())
    added, refused, notes = [], [], []
    for file in files:
        try:
            asset = read_asset(file)
            added.append(_add(asset, _checked_layers(asset, file, body), force))
            notes += [f"{added[-1].name}: '{key}' is not supported and left out" for key in asset.ignored]
        except StorageError:
            raise
        except DigitalLifeError as error:
            refused.append(str(error))
    return Additions(tuple(added), tuple(refused), tuple(notes))


def _checked_layers(asset: Asset, file: Path, body: Identity) -> tuple[Layer, ...]:
    fit_asset(asset, body, "trial")
    points = place(asset, body)
    skin = body.vertices[np.unique(body.quads("body"))]
    away = np.maximum(skin.min(axis=0) - points, points - skin.max(axis=0)).max()
    if not np.isfinite(points).all() or away > LARGEST:
        raise InputError(
            f"{file}: on the average body the asset reaches {away:.2f} m away from it",
            "it is made for another base mesh than MakeHuman's hm08, or its offsets are broken",
        )
    return _layers(points, body, "hair" in (part.lower() for part in file.parts[-3:]))


def _layers(points: NDArray[np.float64], body: Identity, in_hair_folder: bool) -> tuple[Layer, ...]:
    """What of our own clothes an asset takes the place of, by where its vertices lie."""
    y = points[:, 1]
    head, neck, hip, knee, ankle = (
        float(body.joints[JOINT_INDEX[name], 1]) for name in ("head", "neck", "left_hip", "left_knee", "left_ankle")
    )
    if in_hair_folder:
        return ("hair",)
    if np.quantile(y, 0.1) > neck:
        return ("hat",) if np.median(y) > head + 0.08 else ()
    layers: list[Layer] = []
    if (y > hip + 0.15).mean() > 0.25:
        layers.append("top")
    if ((y < hip) & (y > ankle + 0.12)).mean() > 0.25 and y.min() < (hip + knee) / 2 + 0.1:
        layers.append("bottom")
    if (y < ankle + 0.02).mean() > 0.35 or y.max() < knee:
        layers.append("shoes")
    return tuple(layers)


def _add(asset: Asset, layers: tuple[Layer, ...], force: bool) -> Added:
    name = re.sub(r"[^a-z0-9]+", "_", asset.name.lower()).strip("_") or asset.files[0].stem
    target = data_dir(FOLDER) / name
    if target.exists() and not force:
        raise InputError(f"the wardrobe already has '{name}' ({target})", "give --force to replace it")
    try:
        fresh = target.with_name(f".{name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        for file in asset.files:
            copy = fresh / file.resolve().relative_to(asset.files[0].parent.resolve())
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        about = {"file": asset.files[0].name, "licence": asset.licence, "replaces": layers}
        (fresh / "asset.json").write_text(json.dumps(about), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    except OSError as error:
        raise storage_error(error, target, "adding an asset") from error
    _read.cache_clear()
    return Added(name, target, asset.licence, layers)


def wardrobe() -> list[Added]:
    """All assets that were added, by name.

    Raises:
        StorageError: an entry is damaged.
    """
    root = data_path(FOLDER)
    entries = sorted(root.glob("*/asset.json")) if root.is_dir() else []
    return [_entry(file) for file in entries]


def _entry(file: Path) -> Added:
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
        known = [layer for layer in get_args(Layer) if layer in about["replaces"]]
        return Added(file.parent.name, file.parent, str(about["licence"]), tuple(known))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"{file}: this entry of the wardrobe is damaged ({error})", "add the asset again with --force"
        ) from error


def find_added(name: str) -> Added:
    """An asset of the wardrobe.

    Raises:
        InputError: it was not added.
    """
    known = wardrobe()
    for entry in known:
        if entry.name == name:
            return entry
    names = ", ".join(entry.name for entry in known) or "it is empty"
    raise InputError(f"the wardrobe has no '{name}' ({names})", "add its folder: digital-life body add-assets FOLDER")


@lru_cache(maxsize=16)
def _read(folder: Path) -> Asset:
    about = json.loads((folder / "asset.json").read_text(encoding="utf-8"))
    return read_asset(folder / about["file"])


def wear(identity: Identity, names: Sequence[str]) -> tuple[list[MeshPart], NDArray[np.bool_], set[str]]:
    """Parts of named assets, the body quads [Q] that they hide, and the layers that they take the place of.

    Raises:
        InputError: one was not added.
        StorageError: one is damaged.
    """
    parts: list[MeshPart] = []
    hidden = np.zeros(len(identity.quads("body")), bool)
    layers: set[str] = set()
    for name in names:
        entry = find_added(name)
        asset = _read(entry.folder)
        parts.append(fit_asset(asset, identity, name))
        hidden |= hidden_by(asset, identity)
        layers |= set(entry.replaces)
    return parts, hidden, layers
