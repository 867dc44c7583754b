"""What passes, guidance and a shown motion do to what the generator makes: one row for each setting."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from digital_life.errors import InputError
from digital_life.evaluate.bench_mogen import (
    Array,
    embedded_clips,
    embedded_texts,
    measuring_judge,
    training_clips,
)
from digital_life.evaluate.measuring import measuring_library
from digital_life.evaluate.mogen_answers import Prompt, answer, nearest, prompts
from digital_life.evaluate.motion_metrics import frechet_distance, r_precision, repeated
from digital_life.evaluate.motion_physics import mean_physics, physics
from digital_life.evaluate.table import Table
from digital_life.llm.embedding import shared_embedder
from digital_life.mogen.flow import STEPS
from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.judge import Judge
from digital_life.mogen.laterality import on_the_right_side
from digital_life.momat.library import MotionLibrary
from digital_life.momat.match import Matcher
from digital_life.momat.search import MotionSearch
from digital_life.motion.motion import Motion


@dataclass(frozen=True)
class Setting:
    """One way to sample: what it is called, and what it changes of the guidance that serves the weights best."""

    name: str
    guidance: Mapping[str, float] = field(default_factory=dict)
    steps: int = STEPS
    shown: bool = True


SETTINGS = (
    Setting("as shipped"),
    *(Setting(f"text guidance {value}", {"text": value}) for value in (1.0, 1.5, 2.5, 6.0)),
    Setting("guidance of the shown motion 1.0", {"sample": 1.0}),
    *(Setting(f"{steps} pass{'es' if steps > 1 else ''}", steps=steps) for steps in (1, 2, 8)),
    Setting("nothing shown", shown=False),
    Setting("nothing shown, text guidance 2.5", {"text": 2.5}, shown=False),
)


def sampling() -> Table:
    """Every setting over the prompts of the validation split, one motion each, in the judge's space.

    Raises:
        InputError: the library has no validation split; a motion pack has one.
        AssetError: no judge or no generator is installed.
    """
    library, judge = measuring_library(), measuring_judge()
    asked = prompts(clip for clip in library if clip.split == "val")
    train = training_clips(library, "all")
    if not asked or not train:
        raise InputError("the library has no training and validation split", "digital-life bench sampling --pack DIR")
    matcher = Matcher(MotionSearch(MotionLibrary(train), shared_embedder()))
    shown = [nearest(matcher.match(p.text, posture=p.clip.posture, duration=p.seconds, seed=0)) for p in asked]
    texts, known = embedded_texts(judge, [p.text for p in asked]), embedded_clips(judge, train)
    generator = MotionGenerator.default("all")
    rows = [measured(setting, generator, judge, asked, shown, texts, known) for setting in SETTINGS]
    names = ("", "R@1", "R@3", "FID", "skate cm/s", "jitter km/s3", "right side %", "ms a motion")
    notes = [
        f"{len(asked)} prompts of the validation split, one motion each; the nearest motion of the training split shown; "
        f"sides are mended. As shipped: text {generator.weights.guidance.text:g}, {STEPS} passes."
    ]
    return Table(names, rows, notes)


def measured(
    setting: Setting,
    generator: MotionGenerator,
    judge: Judge,
    asked: Sequence[Prompt],
    shown: Sequence[Motion],
    texts: Array,
    known: Array,
) -> list[str]:
    """The row of one setting; ``texts`` [N, D] embeds the prompts, ``known`` [M, D] the training split."""
    begin, guidance = time.process_time(), replace(generator.weights.guidance, **setting.guidance)
    made = [
        generator.generate(
            prompt.text,
            seconds=prompt.seconds,
            seed=0,
            posture=prompt.clip.posture,
            shown=sample if setting.shown else None,
            guidance=guidance,
            steps=setting.steps,
        )
        for prompt, sample in zip(asked, shown, strict=True)
    ]
    spent = 1000.0 * (time.process_time() - begin) / len(asked)
    judged = [answer(motion, fingers=prompt.clip.has_fingers) for motion, prompt in zip(made, asked, strict=True)]
    embedded = judge.embed_rows([one.rows for one in judged])
    first, third = (repeated(lambda rng, k=k: r_precision(embedded, texts, rng, top=k)).mean for k in (1, 3))  # type: ignore[misc]
    bodies = mean_physics(physics(one.motion) for one in judged)
    sides = [on_the_right_side(one.motion, prompt.text) for one, prompt in zip(judged, asked, strict=True)]
    right = 100.0 * np.mean([side for side in sides if side is not None])
    return [
        setting.name,
        f"{first:.3f}",
        f"{third:.3f}",
        f"{frechet_distance(embedded, known):.3f}",
        f"{bodies.skate:.2f}",
        f"{bodies.jitter:.3f}",
        f"{right:.1f}",
        f"{spent:.0f}",
    ]
