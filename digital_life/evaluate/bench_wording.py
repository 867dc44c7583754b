"""Whether the generator understands words that its training captions do not use.

The queries of the search benchmark (``data/paraphrases_pack.yaml``, written before the generator learnt paraphrases and not
among them) share no content word with the captions of the clips that answer them. A motion is made of every query from
the words alone, and another of a caption of the same meaning; the judge says whether each is nearer to that caption than
to those of 31 other things.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from digital_life.errors import InputError
from digital_life.evaluate.bench_mogen import embedded_texts, measuring_judge
from digital_life.evaluate.measuring import measuring_library
from digital_life.evaluate.mogen_answers import SHORTEST, answer
from digital_life.evaluate.motion_metrics import r_precision_unlike, repeated
from digital_life.evaluate.paraphrases import answers, read_paraphrases
from digital_life.evaluate.table import Table
from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.judge import LONGEST, Judge
from digital_life.mogen.laterality import on_the_right_side
from digital_life.momat.library import Licences, MotionLibrary
from digital_life.motion.motion import FPS, Motion


@dataclass(frozen=True)
class FreePrompt:
    """A query, a caption of the same meaning, and what is known of the clips that answer."""

    query: str
    caption: str
    seconds: float
    posture: str
    fingers: bool


def wording(licence: Licences = "all") -> Table:
    """Free words and captions of the same meaning, by the shipped generator for a licence setting, of clips it allows.

    Raises:
        InputError: no clip of the library answers a query; a motion pack has such clips.
        AssetError: no judge or no generator is installed.
    """
    asked = free_prompts(measuring_library().licensed(licence))
    if not asked:
        raise InputError("the library has no clips that answer the queries", "digital-life bench wording --pack DIR")
    generator, judge = MotionGenerator.default(licence), measuring_judge()
    free, plain = (measured(generator, judge, asked, said) for said in (lambda p: p.query, lambda p: p.caption))
    rows = [[name, free[name], plain[name]] for name in free]
    notes = [f"{len(asked)} queries for {len({p.caption for p in asked})} captions, one motion each, from words alone."]
    return Table(("", "free words", "captions"), rows, notes)


def free_prompts(library: MotionLibrary) -> list[FreePrompt]:
    """The queries that clips of ``library`` answer, with the caption that most of these have."""
    found = []
    for query in read_paraphrases("pack"):
        clips = answers(query, library)
        if not clips:
            continue
        caption = Counter(caption for clip in clips for caption in clip.captions[1:] or clip.captions).most_common(1)[
            0
        ][0]
        named = [clip for clip in clips if caption in clip.captions]
        frames = float(np.median([clip.frames for clip in named]))
        seconds = float(np.clip(frames, SHORTEST, LONGEST)) / FPS
        fingers = sum(clip.has_fingers for clip in named) * 2 > len(named)
        found.append(FreePrompt(query.query, caption, seconds, named[0].posture, fingers))
    return found


def measured(
    generator: MotionGenerator, judge: Judge, asked: Sequence[FreePrompt], said: Callable[[FreePrompt], str]
) -> dict[str, str]:
    """R-precision among the captions, mean cosine to the own caption and right sides of motions of what is ``said``."""
    made: list[Motion] = [generator.generate(said(p), seconds=p.seconds, seed=0, posture=p.posture) for p in asked]
    rows = [answer(motion, fingers=p.fingers).rows for motion, p in zip(made, asked, strict=True)]
    motions, texts = judge.embed_rows(rows), embedded_texts(judge, [p.caption for p in asked])
    meant = np.unique([p.caption for p in asked], return_inverse=True)[1]
    sides = [on_the_right_side(motion, p.caption) for motion, p in zip(made, asked, strict=True)]
    right = [side for side in sides if side is not None]

    def top(count: int) -> str:
        return str(repeated(lambda rng: r_precision_unlike(motions, texts, meant, rng, top=count)))

    return {
        "R@1 unlike": top(1),
        "R@3 unlike": top(3),
        "cosine to the caption": f"{(motions * texts).sum(axis=1).mean():.3f}",
        "right side %": f"{100 * np.mean(right):.1f}" if right else "-",
    }
