"""How large the files of characters are, and what Khronos' validator says of them."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from digital_life.body.appearance import build_character
from digital_life.body.character import Character
from digital_life.body.glb import write_glb
from digital_life.body.vrm import write_vrm
from digital_life.evaluate.table import Table
from digital_life.persona.library import list_personas, load_persona
from digital_life.persona.random_appearance import random_appearance

RANDOM = 20
_WEB = Path(__file__).resolve().parents[2] / "web"
_SCRIPT = (
    "const [v, f] = [require('gltf-validator'), require('fs')];"
    "Promise.all(process.argv.slice(1).map((p) => v.validateBytes(new Uint8Array(f.readFileSync(p)))))"
    ".then((all) => console.log(JSON.stringify(all.map((r) => [r.issues.numErrors, r.issues.numWarnings]))));"
)


@dataclass(frozen=True)
class _Written:
    """Sizes in bytes; errors and warnings of the validator, None where it is not installed."""

    sizes: list[int]
    findings: tuple[int, int] | None


def files() -> Table:
    """GLB and VRM files of the shipped personas and of random people."""
    shipped = [build_character(p.name, p.appearance) for p in map(load_persona, list_personas())]
    strangers = [build_character(f"random {seed}", random_appearance(seed)) for seed in range(RANDOM)]
    rows = []
    for people, characters in (("shipped personas", shipped), (f"random people, seeds 0-{RANDOM - 1}", strangers)):
        for form, write in (("glb", write_glb), ("vrm", write_vrm)):
            written = _write(characters, form, write)
            sizes = [size / 1e6 for size in written.sizes]
            worst = characters[written.sizes.index(max(written.sizes))].name
            findings = "not installed" if written.findings is None else "{} / {}".format(*written.findings)
            rows.append([
                people, form, str(len(sizes)), f"{statistics.median(sizes):.2f} MB", f"{max(sizes):.2f} MB ({worst})", findings
            ])  # fmt: skip
    columns = ("people", "format", "files", "median", "largest", "validator: errors / warnings")
    return Table(
        columns,
        rows,
        (
            "The warnings: normal maps without tangents, which viewers derive; the extension VRMC_vrm, which it does not know.",
        ),
    )


def _write(characters: list[Character], form: str, write: Callable[[Character, Path], None]) -> _Written:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.{form}" for number in range(len(characters))]
        for character, path in zip(characters, paths, strict=True):
            write(character, path)
        return _Written([path.stat().st_size for path in paths], _validate(paths))


def _validate(paths: list[Path]) -> tuple[int, int] | None:
    if shutil.which("node") is None or not (_WEB / "node_modules" / "gltf-validator").is_dir():
        return None
    command = ["node", "-e", _SCRIPT, *map(str, paths)]
    done = subprocess.run(command, cwd=_WEB, capture_output=True, text=True, check=True)
    counts = json.loads(done.stdout)
    return sum(errors for errors, _ in counts), sum(warnings for _, warnings in counts)
