"""Masks of the skin texture, painted in space on the average adult, so that they follow every identity.

``x`` is the distance from the middle plane; heights and depths are relative to the eye joints. All lengths in metres.
"""

from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter, map_coordinates

from digital_life.motion.skeleton import JOINT_INDEX
from tools.body_build.head_texture import HeadLayout, raster
from tools.body_build.source import Source

SIZE = 1024
MPFB_HEAD = ("lips", "eyelids", "ears", "face", "inside-mouth")
MPFB_BODY = ("fingernails", "toenails")


def skin_masks(source: Source, layout: HeadLayout) -> dict[str, np.ndarray]:
    """Name to uint8 mask [1024, 1024]; ``head_*`` in the head's layout, ``body_*`` in MakeHuman's atlas."""
    vertices, joints = source.mean_state
    quads, corners = source.mesh.quads["body"][layout.quads], source.mesh.uv_quads["body"][layout.quads]
    cavity = _cavity(vertices, source.mesh.quads["body"])
    values = np.concatenate([vertices[quads], source.mesh.uv[corners], cavity[quads][..., None]], axis=2)
    image = raster(layout.uv, corners, values, SIZE)
    relative = image[..., :3] - joints[JOINT_INDEX["left_eye"]] * [0, 1, 1]
    masks = {f"head_{name.replace('-', '_')}": _resample(_open(source, name), image[..., 3:5]) for name in MPFB_HEAD}
    masks |= {f"head_{name}": mask for name, mask in _painted(relative, joints).items()}
    masks["head_cavity"] = np.clip(gaussian_filter(image[..., 5], 1.5), 0, 1)
    masks |= {f"body_{name}": _resize(_open(source, name)) for name in MPFB_BODY}
    return {name: np.round(np.clip(mask, 0, 1) * 255).astype(np.uint8) for name, mask in masks.items()}


def _open(source: Source, name: str) -> np.ndarray:
    path = Path(source.root) / f"mpfb2/textures/mpfb_{name}.jpg"
    return np.asarray(Image.open(path).convert("L"), np.float32) / 255


def _resize(mask: np.ndarray) -> np.ndarray:
    image = Image.fromarray(np.round(mask * 255).astype(np.uint8))
    return np.asarray(image.resize((SIZE, SIZE), Image.Resampling.LANCZOS), np.float32) / 255


def _resample(mask: np.ndarray, uv: np.ndarray) -> np.ndarray:
    rows, columns = (1 - uv[..., 1]) * mask.shape[0] - 0.5, uv[..., 0] * mask.shape[1] - 0.5
    sampled = map_coordinates(gaussian_filter(mask, 1.0), [rows, columns], order=1, mode="nearest")
    return gaussian_filter(sampled, 1.5)


def _cavity(vertices: np.ndarray, quads: np.ndarray) -> np.ndarray:
    """0..1 per vertex: how deep it lies below the mean of its neighbourhood (creases, nostrils, inner ear)."""
    neighbour_sum = np.zeros_like(vertices)
    count = np.zeros(len(vertices))
    for a, b in ((0, 1), (1, 2), (2, 3), (3, 0)):
        for i, j in ((a, b), (b, a)):
            np.add.at(neighbour_sum, quads[:, i], vertices[quads[:, j]])
            np.add.at(count, quads[:, i], 1)
    normal = np.zeros_like(vertices)
    face = np.cross(vertices[quads[:, 2]] - vertices[quads[:, 0]], vertices[quads[:, 3]] - vertices[quads[:, 1]])
    for corner in range(4):
        np.add.at(normal, quads[:, corner], face)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    depth = ((neighbour_sum / np.maximum(count, 1)[:, None] - vertices) * normal).sum(1)
    for _ in range(3):  # soften over neighbours
        total = np.zeros(len(vertices))
        for a, b in ((0, 1), (1, 2), (2, 3), (3, 0)):
            np.add.at(total, quads[:, a], depth[quads[:, b]])
            np.add.at(total, quads[:, b], depth[quads[:, a]])
        depth = 0.5 * depth + 0.5 * total / np.maximum(count, 1)
    return np.clip(depth / 0.0006, 0, 1)


def _ramp(value: np.ndarray, start: float, end: float) -> np.ndarray:
    """0 at ``start``, 1 at ``end``, smooth between."""
    t = np.clip((value - start) / (end - start), 0, 1)
    return t * t * (3 - 2 * t)


def _spot(x: np.ndarray, y: np.ndarray, cx: float, cy: float, rx: float, ry: float) -> np.ndarray:
    return np.exp(-(((x - cx) / rx) ** 2) - ((y - cy) / ry) ** 2)


def _painted(point: np.ndarray, joints: np.ndarray) -> dict[str, np.ndarray]:
    x, y, z = np.abs(point[..., 0]), point[..., 1], point[..., 2]
    front = _ramp(z, -0.045, -0.02)
    eye_x = joints[JOINT_INDEX["left_eye"], 0]
    return {
        "brows": _brow(x, y, 0.0047) * front,
        "brows_thin": _brow(x, y, 0.0031) * front,
        "blush": _spot(x, y, 0.044, -0.040, 0.022, 0.018) * front,
        "socket": np.maximum(_spot(x, y, eye_x - 0.004, -0.013, 0.016, 0.006), _spot(x, y, 0.016, 0.002, 0.006, 0.012))
        * front,
        "nose_tip": _spot(x, y, 0.0, -0.045, 0.017, 0.014) * front,
        "scalp": _scalp(x, y, z),
        "moustache": _ramp(y, -0.070, -0.064) * _ramp(y, -0.050, -0.055) * _ramp(x, 0.034, 0.027) * front,
        "beard": _beard(x, y, z),
        "lines": _age_lines(x, y, eye_x) * front,
    }


def _brow(x: np.ndarray, y: np.ndarray, thickness: float) -> np.ndarray:
    """A tapered arc over the eye with a soft upper edge."""
    t = np.clip((x - 0.012) / 0.041, 0, 1)
    middle = 0.0205 + 0.0056 * np.sin(t * np.pi * 0.72) - 0.0038 * t**3
    half = thickness * (1 - 0.62 * t**1.3) * (0.72 + 0.28 * _ramp(t, 0.0, 0.3))
    along = _ramp(x, 0.008, 0.020) * _ramp(x, 0.056, 0.049)
    return np.clip(1.5 - np.abs(y - middle) / half * 1.2, 0, 1) * along


def _scalp(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The hair-bearing area: front line, temples, ears left free, nape."""
    line = 0.068 - 0.5 * np.clip(x - 0.03, 0, 1) - 4.0 * np.clip(x - 0.045, 0, 1) ** 2
    line = np.where(z < -0.05, np.minimum(line, 0.0), line)
    line = np.where(z < -0.09, -0.075, line)
    ear = np.minimum.reduce([x - 0.066, z + 0.112, -0.055 - z, 0.03 - y])
    return _ramp(np.minimum(y - line, -ear), -0.004, 0.012) * (x < 0.13)


def _beard(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    jaw = _ramp(y, -0.045 - 0.35 * np.clip(0.07 - x, 0, 0.05), -0.062 - 0.35 * np.clip(0.07 - x, 0, 0.05))
    lips = np.clip(1.25 - np.hypot(x / 0.026, (y + 0.0715) / 0.0115), 0, 1)
    neck = _ramp(y, -0.145, -0.118)
    return jaw * neck * (1 - _ramp(lips, 0, 0.25)) * _ramp(z, -0.105, -0.08)


def _age_lines(x: np.ndarray, y: np.ndarray, eye_x: float) -> np.ndarray:
    """Forehead lines, frown lines, crow's feet, under-eye folds and the folds from nose to mouth."""
    forehead = sum(np.exp(-(((y - h - 0.004 * np.cos(x * 45)) / 0.0011) ** 2)) for h in (0.040, 0.049, 0.058)) * _ramp(
        x, 0.046, 0.03
    )
    frown = np.exp(-(((x - 0.0065 + 0.05 * (y - 0.022)) / 0.001) ** 2)) * _ramp(np.abs(y - 0.022), 0.011, 0.006)
    angle = np.arctan2(y - 0.001, x - eye_x - 0.012)
    radius = np.hypot(y - 0.001, x - eye_x - 0.012)
    feet = sum(np.exp(-(((angle - a) * radius / 0.0009) ** 2)) for a in (-0.45, -0.05, 0.35))
    feet = feet * _ramp(radius, 0.006, 0.010) * _ramp(radius, 0.024, 0.016)
    bag = np.exp(-(((np.hypot((x - eye_x) / 0.019, (y + 0.001) / 0.0165) - 1) / 0.075) ** 2)) * _ramp(y, -0.003, -0.010)
    fold_x = 0.0185 + np.clip(-0.045 - y, 0, 0.05) * 0.48
    fold = np.exp(-(((x - fold_x) / 0.0016) ** 2)) * _ramp(y, -0.040, -0.048) * _ramp(y, -0.084, -0.072)
    return np.clip(0.5 * forehead + 0.22 * frown + 0.45 * feet + 0.5 * bag + 0.75 * fold, 0, 1)
