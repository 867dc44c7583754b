"""The Khronos glTF validator, run by Node.js from the page's packages."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

WEB = Path(__file__).resolve().parents[1] / "web"
NEEDS_VALIDATOR = pytest.mark.skipif(
    shutil.which("node") is None or not (WEB / "node_modules" / "gltf-validator").is_dir(),
    reason="the glTF validator is not there: make web",
)
_SCRIPT = (
    "const [v, f] = [require('gltf-validator'), require('fs')];"
    "v.validateBytes(new Uint8Array(f.readFileSync(process.argv[1])), { maxIssues: 1000 })"
    ".then((r) => console.log(JSON.stringify(r.issues)));"
)


def issues(path: Path) -> dict[str, Any]:
    """What the validator says: ``numErrors``, ``numWarnings``, ``messages`` ..."""
    done = subprocess.run(["node", "-e", _SCRIPT, str(path)], cwd=WEB, capture_output=True, text=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report
