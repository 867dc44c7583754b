"""Semantic search: which clip of the library does what the words say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.momat.clip import Clip
from digital_life.momat.library import MotionLibrary
from digital_life.momat.wording import Wording, parts_named, read_wording, sides_named, swap_sides

NEGATION_PENALTY = 0.8
WRONG_SIDE_PENALTY = 0.25
MIRROR_PENALTY = 0.05
"""A clip made for a side comes before a mirrored one."""
PART_BONUS = 0.07
"""For a caption that names a part of the body the query names; as much less for one that names others only."""
POSTURE_BONUS = 0.05


class Encoder(Protocol):
    """Sentences to unit rows [N, D]."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed ``texts``."""
        ...


@dataclass(frozen=True)
class Hit:
    """A clip that fits.

    ``score`` is a cosine (about -0.1 to 1, adjusted for side and negation); ``clip.motion`` is already mirrored when
    ``mirrored`` says so.
    """

    clip: Clip
    score: float
    caption: str
    mirrored: bool = False


class MotionSearch:
    """Cosine similarity of sentence embeddings, the best caption of each clip counting. Deterministic."""

    def __init__(self, library: MotionLibrary, embedder: Encoder) -> None:
        self.library = library
        self.embedder = embedder

    @cached_property
    def _captions(self) -> list[tuple[int, str, bool]]:
        """(clip, caption, mirrored) of all candidates; a caption that names a side also serves its mirror image."""
        rows = []
        for number, clip in enumerate(self.library.clips):
            for caption in clip.captions:
                rows.append((number, caption, False))
                if sides_named(caption):
                    rows.append((number, swap_sides(caption), True))
        return rows

    @cached_property
    def _embeddings(self) -> NDArray[np.float32]:
        return cached_rows(self.library.key, [caption for _, caption, _ in self._captions], self.embedder)

    def search(self, text: str, *, k: int = 5, posture: str | None = None, kind: str | None = None) -> list[Hit]:
        """The ``k`` best clips for ``text``, best first.

        ``posture`` ("standing" or "seated") leaves out clips that need the other one; ``kind`` keeps one kind.
        Words for a side ("with the left hand") bring mirrored clips in; negated parts ("without nodding") count
        against clips that do them.

        Raises:
            InputError: ``text`` is empty.
        """
        if not text.strip():
            raise InputError("the motion query is empty", 'say what the body does, such as "waves with the right hand"')
        wording = read_wording(text)
        scores = self._scores(wording)
        best: dict[int, tuple[float, int]] = {}
        for row, (number, _, _) in enumerate(self._captions):
            clip = self.library.clips[number]
            if posture is not None and clip.posture not in (posture, "any"):
                continue
            if kind is not None and clip.kind != kind:
                continue
            score = float(scores[row]) + (POSTURE_BONUS if wording.posture == clip.posture else 0.0)
            if number not in best or score > best[number][0] + 1e-9:
                best[number] = (score, row)
        ranked = sorted(best.values(), key=lambda entry: (-entry[0], entry[1]))
        return [self._hit(score, row) for score, row in ranked[:k]]

    def _scores(self, wording: Wording) -> NDArray[np.float32]:
        queries = self.embedder.encode([wording.text, *wording.negated])
        cosines = queries @ self._embeddings.T
        scores: NDArray[np.float32] = cosines[0].copy()
        clips = np.array([number for number, _, _ in self._captions])
        for against in cosines[1:]:
            worst = np.zeros(len(self.library), dtype=np.float32)
            np.maximum.at(worst, clips, against)
            scores -= NEGATION_PENALTY * worst[clips]
        wanted = parts_named(wording.text)
        for row, (_, caption, mirrored) in enumerate(self._captions):
            sides, parts = sides_named(caption), parts_named(caption)
            if wanted and parts:
                scores[row] += PART_BONUS if wanted & parts else -PART_BONUS
            scores[row] -= MIRROR_PENALTY * mirrored
            if wording.side is not None and sides and wording.side not in sides:
                scores[row] -= WRONG_SIDE_PENALTY
        return scores

    def _hit(self, score: float, row: int) -> Hit:
        number, caption, mirrored = self._captions[row]
        clip = self.library.clips[number]
        if mirrored:
            clip = clip.mirror()
        return Hit(clip, score, caption, mirrored)


def cached_rows(key: str, texts: Sequence[str], embedder: Encoder) -> NDArray[np.float32]:
    """Embeddings of ``texts``, kept on disk for the library whose hash is ``key`` ("" keeps nothing)."""
    import hashlib
    import tempfile
    from pathlib import Path

    from digital_life.assets import cache_dir

    if not key:
        return embedder.encode(texts)
    words = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
    path = cache_dir("motions") / f"captions-{key}-{words}.npy"
    if path.is_file():
        try:
            rows: NDArray[np.float32] = np.load(path, allow_pickle=False)
            if len(rows) == len(texts):
                return rows
        except (OSError, ValueError, EOFError):
            pass
    rows = embedder.encode(texts)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".partial", delete=False) as file:
        np.save(file, rows)
    Path(file.name).replace(path)
    return rows
