"""How much a motion library holds, by source and licence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from digital_life.momat.clip import Clip


@dataclass(frozen=True)
class Summary:
    """Counts of a group of clips; ``frames`` and ``hours`` count takes only, as segments are parts of them."""

    source: str
    licence: str
    licence_class: str
    copyleft: bool
    takes: int
    segments: int
    frames: int
    hours: float
    captions: int
    captions_zh: int
    with_fingers: int
    with_face: int


def summarize(clips: Iterable[Clip]) -> Summary:
    """The totals of ``clips``; source and licence are those of the first."""
    members = list(clips)
    takes = [clip for clip in members if not clip.is_segment]
    first = members[0] if members else None
    return Summary(
        source=first.source if first else "",
        licence=first.licence if first else "",
        licence_class=first.licence_class if first else "",
        copyleft=first.copyleft if first else False,
        takes=len(takes),
        segments=len(members) - len(takes),
        frames=sum(clip.frames for clip in takes),
        hours=sum(clip.duration for clip in takes) / 3600,
        captions=len({caption for clip in members for caption in clip.captions}),
        captions_zh=len({caption for clip in members for caption in clip.captions_zh}),
        with_fingers=sum(clip.has_fingers for clip in takes),
        with_face=sum(clip.has_face for clip in takes),
    )


def by_source_and_licence(clips: Iterable[Clip]) -> list[Summary]:
    """One summary for every source and licence, in the order of their names."""
    groups: dict[tuple[str, str, str], list[Clip]] = {}
    for clip in clips:
        groups.setdefault((clip.source, clip.licence, clip.licence_class), []).append(clip)
    return [summarize(groups[name]) for name in sorted(groups)]
