"""How good captions are: against the references of held-out motions, and whether they lead back to their motion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from rich.progress import track

from digital_life.errors import InputError
from digital_life.evaluate.bench_mogen import embedded_texts, measuring_judge
from digital_life.evaluate.measuring import measuring_library
from digital_life.evaluate.mogen_answers import answer
from digital_life.evaluate.motion_metrics import POOL
from digital_life.evaluate.table import Table
from digital_life.evaluate.text_scores import TokenLikeness, bleu, rouge_l
from digital_life.llm.embedding import shared_embedder
from digital_life.mogen.captioning.captioner import Captioner, installed_critic, is_sentence
from digital_life.mogen.captioning.consensus import expected_overlap
from digital_life.mogen.captioning.facts import facts_of
from digital_life.mogen.captioning.neighbours import Kinematic, Neighbours
from digital_life.mogen.captioning.sentences import sentence
from digital_life.momat.candidates import clip_values
from digital_life.momat.clip import Clip
from digital_life.momat.feature_table import FeatureTable
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import MotionSearch
from digital_life.momat.wording import values_named

SHORTEST = 15
"""Frames of a held-out motion that is captioned."""
POOLS = 20
"""Random pools in which a caption has to find its motion."""

_UNSAID = frozenset({"posture:walking", "posture:standing", "posture:any"})
"""Postures that a caption need not mention."""

Captions = Callable[[Clip], str]


@dataclass(frozen=True)
class _Systems:
    """Ways to caption a clip, by name."""

    captioner: Captioner
    known: Sequence[Clip]

    def table(self) -> dict[str, Captions]:
        """What is compared: "random caption" is the floor, "another reference" what they agree on themselves."""
        rng = np.random.default_rng(0)
        return {
            "random caption": lambda _: _drawn(rng, self.known[int(rng.integers(len(self.known)))]),
            "retrieval": self._retrieved,
            "kinematics": lambda clip: sentence(facts_of(clip.motion)),
            "both": lambda clip: self.captioner.caption(clip.motion).text,
            **self._with_critic(),
        }

    def _with_critic(self) -> dict[str, Captions]:
        """Both, with the neighbours put in order by the critic, where one is installed."""
        critic, near = installed_critic(), self.captioner.neighbours
        if critic is None or near is None:
            return {}
        captioner = Captioner(replace(near, critic=critic))
        return {"both, with the critic": lambda clip: captioner.caption(clip.motion).text}

    def _retrieved(self, clip: Clip) -> str:
        assert self.captioner.neighbours is not None
        near = self.captioner.neighbours.of(clip.motion)
        every = dict.fromkeys(text for neighbour in near for text in neighbour.captions)
        texts = [text for text in every if is_sentence(text)] or list(every)
        return texts[int(np.argmax(expected_overlap(texts, near)))]


def caption() -> Table:
    """Captions of the validation split, worded after the training split, against all references of each motion.

    BLEU, ROUGE-L and the likeness of tokens; the share that agrees with the references in hand, posture and direction;
    and whether the text search and the judge find the motion among 32 by its caption.

    Raises:
        InputError: no motion pack with two splits is set.
        AssetError: no judge is installed.
    """
    train, held_out = measuring_library("train"), measuring_library("val")
    clips = [clip for clip in held_out if clip.frames >= SHORTEST and len(clip.captions) > 1]
    if not clips or any(not clip.split for clip in train):
        raise InputError("captions are measured on held-out motions", "set the motion pack: --pack DIR")
    captioner = Captioner(Neighbours(train, Kinematic(FeatureTable.of(train))))
    likeness, search, judge = TokenLikeness(shared_embedder()), _SearchBack(clips), _JudgeBack(clips)
    columns: dict[str, dict[str, float]] = {}
    for name, say in _Systems(captioner, train.clips).table().items():
        said = [say(clip) for clip in track(clips, description=f"Captioning: {name}", transient=True)]
        columns[name] = {
            **_scores(said, [clip.captions for clip in clips], likeness),
            **_agreement(said, clips),
            **search.recalls(said),
            **judge.recalls(said),
        }
    columns["another reference"] = _scores(*_one_against_the_others(clips), likeness)
    rows = [[what, *(_shown(column.get(what)) for column in columns.values())] for what in columns["both"]]
    notes = [f"{len(clips)} motions of the validation split, worded after {len(train)} of the training split."]
    return Table(["", *columns], rows, notes)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _one_against_the_others(clips: Sequence[Clip]) -> tuple[list[str], list[tuple[str, ...]]]:
    """Every reference that is a sentence, with the other references of its motion."""
    pairs = [
        (text, tuple(other for other in clip.captions if other != text))
        for clip in clips
        for text in clip.captions
        if is_sentence(text) and len(clip.captions) > 1
    ]
    return [text for text, _ in pairs], [others for _, others in pairs]


def _drawn(rng: np.random.Generator, clip: Clip) -> str:
    return clip.captions[int(rng.integers(len(clip.captions)))]


def _scores(said: Sequence[str], references: Sequence[Sequence[str]], likeness: TokenLikeness) -> dict[str, float]:
    rows = {f"BLEU-{n}": value for n, value in enumerate(bleu(said, references), start=1)}
    pairs = list(zip(said, references, strict=True))
    rows["ROUGE-L"] = float(np.mean([rouge_l(text, known) for text, known in pairs]))
    rows["token likeness, F1"] = float(np.mean([likeness.score(text, known) for text, known in pairs]))
    return rows


def _agreement(said: Sequence[str], clips: Sequence[Clip]) -> dict[str, float]:
    """Share of captions that name the hand, the posture and the way to go as the references do, where those name one."""
    rows: dict[str, float] = {}
    for what, group in (("hand", "hand"), ("posture", "posture"), ("direction", "dir")):
        hits = []
        for text, clip in zip(said, clips, strict=True):
            if what == "direction" and clip.kind != "locomotion":
                continue
            wanted = _values(clip_values(clip), group) - _UNSAID
            if wanted:
                hits.append(bool(wanted & _values(values_named(text), group)))
        if hits:
            rows[f"{what} as in the references ({len(hits)} name one)"] = float(np.mean(hits))
    return rows


def _values(values: frozenset[str], group: str) -> set[str]:
    return {value for value in values if value.startswith(f"{group}:")}


class _SearchBack:
    """Looks for the motion that a caption was made for with the text search, which knows the references."""

    def __init__(self, clips: Sequence[Clip]) -> None:
        self._clips = clips
        self._search = MotionSearch(MotionLibrary(list(clips)), shared_embedder())

    def recalls(self, said: Sequence[str]) -> dict[str, float]:
        """Recall among 32 motions, the own one and others that other references belong to."""
        scores = np.full((len(said), len(self._clips)), -1.0)
        numbers = {clip.id: number for number, clip in enumerate(self._clips)}
        found: dict[str, list[tuple[int, float]]] = {}
        for row, text in enumerate(said):
            if text not in found:
                hits = [hit for hit in self._search.search(text, k=len(self._clips)) if not hit.mirrored]
                found[text] = [(numbers[hit.clip.id], hit.score) for hit in hits]
            for number, score in found[text]:
                scores[row, number] = score
        return _recalls("search", scores, self._clips)


class _JudgeBack:
    """Looks for the motion that a caption was made for with the judge, which sees the movement itself."""

    def __init__(self, clips: Sequence[Clip]) -> None:
        self._clips, self._judge = clips, measuring_judge()
        seen = [answer(clip.motion, fingers=clip.has_fingers) for clip in clips]
        self._motions = self._judge.embed_rows([one.rows for one in seen])

    def recalls(self, said: Sequence[str]) -> dict[str, float]:
        """Recall among 32 motions by the cosine of caption and motion."""
        return _recalls("judge", embedded_texts(self._judge, said) @ self._motions.T, self._clips)


def _recalls(by: str, scores: np.ndarray, clips: Sequence[Clip]) -> dict[str, float]:
    ranks = _ranks(scores, [frozenset(clip.captions) for clip in clips])
    return {f"found back by the {by}, R@{top} of {POOL}": float((ranks < top).mean()) for top in (1, 3)}


def _ranks(scores: np.ndarray, same: Sequence[frozenset[str]]) -> np.ndarray:
    """[POOLS, N] place of the own column in each row among random others that share no reference."""
    rng = np.random.default_rng(0)
    ranks = np.empty((POOLS, len(scores)))
    for row, own in enumerate(same):
        others = np.array([number for number, captions in enumerate(same) if not captions & own])
        for pool in range(POOLS):
            drawn = rng.choice(others, size=min(POOL - 1, len(others)), replace=False)
            ranks[pool, row] = (scores[row, drawn] >= scores[row, row]).sum()
    return ranks
