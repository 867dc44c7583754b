from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import Motion
from digital_life.viewer.typescript import typescript
from digital_life.viewer.wire import pack_performance, unpack_performance


def some_motion(frames: int = 40) -> Motion:
    random = np.random.default_rng(3)
    rotations = quat.from_axis_angle(random.normal(0, 0.6, (frames, 55, 3)))
    return Motion(random.normal(0, 1, (frames, 3)), rotations, random.random((frames, 52)))


def test_a_performance_survives_packing() -> None:
    motion = some_motion()
    start, back = unpack_performance(pack_performance(12.5, motion))
    assert start == 12.5
    np.testing.assert_array_equal(back.translation, motion.translation)
    np.testing.assert_allclose(back.rotations, motion.rotations, atol=5e-5)
    np.testing.assert_allclose(back.face, motion.face, atol=0.5 / 255 + 1e-6)


def test_layout_is_the_documented_one() -> None:
    motion = some_motion(2)
    data = pack_performance(1.0, motion)
    assert data[:4] == b"DLPF"
    assert np.frombuffer(data[4:20], "<u4").tolist() == [1, 2, 55, 52]
    assert len(data) == 24 + 2 * (3 * 4 + 55 * 4 * 2 + 52)
    assert data[-1] == round(float(motion.face[1, 51]) * 255)


@pytest.mark.parametrize(
    "change", [lambda d: b"", lambda d: d[:-1], lambda d: b"XXXX" + d[4:], lambda d: d[:4] + b"\x09" + d[5:]]
)
def test_damaged_performances_are_refused(change) -> None:
    with pytest.raises(InputError):
        unpack_performance(change(pack_performance(0.0, some_motion(3))))


def test_the_page_knows_the_same_types() -> None:
    generated = Path(__file__).parents[2] / "web" / "src" / "wire.ts"
    assert generated.read_text() == typescript(), "run: python -m digital_life.viewer.typescript > web/src/wire.ts"
