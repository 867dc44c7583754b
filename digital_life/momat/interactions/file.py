"""The file of one interaction, as its author writes it (``motion_db/interactions/README.md`` explains it by example)."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from digital_life.momat.interactions.sites import SiteName
from digital_life.motion.clip_file import Key, Seconds, Step

Gaze = Literal["eyes", "hands", "partner_side", "own"]
"""Where a role looks: the partner's eyes, the meeting hands, past the partner, or as its base motion has it."""

PropShape = Literal["cup", "glass", "book", "parcel", "phone"]
"""What a thing looks like."""


def _phrase(text: str) -> str:
    if not re.fullmatch(r"[\w '*@\u4e00-\u9fff-]+", text):
        raise ValueError(f"'{text}' may hold only words, * for any ending or up to three words, and @ for a person")
    return text


Phrase = Annotated[str, AfterValidator(_phrase)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Placement(_Part):
    """Where the passive role is when the bodies meet, seen from the active one.

    ``distance`` ahead and ``side`` to the left count mean arm lengths of the two; ``turn`` is the direction in which
    the passive one faces, degrees against the active one's: 180 face to face, 0 side by side. ``stand_off`` is the
    farthest arm lengths by which the bodies' thickness moves them apart (for embraces 1, else 0).
    """

    distance: float = Field(ge=-1.5, le=4)
    side: float = Field(0.0, ge=-3, le=3)
    turn: float = Field(180.0, ge=-180, le=180)
    stand_off: float = Field(0.0, ge=0, le=1)


class Prop(_Part):
    """A thing in a hand: ``size`` width, height and depth (cm). Of several, the one whose name or ``words`` are said."""

    name: str
    words: list[str] = []
    shape: PropShape
    size: tuple[float, float, float] = (8.0, 10.0, 8.0)
    side: Literal["left", "right"] = "right"
    passed_on: bool = False


class Contact(_Part):
    """From ``start`` to ``stop`` (s) the ``active`` place touches the ``passive`` one.

    ``touch`` lets the skins meet in one point, ``hold`` also lays the hand flat on it, ``clasp`` closes the hands
    around each other. ``fingers`` says how the fingers of two hands point. ``when`` keeps a contact for pairs of similar
    height, or for those in which one's shoulders are much higher.
    """

    start: Seconds
    stop: Seconds
    active: SiteName
    passive: SiteName
    kind: Literal["touch", "hold", "clasp"] = "touch"
    fingers: Literal["free", "parallel", "opposite"] = "free"
    when: Literal["always", "similar", "active_taller", "passive_taller"] = "always"

    @model_validator(mode="after")
    def _in_order(self) -> Contact:
        if self.stop <= self.start:
            raise ValueError(f"the contact stops at {self.stop} s, before it starts at {self.start} s")
        return self


class Role(_Part):
    """One side: its movement before the bodies are made to meet, and where it looks.

    The movement is keyframed here (``keys`` and ``steps`` as in a clip), or a clip of the library by its ``clip`` id, or
    what the motion search finds for ``search``. Clips are laid so that their stroke falls on the first contact.
    """

    keys: list[Key] = []
    steps: list[Step] = []
    clip: str | None = None
    search: str | None = None
    gaze: Gaze = "eyes"

    @model_validator(mode="after")
    def _one_source(self) -> Role:
        given = [bool(self.keys), self.clip is not None, self.search is not None]
        if sum(given) != 1:
            raise ValueError("give exactly one of 'keys', 'clip' and 'search'")
        return self


class Interaction(_Part):
    """What two people do together. ``offer`` is the moment (s) at which the active one waits for a late answer."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    captions: list[str] = Field(min_length=3)
    captions_zh: list[str] = Field(min_length=1)
    phrases: list[Phrase] = Field(min_length=1)
    phrases_zh: list[str] = []
    duration: float = Field(gt=0.5, le=20)
    offer: Seconds
    symmetric: bool = False
    seated: bool = False
    walking: bool = False
    solo: str = Field("", description="what the active one does alone where the two cannot meet")
    placement: Placement
    active: Role
    passive: Role | None = None
    contacts: list[Contact] = []
    props: list[Prop] = []

    @model_validator(mode="after")
    def _whole(self) -> Interaction:
        if self.symmetric != (self.passive is None):
            raise ValueError("a symmetric interaction has one role ('active') for both, any other one has two")
        late = [contact.stop for contact in self.contacts if contact.stop > self.duration]
        if late or self.offer > self.duration:
            raise ValueError(f"{(late or [self.offer])[0]} s lies beyond the duration of {self.duration} s")
        held = any("held" in (contact.active + contact.passive) for contact in self.contacts)
        if held and not self.props:
            raise ValueError("a contact names a held thing, but there are no 'props'")
        return self

    def role(self, name: Literal["active", "passive"]) -> Role:
        """A role; both of a symmetric interaction are the same."""
        return self.active if name == "active" or self.passive is None else self.passive

    @property
    def window(self) -> tuple[float, float]:
        """Seconds from the first contact to the end of the last one; the middle half where nothing touches."""
        if not self.contacts:
            return 0.25 * self.duration, 0.75 * self.duration
        return min(c.start for c in self.contacts), max(c.stop for c in self.contacts)
