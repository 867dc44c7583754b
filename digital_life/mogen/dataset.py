"""What MoGen learns from: clips as rows, with their captions and the conditions that are known of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.mogen.representation import BODY_JOINTS, HAND_JOINTS, TILT, WIDTH, encode
from digital_life.momat.clip import Clip
from digital_life.momat.wording import swap_sides
from digital_life.motion.contacts import detect_contacts
from digital_life.motion.skeleton import MIRROR, canonical_skeleton

if TYPE_CHECKING:
    from digital_life.mogen.captions import CaptionStates

_NUMBERED = re.compile(r"\d+$")


@dataclass(frozen=True)
class Item:
    """One clip: rows ``start`` to ``start + frames``, what it is called, and what is known of it."""

    id: str
    start: int
    frames: int
    captions: tuple[str, ...]
    concept: str
    """Clips of one concept show the same thing; they do not count as wrong answers of each other."""
    fingers: bool
    posture: str
    posture_end: str
    style: str
    hand: str
    source: str
    licence_class: str
    split: str


@dataclass(frozen=True)
class TrainingData:
    """``rows`` [N, 320] float32 of all clips one after the other, and one ``Item`` for each clip or part of one.

    ``texts`` are the states of all captions where the data came packed with them.
    """

    rows: NDArray[np.float32]
    items: tuple[Item, ...]
    texts: CaptionStates | None = None

    def select(self, *, split: str | None = None, licence: str = "all") -> TrainingData:
        """Only the items of a split and, for ``permissive``, of free licences; the rows stay."""
        return replace(
            self,
            items=tuple(
                item
                for item in self.items
                if split in (None, item.split) and (licence == "all" or item.licence_class == licence)
            ),
        )

    def compact(self) -> TrainingData:
        """The same without rows that no item uses."""
        used = np.zeros(len(self.rows) + 1, dtype=bool)
        for item in self.items:
            used[item.start : item.start + item.frames] = True
        place = np.cumsum(used) - 1
        items = tuple(replace(item, start=int(place[item.start])) for item in self.items)
        return TrainingData(self.rows[used[:-1]], items, self.texts)


def collect(clips: Iterable[Clip]) -> TrainingData:
    """Encode ``clips``; parts of a take (``<take>#<frame>``) share the rows of their take where that came before them.

    Raises:
        InputError: there are none of at least two frames.
    """
    from rich.progress import track

    rows: list[NDArray[np.float32]] = []
    items: list[Item] = []
    starts: dict[str, int] = {}
    at = 0
    for clip in track(clips, description="Encoding motions", transient=True):
        take, _, first = clip.id.partition("#")
        if first and take in starts:
            items.append(_item(clip, starts[take] + int(first)))
            continue
        if clip.frames < 2:
            continue
        motion = clip.motion
        contacts = motion.contacts if motion.contacts is not None else detect_contacts(motion, canonical_skeleton())
        rows.append(encode(replace(motion, contacts=contacts)))
        starts[clip.id] = at
        items.append(_item(clip, at))
        at += len(rows[-1])
    if not items:
        raise InputError("there are no clips to learn from", "check the licence and the split, or add motions")
    return TrainingData(np.concatenate(rows), tuple(items))


def concept_name(clip_id: str) -> str:
    """The name of a clip without the number of the take."""
    return _NUMBERED.sub("", clip_id)


def _item(clip: Clip, start: int) -> Item:
    return Item(
        id=clip.id,
        start=start,
        frames=clip.frames,
        captions=clip.captions,
        concept=f"{clip.tags[0] if clip.tags else concept_name(clip.id)}/{clip.hand or ''}/{clip.style}",
        fingers=clip.has_fingers,
        posture=clip.posture,
        posture_end=clip.posture_end,
        style=clip.style,
        hand=clip.hand or "",
        source=clip.source,
        licence_class=clip.licence_class,
        split=clip.split,
    )


@lru_cache(maxsize=1)
def mirror_rows() -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """``order`` and ``signs`` [320] such that ``rows[:, order] * signs`` are the rows of the mirrored motion.

    A reflection in x = 0 turns a rotation R into M R M with M = diag(-1, 1, 1).
    """
    order = np.arange(WIDTH)
    signs = np.ones(WIDTH, np.float32)
    signs[[0, 1]] = -1.0
    six = np.array([1, -1, -1, -1, 1, 1], np.float32)
    signs[TILT] = six
    where = {joint: 10 + 6 * place for place, joint in enumerate((*BODY_JOINTS, *HAND_JOINTS))}
    for joint, place in where.items():
        other = where[MIRROR[joint]]
        order[place : place + 6] = np.arange(other, other + 6)
        signs[place : place + 6] = six
    order[316:] = [318, 319, 316, 317]
    return order, signs


def mirrored_captions(captions: Sequence[str]) -> tuple[str, ...]:
    """The captions of the mirrored motion."""
    return tuple(swap_sides(caption) for caption in captions)
