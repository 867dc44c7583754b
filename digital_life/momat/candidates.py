"""The candidates of a search: every clip as it is and, where sides matter, as seen in a mirror, with what its words say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.clip import Clip, Hand
from digital_life.momat.lexicon import motion_lexicon
from digital_life.momat.wording import swap_sides, values_named, without_sides

_SIDED = {
    "hand:left": "hand:right", "hand:right": "hand:left", "dir:left": "dir:right", "dir:right": "dir:left",
    "leg:left": "leg:right", "leg:right": "leg:left",
}  # fmt: skip
_HANDS: tuple[Hand, ...] = ("left", "right", "both")
_ACTING = frozenset({"gesture", "emotion", "talk", "action"})
_MEASURED = re.compile(r"\babout\s+[\d.]+\s+(?:metres?|meters?)\b")
_TRAVEL = 0.5
"""Metres that a hand moves at least when it acts."""
_TRAVEL_RATIO = 1.35
"""A hand that moves so much farther than the other is the one that acts."""


class Candidates:
    """Captions of ``clips`` as rows of candidates; a candidate is a clip or its mirror image.

    ``texts`` are the distinct captions; row r is caption ``texts[row_text[r]]`` of candidate ``row_candidate[r]``
    (ascending), without its sides ``meanings[row_meaning[r]]``. ``values[c, v]`` says whether candidate c has value v of
    ``columns``.
    """

    def __init__(self, clips: Sequence[Clip]) -> None:
        self.clips = clips
        self.texts: list[str] = []
        self.chinese: list[str] = []
        numbers: dict[str, int] = {}
        chinese_numbers: dict[str, int] = {}
        rows: list[tuple[int, int]] = []
        chinese_rows: list[tuple[int, int]] = []
        images: list[tuple[int, bool]] = []
        values: list[frozenset[str]] = []
        for clip_number, clip in enumerate(clips):
            said = clip_values(clip)
            images.append((clip_number, False))
            values.append(said)
            _add(rows, len(images) - 1, clip.captions, self.texts, numbers)
            _add(chinese_rows, len(images) - 1, clip.captions_zh, self.chinese, chinese_numbers)
            if said & _SIDED.keys():
                images.append((clip_number, True))
                values.append(frozenset(_SIDED.get(value, value) for value in said))
                _add(rows, len(images) - 1, map(swap_sides, clip.captions), self.texts, numbers)
                _add(chinese_rows, len(images) - 1, map(swap_sides, clip.captions_zh), self.chinese, chinese_numbers)
        self.row_candidate, self.row_text = _columns(rows)
        self.chinese_candidate, self.chinese_text = _columns(chinese_rows)
        meanings: dict[str, int] = {}
        numbered = [meanings.setdefault(without_sides(text), len(meanings)) for text in self.texts]
        self.meanings = list(meanings)
        self.row_meaning = np.array(numbered, dtype=np.int64)[self.row_text]
        self.clip = np.array([clip_number for clip_number, _ in images], dtype=np.int64)
        self.mirrored = np.array([mirrored for _, mirrored in images], dtype=bool)
        names = sorted(set().union(*values))
        self.columns = {name: column for column, name in enumerate(names)}
        self._groups: dict[str, list[str]] = {}
        for name in names:
            self._groups.setdefault(name.partition(":")[0], []).append(name)
        self.values = np.zeros((len(images), len(names)), dtype=bool)
        for number, said in enumerate(values):
            self.values[number, [self.columns[name] for name in said]] = True

    def __len__(self) -> int:
        return len(self.clip)

    def without(self, caption: str) -> Candidates:
        """The same candidates as if no clip had ``caption``."""
        left = copy(self)
        if caption not in self.texts:
            return left
        hidden = self.row_text == self.texts.index(caption)
        left.row_candidate, left.row_text = self.row_candidate[~hidden], self.row_text[~hidden]
        left.row_meaning = self.row_meaning[~hidden]
        left.values = self.values.copy()
        for candidate in self.row_candidate[hidden]:
            image = self.clips[self.clip[candidate]]
            image = image.mirror() if self.mirrored[candidate] else image
            said = clip_values(replace(image, captions=tuple(text for text in image.captions if text != caption)))
            left.values[candidate] = False
            left.values[candidate, [self.columns[name] for name in said if name in self.columns]] = True
        return left

    def having(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """Which candidates have at least one of the values ``names``."""
        columns = [self.columns[name] for name in names if name in self.columns]
        return np.asarray(self.values[:, columns].any(axis=1))

    def group(self, group: str) -> list[str]:
        """Values of a group that some candidate has."""
        return self._groups.get(group, [])


def _add(
    rows: list[tuple[int, int]], candidate: int, captions: Iterable[str], texts: list[str], numbers: dict[str, int]
) -> None:
    for caption in captions:
        number = numbers.setdefault(caption, len(texts))
        if number == len(texts):
            texts.append(caption)
        rows.append((candidate, number))


def _columns(rows: list[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def clip_values(clip: Clip) -> frozenset[str]:
    """What the captions, tags and fields of a clip say, as values."""
    captions = [_measured(caption) if _MEASURED.search(caption) else values_named(caption) for caption in clip.captions]
    found = set(motion_lexicon().of_tags([*clip.tags, clip.style] if clip.style else clip.tags)).union(*captions)
    found = {value for value in found if not value.startswith(("hand:", "posture:"))}
    hand = acting_hand(clip)
    if hand:
        found.add(f"hand:{hand}")
    if clip.style and motion_lexicon().of_tags([clip.style]):
        found.add("acted:style")
    found.add(f"posture:{clip.posture}")
    on_floor = "floor" in (clip.posture, clip.posture_end) or any("posture:floor" in values for values in captions)
    if "seated" in (clip.posture, clip.posture_end) and not on_floor:
        found.add("seat:chair")
    if clip.kind == "locomotion":
        found.add("posture:walking")
    return frozenset(found)


def _measured(caption: str) -> frozenset[str]:
    """Values of a caption that tells how far a body got: the way counts, the gait may be anything."""
    return frozenset(value for value in values_named(caption) if value.startswith("dir:"))


def acting_hand(clip: Clip) -> Hand | None:
    """The hand that most captions name, else the one that the clip, a tag or the measured travel of the hands names."""
    named = [values_named(caption) for caption in clip.captions]
    counts = Counter(hand for values in named for hand in _HANDS if f"hand:{hand}" in values)
    (first, most), (_, next_most) = [*counts.most_common(2), (None, 0), (None, 0)][:2]
    if most > next_most:
        return first
    if clip.hand is not None:
        return clip.hand
    words = {word for tag in clip.tags for word in tag.split() if tag.endswith((" hand", " hands", " arms"))}
    tagged = [hand for hand in _HANDS if hand in words]
    if len(tagged) == 1:
        return tagged[0]
    return "both" if counts else _travelling_hand(clip)


def _travelling_hand(clip: Clip) -> Hand | None:
    left, right = (clip.kinematics.get(f"{side}_hand_travel_m", 0.0) for side in ("left", "right"))
    if clip.kind not in _ACTING or max(left, right) < _TRAVEL:
        return None
    if left > _TRAVEL_RATIO * right:
        return "left"
    return "right" if right > _TRAVEL_RATIO * left else None
