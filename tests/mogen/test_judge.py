"""The judge learns to tell a few clips apart by their words."""

from pathlib import Path

import torch

from digital_life.llm.embedding import shared_embedder
from digital_life.mogen.config import Schedule
from digital_life.mogen.dataset import collect
from digital_life.mogen.judge import Judge, JudgeSize, contrastive_loss
from digital_life.mogen.train_judge import train_judge
from digital_life.momat.library import MotionLibrary

IDS = ("wave_right", "nod_yes", "sit_down")


def test_padding_does_not_change_an_embedding() -> None:
    torch.manual_seed(0)
    judge = Judge(JudgeSize(32, 1, 2, 8)).eval()
    rows = torch.randn(1, 60, 320)
    longer = torch.cat([rows, torch.randn(1, 40, 320)], dim=1)
    with torch.no_grad():
        one, other = judge.motions(rows, torch.tensor([60])), judge.motions(longer, torch.tensor([60]))
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


def test_pairs_that_show_one_thing_are_no_negatives() -> None:
    rows = torch.nn.functional.normalize(torch.tensor([[1.0, 0.1], [1.0, 0.0]]), dim=-1)
    temperature = torch.tensor(2.0)
    apart = contrastive_loss(rows, rows, temperature, torch.eye(2, dtype=torch.bool))
    together = contrastive_loss(rows, rows, temperature, torch.ones(2, 2, dtype=torch.bool))
    assert together.item() < 1e-3 < apart.item()


def test_a_short_training_brings_motions_and_their_texts_together(tmp_path: Path) -> None:
    data = collect([MotionLibrary.default()[name] for name in IDS])
    schedule = Schedule(steps=100, batch=9, frames=60, learning_rate=1e-3, warm_up=3, average=0.5)
    judge = train_judge(data, shared_embedder(), tmp_path, torch.device("cpu"), schedule=schedule)
    loss = [float(line.split(",")[2]) for line in (tmp_path / "losses.csv").read_text().splitlines()[1:]]
    assert loss[-1] < 0.6 * loss[0]
    assert isinstance(judge, Judge)
