"""Bounds of sparse accessors: zero counts only where an element is left out."""

from __future__ import annotations

import numpy as np

from digital_life.motion.formats.gltf_write import GltfBuilder


def test_zero_is_in_the_bounds_only_where_an_element_is_left_out() -> None:
    builder = GltfBuilder("test")
    values = np.array([[1, 2, 3], [4, 5, 6]], np.int16)
    whole = builder.document["accessors"][builder.sparse(2, np.array([1, 0], np.uint32), values)]
    part = builder.document["accessors"][builder.sparse(3, np.array([1, 0], np.uint32), values)]
    assert (whole["min"], whole["max"]) == ([1, 2, 3], [4, 5, 6])
    assert (part["min"], part["max"]) == ([0, 0, 0], [4, 5, 6])
