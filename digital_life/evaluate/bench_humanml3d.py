"""HumanML3D's protocol (Guo et al. 2022) on a user's own copy of the data set.

Its test split, its 263 features, its lengths and captions, R-precision among 32, FID of generated against real motions,
MM-Dist, Diversity and MultiModality, twenty times. What differs: distances are taken in the space of our judge, for the
data set's own evaluator is not ours to ship, so figures compare rows of this table with each other and not with papers;
one thousand motions at most are drawn from the test split; and all bodies are brought to our skeleton's proportions.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.evaluate.bench_mogen import embedded_texts, field_measures, measuring_judge
from digital_life.evaluate.measuring import PACK_VARIABLE
from digital_life.evaluate.table import Table
from digital_life.mogen.annotations import captions_by_part
from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.representation import encode
from digital_life.motion.formats import humanml3d as features
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.resample import resample

Rows = NDArray[np.float32]

SHORTEST, LONGEST = 40, 200
"""Frames (at 20 per second) of the motions that the protocol takes, the longest exclusive."""
PROMPTS = 1000
TAKES = 3
MEASURES = ("R@1", "R@2", "R@3", "R@3 unlike", "FID", "MM-Dist", "Diversity", "MultiModality")


@dataclass(frozen=True)
class Sample:
    """Features [T, 263] of one motion or part of one, and what is said of it."""

    rows: Rows
    captions: tuple[str, ...]


def humanml3d() -> Table:
    """Real and generated motions of the test split of the HumanML3D folder that ``--pack`` names.

    Raises:
        InputError: no folder is named, or it does not hold the data set.
        AssetError: the weights of the judge or of the generator are not installed.
    """
    from rich.console import Console
    from rich.progress import Progress

    samples = drawn(read_test_split(_folder()))
    judge, generator = measuring_judge(), MotionGenerator.default()
    rng = np.random.default_rng(0)
    texts = [sample.captions[int(rng.integers(len(sample.captions)))] for sample in samples]
    real = [judged(sample.rows) for sample in samples]
    made: list[list[Rows]] = [[] for _ in range(TAKES)]
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Generating", total=TAKES * len(samples))
        for take in range(TAKES):
            for sample, text in zip(samples, texts, strict=True):
                motion = generator.generate(text, seconds=len(sample.rows) / features.FEATURE_FPS, seed=take)
                made[take].append(judged(features.encode(motion)))
                progress.advance(task)
    words, reference = embedded_texts(judge, texts), judge.embed_rows(real)
    shown = np.unique(texts, return_inverse=True)[1]
    columns = [
        field_measures(np.stack([judge.embed_rows(take) for take in takes]), words, reference, shown)
        for takes in ([real], made)
    ]
    rows = [
        [name, *("-" if value is None else str(value) for value in values)]
        for name, *values in zip(MEASURES, *columns, strict=True)
    ]
    return Table(("HumanML3D, test split", "real", "generated"), rows, _notes(len(samples)))


def _folder() -> Path:
    named = os.environ.get(PACK_VARIABLE)
    if not named or not (Path(named) / "new_joint_vecs").is_dir() or not (Path(named) / "test.txt").is_file():
        raise InputError(
            f"{named or 'no folder'}: not HumanML3D",
            "digital-life bench humanml3d --pack DIR, where DIR holds new_joint_vecs/, texts/ and test.txt",
        )
    return Path(named)


def read_test_split(folder: Path) -> Iterator[Sample]:
    """Motions of the test split and their described parts, of the lengths that the protocol takes.

    Raises:
        InputError: a file is damaged.
    """
    for name in (folder / "test.txt").read_text(encoding="utf-8").split():
        motion, words = folder / "new_joint_vecs" / f"{name}.npy", folder / "texts" / f"{name}.txt"
        if not (motion.is_file() and words.is_file()):
            continue
        try:
            rows = np.load(motion, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise InputError(f"{motion}: not readable ({error})", "make the features again") from error
        for (begin, end), captions in captions_by_part(words).items():
            first = round(begin * features.FEATURE_FPS)
            part = rows[first : None if end is None else round(end * features.FEATURE_FPS)]
            if SHORTEST <= len(part) < LONGEST and np.isfinite(part).all():
                yield Sample(part.astype(np.float32), captions)


def drawn(samples: Iterator[Sample]) -> list[Sample]:
    """At most :data:`PROMPTS` of them, always the same ones.

    Raises:
        InputError: there are none.
    """
    every = list(samples)
    if not every:
        raise InputError("no motion of the test split has features, words and a length of 2 to 10 seconds")
    chosen = np.random.default_rng(0).permutation(len(every))[:PROMPTS]
    return [every[number] for number in sorted(chosen)]


def judged(rows: Rows) -> Rows:
    """Features [T, 263] as rows for the judge, so that real and generated motions lose the same things."""
    slow = features.decode(rows)
    motion = resample(slow, FPS)
    return encode(Motion(motion.translation, motion.rotations))


def _notes(count: int) -> Sequence[str]:
    return (
        f"{count} motions, {TAKES} takes of each, 20 repetitions, 95 % intervals, FID against the same real motions.",
        "Measured by our judge, not by the data set's evaluator: compare the columns, not papers.",
    )
