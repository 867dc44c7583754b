"""The cache of caption embeddings, and the adapter's weights."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from digital_life.llm.embedding import shared_embedder
from digital_life.momat.adapter import AdaptedEncoder, Adapter, shipped_adapter
from digital_life.momat.caption_rows import SHIPPED, caption_rows, encoder_key, read_part
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import MotionSearch


class Counting:
    """An encoder that remembers what it was asked for."""

    def __init__(self, width: int = 8) -> None:
        self.width = width
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        rows = [np.random.default_rng(sum(map(ord, text))).standard_normal(self.width) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32)


def new_texts(encoder: Counting) -> list[str]:
    return [text for text in encoder.asked if text.startswith("c")]


def test_only_new_captions_are_embedded(tmp_path: Path) -> None:
    first = caption_rows(["c1", "c2"], Counting(), tmp_path)
    again = Counting()
    both = caption_rows(["c2", "c3", "c1", "c2"], again, tmp_path)
    assert new_texts(again) == ["c3"]
    np.testing.assert_array_equal(both[[2, 0, 3]], first[[0, 1, 1]])


def test_rows_do_not_depend_on_the_cache(tmp_path: Path) -> None:
    np.testing.assert_array_equal(
        caption_rows(["c1"], Counting(), tmp_path), caption_rows(["c1"], Counting(), tmp_path)
    )


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_a_damaged_part_is_made_again(tmp_path: Path, damage: bytes | None) -> None:
    expected = caption_rows(["c1", "c2"], Counting(), tmp_path)
    (part,) = tmp_path.glob("*/*.npz")
    part.write_bytes(part.read_bytes()[:-200] if damage is None else damage)
    encoder = Counting()
    np.testing.assert_array_equal(caption_rows(["c1", "c2"], encoder, tmp_path), expected)
    assert new_texts(encoder) == ["c1", "c2"]


def test_nothing_is_joined_where_all_parts_are_damaged(tmp_path: Path) -> None:
    expected = caption_rows(["c1"], Counting(), tmp_path)
    (part,) = tmp_path.glob("*/*.npz")
    for number in range(20):
        part.with_name(f"{number}.npz").write_bytes(b"no archive")
    part.unlink()
    np.testing.assert_array_equal(caption_rows(["c1"], Counting(), tmp_path), expected)
    assert len(list(tmp_path.glob("*/*.npz"))) == 1


def test_another_encoder_has_a_cache_of_its_own(tmp_path: Path) -> None:
    caption_rows(["c1"], Counting(8), tmp_path)
    assert caption_rows(["c1"], Counting(4), tmp_path).shape == (1, 4)


def test_many_may_write_at_once_and_parts_are_joined(tmp_path: Path) -> None:
    def embed(number: int) -> NDArray[np.float32]:
        return caption_rows([f"c{number}", "c0"], Counting(), tmp_path)

    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(embed, range(1, 25)))
    for number, made in enumerate(rows, start=1):
        np.testing.assert_array_equal(caption_rows([f"c{number}", "c0"], Counting(), tmp_path), made)
    encoder = Counting()
    caption_rows([f"c{number}" for number in range(25)], encoder, tmp_path)
    assert not new_texts(encoder)
    assert len(list(tmp_path.glob("*/*.npz"))) < 24 and not list(tmp_path.glob("*/*.partial"))


def test_the_adapter_corrects_only_its_own_encoder(tmp_path: Path) -> None:
    adapter = shipped_adapter()
    texts = ["a person waves", "someone greets a friend"]
    plain, corrected = shared_embedder().encode(texts), AdaptedEncoder(shared_embedder()).encode(texts)
    assert not np.allclose(corrected, plain, atol=0.01)
    np.testing.assert_allclose(np.linalg.norm(corrected, axis=1), 1.0, atol=1e-5)
    other = Counting(384)
    np.testing.assert_array_equal(AdaptedEncoder(other).encode(texts), other.encode(texts))
    adapter.save(tmp_path / "copy.safetensors")
    np.testing.assert_allclose(Adapter.load(tmp_path / "copy.safetensors").up, adapter.up, atol=1e-3)


def test_what_the_shipped_library_says_comes_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a first use waits ten seconds: run tools/embed_captions.py after a change of captions or terms."""
    library = MotionLibrary.default()
    monkeypatch.setenv("DIGITAL_LIFE_CACHE", str(tmp_path))
    best = MotionSearch(library, shared_embedder()).search("a person waves with the right hand", k=1)[0]
    assert "wave" in best.caption
    assert not list(tmp_path.glob("captions/*/*.npz")), "nothing had to be embedded"


def test_shipped_rows_are_those_of_the_encoder() -> None:
    (part,) = SHIPPED.glob("*.npz")
    assert part.stem == encoder_key(shared_embedder())
    known = read_part(part)
    texts = list(known)[::60]
    np.testing.assert_allclose(
        np.stack([known[text] for text in texts]).astype(np.float32), shared_embedder().encode(texts), atol=1e-3
    )
