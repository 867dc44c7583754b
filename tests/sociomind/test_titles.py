"""Titles of topics and plots end where a phrase ends."""

from __future__ import annotations

import pytest

from digital_life.sociomind.titles import title_of


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A letter has come: the council will sell the salt works.", "A letter has come"),
        ("to find people who will help her carry plants before the storms", "to find people"),
        ("The old bridge over the river on the edge of town is closed.", "The old bridge over the river"),
        ("the blue orchid", "the blue orchid"),
        ("The insurance pays nothing.", "The insurance pays nothing"),
        ("", ""),
    ],
)
def test_a_title_is_cut_where_a_phrase_ends(text: str, title: str) -> None:
    assert title_of(text) == title


def test_a_title_is_never_too_long() -> None:
    assert len(title_of("x" * 500)) <= 60
    assert len(title_of("extraordinarily " * 20)) <= 60
