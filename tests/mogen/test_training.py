"""Training on a few clips of the shipped library: it runs, learns, packs, and goes on after a stop."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from click.testing import CliRunner
from PIL import Image

from digital_life.errors import InputError
from digital_life.llm.embedding import shared_embedder
from digital_life.mogen.autoencoder import AutoencoderSize, MotionAutoencoder
from digital_life.mogen.captions import CaptionRows, CaptionStates, all_captions
from digital_life.mogen.config import TrainingConfig, load_config
from digital_life.mogen.dataset import TrainingData, collect, mirror_rows
from digital_life.mogen.motion_losses import world_joints
from digital_life.mogen.pack_weights import pack
from digital_life.mogen.packed import load, save
from digital_life.mogen.representation import decode, encode
from digital_life.mogen.train import caption_embedder, main, trained_autoencoder
from digital_life.mogen.train_autoencoder import train_autoencoder
from digital_life.mogen.train_generator import Batches, train_generator
from digital_life.mogen.weights import load_weights, save_weights
from digital_life.momat.library import MotionLibrary
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import canonical_skeleton

CPU = torch.device("cpu")
IDS = ("wave_right", "nod_yes", "walk_loop", "sit_down")
SCHEDULE = {
    "steps": 40,
    "batch": 4,
    "frames": 30,
    "learning_rate": 1e-3,
    "warm_up": 5,
    "average": 0.5,
    "save_every": 10,
}


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return collect([MotionLibrary.default()[name] for name in IDS])


@pytest.fixture(scope="module")
def config_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shipped = yaml.safe_load(Path("configs/mogen.yaml").read_text())
    shipped["autoencoder"] |= {"frame": 32, "width": 64, "depth": 2, "latent": 8, "schedule": SCHEDULE}
    shipped["generator"] |= {"width": 32, "depth": 2, "heads": 2, "schedule": {**SCHEDULE, "frames": 60}}
    shipped["generator"] |= {"sheet_every": 20}
    path = tmp_path_factory.mktemp("config") / "small.yaml"
    path.write_text(yaml.safe_dump(shipped))
    return path


@pytest.fixture(scope="module")
def config(config_file: Path) -> TrainingConfig:
    return load_config(config_file)


def logged(folder: Path) -> list[dict[str, str]]:
    with (folder / "losses.csv").open() as file:
        return list(csv.DictReader(file))


def total(row: dict[str, str]) -> float:
    return sum(float(value) for name, value in row.items() if name not in ("step", "rate"))


def test_packed_data_come_back(data: TrainingData, tmp_path: Path) -> None:
    save(data, tmp_path / "small.npz")
    back = load(tmp_path / "small.npz")
    assert back.items == data.items
    np.testing.assert_allclose(back.rows[:, 3:], data.rows[:, 3:], atol=2e-3)
    joints = forward_kinematics(decode(data.rows).rotations, decode(data.rows).translation, canonical_skeleton())[0]
    again = forward_kinematics(decode(back.rows).rotations, decode(back.rows).translation, canonical_skeleton())[0]
    first = data.items[0].frames
    assert np.linalg.norm(joints[:first] - again[:first], axis=-1).max() < 0.005


def test_packed_data_bring_the_states_of_their_captions(data: TrainingData, tmp_path: Path) -> None:
    save(data, tmp_path / "texts.npz", embedder=shared_embedder())
    back = load(tmp_path / "texts.npz")
    texts = [item.captions[-1] for item in data.items]
    packed, packed_mask = CaptionRows(back.items, None, states=back.texts).take(texts)
    fresh, fresh_mask = CaptionRows(data.items, shared_embedder()).take(texts)
    torch.testing.assert_close(packed, fresh)
    assert torch.equal(packed_mask, fresh_mask)
    with pytest.raises(InputError, match="MiniLM"):
        CaptionRows(data.items, None)


def test_captions_that_came_without_states_are_embedded(data: TrainingData) -> None:
    whole = CaptionStates.of(all_captions(data.items), shared_embedder())
    assert caption_embedder(replace(data, texts=whole)) is None
    part = CaptionStates.of(sorted(all_captions(data.items))[1:], shared_embedder())
    assert caption_embedder(replace(data, texts=part)) is shared_embedder()


def test_packing_keeps_to_the_limit(data: TrainingData, tmp_path: Path) -> None:
    save(data, tmp_path / "all.npz")
    size = (tmp_path / "all.npz").stat().st_size / 1e6
    kept = save(data, tmp_path / "less.npz", largest=0.6 * size)
    assert (tmp_path / "less.npz").stat().st_size / 1e6 <= 0.6 * size
    assert 0 < len(kept.items) < len(data.items)
    back = load(tmp_path / "less.npz")
    first = data.items[[item.id for item in data.items].index(kept.items[0].id)]
    original = data.rows[first.start : first.start + first.frames, 3:]
    item = back.items[0]
    np.testing.assert_allclose(back.rows[item.start : item.start + item.frames, 3:], original, atol=2e-3)


def test_damaged_packed_data_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.npz").write_bytes(b"PK nothing")
    with pytest.raises(InputError, match="packed training data"):
        load(tmp_path / "bad.npz")


def test_mirrored_rows_are_the_rows_of_the_mirrored_clip() -> None:
    clip = MotionLibrary.default()["wave_right"]
    order, signs = mirror_rows()
    np.testing.assert_allclose(encode(clip.motion)[:, order] * signs, encode(clip.mirror().motion), atol=1e-5)


def test_joints_in_torch_are_those_of_the_decoded_motion(data: TrainingData) -> None:
    rows = data.rows[: data.items[0].frames]
    motion = decode(rows)
    expected, _ = forward_kinematics(motion.rotations, motion.translation, canonical_skeleton())
    joints = world_joints(torch.from_numpy(rows)[None].double())[0].numpy()
    np.testing.assert_allclose(joints, expected[:, :22], atol=1e-4)


def test_a_chunk_decodes_as_the_whole_does() -> None:
    torch.manual_seed(0)
    network = MotionAutoencoder(AutoencoderSize(32, 64, 2, 8)).eval()
    tokens = torch.randn(1, 24, 8)
    with torch.no_grad():
        whole, part = network.decode(tokens), network.decode(tokens[:, 6:])
    torch.testing.assert_close(whole[:, 60:], part[:, 30:], atol=1e-4, rtol=1e-4)


def test_training_learns_and_goes_on_after_a_stop(config: TrainingConfig, data: TrainingData, tmp_path: Path) -> None:
    train_autoencoder(_with_steps(config, 13), data, tmp_path, CPU)
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"] == 13
    train_autoencoder(config, data, tmp_path, CPU)
    rows = logged(tmp_path)
    assert int(rows[-1]["step"]) == 40
    assert total(rows[-1]) < total(rows[0])
    assert (tmp_path / "losses.png").is_file() or not _has_matplotlib()


def test_the_generator_learns_on_the_tokens(config: TrainingConfig, data: TrainingData, tmp_path: Path) -> None:
    codec = MotionAutoencoder(config.autoencoder.size)
    train_generator(config, data, codec, shared_embedder(), tmp_path, CPU)
    rows = logged(tmp_path)
    assert total(rows[-1]) < total(rows[0])
    with Image.open(tmp_path / "sheets" / "step-000020.png") as sheet:
        assert len(sheet.convert("L").getcolors() or []) > 10


def test_a_clip_is_never_shown_itself(config: TrainingConfig, data: TrainingData) -> None:
    codec = MotionAutoencoder(config.autoencoder.size)
    batches = Batches(config.generator, data, codec, shared_embedder(), CPU, mirror=0.5, seed=0)
    assert all(number not in near for number, near in enumerate(batches.near))


def test_a_checkpoint_of_another_network_is_refused(config: TrainingConfig, data: TrainingData, tmp_path: Path) -> None:
    train_autoencoder(config, data, tmp_path, CPU, seconds=0.0)
    other = config.model_copy(update={"autoencoder": config.autoencoder.model_copy(update={"width": 128})})
    with pytest.raises(InputError, match="another network"):
        train_autoencoder(other, data, tmp_path, CPU)


def test_the_command_trains_both_stages(config_file: Path, data: TrainingData, tmp_path: Path) -> None:
    marked = tuple(replace(item, split="train") for item in data.items)
    save(TrainingData(data.rows, marked), tmp_path / "small.npz", embedder=shared_embedder())
    arguments = ["--config", str(config_file), "--data", str(tmp_path / "small.npz"), "--out", str(tmp_path / "out")]
    short = CliRunner().invoke(main, [*arguments, "--seconds", "0.1"])
    assert "first of two stages" in short.output
    assert not (tmp_path / "out" / "generator").exists()
    result = CliRunner().invoke(main, [*arguments, "--seconds", "60"])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "generator" / "checkpoint.pt").is_file()


def test_a_training_begins_with_given_weights(
    config: TrainingConfig, config_file: Path, data: TrainingData, tmp_path: Path
) -> None:
    codec = train_autoencoder(config, data, tmp_path / "first" / "autoencoder", CPU)
    network = train_generator(config, data, codec, shared_embedder(), tmp_path / "first" / "generator", CPU)
    card = {"licence": "all", "steps": {"auto-encoder": 40, "generator": 40}}
    save_weights(codec, network, tmp_path / "begin.safetensors", card)
    marked = tuple(replace(item, split="train") for item in data.items)
    save(TrainingData(data.rows, marked), tmp_path / "small.npz", embedder=shared_embedder())
    options = {"config": config_file, "data": tmp_path / "small.npz", "start": tmp_path / "begin.safetensors"}
    arguments = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    arguments += ["--stage", "generator"]
    second = tmp_path / "second"
    result = CliRunner().invoke(main, [*arguments, "--out", str(second), "--licence", "all"])
    assert result.exit_code == 0, result.output
    assert not (second / "autoencoder").exists()
    assert total(logged(second / "generator")[0]) < total(logged(tmp_path / "first" / "generator")[0])
    whole = tmp_path / "whole.safetensors"
    assert pack(second, config_file, whole, {"licence": "all"}, start=tmp_path / "begin.safetensors")["generator"] == 80
    kept = load_weights(whole).codec.state_dict()
    assert all(torch.allclose(kept[name], value, atol=1e-2) for name, value in codec.state_dict().items())
    with pytest.raises(InputError, match="train this stage first"):
        pack(second, config_file, whole, {"licence": "all"})
    refused = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "third")])
    assert refused.exit_code != 0
    assert "motions of every licence" in refused.output


def test_the_generator_needs_a_trained_auto_encoder(config: TrainingConfig, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="train the auto-encoder first"):
        trained_autoencoder(config, tmp_path)


def _with_steps(config: TrainingConfig, steps: int) -> TrainingConfig:
    """The same training with another number of steps in all."""
    schedule = config.autoencoder.schedule.model_copy(update={"steps": steps})
    return config.model_copy(update={"autoencoder": config.autoencoder.model_copy(update={"schedule": schedule})})


def _has_matplotlib() -> bool:
    from importlib.util import find_spec

    return find_spec("matplotlib") is not None
