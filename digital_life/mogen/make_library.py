"""``python -m digital_life.mogen.make_library``: clips for a library, made by the weights and chosen from many.

Every act of a plan is made with many seeds, from the words alone and shown motions that lie near them. What the critic
finds most like the words, less what speaks against its physics, is kept, as long as it is not like a take that is kept
already. The judge that measures has no part in it.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from digital_life.assets import asset_dir
from digital_life.behaviour import Emotion
from digital_life.errors import InputError
from digital_life.mogen.at_rest import from_rest_to_rest, in_stance, looped, seated, sync_times
from digital_life.mogen.conditions import emotion_of
from digital_life.mogen.critic import Critic
from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.library_plan import Act, read_plan
from digital_life.mogen.soundness import soundness
from digital_life.mogen.train import plain_errors
from digital_life.mogen.weights import default_weights
from digital_life.momat.clip import MADE, Clip, Hand, LicenceClass
from digital_life.momat.growing import add_motions
from digital_life.momat.library import MotionLibrary
from digital_life.momat.manifest import is_database
from digital_life.momat.manner import Manner
from digital_life.momat.measures import Tracks, moving_hand
from digital_life.momat.new_motion import NewMotion, digest_of
from digital_life.momat.pack import read_pack
from digital_life.momat.search import MotionSearch
from digital_life.motion.low_pass import low_pass
from digital_life.motion.motion import Motion
from digital_life.motion.resample import stretch
from digital_life.motion.skeleton import canonical_skeleton
from digital_life.whole_file import whole_file

LEAST = 0.45
"""Critic's cosine under which nothing is kept."""
ALIKE = 0.985
"""Cosine of two motions from which on they are one."""
PHYSICS = 0.3
"""What one unit of :attr:`~digital_life.mogen.soundness.Soundness.cost` takes; the gate is milder, for it cannot wait for a
better seed."""
LENGTHS = (0.85, 1.0, 1.2)
"""Lengths that are tried, in parts of the planned one."""
PLANTED, WANDERED = 0.15, 0.6
"""Metres of the pelvis' path up to which the arms of a gesture may be laid over other legs, and an idle is done in place."""
MOOD_SEEDS = 8
"""Motions made for an act that is a bearing: any quiet one will do."""
BEARING = 2.5
"""How many times as much a mood shows in a clip of its own as in what else is done in it."""
FIDGET = "fidget"
"""Tag of idle acts that are done once, from rest to rest; the others go round and round."""
SEATED_TAKES = 2
"""Takes of each talking gesture that are also done by a seated body."""
CUT_OFF = 5.0
"""Hertz of the low-pass filter for gestures and idles: hands made by the weights tremble more than people's do."""
_UPPER = frozenset({"talk", "gesture", "emotion"})
ORIGINS = "made.jsonl"
RESEARCH = "LicenseRef-Research-Only"
"""Licence of clips whose weights have seen motions that may not be used commercially."""
Rows = NDArray[np.float32]


@dataclass(frozen=True)
class Candidate:
    """One motion that was made for an act."""

    motion: Motion
    ask: str
    seed: int
    shown: str
    score: float
    """Critic's cosine with what was asked."""
    worth: float
    row: Rows
    """The critic's embedding of the motion."""


class LibraryMaker:
    """Makes the clips of a plan, shown motions of ``examples`` where there are any."""

    def __init__(self, generator: MotionGenerator, critic: Critic, examples: MotionSearch | None, seeds: int) -> None:
        self.generator = generator
        self.critic = critic
        self.examples = examples
        self.seeds = seeds

    def takes(self, act: Act) -> list[Candidate]:
        """The best motions for ``act``, the best first; fewer than planned where too few are good."""
        every = [one for ask in act.ask for one in self._candidates(act, ask) if one.score >= LEAST]
        kept: list[Candidate] = []
        for one in sorted(every, key=lambda one: -one.worth):
            if len(kept) < act.takes and all(float(one.row @ other.row) < ALIKE for other in kept):
                kept.append(one)
        return kept

    def _candidates(self, act: Act, ask: str) -> Iterator[Candidate]:
        shown = self._shown(act, ask)
        motions: list[tuple[Motion, int, str]] = []
        first = 0 if act.emotion is None else zlib.crc32(act.id.encode())  # else all moods would show the same motion
        for seed in range(first, first + (self.seeds if act.emotion is None else MOOD_SEEDS)):
            example = shown[seed % len(shown)]
            motion = self.generator.generate(
                ask,
                seconds=act.seconds * LENGTHS[seed % len(LENGTHS)],
                seed=seed,
                shown=None if example is None else example.motion,
                posture=act.posture,
                posture_end=act.posture,
            )
            if _fits(act, motion):
                motions.append((motion, seed, "" if example is None else example.id))
        if not motions:
            return
        rows = self.critic.embed_motions([motion for motion, _, _ in motions])
        scores = rows @ self.critic.embed_texts([ask])[0]
        for (motion, seed, example_id), row, score in zip(motions, rows, scores.tolist(), strict=True):
            worth = score - PHYSICS * soundness(motion).cost
            yield Candidate(motion, ask, seed, example_id, score, worth, row)

    def _shown(self, act: Act, ask: str) -> list[Clip | None]:
        """Motions to be shown in turn: the nearest ones, and none."""
        if self.examples is None:
            return [None]
        hand = act.hands[0]
        hits = self.examples.search(ask, k=4, posture=act.posture, hand=None if hand == "none" else hand)
        return [*(hit.clip for hit in hits), None]


def _fits(act: Act, motion: Motion) -> bool:
    """Whether the body begins and ends standing where the act does, the right hand acts, and who talks stays in place."""
    tracks = Tracks.of(motion, canonical_skeleton())
    if any((posture == "standing") != (act.posture == "standing") for posture in tracks.postures()):
        return False
    measures, hand = tracks.kinematics(), act.hands[0]
    if act.kind == "talk" and measures["path_m"] >= PLANTED:
        return False
    return hand == "none" or moving_hand(measures) == hand


def clip_of(act: Act, number: int, take: Candidate, licence: LicenceClass) -> Clip:
    """The clip of an act's take, by weights that may be used under ``licence``."""
    measures = Tracks.of(take.motion, canonical_skeleton()).kinematics()
    hand: Hand | None = None if act.hands[0] == "none" else act.hands[0]
    upper = act.kind in _UPPER and measures["path_m"] < PLANTED
    loops = act.kind == "idle" and measures["path_m"] < WANDERED
    motion = take.motion if act.emotion is None else _in_mood(take.motion, emotion_of(act.emotion))
    motion = low_pass(motion, CUT_OFF) if upper or loops else motion
    if loops and FIDGET not in act.tags:
        motion = looped(motion, _at_ease(act.posture))
    elif upper or loops:
        motion = in_stance(motion, _at_ease(act.posture)) if act.kind == "talk" else motion
        motion = from_rest_to_rest(motion, _at_ease(act.posture))
    turn = number % len(act.captions)
    return Clip.of(
        motion,
        id=f"made/{act.id}_{number + 1}",
        captions=(*act.captions[turn:], *act.captions[:turn]),
        captions_zh=tuple(act.captions_zh),
        kind=act.kind,
        posture="any" if upper else act.posture,
        posture_end="any" if upper else act.posture,
        tags=tuple(act.tags),
        layer="upper" if upper else "full",
        loopable=loops,
        sync=sync_times(motion) if upper else {},
        hand=hand,
        source=MADE,
        licence="Apache-2.0" if licence == "permissive" else RESEARCH,
        licence_class=licence,
        kinematics=Tracks.of(motion, canonical_skeleton()).kinematics(),
    )


def _in_mood(motion: Motion, emotion: Emotion) -> Motion:
    """The motion of a standing body that bears itself as somebody with that emotion."""
    manner = Manner.of(emotion)
    angles = {name: BEARING * getattr(manner, name) for name in ("slump", "chin", "round")}
    paced = stretch(motion, max(2, round(len(motion) / manner.pace)))
    rotations = replace(manner, **angles).held(paced.rotations.astype(np.float64), seated=False)
    return replace(paced, rotations=rotations.astype(np.float32))


def seated_clip(clip: Clip, number: int) -> Clip | None:
    """The talking gesture ``clip`` of an act, its take ``number``, done by a seated body.

    None for other clips, for takes of which there are enough, and where hands would go into the lap.
    """
    if clip.kind != "talk" or clip.layer != "upper" or number >= SEATED_TAKES:
        return None
    motion = seated(clip.motion, _at_ease("seated"))
    if motion is None:
        return None
    return Clip.of(
        motion,
        id=clip.id.removesuffix(f"_{number + 1}") + f"_seated_{number + 1}",
        captions=tuple(f"{text}, sitting" for text in clip.captions),
        captions_zh=tuple(f"坐着，{text}" for text in clip.captions_zh),
        kind=clip.kind,
        posture="seated",
        posture_end="seated",
        tags=(*clip.tags, "seated"),
        layer="full",
        sync=sync_times(motion),
        hand=clip.hand,
        source=clip.source,
        licence=clip.licence,
        licence_class=clip.licence_class,
        kinematics=Tracks.of(motion, canonical_skeleton()).kinematics(),
    )


@cache
def _at_ease(posture: str) -> Motion:
    """How the body rests between gestures and idles."""
    return MotionLibrary.open(asset_dir("motion_db"))[f"idle_{posture}_calm"].motion


def record(clip: Clip, take: Candidate, weights: str) -> dict[str, object]:
    """JSON: where a clip comes from."""
    return {
        "id": clip.id,
        "weights": weights,
        "prompt": take.ask,
        "seed": take.seed,
        "seconds": round(clip.duration, 2),
        "shown": take.shown,
        "critic": round(take.score, 3),
        "worth": round(take.worth, 3),
    }


@click.command()
@click.argument("plan", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="New folder for the database.")
@click.option("--licence", type=click.Choice(["permissive", "all"]), default="permissive", show_default=True)
@click.option(
    "--pack", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Motions that may be shown."
)
@click.option("--seeds", default=30, show_default=True, help="Motions made for each wording of an act.")
@click.option("--weights", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Other weights.")
@click.option("--critic", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Another critic.")
@click.option("--only", multiple=True, help="Acts whose ids begin so.")
@click.option(
    "--without",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File with the ids of clips that looked wrong, one a line; they are made no part of the library.",
)
def main(
    plan: Path,
    out: Path,
    licence: str,
    pack: Path | None,
    seeds: int,
    weights: Path | None,
    critic: Path | None,
    only: Sequence[str],
    without: Path | None,
) -> None:
    """Make the clips of PLAN and write them as a motion database with a file that says where each comes from."""
    with plain_errors():
        if is_database(out):
            raise click.UsageError(f"{out} is a motion database already; give a new folder")
        permissive = licence == "permissive"
        path = weights or default_weights(licence)
        maker = LibraryMaker(
            MotionGenerator(weights) if weights else MotionGenerator.default(licence),
            Critic.open(critic) if critic else Critic.default("permissive" if permissive else "all"),
            None if pack is None else _examples(pack, permissive),
            seeds,
        )
        acts = [act for act in read_plan(plan) if not only or act.id.startswith(tuple(only))]
        if not acts:
            raise click.UsageError(f"no act of {plan} begins with {' or '.join(only)}")
        dismissed = frozenset(without.read_text(encoding="utf-8").split()) if without else frozenset()
        _make(maker, acts, out, _weights_name(path), dismissed)


def _examples(pack: Path, permissive: bool) -> MotionSearch:
    from digital_life.llm.embedding import shared_embedder

    clips = [clip for clip in read_pack(pack) if clip.split == "train"]
    library = MotionLibrary(clips).licensed("permissive" if permissive else "all")
    if not len(library):
        raise InputError(f"{pack}: holds no training clips of this licence", "give another --pack, or none")
    return MotionSearch(library, shared_embedder())


def _weights_name(path: Path) -> str:
    return f"{path.stem} {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"


def _make(maker: LibraryMaker, acts: Sequence[Act], out: Path, weights: str, dismissed: Collection[str]) -> None:
    from rich.progress import track

    permissive = maker.generator.weights.card.get("licence") == "permissive"
    made: list[tuple[Clip, Candidate]] = []
    try:
        for act in track(acts, description="Making motions"):
            takes = maker.takes(act)
            if len(takes) < act.takes:
                click.echo(f"{act.id}: {len(takes)} of {act.takes} takes are good enough", err=True)
            for number, take in enumerate(takes):
                clip = clip_of(act, number, take, "permissive" if permissive else "noncommercial")
                both = (clip, seated_clip(clip, number))
                made += [(one, take) for one in both if one is not None and one.id not in dismissed]
    except KeyboardInterrupt:
        click.echo("Stopped; the clips made so far are written, --only makes others into another folder.", err=True)
    _write(out, made, weights)


def _write(out: Path, made: Sequence[tuple[Clip, Candidate]], weights: str) -> None:
    skeleton = canonical_skeleton()
    add_motions(out, [NewMotion(clip, skeleton, partial(digest_of, clip.motion)) for clip, _ in made])
    lines = [json.dumps(record(clip, take, weights), ensure_ascii=False) for clip, take in made]
    with whole_file(out / ORIGINS, "writing where the clips come from") as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
    click.echo(f"{out}: {len(made)} clips, {sum(clip.duration for clip, _ in made) / 60:.1f} minutes")


if __name__ == "__main__":
    main()
