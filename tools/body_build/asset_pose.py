"""``asset_pose.npz``: how every vertex's surroundings turn from MakeHuman's A-pose to our T-pose.

Assets made for MakeHuman (``.mhclo``) store offsets from the skin in the A-pose; these rotations carry them over.
"""

from pathlib import Path

import numpy as np

from tools.body_build.source import Source


def write_asset_pose(source: Source, path: Path) -> None:
    blended = np.einsum("vj,jab->vab", source.rig.weights, source.rest.rotations)
    u, _, vt = np.linalg.svd(blended)
    turn = np.einsum("vab,vbc->vac", u, vt)
    np.savez_compressed(path, turn=turn.astype(np.float16))
