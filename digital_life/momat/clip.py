"""``Clip``: one motion of a library with its words; its frames are read when they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from digital_life.momat.wording import swap_sides
from digital_life.motion.mirror import mirror
from digital_life.motion.motion import FPS, Motion

Posture = Literal["standing", "seated", "floor", "any"]
"""``any``: an upper-body motion that fits a standing and a seated body alike; ``floor``: lying, kneeling, crawling."""

Layer = Literal["full", "upper"]
Hand = Literal["left", "right", "both"]
LicenceClass = Literal["permissive", "noncommercial"]
SIGNED_KINEMATICS = ("turn_deg", "move_dir_deg")
"""Measures that change their sign in a mirror."""
MIRROR_SUFFIX = "~mirror"
AUTHORED = "digital-life"
"""Source of the clips that the project's authors wrote by hand."""
MADE = "digital-life generator"
"""Source of the clips that the project's own weights made."""
SEGMENT_MARK = "#"
"""Between the id of a take and the first frame of a part of it."""


@dataclass(frozen=True)
class Clip:
    """One motion with its words.

    ``load`` gives the frames, on the canonical skeleton, first frame over the origin and facing +Z; ``frames`` is their
    number, known without loading. Times in ``sync`` are seconds (``ready``, ``stroke_start``, ``stroke``, ``relax``).
    """

    id: str
    captions: tuple[str, ...]
    kind: str
    """idle, talk, gesture, emotion, locomotion, transition (between postures), action or dance."""
    posture: Posture
    frames: int
    load: Callable[[], Motion] = field(repr=False, compare=False)
    captions_zh: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    posture_end: Posture = "any"
    layer: Layer = "full"
    """``upper``: the legs matter so little that the clip may be laid over another lower body."""
    loopable: bool = False
    sync: Mapping[str, float] = field(default_factory=dict)
    hand: Hand | None = None
    """The hand that acts; None where neither does or nobody said."""
    style: str = ""
    has_fingers: bool = True
    has_face: bool = False
    source: str = AUTHORED
    licence: str = "Apache-2.0"
    licence_class: LicenceClass = "permissive"
    copyleft: bool = False
    split: str = ""
    """``train`` or ``val`` where the source has such a division."""
    kinematics: Mapping[str, float] = field(default_factory=dict)
    mirrored: bool = False

    @staticmethod
    def of(motion: Motion, **words: object) -> Clip:
        """A clip of a motion that is in memory already; ``words`` are the other fields."""
        return Clip(frames=len(motion), load=lambda: motion, **words)  # type: ignore[arg-type]

    @property
    def motion(self) -> Motion:
        """The frames."""
        return self.load()

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.frames / FPS

    @property
    def is_segment(self) -> bool:
        """Whether the clip is a part of a longer take, which is a clip too."""
        return SEGMENT_MARK in self.id

    @property
    def stroke(self) -> float:
        """Seconds at which the gesture says what it says; the middle where the file names no stroke."""
        return self.sync.get("stroke", self.sync.get("stroke_start", 0.5 * self.duration))

    @property
    def changes_posture(self) -> bool:
        """Whether somebody who stood sits afterwards, or the other way round."""
        return self.posture_end not in (self.posture, "any")

    def mirror(self) -> Clip:
        """The clip as seen in a mirror: body, captions and acting hand exchange left and right."""
        other: dict[str | None, Hand] = {"left": "right", "right": "left", "both": "both"}
        return replace(
            self,
            id=self.id.removesuffix(MIRROR_SUFFIX) if self.mirrored else self.id + MIRROR_SUFFIX,
            captions=tuple(swap_sides(caption) for caption in self.captions),
            captions_zh=tuple(swap_sides(caption) for caption in self.captions_zh),
            tags=tuple(swap_sides(tag) for tag in self.tags),
            hand=other.get(self.hand),
            kinematics=_Mirrored(self.kinematics),
            load=lambda: mirror(self.load()),
            mirrored=not self.mirrored,
        )


class _Mirrored(Mapping[str, float]):
    """Measures of the mirror image: left and right exchanged, turns the other way; looked up only when wanted."""

    def __init__(self, kinematics: Mapping[str, float]) -> None:
        self._kinematics = kinematics

    def __getitem__(self, name: str) -> float:
        value = self._kinematics[_other_side(name)]
        return -value if name in SIGNED_KINEMATICS else value

    def __iter__(self) -> Iterator[str]:
        return (_other_side(name) for name in self._kinematics)

    def __len__(self) -> int:
        return len(self._kinematics)


def _other_side(name: str) -> str:
    for side, other in (("left_", "right_"), ("right_", "left_")):
        if name.startswith(side):
            return other + name.removeprefix(side)
    return name
