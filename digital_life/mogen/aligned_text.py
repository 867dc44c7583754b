"""What a text means among motions, told to the generator beside its words.

MiniLM's states know words that mean the same; which texts ask for like movements they were never told. A critic's text encoder
was (:mod:`digital_life.mogen.judge`): where it puts a text among motions goes before the generator as one more word.
(Motion-aligned text as a condition: after TMR, Petrovich et al. 2023.)
"""

from __future__ import annotations

import filecmp
import json
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn

from digital_life.errors import AssetError, InputError
from digital_life.mogen.judge import TEXT, Judge, JudgeSize, TextEncoder, judge_card, load_judge
from digital_life.mogen.tensor_file import MEND, read_tensors, write_tensors

LOUDNESS = 0.5
"""Size of a number of the added word: about that of a number in MiniLM's states."""
FORMAT = "digital-life-text-half"
VERSION = "1"
_JUDGE = Path(__file__).parent / "weights" / "judge.safetensors"


@torch.no_grad()
def with_place(encoder: TextEncoder, states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """States [B, W, 384] of words and ``mask`` [B, W] with one word more, where ``encoder`` puts the text: [B, W + 1, 384]."""
    place = encoder.texts(states, mask)
    size = place.shape[1]
    word = nn.functional.pad(place * (LOUDNESS * size**0.5), (0, states.shape[2] - size))
    return torch.cat([states, word[:, None]], 1), torch.cat([mask, torch.ones_like(mask[:, :1])], 1)


def text_half(judge: Judge) -> TextEncoder:
    """The encoder of texts of a critic, on its own."""
    encoder = TextEncoder(judge.size)
    own = encoder.state_dict()
    encoder.load_state_dict({name: value for name, value in judge.state_dict().items() if name in own})
    return encoder.eval().requires_grad_(False)


def fitting_size(size: JudgeSize) -> JudgeSize:
    """``size``, whose embeddings fit into a word.

    Raises:
        ValueError: they are too wide.
    """
    if size.embedding > TEXT:
        raise ValueError(f"embeddings of {size.embedding} numbers do not fit into words of {TEXT}")
    return size


def critic_reader(path: Path, licence: str) -> TextEncoder:
    """The half that reads of the critic in ``path``, for a training on motions of a ``licence`` ("permissive" or "all").

    Raises:
        AssetError: the file is missing, damaged or of another version.
        InputError: it is the judge that measures, its embeddings are too wide, or it learnt from motions that a permissive
            training may not use.
    """
    critic = load_judge(path)
    if _JUDGE.is_file() and filecmp.cmp(path, _JUDGE, shallow=False):
        raise InputError(
            f"{path} is the judge that measures", "train a critic (python -m digital_life.mogen.train_judge)"
        )
    if licence == "permissive" and judge_card(path).get("licence") != "permissive":
        raise InputError(f"{path} was trained on motions of every licence", "train a critic with --licence permissive")
    try:
        fitting_size(critic.size)
    except ValueError as error:
        raise InputError(f"{path}: {error}", "train a critic with smaller embeddings") from error
    return text_half(critic)


def save_reader(encoder: TextEncoder, path: Path, licence: str) -> None:
    """Write what a training on motions of a ``licence`` is told its texts by.

    Raises:
        StorageError: the file cannot be written.
    """
    header = {"format": FORMAT, "version": VERSION, "size": json.dumps(asdict(encoder.size)), "licence": licence}
    write_tensors(path, encoder.state_dict(), header)


def load_reader(path: Path) -> tuple[TextEncoder, str]:
    """What :func:`save_reader` wrote, and its licence.

    Raises:
        AssetError: the file is missing, damaged or of another version.
    """
    tensors, header = read_tensors(path, FORMAT, VERSION)
    try:
        encoder = TextEncoder(fitting_size(JudgeSize(**json.loads(header["size"]))))
        encoder.load_state_dict(tensors)
        return encoder.eval().requires_grad_(False), header["licence"]
    except (KeyError, TypeError, ValueError, RuntimeError, AssertionError) as error:
        raise AssetError(f"{path}: the weights do not fit their own header ({error})", MEND) from error


def same_reader(one: TextEncoder, other: TextEncoder) -> bool:
    """Whether both put every text at the same place, to half precision."""
    if one.size != other.size:
        return False
    mine, theirs = one.state_dict(), other.state_dict()
    return all(torch.equal(mine[name].half(), theirs[name].half()) for name in mine)
