"""What a body model holds, in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from digital_life.body.layer import BodyModel
from digital_life.motion.skeleton import JOINT_COUNT

Fact = tuple[str, str]
_MM = 1000.0
_VISIBLE = 1e-4
"""Metres; influences and offsets below it are not counted."""


def describe_body(path: Path) -> list[Fact]:
    """Names and values of everything a user may ask about the body file ``path``.

    Raises:
        InputError: the file is missing, damaged, pickled, or no SMPL-X body.
    """
    body = BodyModel.load(path)
    native = "exprdirs" in body.extras
    facts = [
        ("form", "native default body" if native else "SMPL-X npz, as the package smplx reads it"),
        ("vertices, faces", f"{len(body.template)}, {len(body.faces)}"),
        ("height", f"{np.ptp(body.template[:, 1]) * 100:.1f} cm"),
        ("joints", f"{JOINT_COUNT}, in SMPL-X order"),
        ("skin weights", _weights(body)),
        ("shape (betas)", f"{body.shape_directions.shape[2]}"),
        ("expression", _expressions(body)),
        ("ARKit face keys", str(len(body.arkit_directions)) if len(body.arkit_vertices) else "none"),
        ("pose correctives", _correctives(body)),
        ("hands", _hands(body)),
    ]
    extras = [name for name in sorted(body.extras) if name in _ALSO]
    if extras:
        facts.append(("also", ", ".join(_ALSO[name] for name in extras)))
    if body.pickled:
        facts.append(("left closed", f"{', '.join(body.pickled)} (pickled, never opened)"))
    licence = next((str(body.extras[name]) for name in ("licence", "license") if name in body.extras), "")
    facts.append(("licence", licence or "none in the file; the models of smpl-x.is.tue.mpg.de are non-commercial"))
    return facts


_ALSO = {
    "vt": "texture coordinates",
    "lmk_faces_idx": "51 face landmarks",
    "landmarks_static": "51 face landmarks",
    "dynamic_lmk_faces_idx": "jaw contour",
    "landmarks_contour": "jaw contour",
}


def _weights(body: BodyModel) -> str:
    influences = np.diff(body.skin_weights.indptr)
    return f"{influences.mean():.1f} joints a vertex on average, at most {influences.max()}"


def _expressions(body: BodyModel) -> str:
    count = body.expression_directions.shape[2]
    names = body.extras.get("expression_names")
    return f"{count}" if names is None else f"{count}: {', '.join(str(name) for name in names)}"


def _correctives(body: BodyModel) -> str:
    directions = body.pose_directions
    if directions is None:
        return "none"
    size = np.abs(directions)
    moved = (size.reshape(len(size), -1, 3).max(axis=(0, 2)) > _VISIBLE).mean()
    return f"{len(size)} features, up to {size.max() * _MM:.1f} mm each, on {moved:.0%} of the vertices"


def _hands(body: BodyModel) -> str:
    if "hands_meanl" not in body.extras:
        return "no mean and no components in the file: full rotations only"
    mean = np.asarray(body.extras["hands_meanl"], np.float64)
    components = body.extras.get("hands_componentsl")
    count = 0 if components is None else len(components)
    rest = "flat" if not np.any(mean) else f"mean pose of {np.degrees(np.linalg.norm(mean)):.0f} degrees in all"
    return f"full rotations or {count} components (PCA) a hand; {rest}"
