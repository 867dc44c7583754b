"""Motion-aligned text: where a critic's text encoder puts a text among motions, told to the generator beside its words.

MiniLM's states know words that mean the same; which texts ask for like movements they were never told. A critic's text encoder
was (:mod:`digital_life.mogen.judge`; a motion-aligned text embedding as in TMR, Petrovich et al. 2023): its embedding goes before
the generator as one more word. An *aligner* is that encoder on its own; it stays with a training and goes into its weights.
"""

from __future__ import annotations

import filecmp
import json
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn

from digital_life.errors import AssetError, InputError
from digital_life.mogen.judge import TEXT, JudgeSize, TextEncoder, judge_card, load_judge
from digital_life.mogen.tensor_file import MEND, read_tensors, write_tensors

SCALE = 0.5
"""Size of a number of the added word: about that of a number in MiniLM's states."""
ALIGNER = "aligner.safetensors"
"""In the folder of a generator's training: what it is told its texts by."""
FORMAT = "digital-life-aligner"
VERSION = "1"
_JUDGE = Path(__file__).parent / "weights" / "judge.safetensors"


@torch.no_grad()
def with_embedding(aligner: TextEncoder, states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """States [B, W, 384] of words and ``mask`` [B, W] with one word more, the embedding of the text: [B, W + 1, 384]."""
    embedding = aligner.texts(states, mask)
    size = embedding.shape[1]
    word = nn.functional.pad(embedding * (SCALE * size**0.5), (0, states.shape[2] - size))
    return torch.cat([states, word[:, None]], 1), torch.cat([mask, torch.ones_like(mask[:, :1])], 1)


def new_aligner(size: JudgeSize) -> TextEncoder:
    """An untrained aligner.

    Raises:
        ValueError: its embeddings do not fit into a word.
    """
    if size.embedding > TEXT:
        raise ValueError(f"embeddings of {size.embedding} numbers do not fit into words of {TEXT}")
    return TextEncoder(size)


def critic_aligner(path: Path, licence: str) -> TextEncoder:
    """The text encoder of the critic in ``path``, for a training on motions of a ``licence`` ("permissive" or "all").

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
        aligner = new_aligner(critic.size)
    except ValueError as error:
        raise InputError(f"{path}: {error}", "train a critic with smaller embeddings") from error
    own = aligner.state_dict()
    aligner.load_state_dict({name: value for name, value in critic.state_dict().items() if name in own})
    return aligner.eval().requires_grad_(False)


def kept_aligner(folder: Path, given: TextEncoder | None, licence: str) -> TextEncoder | None:
    """What the generator's training in ``folder`` is told its texts by: what it began with; a new one keeps what is ``given``.

    Raises:
        AssetError: what it keeps is damaged.
        InputError: it began with another one, or with none.
        StorageError: it cannot be written.
    """
    path = folder / ALIGNER
    if path.is_file():
        kept, _ = _load(path)
        if given is not None and not _same(kept, given):
            raise InputError(f"{folder} was begun with another --critic", "train into another --out, with --start")
        return kept
    if given is not None and (folder / "checkpoint.pt").is_file():
        raise InputError(f"{folder} was begun without --critic", "train into another --out, with --start")
    if given is not None:
        folder.mkdir(parents=True, exist_ok=True)
        save_aligner(given, path, licence)
    return given


def trained_aligner(folder: Path) -> tuple[TextEncoder | None, str]:
    """What the generator's training in ``folder`` was told its texts by, if it was, and the licence of that training.

    Raises:
        AssetError: it is damaged.
    """
    path = folder / ALIGNER
    return _load(path) if path.is_file() else (None, "")


def save_aligner(aligner: TextEncoder, path: Path, licence: str) -> None:
    """Write the aligner of a training on motions of a ``licence``.

    Raises:
        StorageError: the file cannot be written.
    """
    header = {"format": FORMAT, "version": VERSION, "size": json.dumps(asdict(aligner.size)), "licence": licence}
    write_tensors(path, aligner.state_dict(), header)


def _load(path: Path) -> tuple[TextEncoder, str]:
    tensors, header = read_tensors(path, FORMAT, VERSION)
    try:
        aligner = new_aligner(JudgeSize(**json.loads(header["size"])))
        aligner.load_state_dict(tensors)
        return aligner.eval().requires_grad_(False), header["licence"]
    except (KeyError, TypeError, ValueError, RuntimeError, AssertionError) as error:
        raise AssetError(f"{path}: the weights do not fit their own header ({error})", MEND) from error


def _same(one: TextEncoder, other: TextEncoder) -> bool:
    """Whether both embed every text alike, to the half precision of files."""
    mine, theirs = one.state_dict(), other.state_dict()
    return one.size == other.size and all(torch.equal(mine[name].half(), theirs[name].half()) for name in mine)
