"""What a database keeps of a clip besides its frames: one JSON object a take, with its segments inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from digital_life.momat.clip import SEGMENT_MARK, Clip
from digital_life.momat.new_motion import Segment
from digital_life.momat.shard import Place
from digital_life.motion.motion import Motion

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


def take_record(clip: Clip, segments: tuple[Segment, ...], place: Place, digest: str) -> dict[str, Any]:
    """The JSON object of a take; ``digest`` is the hash of its frames as they came."""
    return {
        "id": clip.id,
        "place": [place.shard, place.start, place.frames, place.fingers, place.face],
        "digest": digest,
        **_words(clip, _WORDS),
        "segments": [
            {"first": segment.first, "last": segment.last, **_words(segment.clip, _SEGMENT_WORDS)}
            for segment in segments
        ],
    }


def _words(clip: Clip, names: tuple[str, ...]) -> dict[str, Any]:
    words: dict[str, Any] = {name: list(getattr(clip, name)) for name in _TUPLES}
    words |= {name: getattr(clip, name) for name in names}
    return {**words, "sync": dict(clip.sync), "kinematics": dict(clip.kinematics)}


def said(record: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a record that people wrote, as against what was stored or measured."""
    measured = ("place", "digest", "kinematics")
    words = {name: value for name, value in record.items() if name not in measured}
    words["segments"] = [{k: v for k, v in part.items() if k not in measured} for part in record["segments"]]
    return words


def place_of(record: Mapping[str, Any]) -> Place:
    """Where the frames of a take are."""
    return Place(*record["place"])


def clips_of(record: Mapping[str, Any], read: Callable[[Mapping[str, Any], int, int], Motion]) -> list[Clip]:
    """The clips of a take: itself, then its segments; ``read`` gives the frames from one number to another."""
    words = {name: record[name] for name in _WORDS}
    frames = record["place"][2]
    clips = [_clip(record, record["id"], words, frames, lambda: read(record, 0, frames))]
    for part in record["segments"]:
        first, last = part["first"], part["last"]
        own = {**words, **{name: part[name] for name in _SEGMENT_WORDS}}
        clips.append(
            _clip(part, f"{record['id']}{SEGMENT_MARK}{first}", own, last - first, _reader(read, record, first, last))
        )
    return clips


def _reader(
    read: Callable[[Mapping[str, Any], int, int], Motion], record: Mapping[str, Any], first: int, last: int
) -> Callable[[], Motion]:
    return lambda: read(record, first, last)


def _clip(
    record: Mapping[str, Any], clip_id: str, words: Mapping[str, Any], frames: int, load: Callable[[], Motion]
) -> Clip:
    captions, captions_zh, tags = (tuple(record[name]) for name in _TUPLES)
    return Clip(
        id=clip_id,
        captions=captions,
        captions_zh=captions_zh,
        tags=tags,
        frames=frames,
        load=load,
        sync=record["sync"],
        kinematics=record["kinematics"],
        **words,
    )
