"""What a database keeps of a clip besides frames and measures: one JSON object a take, with its segments inside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from functools import cached_property
from typing import Any, Protocol

from digital_life.momat.clip import SEGMENT_MARK, Clip
from digital_life.momat.new_motion import Segment
from digital_life.momat.shard import Place
from digital_life.motion.motion import Motion

_FRAMES = 2
"""Index of the number of frames in ``place``."""
_TUPLES = ("captions", "captions_zh", "tags")
_WORDS = (
    "kind",
    "posture",
    "posture_end",
    "layer",
    "loopable",
    "hand",
    "style",
    "has_fingers",
    "has_face",
    "source",
    "licence",
    "licence_class",
    "copyleft",
    "split",
)
_SEGMENT_WORDS = ("kind", "posture", "posture_end", "loopable", "hand", "style")
"""A segment has the rest from its take."""


class Source(Protocol):
    """Where the frames and measures of a record's clips come from."""

    def frames(self, record: Mapping[str, Any], first: int, last: int) -> Motion:
        """Frames ``first`` to ``last`` (exclusive) of the take."""
        ...

    def kinematics(self, place: Place, number: int) -> Mapping[str, float]:
        """The measures of the take (``number`` 0) or of one of its segments (from 1)."""
        ...


class _Kinematics(Mapping[str, float]):
    """Measures that are read when somebody looks at them."""

    def __init__(self, source: Source, place: list[Any], number: int) -> None:
        self._source, self._place, self._number = source, place, number

    @cached_property
    def _values(self) -> Mapping[str, float]:
        return self._source.kinematics(Place(*self._place), self._number)

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def take_record(clip: Clip, segments: tuple[Segment, ...], place: Place, digest: str) -> dict[str, Any]:
    """The JSON object of a take; ``digest`` is the hash of its frames as they came, ``words`` of what was said of it."""
    said = {
        "id": clip.id,
        **_words(clip, _WORDS),
        "segments": [
            {"first": segment.first, "last": segment.last, **_words(segment.clip, _SEGMENT_WORDS)}
            for segment in segments
        ],
    }
    words = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
    return {**said, "place": list(astuple(place)), "digest": digest, "words": words}


def _words(clip: Clip, names: tuple[str, ...]) -> dict[str, Any]:
    words: dict[str, Any] = {name: list(getattr(clip, name)) for name in _TUPLES}
    words |= {name: getattr(clip, name) for name in names}
    return {**words, "sync": dict(clip.sync)}


def place_of(record: Mapping[str, Any]) -> Place:
    """Where the frames of a take are."""
    return Place(*record["place"])


def clips_of(record: Mapping[str, Any], source: Source) -> list[Clip]:
    """The clips of a take: itself, then its segments."""
    words = {name: record[name] for name in _WORDS}
    place = record["place"]
    clips = [_clip(record, record["id"], words, (0, place[_FRAMES]), 0, source, record)]
    for number, part in enumerate(record["segments"], start=1):
        first, last = part["first"], part["last"]
        own = {**words, **{name: part[name] for name in _SEGMENT_WORDS}}
        clips.append(_clip(record, f"{record['id']}{SEGMENT_MARK}{first}", own, (first, last), number, source, part))
    return clips


def _clip(
    record: Mapping[str, Any],
    clip_id: str,
    words: Mapping[str, Any],
    span: tuple[int, int],
    number: int,
    source: Source,
    own: Mapping[str, Any],
) -> Clip:
    first, last = span
    return Clip(
        id=clip_id,
        captions=tuple(own["captions"]),
        captions_zh=tuple(own["captions_zh"]),
        tags=tuple(own["tags"]),
        frames=last - first,
        load=lambda: source.frames(record, first, last),
        sync=own["sync"],
        kinematics=_Kinematics(source, record["place"], number),
        **words,
    )
