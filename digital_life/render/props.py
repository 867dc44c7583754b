"""Things in hands: what a cup, a glass, a book, a parcel and a phone look like, and where they are in a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.interactions.held import Held, held_in
from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import Skeleton
from digital_life.render.meshes import solid_mesh
from digital_life.render.solids import Colour, Solid, Vector, box, cylinder
from digital_life.stage.performance import Performance

_PORCELAIN: Colour = (0.78, 0.30, 0.24)
_COFFEE: Colour = (0.24, 0.14, 0.09)
_GLASS: Colour = (0.76, 0.86, 0.90)
_WINE: Colour = (0.50, 0.10, 0.16)
_COVER: Colour = (0.16, 0.33, 0.50)
_PAPER: Colour = (0.95, 0.93, 0.87)
_CARDBOARD: Colour = (0.72, 0.55, 0.36)
_RIBBON: Colour = (0.74, 0.20, 0.24)
_PHONE: Colour = (0.10, 0.11, 0.13)
_SCREEN: Colour = (0.35, 0.55, 0.75)


def prop_solids(thing: Held) -> list[Solid]:
    """The solids of a thing, its middle at the origin, its height along +Y and what lies on a palm towards -Z."""
    width, height, depth = thing.size
    if thing.shape in ("cup", "glass"):
        return _cup(width, height) if thing.shape == "cup" else _glass(width, height)
    if thing.shape == "book":
        return _book(width, height, depth)
    return _parcel(width, height, depth) if thing.shape == "parcel" else _phone(width, height, depth)


def _cup(width: float, height: float) -> list[Solid]:
    radius, handle = width / 2.0, 0.022
    ring = [
        box(
            (0.008, 0.008, 0.5 * handle),
            (-radius - handle * np.sin(angle), 0.8 * handle * np.cos(angle), 0.0),
            _PORCELAIN,
        )
        for angle in np.linspace(0.0, np.pi, 13)
    ]
    return [
        cylinder(0.86 * radius, height, (0.0, 0.0, 0.0), _PORCELAIN, top=radius, roughness=0.35),
        cylinder(0.9 * radius, 0.002, (0.0, height / 2.0, 0.0), _COFFEE, roughness=0.2),
        *ring,
    ]


def _glass(width: float, height: float) -> list[Solid]:
    radius = width / 2.0
    return [
        cylinder(0.75 * radius, height, (0.0, 0.0, 0.0), _GLASS, top=radius, roughness=0.15),
        cylinder(0.93 * radius, 0.002, (0.0, height / 2.0, 0.0), _WINE, roughness=0.2),
    ]


def _book(width: float, height: float, depth: float) -> list[Solid]:
    cover = 0.12 * depth
    pages = box((width * 0.96, height * 0.97, depth - 2.0 * cover), (0.01 * width, 0.0, 0.0), _PAPER)
    lids = [
        box((width, height, cover), (0.0, 0.0, side * (depth - cover) / 2.0), _COVER, roughness=0.6)
        for side in (-1.0, 1.0)
    ]
    spine = box((cover, height, depth), (-width / 2.0, 0.0, 0.0), _COVER, roughness=0.6)
    return [pages, *lids, spine]


def _parcel(width: float, height: float, depth: float) -> list[Solid]:
    over: Vector = (0.12 * width, height * 1.01, depth * 1.02)
    across: Vector = (width * 1.01, 0.1 * height, depth * 1.02)
    middle = (0.0, 0.0, 0.0)
    return [box((width, height, depth), middle, _CARDBOARD), *(box(band, middle, _RIBBON) for band in (over, across))]


def _phone(width: float, height: float, depth: float) -> list[Solid]:
    screen = box((0.9 * width, 0.92 * height, 0.05 * depth), (0.0, 0.0, depth / 2.0), _SCREEN, roughness=0.2)
    return [box((width, height, depth), (0.0, 0.0, 0.0), _PHONE, roughness=0.3), screen]


def placed(solid: Solid, place: NDArray[np.float64], turn: NDArray[np.float64]) -> Solid:
    """A solid turned by a quaternion (wxyz) and moved."""
    vertices = quat.rotate(turn, solid.vertices.astype(np.float64)) + place
    normals = quat.rotate(turn, solid.normals.astype(np.float64))
    return replace(solid, vertices=vertices.astype(np.float32), normals=normals.astype(np.float32))


@dataclass(frozen=True)
class Thing:
    """A thing that is held in a performance."""

    performance: Performance
    held: Held
    skeleton: Skeleton

    def at(self, time: float) -> NDArray[np.float64] | None:
        """Where it is [4, 4] at ``time`` seconds on the scene clock; None while it is not held."""
        motion, since = self.performance.motion, time - self.performance.start
        if not (self.held.start <= since < self.held.stop and since < motion.duration):
            return None
        frame = int(np.clip(round(since * motion.fps), 0, len(motion) - 1))
        place, turn = self.held.pose(motion, self.skeleton, frame)
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = quat.to_matrix(turn), place
        return pose


def held_things(performances: Sequence[Performance], skeletons: dict[str, Skeleton]) -> list[Thing]:
    """All things that are held in any of the performances."""
    return [
        Thing(performance, held, skeletons[performance.character])
        for performance in performances
        for held in held_in(performance.motion.provenance)
    ]


class Props:
    """The things of all performances in a pyrender scene; ``show`` puts those in hands that are held at a time."""

    def __init__(self, scene: Any, performances: Sequence[Performance], skeletons: dict[str, Skeleton]) -> None:
        self._scene = scene
        things = held_things(performances, skeletons)
        self._entries = [(thing, scene.add(solid_mesh(prop_solids(thing.held)))) for thing in things]

    def show(self, time: float) -> None:
        """Let the next drawing have what is held at ``time`` seconds on the scene clock."""
        for thing, node in self._entries:
            pose = thing.at(time)
            node.mesh.is_visible = pose is not None
            if pose is not None:
                self._scene.set_pose(node, pose)

    def hide(self) -> None:
        """Let the next drawing have none."""
        for _, node in self._entries:
            node.mesh.is_visible = False
