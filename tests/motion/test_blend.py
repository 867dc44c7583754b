import numpy as np

from digital_life.motion import quaternion as quat
from digital_life.motion.blend import blend_positions, blend_rotations, smooth_seams
from digital_life.motion.motion import FPS


def spin(rate: float, start: float, frames: int) -> np.ndarray:
    """Quaternions [frames, 1, 4] that turn about x at ``rate`` rad/s."""
    angles = start + rate * np.arange(frames) / FPS
    return quat.from_axis_angle(np.stack([angles, 0 * angles, 0 * angles], axis=-1))[:, None]


def test_blended_positions_keep_place_and_velocity_and_end_on_the_target() -> None:
    before = np.array([[0.0], [0.1]])
    target = np.full((40, 1), 2.0)
    out = blend_positions(target, before, 0.6)
    path = np.concatenate([before, out])
    velocity = np.diff(path[:, 0])
    assert abs(velocity[1] - velocity[0]) < 0.03
    assert np.abs(np.diff(velocity)).max() < 0.06
    assert np.allclose(out[20:], target[20:])


def test_blended_rotations_have_no_pop() -> None:
    before, target = spin(1.0, 0.0, 2), spin(-0.5, 1.4, 60)
    path = np.concatenate([before, blend_rotations(target, before, 0.5)])
    steps = quat.to_axis_angle(quat.multiply(quat.conjugate(path[:-1]), path[1:]))
    acceleration = np.linalg.norm(np.diff(steps, axis=0), axis=-1) * FPS**2
    cut = np.concatenate([before, target])
    raw = quat.to_axis_angle(quat.multiply(quat.conjugate(cut[:-1]), cut[1:]))
    raw_acceleration = np.linalg.norm(np.diff(raw, axis=0), axis=-1) * FPS**2
    assert raw_acceleration.max() > 1000
    assert acceleration.max() < 60
    assert np.allclose(path[-20:], target[-20:], atol=1e-6)


def test_seams_in_a_row_stay_continuous() -> None:
    rotations = np.concatenate([spin(0.0, angle, 10) for angle in (0.0, 1.0, -0.5)])
    smooth_seams(rotations, {10: 0.5, 20: 0.3}, np.array([0]))
    steps = quat.to_axis_angle(quat.multiply(quat.conjugate(rotations[:-1]), rotations[1:]))
    assert np.abs(steps).max() * FPS < 12
    assert np.abs(np.diff(steps, axis=0)).max() * FPS**2 < 160
