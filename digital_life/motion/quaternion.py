"""Unit quaternions, wxyz, any leading shape [..., 4]. Rotation matrices and axis-angle (radians) at the borders only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
AnyFloat = NDArray[np.floating[Any]]

IDENTITY = np.array([1.0, 0.0, 0.0, 0.0])


def normalize(q: Array) -> Array:
    """Unit length and canonical sign (w >= 0)."""
    length = np.maximum(np.sqrt(np.add.reduce(q * q, axis=-1, keepdims=True)), 1e-12)
    return np.asarray(q / np.where(q[..., :1] < 0, -length, length))


def multiply(a: AnyFloat, b: AnyFloat) -> Array:
    """Hamilton product: first ``b``, then ``a``."""
    aw, ax, ay, az = a[..., 0], a[..., 1], a[..., 2], a[..., 3]
    bw, bx, by, bz = b[..., 0], b[..., 1], b[..., 2], b[..., 3]
    real = aw * bw - ax * bx - ay * by - az * bz
    product = np.empty((*real.shape, 4), real.dtype)  # many short products: np.stack would take longer than they do
    product[..., 0] = real
    product[..., 1] = aw * bx + ax * bw + ay * bz - az * by
    product[..., 2] = aw * by - ax * bz + ay * bw + az * bx
    product[..., 3] = aw * bz + ax * by - ay * bx + az * bw
    return product


def conjugate(q: AnyFloat) -> Array:
    """The inverse of a unit quaternion."""
    return np.asarray(q * np.array([1.0, -1.0, -1.0, -1.0]))


def rotate(q: AnyFloat, v: AnyFloat) -> Array:
    """Rotate vectors [..., 3]; leading shapes broadcast."""
    w, x, y, z = q[..., 0], q[..., 1], q[..., 2], q[..., 3]
    a, b, c = v[..., 0], v[..., 1], v[..., 2]
    ta, tb, tc = 2.0 * (y * c - z * b), 2.0 * (z * a - x * c), 2.0 * (x * b - y * a)
    first = a + w * ta + y * tc - z * tb
    rotated = np.empty((*first.shape, 3), first.dtype)
    rotated[..., 0] = first
    rotated[..., 1] = b + w * tb + z * ta - x * tc
    rotated[..., 2] = c + w * tc + x * tb - y * ta
    return rotated


def from_axis_angle(a: AnyFloat) -> Array:
    """Rotation vectors [..., 3] (radians) to quaternions."""
    a = np.asarray(a, dtype=np.float64)
    angle = np.linalg.norm(a, axis=-1, keepdims=True)
    half = 0.5 * angle
    scale = np.where(angle < 1e-8, 0.5 - angle**2 / 48.0, np.sin(half) / np.maximum(angle, 1e-12))
    return normalize(np.concatenate([np.cos(half), a * scale], axis=-1))


def to_axis_angle(q: AnyFloat) -> Array:
    """Quaternions to rotation vectors [..., 3], radians, angle at most pi."""
    q = normalize(np.asarray(q, dtype=np.float64))
    sine = np.linalg.norm(q[..., 1:], axis=-1, keepdims=True)
    angle = 2.0 * np.arctan2(sine, q[..., :1])
    return q[..., 1:] * np.where(sine < 1e-8, 2.0, angle / np.maximum(sine, 1e-12))


def from_matrix(m: Array) -> Array:
    """Rotation matrices [..., 3, 3] to quaternions (Shepperd's method, the largest component first)."""
    # Components first: NumPy is several times as fast on long contiguous rows as on many rows of three.
    m00, xy, zx, yx, m11, yz, xz, zy, m22 = np.ascontiguousarray(m.reshape(-1, 9).T)
    # xy is what the matrix holds in row 0, column 1, and so on.
    squares = (1 + m00 + m11 + m22, 1 + m00 - m11 - m22, 1 - m00 + m11 - m22, 1 - m00 - m11 + m22)
    w_x, w_y, w_z = zy - yz, zx - xz, yx - xy
    x_y, x_z, y_z = yx + xy, zx + xz, zy + yz
    best = np.argmax(squares, axis=0)
    rows = (
        (squares[0], w_x, w_y, w_z),
        (w_x, squares[1], x_y, x_z),
        (w_y, x_y, squares[2], y_z),
        (w_z, x_z, y_z, squares[3]),
    )
    q = np.empty((len(best), 4))
    for component, row in enumerate(rows):
        q[:, component] = np.choose(best, row)
    return normalize(q).reshape(*m.shape[:-2], 4)


def to_matrix(q: Array) -> Array:
    """Quaternions to rotation matrices [..., 3, 3]."""
    w, x, y, z = np.moveaxis(q, -1, 0)
    return np.stack(
        [
            np.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)], axis=-1),
            np.stack([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)], axis=-1),
            np.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], axis=-1),
        ],
        axis=-2,
    )


def yaw(angle: Array | float) -> Array:
    """Rotation about +Y by ``angle`` radians; positive turns +Z towards +X."""
    half = 0.5 * np.asarray(angle, dtype=np.float64)
    zero = np.zeros_like(half)
    return np.stack([np.cos(half), zero, np.sin(half), zero], axis=-1)


def heading(q: Array) -> Array:
    """Yaw (radians) of the direction in which a rotated +Z axis points on the floor."""
    forward = rotate(q, np.array([0.0, 0.0, 1.0]))
    return np.arctan2(forward[..., 0], forward[..., 2])


def between(a: Array, b: Array) -> Array:
    """Shortest rotation that takes the direction ``a`` [..., 3] to ``b``."""
    a = a / np.maximum(np.linalg.norm(a, axis=-1, keepdims=True), 1e-12)
    b = b / np.maximum(np.linalg.norm(b, axis=-1, keepdims=True), 1e-12)
    dot = np.sum(a * b, axis=-1, keepdims=True)
    cross = np.cross(a, b)
    fallback = np.cross(a, np.where(np.abs(a[..., :1]) < 0.9, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]))
    q = np.concatenate([1.0 + dot, cross], axis=-1)
    opposite = np.concatenate([np.zeros_like(dot), fallback], axis=-1)
    return normalize(np.where(dot < -0.999999, opposite, q))


def slerp(a: Array, b: Array, t: Array | float) -> Array:
    """Spherical interpolation along the shorter way; ``t`` broadcasts against the leading shape."""
    t = np.asarray(t, dtype=np.float64)
    t = t[..., None] if t.ndim else t
    dot = np.sum(a * b, axis=-1, keepdims=True)
    b = np.where(dot < 0, -b, b)
    dot = np.clip(np.abs(dot), 0.0, 1.0)
    theta = np.arccos(dot)
    sine = np.sin(theta)
    near = sine < 1e-6
    safe = np.where(near, 1.0, sine)
    wa = np.where(near, 1.0 - t, np.sin((1.0 - t) * theta) / safe)
    wb = np.where(near, t, np.sin(t * theta) / safe)
    return normalize(wa * a + wb * b)
