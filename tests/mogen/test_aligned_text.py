"""The generator is told where a critic puts a text among motions: in training, in the file of weights, and when it makes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from click.testing import CliRunner
from safetensors import safe_open
from tiny_weights import tiny_weights

from digital_life.errors import AssetError, InputError
from digital_life.llm.embedding import shared_embedder
from digital_life.mogen.aligned_text import ALIGNER, critic_aligner, new_aligner, save_aligner, with_embedding
from digital_life.mogen.captions import CaptionRows
from digital_life.mogen.dataset import collect
from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.judge import Judge, JudgeSize, TextEncoder, load_judge, save_judge
from digital_life.mogen.pack_weights import main as pack
from digital_life.mogen.packed import save
from digital_life.mogen.train import main as train
from digital_life.mogen.weights import FOLDER, Weights, load_weights, save_weights
from digital_life.momat.library import MotionLibrary

SCHEDULE = {
    "steps": 20,
    "batch": 4,
    "frames": 60,
    "learning_rate": 1e-3,
    "warm_up": 2,
    "average": 0.5,
    "save_every": 10,
}
SIZE = JudgeSize(32, 1, 1, 2, 16)


def critic(seed: int = 0) -> Judge:
    torch.manual_seed(seed)
    return Judge(SIZE).eval()


def aligner(seed: int = 0) -> TextEncoder:
    torch.manual_seed(seed)
    return new_aligner(SIZE).eval().requires_grad_(False)


def small(name: str, folder: Path) -> Path:
    """A shipped config with the tiny weights' sizes and a short training."""
    shipped = yaml.safe_load(Path(f"configs/{name}.yaml").read_text())
    shipped["autoencoder"] |= {"frame": 32, "width": 64, "depth": 2, "latent": 8, "schedule": SCHEDULE}
    shipped["generator"] |= {"width": 32, "depth": 2, "heads": 2, "schedule": SCHEDULE, "sheet_every": 10}
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(shipped))
    return path


def listening(weights: Weights) -> Weights:
    """Weights whose network hears all that it is told of a text."""
    for block in weights.network.blocks:
        torch.nn.init.normal_(block.modulation, std=0.5)
    return weights


def test_an_aligner_embeds_as_its_critic_does() -> None:
    path = FOLDER / "critic-permissive.safetensors"
    judge, own = load_judge(path), critic_aligner(path, "permissive")
    states, mask = torch.randn(2, 5, 384), torch.ones(2, 5, dtype=torch.bool)
    mask[1, 3:] = False
    torch.testing.assert_close(own.texts(states, mask), judge.texts(states, mask))
    longer, seen = with_embedding(own, states, mask)
    torch.testing.assert_close(longer[:, :5], states)
    assert longer.shape == (2, 6, 384) and seen[:, 5].all() and torch.equal(seen[:, :5], mask)
    one, other = longer[:, 5]
    assert not torch.allclose(one, other) and 0.1 < one[:128].std() < 1.0 and not one[128:].any()


def test_captions_come_with_their_embedding() -> None:
    items = collect([MotionLibrary.default()[name] for name in ("wave_right", "nod_yes")]).items
    texts, half = [item.captions[0] for item in items], aligner()
    plain, mask = CaptionRows(items, shared_embedder()).take(texts)
    both, _ = CaptionRows(items, shared_embedder(), aligner=half).take(texts)
    torch.testing.assert_close(both, with_embedding(half, plain, mask)[0])


def test_weights_bring_their_aligner(tmp_path: Path) -> None:
    plain, path = listening(tiny_weights(listens=True)), tmp_path / "told.safetensors"
    save_weights(plain.codec, plain.network, path, {"licence": "permissive"}, aligner())
    back = load_weights(path)
    generator = MotionGenerator(back, shared_embedder())
    words = MotionGenerator(plain, shared_embedder()).words("a person waves")
    torch.testing.assert_close(generator.words("a person waves")[:, :-1], words)
    assert generator.words("a person waves").shape[1] == words.shape[1] + 1
    made = generator.generate("a person waves", seconds=1.0)
    other = MotionGenerator(replace(back, aligner=aligner(1)), shared_embedder())
    again = MotionGenerator(load_weights(path), shared_embedder()).generate("a person waves", seconds=1.0)
    np.testing.assert_array_equal(made.rotations, again.rotations)
    assert not np.array_equal(made.rotations, other.generate("a person waves", seconds=1.0).rotations)


def test_a_damaged_aligner_is_refused(tmp_path: Path) -> None:
    weights, half, path = tiny_weights(), aligner(), tmp_path / "nan.safetensors"
    half.words.weight[0, 0] = torch.nan
    save_weights(weights.codec, weights.network, path, {}, half)
    with pytest.raises(AssetError, match=r"aligner.words.weight holds values that are not finite"):
        load_weights(path)


def test_weights_that_are_told_have_a_version_of_their_own(tmp_path: Path) -> None:
    weights = tiny_weights()
    for name, half, version in (("plain", None, "1"), ("told", aligner(), "2")):
        save_weights(weights.codec, weights.network, tmp_path / name, {}, half)
        with safe_open(tmp_path / name, "pt") as file:
            assert file.metadata()["version"] == version


def test_critics_that_must_not_tell_anything_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "critic.safetensors"
    save_judge(Judge(JudgeSize(32, 1, 1, 2, 400)), path, {"licence": "all"})
    with pytest.raises(InputError, match="embeddings of 400 numbers"):
        critic_aligner(path, "all")
    with pytest.raises(InputError, match="motions of every licence"):
        critic_aligner(path, "permissive")
    with pytest.raises(InputError, match="the judge that measures"):
        critic_aligner(FOLDER / "judge.safetensors", "all")


def test_a_training_is_told_and_packed_with_its_critic(tmp_path: Path) -> None:
    config, data = small("mogen", tmp_path), tmp_path / "data.npz"
    clips = collect([replace(MotionLibrary.default()[name], split="train") for name in ("wave_right", "nod_yes")])
    save(clips, data, embedder=shared_embedder())
    own, foreign = tmp_path / "critic.safetensors", tmp_path / "foreign.safetensors"
    save_judge(critic(), own, {"licence": "permissive"})
    save_judge(critic(), foreign, {"licence": "all"})

    def ran(command: object, *arguments: str | Path) -> str:
        result = CliRunner().invoke(command, [str(argument) for argument in arguments])
        return "" if result.exit_code == 0 else result.output

    common = ("--config", config, "--data", data)
    assert "motions of every licence" in ran(train, *common, "--out", tmp_path / "none", "--critic", foreign)
    told, untold, first = tmp_path / "told", tmp_path / "untold", tmp_path / "first.safetensors"
    assert not ran(train, *common, "--out", told, "--critic", own)
    assert not ran(train, *common, "--out", untold)
    losses = [(run / "generator" / "losses.csv").read_text() for run in (told, untold)]
    assert losses[0] != losses[1], "what it is told has an effect"
    packing = ("--config", config, "--licence", "permissive")
    assert not ran(pack, told, *packing, "-o", first)
    packed = load_weights(first).aligner
    assert packed is not None and torch.equal(packed.words.weight, critic().words.weight.half().float())
    # The same command goes on being told, with the critic or without it, but by no other one.
    assert not ran(train, *common, "--out", told)
    save_judge(critic(1), own, {"licence": "permissive"})
    assert "begun with another --critic" in ran(train, *common, "--out", told, "--critic", own)
    assert "begun without --critic" in ran(train, *common, "--out", untold, "--critic", own)
    # A training that goes on from these weights goes on being told.
    more, second = tmp_path / "more", tmp_path / "second.safetensors"
    assert not ran(train, *common, "--out", more, "--stage", "generator", "--start", first)
    assert not ran(pack, more, *packing, "-o", second, "--start", first)
    kept = load_weights(second).aligner
    assert kept is not None and torch.equal(kept.words.weight, packed.words.weight)


def test_nothing_is_packed_as_permissive_that_is_not(tmp_path: Path) -> None:
    weights, config = tiny_weights(), small("mogen", tmp_path)
    for name, network in (("autoencoder", weights.codec), ("generator", weights.network)):
        (tmp_path / name).mkdir()
        torch.save({"average": network.state_dict(), "step": 1}, tmp_path / name / "checkpoint.pt")
    save_aligner(aligner(), tmp_path / "generator" / ALIGNER, "all")
    begin = tmp_path / "begin.safetensors"
    save_weights(weights.codec, weights.network, begin, {"licence": "all"})
    out = tmp_path / "out.safetensors"
    packing = [str(tmp_path), "--config", str(config), "-o", str(out), "--licence"]
    for arguments in ([*packing, "permissive"], [*packing, "permissive", "--start", str(begin)]):
        refused = CliRunner().invoke(pack, arguments)
        assert refused.exit_code != 0 and "every licence" in refused.output
    assert CliRunner().invoke(pack, [*packing, "all"]).exit_code == 0
    assert load_weights(out).aligner is not None


def test_a_distillation_is_told_what_its_teacher_is_told(tmp_path: Path) -> None:
    config, data, own = small("mogen-distil", tmp_path), tmp_path / "data.npz", tmp_path / "critic.safetensors"
    save(collect([replace(MotionLibrary.default()["nod_yes"], split="train")]), data)
    save_judge(critic(), own, {"licence": "permissive"})
    weights, begin = tiny_weights(), tmp_path / "begin.safetensors"
    save_weights(weights.codec, weights.network, begin, {"licence": "permissive"})
    options = {"config": config, "data": data, "critic": own, "start": begin, "stage": "generator"}
    arguments = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    refused = CliRunner().invoke(train, [*arguments, "--out", str(tmp_path / "run")])
    assert refused.exit_code != 0 and "leave --critic out" in refused.output
