"""The room in which characters live: places to stand or sit, and the furniture that shows them."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

FurnitureKind = Literal["sofa", "chair", "table", "desk", "window", "bookshelf", "lamp", "plant", "rug", "door"]

USUAL_SIZES: dict[FurnitureKind, tuple[float, float, float]] = {
    "sofa": (1.9, 0.8, 0.85),
    "chair": (0.5, 0.9, 0.52),
    "table": (1.1, 0.74, 0.7),
    "desk": (1.3, 0.74, 0.65),
    "window": (1.5, 1.4, 0.1),
    "bookshelf": (1.0, 1.9, 0.32),
    "lamp": (0.36, 1.6, 0.36),
    "plant": (0.45, 1.1, 0.45),
    "rug": (2.2, 0.01, 1.6),
    "door": (0.9, 2.05, 0.08),
}
"""Width, height and depth in metres of furniture that gives no size of its own."""

STANDING_SPACING = 1.0
"""Least distance in metres between two people who stand at one place."""

SMALLEST_RING = 0.75
"""Least metres from the middle of a ring to the feet of those who stand in it."""

Coordinate = Annotated[float, Field(ge=-50, le=50, allow_inf_nan=False)]
Length = Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
Degrees = Annotated[float, Field(ge=-360, le=360)]


class Furniture(BaseModel):
    """A box-like thing on the floor. ``position`` is the centre (x, z) in metres, ``facing`` degrees (0 faces +Z)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FurnitureKind
    position: tuple[Coordinate, Coordinate]
    facing: Degrees = 0.0
    size: tuple[Length, Length, Length] | None = None
    """Width, height, depth in metres; None takes the kind's usual size."""
    colour: str | None = None

    @property
    def dimensions(self) -> tuple[float, float, float]:
        """Width, height, depth in metres, the kind's usual ones where none are given."""
        return self.size or USUAL_SIZES[self.kind]


class Place(BaseModel):
    """Where a character can be: ``position`` (x, z) metres of the feet (or of the seat's middle when seated)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    posture: Literal["standing", "seated"] = "standing"
    position: tuple[Coordinate, Coordinate]
    facing: Degrees = 0.0
    """Degrees about +Y; 0 faces +Z, 90 faces +X."""
    seat_height: float = Field(0.45, ge=0.2, le=0.9)
    capacity: int = Field(2, ge=1, le=8)
    """How many characters it takes; they stand or sit beside each other, ``spacing`` metres apart."""
    spacing: float = Field(0.75, gt=0.3)
    layout: Literal["row", "ring"] = "row"
    """Side by side, looking the way the place faces; or in a ring around ``position``, looking at its middle."""

    @property
    def gap(self) -> float:
        """Metres between two neighbours."""
        return self.spacing if self.posture == "seated" else max(self.spacing, STANDING_SPACING)

    @property
    def radius(self) -> float:
        """Metres from the middle of a ring to its people; 0 for a row."""
        if self.layout == "row" or self.capacity == 1:
            return 0.0
        return max(self.gap / (2 * math.sin(math.pi / self.capacity)), SMALLEST_RING)

    def heading(self, index: int) -> float:
        """Degrees about +Y in which the ``index``-th character looks."""
        if not self.radius:
            return self.facing
        return self.facing + 360.0 * index / self.capacity + 180.0

    def spot(self, index: int) -> tuple[float, float]:
        """(x, z) of the ``index``-th character at this place: the middle of the row moves so that all fit.

        In a ring the first one is where the place faces, the others follow to its left.
        """
        if self.radius:
            angle = math.radians(self.facing + 360.0 * index / self.capacity)
            return (
                self.position[0] + self.radius * math.sin(angle),
                self.position[1] + self.radius * math.cos(angle),
            )
        offset = (index - (self.capacity - 1) / 2) * self.gap
        angle = math.radians(self.facing)
        return (self.position[0] + offset * math.cos(angle), self.position[1] - offset * math.sin(angle))


class Room(BaseModel):
    """A rectangular floor centred on the origin, ``size`` (x, z) metres."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "room"
    size: tuple[Length, Length] = (6.0, 5.0)
    floor_colour: str = "#b8a58a"
    wall_colour: str = "#e6e1d8"
    places: tuple[Place, ...]
    furniture: tuple[Furniture, ...] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Room:
        names = [place.name for place in self.places]
        if not names:
            raise ValueError("a room needs at least one place")
        if len(set(names)) != len(names):
            raise ValueError(f"two places have the same name: {sorted(names)}")
        return self

    @model_validator(mode="after")
    def _places_are_inside(self) -> Room:
        for place in self.places:
            if any(abs(at) > side / 2 for at, side in zip(place.position, self.size, strict=True)):
                raise ValueError(
                    f"the place '{place.name}' at {place.position} is outside the room of size {self.size}"
                )
            for index in range(place.capacity if place.radius else 0):
                if any(abs(at) > side / 2 - 0.3 for at, side in zip(place.spot(index), self.size, strict=True)):
                    raise ValueError(
                        f"the ring '{place.name}' of {place.capacity} is {2 * place.radius:.1f} m wide and does not fit into "
                        f"the room of size {self.size} around {place.position}; make the room larger or the capacity smaller"
                    )
        return self

    def place(self, name: str) -> Place | None:
        """The place of that name, or None."""
        return next((place for place in self.places if place.name == name), None)
