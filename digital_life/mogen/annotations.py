"""Descriptions of AMASS motions as their data sets hand them out: HumanML3D, KIT-ML and BABEL.

All three hold words, times and names of AMASS files, no motion. What is read here becomes clips in
:mod:`digital_life.mogen.amass_clips`. KIT-ML and the others are also read in the common form ``annotations.json`` with
``splits/*.txt`` (Petrovich et al. 2023, TMR).
"""

from __future__ import annotations

import csv
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from digital_life.errors import InputError

Form = Literal["humanml3d", "kit-ml", "babel"]
Part = tuple[float, float | None]

RATE = 20.0
"""Frames a second of HumanML3D's index."""
CUT = {"Eyes_Japan_Dataset": 3.0, "MPI_HDM05": 3.0, "TotalCapture": 1.0, "MPI_Limits": 1.0, "Transitions_mocap": 0.5}
"""Seconds that HumanML3D takes off the beginning of the files of these sets before it counts frames."""
HELD_OUT = 0.1
"""Share of a set without split files that becomes its validation split."""
_WHOLE: Part = (0.0, None)


@dataclass(frozen=True)
class Described:
    """Seconds ``start`` to ``end`` (None: the end) of an AMASS file, and what is said of them.

    ``files`` are the places, relative to AMASS and without suffix, where the file may be. ``parts`` map seconds from
    ``start`` on to captions; the part (0, None) is all of it.
    """

    id: str
    files: tuple[str, ...]
    parts: Mapping[Part, tuple[str, ...]]
    split: str
    start: float = 0.0
    end: float | None = None


def read_annotations(form: Form, folder: Path) -> list[Described]:
    """The descriptions of a data set in its own folder.

    Raises:
        InputError: the folder does not hold that set, or a file of it is damaged.
    """
    if (folder / "annotations.json").is_file():
        return _unified(form, folder)
    readers: dict[Form, Callable[[Path], list[Described]]] = {
        "humanml3d": _humanml3d,
        "kit-ml": _kit_ml,
        "babel": _babel,
    }
    return readers[form](folder)


def _humanml3d(folder: Path) -> list[Described]:
    """``index.csv`` and ``HumanML3D/texts/*.txt``, as the repository unpacks them (or ``texts`` beside the index)."""
    texts = next((path for path in (folder / "texts", folder / "HumanML3D" / "texts") if path.is_dir()), None)
    if texts is None or not (folder / "index.csv").is_file():
        raise InputError(f"{folder}: not HumanML3D", "give the folder with index.csv and texts/ (unzip texts.zip)")
    splits = _splits(texts.parent)
    found = []
    with (folder / "index.csv").open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                name, source = row["new_name"].removesuffix(".npy"), row["source_path"]
                begin, end = float(row["start_frame"]) / RATE, float(row["end_frame"]) / RATE
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise InputError(
                    f"{folder / 'index.csv'}, line {number}: not an entry ({error!r})", "copy it again"
                ) from error
            path = source.split("pose_data/")[-1].removesuffix(".npy")
            if path.startswith("humanact12") or not (texts / f"{name}.txt").is_file():
                continue
            cut = next((seconds for name, seconds in CUT.items() if name in path), 0.0)
            parts = captions_by_part(texts / f"{name}.txt")
            found.append(
                Described(f"humanml3d/{name}", _places(path), parts, _split(name, splits), begin + cut, end + cut)
            )
    return found


def captions_by_part(path: Path) -> dict[Part, tuple[str, ...]]:
    """Lines ``caption#tokens#from#to``; 0 and 0 mean all of the motion."""
    parts: dict[Part, tuple[str, ...]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            caption, _, first, last = line.strip().split("#")
            begin, end = sorted(0.0 if value == "nan" else float(value) for value in (first, last))
        except ValueError as error:
            raise InputError(f"{path}, line {number}: not a caption ({error})", "copy the texts again") from error
        part = (begin, end) if end > begin else _WHOLE
        parts[part] = (*parts.get(part, ()), _clean(caption))
    return parts


def _kit_ml(folder: Path) -> list[Described]:
    """``00001_annotations.json`` ... with ``kitml_amass_path.json``, which says the AMASS file of each motion."""
    index = folder / "kitml_amass_path.json"
    if not index.is_file():
        raise InputError(
            f"{folder}: no annotations.json with splits/, and no kitml_amass_path.json",
            "KIT-ML says nothing of AMASS by itself: put annotations.json of TMR's repository (datasets/annotations/kitml) there",
        )
    splits = _splits(folder)
    found = []
    for name, entry in _json(index).items():
        file = folder / f"{name}_annotations.json"
        captions = tuple(_clean(text) for text in _json(file)) if file.is_file() else ()
        if captions:
            sets = ("CMU", "EKUT", "KIT") if entry.get("identifier") == "cmu" else ("KIT", "CMU", "EKUT")
            places = tuple(place for one in sets for place in _places(f"{one}/{entry['path']}"))
            found.append(Described(f"kit-ml/{name}", places, {_WHOLE: captions}, _split(name, splits)))
    return found


def _babel(folder: Path) -> list[Described]:
    """``train.json``, ``val.json`` and their ``extra_*`` forms: labels of whole recordings and of their seconds."""
    files = {split: [folder / f"{split}.json", folder / f"extra_{split}.json"] for split in ("train", "val")}
    found = []
    for split, paths in files.items():
        for path in (path for path in paths if path.is_file()):
            for name, entry in _json(path).items():
                parts = _babel_parts(entry)
                if parts:
                    place = entry["feat_p"].removesuffix(".npz")
                    places = (*_places(place.partition("/")[2]), *_places(place))
                    found.append(Described(f"babel/{name}", places, parts, split))
    if not found:
        raise InputError(f"{folder}: not BABEL", "give the folder with train.json and val.json")
    return found


def _babel_parts(entry: Mapping[str, Any]) -> dict[Part, tuple[str, ...]]:
    parts: dict[Part, tuple[str, ...]] = {}
    for kind in ("seq_ann", "frame_ann"):
        for annotation in [entry.get(kind), *(entry.get(f"{kind}s") or [])]:
            for label in (annotation or {}).get("labels") or []:
                text = _clean(label.get("raw_label") or "")
                if not text or text == "transition":
                    continue
                part = (float(label["start_t"]), float(label["end_t"])) if kind == "frame_ann" else _WHOLE
                parts[part] = tuple(dict.fromkeys((*parts.get(part, ()), text)))
    return parts


def _unified(form: Form, folder: Path) -> list[Described]:
    """``annotations.json``: {id: {path, duration, annotations: [{text, start, end}]}}, and ``splits/train.txt`` ..."""
    splits = _splits(folder / "splits")
    found = []
    for name, entry in _json(folder / "annotations.json").items():
        said = entry["annotations"]
        begin, end = min(float(a["start"]) for a in said), max(float(a["end"]) for a in said)
        parts: dict[Part, tuple[str, ...]] = {}
        for one in said:
            whole = float(one["start"]) <= begin and float(one["end"]) >= end
            part = _WHOLE if whole else (float(one["start"]) - begin, float(one["end"]) - begin)
            parts[part] = (*parts.get(part, ()), _clean(one["text"]))
        found.append(Described(f"{form}/{name}", _places(entry["path"]), parts, _split(name, splits), begin, end))
    return found


def _places(path: str) -> tuple[str, ...]:
    """Where AMASS has had this file: under the names of its first and of its later releases."""
    path = path.removesuffix(".npz").strip("/")
    head, _, rest = path.partition("/")
    places = [f"{name}/{rest}" for name in dict.fromkeys((head, _RENAMED.get(head, head)))]
    later = [place.removesuffix("_poses") + "_stageii" for place in places]
    return (*places, *later, *(place.replace(" ", "_") for place in later))


_RENAMED = {
    "BioMotionLab_NTroje": "BMLrub", "MPI_HDM05": "HDM05", "MPI_Limits": "PosePrior", "MPI_mosh": "MoSh",
    "TCD_handMocap": "TCDHands", "Transitions_mocap": "Transitions", "DFaust_67": "DFaust", "SSM_synced": "SSM",
}  # fmt: skip


def _splits(folder: Path) -> dict[str, str]:
    """Name to split, from ``train.txt``, ``val.txt`` and ``test.txt``; empty where there are none."""
    names: dict[str, str] = {}
    for split in ("train", "val", "test"):
        path = folder / f"{split}.txt"
        if path.is_file():
            names |= dict.fromkeys(path.read_text(encoding="utf-8").split(), split)
    return names


def _split(name: str, splits: Mapping[str, str]) -> str:
    if splits:
        return splits.get(name, "")
    return "val" if zlib.crc32(name.encode()) % 1000 < 1000 * HELD_OUT else "train"


def _clean(text: str) -> str:
    return " ".join(text.split()).rstrip(".").strip()


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not readable ({error})", "copy the annotations again") from error
