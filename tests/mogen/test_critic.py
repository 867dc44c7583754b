"""The critic, and judges on disk."""

from pathlib import Path

import numpy as np
import pytest
import torch

from digital_life.errors import AssetError
from digital_life.mogen.critic import Critic
from digital_life.mogen.judge import Judge, JudgeSize, load_judge, save_judge
from digital_life.mogen.representation import encode
from digital_life.momat.library import Licences, MotionLibrary

SMALL = JudgeSize(width=32, depth=1, heads=2, embedding=8)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    save_judge(Judge(SMALL), tmp_path / "judge.safetensors", {"licence": "all"})
    return tmp_path / "judge.safetensors"


def test_a_judge_comes_back_from_disk(file: Path) -> None:
    torch.manual_seed(0)
    fresh, back = Judge(SMALL).eval(), load_judge(file)
    rows = [encode(MotionLibrary.default()[name].motion) for name in ("wave_right", "nod_yes")]
    np.testing.assert_allclose(back.embed_rows(rows), fresh.embed_rows(rows), atol=2e-3)


@pytest.mark.parametrize("damage", ["missing", "cut", "other version", "other size"])
def test_what_is_no_judge_is_refused(file: Path, damage: str) -> None:
    data = file.read_bytes()
    if damage == "missing":
        file.unlink()
    elif damage == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif damage == "other version":
        file.write_bytes(data.replace(b'"version":"1"', b'"version":"9"'))
    else:
        file.write_bytes(data.replace(b'\\"width\\": 32', b'\\"width\\": 64'))
    with pytest.raises(AssetError) as refused:
        load_judge(file)
    assert str(file) in str(refused.value)


def test_embeddings_are_unit_rows_and_scores_their_cosines(file: Path) -> None:
    critic = Critic.open(file)
    motions = [MotionLibrary.default()[name].motion for name in ("wave_right", "nod_yes", "walk_loop")]
    embedded, texts = critic.embed_motions(motions), critic.embed_texts(["a person waves", "a person nods"])
    np.testing.assert_allclose(np.linalg.norm([*embedded, *texts], axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(critic.score("a person nods", motions), embedded @ texts[1], atol=1e-5)
    np.testing.assert_allclose(critic.embed_motions(motions[1:2]), embedded[1:2], atol=1e-5)
    assert critic.embed_motions([]).shape == (0, 8)
    assert critic.embed_texts([]).shape == (0, 8)


def test_a_critic_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="critic-mine"):
        Critic.open(tmp_path / "critic-mine.safetensors")


@pytest.mark.parametrize("licence", ["all", "permissive"])
def test_the_shipped_critics_know_what_they_see(licence: Licences) -> None:
    """Clips that they never saw, of another hand: the authored clips were drawn from no recording."""
    acts = {"wave_right": "a person waves with the right hand", "walk_loop": "a person walks forward",
            "sit_down": "a person sits down", "nod_yes": "a person nods"}  # fmt: skip
    motions = [MotionLibrary.default()[name].motion for name in acts]
    scores = np.stack([Critic.default(licence).score(text, motions) for text in acts.values()])
    assert (scores.argmax(axis=0) == np.arange(4)).sum() >= 3
