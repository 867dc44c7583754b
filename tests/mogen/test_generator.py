"""The generator with small untrained weights: what holds whatever the weights are."""

from pathlib import Path

import numpy as np
import pytest
import torch

from digital_life.errors import AssetError, InputError
from digital_life.mogen.autoencoder import AutoencoderSize, MotionAutoencoder
from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.network import MotionNetwork, NetworkSize
from digital_life.mogen.representation import encode
from digital_life.mogen.weights import load_weights, save_weights
from digital_life.momat.library import MotionLibrary
from digital_life.motion import quaternion as quat


@pytest.fixture(scope="module")
def weights_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    codec, network = MotionAutoencoder(AutoencoderSize(32, 64, 2, 8)), MotionNetwork(NetworkSize(32, 2, 2, 8))
    rows = encode(MotionLibrary.default()["walk_loop"].motion)
    codec.mean.copy_(torch.from_numpy(rows.mean(axis=0)))
    codec.scale[:] = 0.02
    path = tmp_path_factory.mktemp("weights") / "small.safetensors"
    save_weights(codec, network, path, {"trained_on": "nothing"})
    return path


@pytest.fixture(scope="module")
def generator(weights_file: Path) -> MotionGenerator:
    return MotionGenerator(weights_file)


@pytest.mark.parametrize("seconds", [0.5, 4.0, 10.0, 23.0])
def test_a_motion_has_the_length_that_was_asked_for(generator: MotionGenerator, seconds: float) -> None:
    motion = generator.generate("a person waves", seconds=seconds)
    assert len(motion) == round(seconds * 30 / 5) * 5
    assert np.isfinite(motion.rotations).all()


def test_the_seed_decides(generator: MotionGenerator) -> None:
    first, again = (generator.generate("a person waves", seed=3) for _ in range(2))
    other = generator.generate("a person waves", seed=4)
    np.testing.assert_array_equal(first.rotations, again.rotations)
    assert np.abs(first.rotations - other.rotations).max() > 1e-4


def test_a_continuation_begins_where_the_body_is(generator: MotionGenerator) -> None:
    before = MotionLibrary.default()["walk_loop"].motion
    motion = generator.generate("a person stops", before=before)
    assert np.linalg.norm(motion.translation[0] - before.translation[-1]) < 0.1
    turn = quat.to_axis_angle(quat.multiply(quat.conjugate(before.rotations[-1]), motion.rotations[0]))
    assert np.degrees(np.linalg.norm(turn[:22], axis=-1)).max() < 15.0


def test_known_tokens_are_kept(generator: MotionGenerator) -> None:
    pose = MotionLibrary.default()["sit_down"].motion
    end = pose.slice(len(pose) - 1, len(pose))
    assert len(generator.generate("a person sits down", target=end)) == 120


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "  "}, "no text"),
        ({"seconds": 0.0}, "0.0 seconds"),
        ({"seconds": 900.0}, "900.0 seconds"),
        ({"posture": "hovering"}, "unknown posture"),
        ({"steps": 0}, "0 steps"),
    ],
)
def test_what_cannot_be_made_is_refused(generator: MotionGenerator, options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        generator.generate(**{"text": "a person waves", **options})  # type: ignore[arg-type]


def test_a_long_text_is_cut_with_a_warning_and_strange_ones_move(generator: MotionGenerator) -> None:
    with pytest.warns(UserWarning, match="600 of 10000"):
        generator.generate("x" * 10_000, seconds=0.5)
    for text in ("用左手挥手", "🙂🙂", "Er winkt mit der linken Hand"):
        assert np.isfinite(generator.generate(text, seconds=0.5).translation).all()


def test_damaged_and_foreign_weights_are_refused(weights_file: Path, tmp_path: Path) -> None:
    content = weights_file.read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(content[: len(content) // 2])
    with pytest.raises(AssetError, match="damaged"):
        load_weights(tmp_path / "cut.safetensors")
    (tmp_path / "other.safetensors").write_bytes(content.replace(b'"version":"1"', b'"version":"9"'))
    with pytest.raises(AssetError, match="version '9'"):
        load_weights(tmp_path / "other.safetensors")
    with pytest.raises(AssetError, match="no weights"):
        load_weights(tmp_path / "missing.safetensors")


def test_weights_come_back_in_half_precision(weights_file: Path) -> None:
    weights = load_weights(weights_file)
    assert weights.card == {"trained_on": "nothing"}
    assert weights.codec.mean[3].item() == pytest.approx(0.93, abs=0.1)
    assert weights_file.stat().st_size < 2_000_000
