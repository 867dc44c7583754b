"""``Held``: a thing in a hand, where it sits in it, and for how long; it goes over into the partner's hand without a jump."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.interactions.endpoints import palm_fingers, prop_frame
from digital_life.momat.interactions.file import Interaction, Prop, PropShape
from digital_life.momat.interactions.shape import BodyShape
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]
Numbers3 = tuple[float, float, float]
Numbers4 = tuple[float, float, float, float]


@dataclass(frozen=True)
class Held:
    """From ``start`` to ``stop`` (s from the first frame) a thing of ``size`` (width, height, depth in metres) is fixed to
    ``joint``: its middle at ``offset`` metres, turned by ``rotation`` (wxyz), both in the joint's frame."""

    name: str
    shape: PropShape
    size: Numbers3
    joint: str
    offset: Numbers3
    rotation: Numbers4
    start: float
    stop: float

    def pose(self, motion: Motion, skeleton: Skeleton, frame: int) -> tuple[Array, Array]:
        """Where its middle is in the world [3], and how it is turned [4] (wxyz)."""
        place, turn = _joint(motion, skeleton, self.joint, frame)
        return place + quat.rotate(turn, np.array(self.offset)), quat.multiply(turn, np.array(self.rotation))

    def record(self) -> dict[str, Any]:
        """JSON for ``Motion.provenance["props"]``."""
        return asdict(self)


def held_in(provenance: Mapping[str, Any]) -> tuple[Held, ...]:
    """The things that a recorded motion holds."""
    things: list[dict[str, Any]] = list(provenance.get("props", ()))
    whole = [{key: tuple(value) if isinstance(value, list) else value for key, value in one.items()} for one in things]
    return tuple(Held(**fields) for fields in cast("list[dict[str, Any]]", whole))


def chosen_props(interaction: Interaction, words: str) -> Interaction:
    """The interaction with that of its ``props`` which the ``words`` name, or the first; each is another thing."""
    named = _named(interaction, words)
    return interaction.model_copy(update={"props": (named or interaction.props)[:1]})


def names_a_prop(interaction: Interaction, words: str) -> bool:
    """Whether ``words`` name one of an interaction's things."""
    return bool(_named(interaction, words))


def _named(interaction: Interaction, words: str) -> list[Prop]:
    said = words.lower()
    return [prop for prop in interaction.props if any(word in said for word in (prop.name, *prop.words))]


def hold(
    props: tuple[Prop | None, Prop | None],
    shapes: tuple[BodyShape, BodyShape],
    motions: tuple[Motion, Motion],
    handed_over: float | None,
) -> tuple[tuple[Held, ...], tuple[Held, ...]]:
    """What the active and the passive one hold in motions of one length.

    A thing that is passed on changes hands at ``handed_over`` seconds, where it is at that moment; None keeps it.
    """
    length = len(motions[0]) / FPS
    held: tuple[list[Held], list[Held]] = ([], [])
    for body, prop in enumerate(props):
        if prop is None:
            continue
        first = _in_palm(prop, shapes[body], length if handed_over is None or not prop.passed_on else handed_over)
        held[body].append(first)
        if prop.passed_on and handed_over is not None:
            held[1 - body].append(_taken(first, shapes, motions, body, length))
    return tuple(held[0]), tuple(held[1])


def _in_palm(prop: Prop, shape: BodyShape, stop: float) -> Held:
    """Boxes lie flat on the palm along the fingers; cups stand upright where the thumb points up."""
    palm, centre, _ = prop_frame(prop, shape)
    upright = prop.shape in ("cup", "glass")
    height = np.array([0.0, 0.0, 1.0]) if upright else palm_fingers(shape, prop.side)
    depth = palm.normal - height * (palm.normal @ height)
    depth = depth / np.linalg.norm(depth)
    turn = quat.from_matrix(np.stack([np.cross(height, depth), height, depth], axis=-1))
    width, tall, deep = (centimetres / 100.0 for centimetres in prop.size)
    return Held(
        prop.name, prop.shape, (width, tall, deep), f"{prop.side}_wrist", _rounded3(centre), _rounded4(turn), 0.0, stop
    )  # fmt: skip


def _taken(thing: Held, shapes: Sequence[BodyShape], motions: Sequence[Motion], giver: int, stop: float) -> Held:
    frame = min(round(thing.stop * FPS), len(motions[0]) - 1)
    place, turn = thing.pose(motions[giver], shapes[giver].skeleton, frame)
    hand, world = _joint(motions[1 - giver], shapes[1 - giver].skeleton, thing.joint, frame)
    back = quat.conjugate(world)
    offset, rotation = quat.rotate(back, place - hand), quat.multiply(back, turn)
    return Held(
        thing.name, thing.shape, thing.size, thing.joint, _rounded3(offset), _rounded4(rotation), thing.stop, stop
    )  # fmt: skip


def _joint(motion: Motion, skeleton: Skeleton, name: str, frame: int) -> tuple[Array, Array]:
    at = slice(frame, frame + 1)
    positions, world = forward_kinematics(motion.rotations[at], motion.translation[at], skeleton)
    return positions[0, JOINT_INDEX[name]], world[0, JOINT_INDEX[name]]


def _rounded3(values: Array) -> Numbers3:
    x, y, z = (round(float(value), 5) for value in values)
    return x, y, z


def _rounded4(values: Array) -> Numbers4:
    w, x, y, z = (round(float(value), 6) for value in values)
    return w, x, y, z
