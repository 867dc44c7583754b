"""How well motions do what a text says, as the field measures it, and whether a body could move so.

Guo et al. 2022: R-precision among 32 texts, FID, MM-Dist, Diversity and MultiModality in the space of a judge, twenty
times, with 95 % intervals. The judge was trained on the training split and is asked nowhere else; matches come from the
training split, prompts are the captions of the validation split.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.evaluate.measuring import measuring_library
from digital_life.evaluate.mogen_answers import (
    BOTH,
    GENERATED,
    REAL,
    Answer,
    Answerer,
    Choice,
    Prompt,
    answer,
    every_take,
    prompts,
)
from digital_life.evaluate.motion_metrics import (
    Interval,
    diversity,
    frechet_distance,
    multimodal_distance,
    multimodality,
    r_precision,
    r_precision_unlike,
    repeated,
)
from digital_life.evaluate.motion_physics import Physics, mean_physics, physics
from digital_life.evaluate.table import Table
from digital_life.llm.embedding import shared_embedder
from digital_life.mogen.judge import Judge, load_judge
from digital_life.mogen.laterality import on_the_right_side
from digital_life.mogen.text import TextRows
from digital_life.mogen.weights import FOLDER
from digital_life.momat.clip import Clip
from digital_life.momat.library import Licences, MotionLibrary
from digital_life.momat.match import Matcher
from digital_life.momat.search import MotionSearch
from digital_life.stage.gate import Gate

Array = NDArray[np.float64]

JUDGE_VARIABLE = "DIGITAL_LIFE_JUDGE"
"""A judge of one's own, such as one trained on HumanML3D."""
TAKES = 3
"""Motions made for every prompt in every way; the repetitions draw among them."""
MEASURES = (
    "R@1", "R@2", "R@3", "R@3 unlike", "FID", "MM-Dist", "Diversity", "MultiModality",
    "skate cm/s", "floating cm", "penetration cm", "jitter km/s3", "limit breaks %", "fingers rad/s", "right side %",
)  # fmt: skip


@dataclass(frozen=True)
class Space:
    """The judge, the training split's embeddings in its space, and the prompts' texts there."""

    judge: Judge
    train: Array
    asked: Sequence[Prompt]
    texts: Array

    @property
    def shown(self) -> NDArray[np.intp]:
        """Numbers [N]; prompts with the same number ask for the same thing."""
        return np.unique([prompt.shown for prompt in self.asked], return_inverse=True)[1]


def mogen(licence: Licences = "all") -> Table:
    """One table over the validation split of a motion pack: real, matched, generated, and both, with what each part adds.

    With "permissive" the clips that are asked for and those that answer, the generator and the critic are those whose
    licence allows everything; two columns say what the weights and clips of all licences answer to the same prompts.

    Raises:
        InputError: the library has no validation split; a motion pack has one.
        AssetError: no judge is installed.
    """
    from rich.console import Console
    from rich.progress import Progress

    judge = measuring_judge()
    every = measuring_library()
    asked = prompts(clip for clip in every.licensed(licence) if clip.split == "val")
    train = training_clips(every, licence)
    if not asked or not train:
        raise InputError("the library has no training and validation split", "digital-life bench mogen --pack DIR")
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Judging the training split", total=None)
        space = Space(judge, embedded_clips(judge, train), asked, embedded_texts(judge, [p.text for p in asked]))

        def take(answerer: Answerer) -> list[list[Choice]]:
            progress.update(task, description="Answering prompts")
            return every_take(
                answerer, asked, TAKES, lambda done, total: progress.update(task, completed=done, total=total)
            )

        answerer = measured_answerer(train, licence)
        made = take(answerer)
        names, columns = [REAL, *answerer.ways], _columns(space, answerer.ways, made)
        if licence != "all":
            wider = measured_answerer(training_clips(every, "all"), "all")
            ways = [way for way in (GENERATED, BOTH) if way in wider.ways]
            names += [f"all licences: {way}" for way in ways]
            columns += _columns(space, ways, take(wider))[1:]
    return Table(("", *names), _transposed(columns), _notes(space, answerer, made))


def training_clips(library: MotionLibrary, licence: Licences) -> list[Clip]:
    """The clips of the training split that a licence setting allows."""
    return [clip for clip in library.licensed(licence) if clip.split == "train"]


def measured_answerer(train: Sequence[Clip], licence: Licences) -> Answerer:
    """Matching among ``train`` alone, and the generator and critic that are installed for ``licence``."""
    return Answerer(Matcher(MotionSearch(MotionLibrary(train), shared_embedder())), Gate.default(licence))


def measuring_judge() -> Judge:
    """The judge that measures: the shipped one, or the file that ``DIGITAL_LIFE_JUDGE`` names.

    Raises:
        AssetError: it is missing, damaged or of another version.
    """
    named = os.environ.get(JUDGE_VARIABLE)
    return load_judge(Path(named) if named else FOLDER / "judge.safetensors")


def embedded_clips(judge: Judge, clips: Sequence[Clip]) -> Array:
    """Embeddings [N, D] of clips worth asking for."""
    rows = [answer(prompt.motion, fingers=prompt.clip.has_fingers).rows for prompt in prompts(clips)]
    return judge.embed_rows(rows)


def embedded_texts(judge: Judge, texts: Sequence[str]) -> Array:
    """Embeddings [N, D] of texts."""
    return judge.embed_words(TextRows.of(texts, shared_embedder()))


def _columns(space: Space, ways: Sequence[str], made: Sequence[Sequence[Choice]]) -> list[list[str]]:
    """Texts of :data:`MEASURES` for the real motions and for every way."""
    real = [[answer(prompt.motion, fingers=prompt.clip.has_fingers) for prompt in space.asked]]
    columns = [_measured(space, real)]
    for way in ways:
        columns.append(_measured(space, [[choice.answers[way] for choice in take] for take in made]))
    return columns


def _measured(space: Space, takes: Sequence[Sequence[Answer]]) -> list[str]:
    """Texts of :data:`MEASURES` for motions [takes][prompts]."""
    embedded = np.stack([space.judge.embed_rows([one.rows for one in take]) for take in takes])
    field = field_measures(embedded, space.texts, space.train, space.shown)
    bodies = mean_physics(physics(one.motion) for take in takes for one in take)
    sides = [
        on_the_right_side(one.motion, prompt.text)
        for take in takes
        for one, prompt in zip(take, space.asked, strict=True)
    ]
    right = [side for side in sides if side is not None]
    return [*map(_said, field), *_numbers(bodies), f"{100 * np.mean(right):.1f}" if right else "-"]


def field_measures(embedded: Array, texts: Array, train: Array, shown: NDArray[np.intp]) -> list[Interval | None]:
    """The first eight of :data:`MEASURES` of embeddings [takes, N, D]; a repetition draws one take of each prompt.

    Where there is one take, as of the real motions, MultiModality is that of motions whose prompts ask for the same, None
    where there are no two of them. ``shown`` [N] are equal for such prompts.
    """
    alike = [members for number in np.unique(shown) if len(members := np.flatnonzero(shown == number)) > 1]

    def drawn(rng: np.random.Generator) -> Array:
        return np.asarray(embedded[rng.integers(len(embedded), size=len(texts)), np.arange(len(texts))])

    def top(count: int) -> Interval:
        return repeated(lambda rng: r_precision(drawn(rng), texts, rng, top=count))

    def same(rng: np.random.Generator) -> Array:
        """Motions [texts, takes, D] that were made for the same text."""
        if len(embedded) > 1:
            return embedded.swapaxes(0, 1)
        return np.stack([embedded[0, rng.choice(members, 2, replace=False)] for members in alike])

    known = len(embedded) > 1 or bool(alike)
    return [
        *(top(count) for count in (1, 2, 3)),
        repeated(lambda rng: r_precision_unlike(drawn(rng), texts, shown, rng, top=3)),
        repeated(lambda rng: frechet_distance(drawn(rng), train)),
        repeated(lambda rng: multimodal_distance(drawn(rng), texts)),
        repeated(lambda rng: diversity(drawn(rng), rng)),
        repeated(lambda rng: multimodality(same(rng), rng)) if known else None,
    ]


def _said(value: Interval | None) -> str:
    return "-" if value is None else str(value)


def _numbers(bodies: Physics) -> list[str]:
    values = (bodies.skate, bodies.floating, bodies.penetration, bodies.jitter, bodies.breaks, bodies.fingers)
    return [f"{value:.3f}" for value in values]


def _transposed(columns: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[name, *values] for name, *values in zip(MEASURES, *columns, strict=True)]


def _notes(space: Space, answerer: Answerer, made: Sequence[Sequence[Choice]]) -> list[str]:
    count = len(space.asked)
    notes = [
        f"{count} prompts of the validation split ({len(set(space.shown.tolist()))} different), {TAKES} takes of each, "
        f"20 repetitions, 95 % intervals; FID against {len(space.train)} motions of the training split.",
        "Fingers are judged where the real clip has them. 'R@3 unlike': the 31 other texts ask for something else.",
    ]
    if answerer.generator is None:
        return [*notes, f"Only matching was measured: {answerer.gate.note or 'no generator is installed'}."]
    kinds = Counter(choice.kind for take in made for choice in take)
    shares = ", ".join(f"{kind} {100 * number / (count * len(made)):.0f} %" for kind, number in kinds.most_common())
    return [*notes, f"{BOTH}: {shares}."]
