"""Search queries written by hand, each with what answers it, in words that the answers' captions do not use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from digital_life.momat.candidates import acting_hand
from digital_life.momat.clip import MIRROR_SUFFIX, Clip
from digital_life.momat.lexicon import stems
from digital_life.momat.library import MotionLibrary
from digital_life.momat.wording import swap_sides

_FOLDER = Path(__file__).parent / "data"
STOP_WORDS = frozenset(
    stem
    for stem in stems(
        # closed-class words
        "a an the this that these those some any every each all no not never nor neither none nothing without instead rather "
        "than but except only just simply also too very quite about as at by for from in into inside of off on onto upon out "
        "over to toward towards under up down with using through across against along around behind before after between "
        "beside near and or if while when where whatever who how what which there here he she it they him her his its their "
        "them himself herself themselves i me my you your we us our is are be been being was were do does did has have had "
        "having can will would may might must should s t then so like somebody someone person people one's own "
        # what the queries are about: sides and numbers
        "left right leftwards rightwards both one two three four five once twice half quarter clockwise anticlockwise"
    )
) | {"left", "right", "both", "one", "clockwise", "anticlockwise"}
"""Stems that are no content words."""


@dataclass(frozen=True)
class Paraphrase:
    """A query and what answers it: see the data files for the fields."""

    query: str
    group: str
    half: Literal["fit", "report"]
    concept: tuple[str, ...] = ()
    clips: tuple[str, ...] = ()
    hand: str = ""
    style: tuple[str, ...] = ()
    says: str = ""
    never: str = ""

    def answered_by(self, clip: Clip) -> bool:
        """Whether ``clip``, mirrored or not, does what the query asks for."""
        return (
            (clip.id in self.clips if self.clips else self.means(clip))
            and self.right_hand_acts(clip)
            and (not self.style or clip.style in self.style)
            and (not self.says or any(re.search(self.says, caption) for caption in clip.captions))
            and not self.does_unwanted(clip)
        )

    def means(self, clip: Clip) -> bool:
        """Whether the clip or its mirror image may answer."""
        if self.clips:
            return bool({clip.id, clip.id + MIRROR_SUFFIX} & set(self.clips))
        return any({tag, swap_sides(tag)} & set(self.concept) for tag in clip.tags)

    def right_hand_acts(self, clip: Clip) -> bool:
        """Whether the hand that was asked for acts, as far as the clip says which one does."""
        acting = acting_hand(clip)
        if not self.hand or (acting is None and self.clips):
            return True
        return acting in ("left", "right") if self.hand == "one" else acting == self.hand

    def wrong_side(self, clip: Clip) -> bool:
        """Whether the other hand than the one asked for acts, or the body turns the other way."""
        other = {"left": "right", "right": "left"}
        if self.clips:
            return clip.id not in self.clips and clip.mirror().id in self.clips
        if self.hand in other:
            return acting_hand(clip) == other[self.hand]
        sides = [side for side in other if side in self.says]
        if len(sides) != 1:
            return False
        captions = " ".join(clip.captions)
        return other[sides[0]] in captions and sides[0] not in captions

    def does_unwanted(self, clip: Clip) -> bool:
        """Whether a caption says that the clip does what the query excludes."""
        return bool(self.never) and any(re.search(self.never, caption) for caption in clip.captions)


def read_paraphrases(name: Literal["pack", "shipped"]) -> list[Paraphrase]:
    """The queries for the motion pack or for the shipped library."""
    groups = yaml.safe_load((_FOLDER / f"paraphrases_{name}.yaml").read_text(encoding="utf-8"))
    found = []
    for group, entries in groups.items():
        for number, entry in enumerate(entries):
            words: dict[str, Any] = {
                name: tuple(said) if isinstance(said, list) else said for name, said in entry.items()
            }
            query = words.pop("q")
            # Neighbours of the laterality group are one query for two sides: they stay in one half.
            pair = number // 2 if group == "laterality" else number
            found.append(Paraphrase(query, group, "report" if pair % 2 else "fit", **words))
    return found


def answers(paraphrase: Paraphrase, library: MotionLibrary) -> list[Clip]:
    """The clips of ``library`` that answer, mirrored ones where the clip itself does not."""
    sided = bool(paraphrase.hand or paraphrase.says or paraphrase.clips)
    found = []
    for clip in library:
        if not paraphrase.means(clip):
            continue
        if paraphrase.answered_by(clip):
            found.append(clip)
        elif sided and paraphrase.answered_by(image := clip.mirror()):
            found.append(image)
    return found


def shared_words(paraphrase: Paraphrase, clips: Sequence[Clip]) -> set[str]:
    """Stems of content words that the query shares with a caption of ``clips``."""
    captions = {stem for clip in clips for caption in clip.captions for stem in stems(caption)}
    return (set(stems(paraphrase.query)) & captions) - STOP_WORDS
