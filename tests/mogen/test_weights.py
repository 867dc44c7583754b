"""Weights that ship with the package, packing a training, and the network in ONNX Runtime."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from click.testing import CliRunner
from tiny_weights import tiny_weights

from digital_life.errors import AssetError, InputError
from digital_life.mogen.flow import Guidance
from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.onnx_export import export
from digital_life.mogen.onnx_network import OnnxNetwork
from digital_life.mogen.pack_weights import main
from digital_life.mogen.weights import default_weights, load_weights, save_weights
from digital_life.momat.library import MotionLibrary


def test_the_licence_decides_which_weights_are_used(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="no weights of the motion generator"):
        default_weights("all", tmp_path)
    (tmp_path / "generator-permissive.safetensors").touch()
    assert default_weights("all", tmp_path) == default_weights("permissive", tmp_path)
    (tmp_path / "generator-all.safetensors").touch()
    assert default_weights("all", tmp_path).name == "generator-all.safetensors"
    assert default_weights("permissive", tmp_path).name == "generator-permissive.safetensors"
    assert default_weights("default", tmp_path) == default_weights("permissive", tmp_path)
    assert MotionGenerator.default().weights.card["licence"] == "permissive"
    with pytest.raises(InputError, match="unknown licence setting 'none'"):
        default_weights("none", tmp_path)


def test_weights_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    weights = tiny_weights()
    weights.codec.leave.weight[0, 0, 0] = torch.nan
    path = tmp_path / "nan.safetensors"
    save_weights(weights.codec, weights.network, path, {})
    with pytest.raises(AssetError, match=r"codec.leave.weight holds values that are not finite"):
        load_weights(path)


def test_a_finished_training_is_packed_with_its_card(tmp_path: Path) -> None:
    weights = tiny_weights()
    shipped = yaml.safe_load(Path("configs/mogen.yaml").read_text())
    shipped["autoencoder"] |= {"frame": 32, "width": 64, "depth": 2, "latent": 8}
    shipped["generator"] |= {"width": 32, "depth": 2, "heads": 2}
    config, out = tmp_path / "small.yaml", tmp_path / "generator-permissive.safetensors"
    config.write_text(yaml.safe_dump(shipped))
    for name, network, step in (("autoencoder", weights.codec, 40), ("generator", weights.network, 70)):
        (tmp_path / name).mkdir()
        torch.save({"average": network.state_dict(), "step": step}, tmp_path / name / "checkpoint.pt")
    arguments = [str(tmp_path), "--config", str(config), "-o", str(out), "--licence", "permissive", "--hours", "1.5"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    back = load_weights(out)
    assert back.card == {"licence": "permissive", "hours": 1.5, "steps": {"auto-encoder": 40, "generator": 70}}
    one, other = (MotionGenerator(w).generate("a person waves", seconds=1) for w in (weights, back))
    np.testing.assert_allclose(one.rotations, other.rotations, atol=5e-3)
    (tmp_path / "generator" / "checkpoint.pt").unlink()
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert "train this stage first" in result.output


@pytest.mark.filterwarnings("ignore")
def test_onnx_gives_the_same_numbers_for_any_length(tmp_path: Path) -> None:
    weights = tiny_weights(listens=True)
    export(weights, tmp_path)
    network = OnnxNetwork(tmp_path, threads=1)
    shown = MotionGenerator(weights).generate("a person nods", seconds=3)
    for text, seconds, example in (("a person waves", 4.0, None), ("a person bows very low", 11.0, shown)):
        one, other = (
            each.generate(text, seconds=seconds, shown=example)
            for each in (MotionGenerator(weights), MotionGenerator(weights, network=network))
        )
        np.testing.assert_allclose(one.rotations, other.rotations, atol=1e-3)
        np.testing.assert_allclose(one.translation, other.translation, atol=1e-3)


@pytest.mark.parametrize("onnx", [False, True])
@pytest.mark.filterwarnings("ignore")
def test_how_tokens_are_normalised_changes_no_rows(tmp_path: Path, onnx: bool) -> None:
    shown = MotionLibrary.default()["wave_right"].motion
    rows = []
    for mean, scale in ((0.0, 1.0), (0.4, 3.0)):
        weights = tiny_weights()
        weights.network.token_mean.fill_(mean)
        weights.network.token_scale.fill_(scale)
        if onnx:
            export(weights, tmp_path)
        generator = MotionGenerator(weights, network=OnnxNetwork(tmp_path, threads=1) if onnx else None)
        rows.append(generator.rows(generator.tokens(shown)))
    np.testing.assert_allclose(*rows, atol=1e-4)


@pytest.mark.filterwarnings("ignore")
def test_the_network_is_exported_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DIGITAL_LIFE_CACHE", str(tmp_path))
    weights = tiny_weights(listens=True)
    OnnxNetwork.of(weights, threads=1)
    written = {made: made.stat().st_mtime_ns for made in tmp_path.rglob("*.onnx")}
    assert len(written) == 3
    network = OnnxNetwork.of(weights, threads=1)
    assert {made: made.stat().st_mtime_ns for made in tmp_path.rglob("*.onnx")} == written
    chunk = next(MotionGenerator(weights, network=network).stream("a person waves"))
    expected = next(MotionGenerator(weights).stream("a person waves"))
    np.testing.assert_allclose(chunk.rotations, expected.rotations, atol=1e-3)
    OnnxNetwork.of(tiny_weights(), threads=1)
    assert len(list(tmp_path.rglob("*.onnx"))) == 6


@pytest.mark.parametrize("guidance", [Guidance(text=1.0), Guidance(text=2.0, conditions=2.0)])
@pytest.mark.filterwarnings("ignore")
def test_onnx_gives_the_same_numbers_for_any_guidance(tmp_path: Path, guidance: Guidance) -> None:
    weights = tiny_weights(listens=True)
    export(weights, tmp_path)
    network = OnnxNetwork(tmp_path, threads=1)
    one, other = (
        each.generate("a person waves", seconds=1.0, guidance=guidance)
        for each in (MotionGenerator(weights), MotionGenerator(weights, network=network))
    )
    np.testing.assert_allclose(one.rotations, other.rotations, atol=1e-3)


def test_where_nothing_can_be_exported_torch_generates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mogen").write_text("no folder")
    monkeypatch.setenv("DIGITAL_LIFE_CACHE", str(tmp_path))
    path = tmp_path / "generator.safetensors"
    tiny = tiny_weights()
    save_weights(tiny.codec, tiny.network, path, {})
    monkeypatch.setattr("digital_life.mogen.generator.default_weights", lambda _licence: path)
    with pytest.warns(UserWarning, match="generated by torch"):
        generator = MotionGenerator.default()
    assert len(generator.generate("a person waves", seconds=0.5)) == 15


@pytest.mark.parametrize("part", ["read", "step", "decode"])
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_export_is_made_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, part: str) -> None:
    monkeypatch.setenv("DIGITAL_LIFE_CACHE", str(tmp_path))
    weights = tiny_weights(listens=True)
    OnnxNetwork.of(weights, threads=1)
    (made,) = tmp_path.rglob(f"{part}.onnx")
    made.write_bytes(b"cut")
    network = OnnxNetwork.of(weights, threads=1)
    assert len(MotionGenerator(weights, network=network).generate("a person waves", seconds=0.5)) == 15


@pytest.mark.filterwarnings("ignore")
def test_threads_generate_at_once_and_leave_their_numbers(tmp_path: Path) -> None:
    weights = tiny_weights(listens=True)
    export(weights, tmp_path)
    generator = MotionGenerator(weights, network=OnnxNetwork(tmp_path, threads=1))
    texts = [f"a person waves {number} times" for number in range(8)]
    alone = [generator.generate(text, seconds=1.0) for text in texts]
    before = torch.get_num_threads()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: generator.generate(text, seconds=1.0), texts))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one.rotations, other.rotations, atol=1e-4)
    assert torch.get_num_threads() == before


def test_a_missing_onnx_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"gone.read\.onnx"):
        OnnxNetwork(tmp_path / "gone")


def test_weights_say_how_strongly_texts_are_to_be_followed(tmp_path: Path) -> None:
    """The card's guidance is taken where none is given, and one that is given wins."""
    plain = tiny_weights(listens=True)
    path = tmp_path / "weights.safetensors"
    save_weights(plain.codec, plain.network, path, {"follow": {"text": 5.0}})
    strong = MotionGenerator(load_weights(path))

    def waving(generator: MotionGenerator, guidance: Guidance | None = None) -> np.ndarray:
        return generator.generate("a person waves", seconds=1.0, guidance=guidance).rotations

    np.testing.assert_array_equal(waving(strong), waving(strong, Guidance(text=5.0)))
    assert not np.allclose(waving(strong), waving(strong, Guidance()), atol=1e-4)
    save_weights(plain.codec, plain.network, path, {"follow": {"words": 5.0}})
    with pytest.raises(AssetError, match="words"):
        load_weights(path)
