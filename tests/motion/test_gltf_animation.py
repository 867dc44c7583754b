"""glTF animations: written for other programs, read from other programs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from formats_compare import degrees_apart, metres_apart
from three_browser import MODULES

from digital_life.motion.formats.gltf_animation import read_gltf, write_gltf
from digital_life.motion.motion import Motion


def test_round_trip(talk: Motion, tmp_path: Path) -> None:
    write_gltf(talk, tmp_path / "talk.glb")
    again = read_gltf(tmp_path / "talk.glb")
    assert len(again) == len(talk)
    assert degrees_apart(again, talk) < 0.1
    assert metres_apart(again, talk) < 0.001
    assert again.face is not None and talk.face is not None
    assert np.abs(again.face - talk.face).max() < 1e-5


@pytest.mark.skipif(not (MODULES / "gltf-validator").is_dir(), reason="the glTF validator is not there: make web")
def test_the_validator_has_nothing_to_say(talk: Motion, tmp_path: Path) -> None:
    write_gltf(talk, tmp_path / "talk.glb")
    script = (
        "const [v, f] = [require('gltf-validator'), require('fs')];"
        f"v.validateBytes(new Uint8Array(f.readFileSync({json.dumps(str(tmp_path / 'talk.glb'))})))"
        ".then((r) => console.log(JSON.stringify(r.issues)));"
    )
    done = subprocess.run(["node", "-e", script], cwd=MODULES.parent, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["messages"] == []
