"""Furniture meshes: right size, right place, facing outwards."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from digital_life.render.furniture import furniture_solids
from digital_life.stage.scene import Furniture, FurnitureKind


@pytest.mark.parametrize("kind", get_args(FurnitureKind))
def test_every_kind_fills_its_box(kind: FurnitureKind) -> None:
    piece = Furniture(kind=kind, position=(1.0, -2.0), facing=90)
    solids = furniture_solids(piece)
    points = np.concatenate([s.vertices for s in solids])
    width, height, depth = piece.dimensions
    low, high = points.min(axis=0), points.max(axis=0)
    assert (low[0] + high[0]) / 2 == pytest.approx(1.0, abs=0.12)
    assert (low[2] + high[2]) / 2 == pytest.approx(-2.0, abs=0.12)
    assert high[2] - low[2] == pytest.approx(width, abs=0.25)
    assert high[0] - low[0] == pytest.approx(depth, abs=0.25)
    assert high[1] - low[1] == pytest.approx(height, abs=0.25)
    assert low[1] > -0.02


@pytest.mark.parametrize("kind", get_args(FurnitureKind))
def test_normals_are_unit_and_agree_with_the_faces(kind: FurnitureKind) -> None:
    for solid in furniture_solids(Furniture(kind=kind, position=(0, 0), facing=30)):
        assert np.linalg.norm(solid.normals, axis=1) == pytest.approx(1, abs=1e-3)
        corners = solid.vertices[solid.faces]
        face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        agree = (face * solid.normals[solid.faces].mean(axis=1)).sum(axis=1)
        assert (agree >= -1e-6).mean() > 0.99


def test_seats_are_where_people_sit() -> None:
    for kind in ("sofa", "chair"):
        points = np.concatenate([s.vertices for s in furniture_solids(Furniture(kind=kind, position=(0, 0)))])
        seat = points[(np.abs(points[:, 0]) < 0.6) & (points[:, 2] > 0.05) & (np.abs(points[:, 0]) < 0.2)]
        assert seat[:, 1].max() == pytest.approx(0.45, abs=0.02)


def test_own_colour_is_used() -> None:
    solids = furniture_solids(Furniture(kind="sofa", position=(0, 0), colour="#00ff00"))
    assert any(s.colour[1] > 0.9 and s.colour[0] == 0 for s in solids)
