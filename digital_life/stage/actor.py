"""What the stage keeps of one character from one behaviour to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from digital_life.behaviour import Emotion
from digital_life.momat.feet import Build, Stance
from digital_life.stage.cast import CastMember
from digital_life.stage.joining import Tail

Array = NDArray[np.float64]

REMEMBERED = 4
"""Gestures that an actor remembers having played."""


@dataclass(frozen=True)
class Rest:
    """The idle loop an actor is in: it goes on with ``frame`` of ``clip`` at frame ``due`` of the scene."""

    clip: str
    frame: int
    left: int
    """Frames for which it may go on before another one takes over."""
    due: int
    reason: str
    """Why this one."""


@dataclass
class Actor:
    """One character on stage: where it is, how it stands, and the end of its movement that a seamless next one needs."""

    member: CastMember
    place: str
    spot: int | None
    stance: Stance
    facing: float
    """Direction of the body, radians about +Y."""
    posture: Literal["standing", "seated"] = "standing"
    seat: Array | None = None
    """Where the pelvis is when seated, [3] metres."""
    partner: str = ""
    tail: Tail | None = None
    """The end of what the body has done so far."""
    gaze: Array = field(default_factory=lambda: np.zeros((2, 3)))
    """Value and velocity of torso yaw, head yaw and head pitch, radians."""
    face: NDArray[np.float32] | None = None
    recent: tuple[str, ...] = ()
    """Ids of the gestures played last, the newest at the end; others are preferred to them."""
    rest: Rest | None = None
    mood: Emotion = field(default_factory=Emotion)
    """What it felt when it last did something: it stands and listens in that manner."""

    def __post_init__(self) -> None:
        self.build = Build(self.member.skeleton)

    @property
    def name(self) -> str:
        """The character's name."""
        return self.member.name

    @property
    def position(self) -> Array:
        """(x, z) of the body's middle on the floor."""
        return self.stance.centre if self.seat is None else self.seat[[0, 2]]

    def remember(self, clips: Sequence[str]) -> None:
        """Note gestures that were played, so that the next ones differ."""
        self.recent = (*self.recent, *clips)[-REMEMBERED:]

    def direction_to(self, other: Actor) -> float:
        """Direction (radians) in which the other one is."""
        x, z = other.position - self.position
        return float(np.arctan2(x, z))

    def state(self) -> dict[str, Any]:
        """Everything as JSON; :meth:`restore` of it continues exactly here."""
        arrays = {name: getattr(self, name) for name in ("seat", "gaze", "face")}
        return {
            "place": self.place,
            "spot": self.spot,
            "posture": self.posture,
            "facing": self.facing,
            "partner": self.partner,
            "prints": self.stance.prints.tolist(),
            "recent": list(self.recent),
            "mood": [self.mood.pleasure, self.mood.arousal, self.mood.dominance],
            "rest": None if self.rest is None else asdict(self.rest),
            "tail": None if self.tail is None else self.tail.state(),
            **{name: None if array is None else array.tolist() for name, array in arrays.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state again."""
        self.place, self.spot, self.posture = state["place"], state["spot"], state["posture"]
        self.facing, self.partner = state["facing"], state["partner"]
        self.stance = Stance(np.array(state["prints"]))
        self.recent = tuple(state.get("recent", ()))
        self.rest = Rest(**state["rest"]) if state.get("rest") else None
        felt = dict(zip(("pleasure", "arousal", "dominance"), state.get("mood", ()), strict=False))
        self.mood = Emotion(**felt)
        self.seat = None if state["seat"] is None else np.array(state["seat"], dtype=np.float64)
        self.tail = Tail.restored(state["tail"]) if state.get("tail") else None
        self.gaze = np.array(state["gaze"], dtype=np.float64)
        self.face = None if state["face"] is None else np.array(state["face"], dtype=np.float32)
