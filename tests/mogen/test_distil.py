"""Distillation on a small network: the student does in one unguided pass what the teacher does in two guided ones."""

from copy import deepcopy
from pathlib import Path

import pytest
import torch
import yaml

from digital_life.errors import InputError
from digital_life.llm.embedding import shared_embedder
from digital_life.mogen.autoencoder import MotionAutoencoder
from digital_life.mogen.conditions import Conditions
from digital_life.mogen.config import TrainingConfig
from digital_life.mogen.dataset import collect
from digital_life.mogen.distil import distil_loss
from digital_life.mogen.flow import Guidance, sample
from digital_life.mogen.network import TEXT, Context, MotionNetwork, NetworkSize
from digital_life.mogen.train_generator import train_generator
from digital_life.momat.library import MotionLibrary

UNGUIDED = Guidance(text=1.0, sample=1.0, conditions=1.0)


def context(clean: torch.Tensor) -> Context:
    batch, tokens, _ = clean.shape
    known = torch.zeros(batch, tokens, 1)
    known[:, :1] = 1.0
    return Context(
        text=torch.randn(batch, 3, TEXT),
        text_mask=torch.ones(batch, 3, dtype=torch.bool),
        sample=torch.zeros(batch, 1, clean.shape[2]),
        sample_mask=torch.zeros(batch, 1, dtype=torch.bool),
        known=clean,
        known_mask=known,
        conditions=torch.from_numpy(Conditions(1.0).row())[None].expand(batch, -1),
        mask=torch.ones(batch, tokens, dtype=torch.bool),
    )


def test_one_pass_becomes_like_two_guided_ones() -> None:
    torch.manual_seed(0)
    teacher = MotionNetwork(NetworkSize(32, 2, 2, 4))
    for parameter in teacher.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    teacher.eval().requires_grad_(False)
    student = deepcopy(teacher).requires_grad_(True)
    clean = torch.randn(64, 6, 4)
    asked, noise = context(clean), torch.randn(64, 6, 4)
    wanted = sample(teacher, asked, noise, steps=2, guidance=Guidance(text=2.5))

    def apart() -> float:
        return float((sample(student, asked, noise, steps=1, guidance=UNGUIDED) - wanted).square().mean())

    before, optimiser = apart(), torch.optim.Adam(student.parameters(), 2e-3)
    for _ in range(120):
        optimiser.zero_grad()
        distil_loss(student, teacher, clean, asked, passes=1, guidance=Guidance(text=2.5)).backward()
        optimiser.step()
    assert apart() < 0.3 * before


def test_a_teacher_has_the_loss_nought_where_it_does_as_much_in_one_pass() -> None:
    """A network that says the same of everything goes there in any number of passes."""
    network = MotionNetwork(NetworkSize(32, 2, 2, 4)).requires_grad_(False)
    network.leave.weight.zero_()
    network.leave.bias.copy_(torch.arange(4.0))
    clean = torch.randn(8, 5, 4)
    assert float(distil_loss(network, network, clean, context(clean), passes=3, guidance=Guidance())) < 1e-8


def test_a_config_distils_only_what_a_training_begins_with(tmp_path: Path) -> None:
    shipped = yaml.safe_load(Path("configs/mogen-distil.yaml").read_text())
    shipped["autoencoder"] |= {"frame": 32, "width": 64, "depth": 2, "latent": 8}
    shipped["generator"] |= {"width": 32, "depth": 2, "heads": 2}
    shipped["generator"]["schedule"] |= {"steps": 20, "frames": 60, "batch": 4, "save_every": 20}
    config = TrainingConfig.model_validate(shipped)
    data = collect([MotionLibrary.default()[name] for name in ("wave_right", "nod_yes")])
    codec, cpu = MotionAutoencoder(config.autoencoder.size), torch.device("cpu")
    with pytest.raises(InputError, match="nothing to distil"):
        train_generator(config, data, codec, shared_embedder(), tmp_path / "none", cpu)
    start = MotionNetwork(config.generator.size(8))
    made = train_generator(config, data, codec, shared_embedder(), tmp_path / "made", cpu, start=start)
    assert "distil" in (tmp_path / "made" / "losses.csv").read_text().splitlines()[0]
    assert any(not torch.equal(a, b) for a, b in zip(made.parameters(), start.parameters(), strict=True))
