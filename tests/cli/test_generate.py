"""``digital-life generate`` with small untrained weights: what it writes, and what it refuses."""

from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result
from PIL import Image

from digital_life.cli.generate import command
from digital_life.errors import AssetError, DigitalLifeError, InputError
from digital_life.mogen import weights as shipped
from digital_life.mogen.autoencoder import AutoencoderSize, MotionAutoencoder
from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.network import MotionNetwork, NetworkSize
from digital_life.mogen.representation import encode
from digital_life.mogen.weights import load_weights, save_weights
from digital_life.momat.library import MotionLibrary
from digital_life.motion.formats.read import read_motion
from digital_life.motion.motion import Motion


@pytest.fixture(scope="module")
def weights_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    codec, network = MotionAutoencoder(AutoencoderSize(32, 64, 2, 8)), MotionNetwork(NetworkSize(32, 2, 2, 8))
    codec.mean.copy_(torch.from_numpy(encode(MotionLibrary.default()["wave_right"].motion).mean(axis=0)))
    codec.scale[:] = 0.02
    path = tmp_path_factory.mktemp("weights") / "small.safetensors"
    save_weights(codec, network, path, {})
    return path


def run(weights: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--weights", str(weights)], catch_exceptions=True)


def said(result: Result) -> str:
    return f"{result.output}{result.exception}"


def moves(motion: Motion) -> bool:
    return bool(np.isfinite(motion.rotations).all() and np.abs(np.diff(motion.rotations, axis=0)).max() > 1e-5)


@pytest.mark.parametrize("suffix", ["npz", "bvh", "glb"])
def test_the_suffix_decides_the_format(weights_file: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / "new" / f"out.{suffix}"
    result = run(weights_file, "a person waves", "--seconds", "2", "--seed", "1", "-o", str(out))
    assert result.exit_code == 0, said(result)
    motion = read_motion(out)
    assert abs(len(motion) - 60) <= 1
    assert moves(motion)


def test_a_preview_is_drawn_and_the_shown_clip_is_named(weights_file: Path, tmp_path: Path) -> None:
    out, preview = tmp_path / "out.npz", tmp_path / "out.png"
    result = run(weights_file, "a person waves", "-o", str(out), "--preview", str(preview))
    assert result.exit_code == 0, said(result)
    assert "shown " in result.output
    assert Image.open(preview).width > 800
    assert read_motion(out).provenance["generated"] == "a person waves"


@pytest.mark.parametrize(("licence", "noted"), [("all", True), ("permissive", False)])
def test_a_motion_says_under_which_licence_its_weights_are(
    weights_file: Path, tmp_path: Path, licence: str, noted: bool
) -> None:
    weights, path, out = load_weights(weights_file), tmp_path / "weights.safetensors", tmp_path / "out.npz"
    save_weights(weights.codec, weights.network, path, {"licence": licence})
    result = run(path, "a person waves", "--seconds", "1", "--no-retrieval", "-o", str(out))
    assert result.exit_code == 0, said(result)
    assert read_motion(out).provenance["licence"] == licence
    assert ("non-commercial use only" in result.output) == noted
    chunk = next(iter(MotionGenerator(path).stream("a person waves")))
    assert chunk.provenance["licence"] == licence


def test_all_conditions_are_reached(weights_file: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    assert run(weights_file, "a person walks", "-o", str(first), "--seconds", "1", "--no-retrieval").exit_code == 0
    result = run(
        weights_file, "a person sits down", "-o", str(second), "--seconds", "3", "--before", str(first),
        "--target", str(first), "--shown", "sit_down", "--posture", "standing", "--posture-end", "seated",
        "--emotion", "7,6,5", "--style", "tired", "--no-fingers", "--steps", "2", "--follow-text", "3",
        "--follow-shown", "2", "--follow-conditions", "2",
    )  # fmt: skip
    assert result.exit_code == 0, said(result)
    before, after = read_motion(first), read_motion(second)
    assert np.linalg.norm(after.translation[0] - before.translation[-1]) < 0.1
    assert after.provenance["generated"] == "a person sits down tiredly"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["   "], "no text"),
        (["a person waves", "--seconds", "0"], "0.0 seconds"),
        (["a person waves", "--seconds", "601"], "601.0 seconds"),
        (["a person waves", "--seconds", "nan"], "nan seconds"),
        (["a person waves", "--style", "purple"], "unknown style 'purple'"),
        (["a person waves", "--emotion", "happy"], "three numbers"),
        (["a person waves", "--emotion", "5,5,50"], "three numbers"),
        (["a person waves", "--shown", "no_such_clip"], "no_such_clip"),
        (["a person waves", "--before", "missing.npz"], "missing.npz"),
    ],
)
def test_what_cannot_be_made_is_refused(weights_file: Path, tmp_path: Path, arguments: list[str], message: str) -> None:
    out = tmp_path / "out.npz"
    result = run(weights_file, *arguments, "-o", str(out))
    assert isinstance(result.exception, DigitalLifeError), said(result)
    assert message in said(result)
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("walk " * 2000, "only the first 600 of 9999 characters"),
        ("🙂🙂🙂", "there are no words"),
        ("Er winkt mit der linken Hand", "describe motions in English or Chinese"),
        ("пожалуйста помаши рукой", "describe motions in English or Chinese"),
        ("用左手挥手", ""),
        ("a person waves 👋", ""),
    ],
)
def test_strange_texts_move_with_a_warning(weights_file: Path, tmp_path: Path, text: str, warning: str) -> None:
    out = tmp_path / "out.npz"
    result = run(weights_file, text, "-o", str(out), "--seconds", "1")
    assert result.exit_code == 0, said(result)
    assert moves(read_motion(out))
    assert warning in result.output
    assert ("Warning" in result.output) == bool(warning)


def test_ten_minutes_are_made_by_continuation(weights_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "long.npz"
    result = run(weights_file, "a person walks", "-o", str(out), "--seconds", "600", "--steps", "1", "--no-retrieval")
    assert result.exit_code == 0, said(result)
    motion = read_motion(out)
    assert len(motion) == 18_000
    assert moves(motion.slice(17_900, 18_000))


def test_an_unknown_format_and_an_existing_file_are_refused(weights_file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no motion format"):
        command.main(["a", "-o", str(tmp_path / "out.doc"), "--weights", str(weights_file)], standalone_mode=False)
    (tmp_path / "out.npz").touch()
    with pytest.raises(DigitalLifeError, match=r"out.npz"):
        command.main(["a", "-o", str(tmp_path / "out.npz"), "--weights", str(weights_file)], standalone_mode=False)


def test_damaged_and_missing_weights_are_named(
    weights_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / "cut.safetensors"
    damaged.write_bytes(weights_file.read_bytes()[:2000])
    assert "damaged" in said(run(damaged, "a person waves", "-o", str(tmp_path / "out.npz")))
    monkeypatch.setattr(shipped.default_weights, "__defaults__", ("all", tmp_path))
    with pytest.raises(AssetError, match="no weights of the motion generator"):
        command.main(["a person waves", "-o", str(tmp_path / "out.npz")], standalone_mode=False)
