"""The plain sentence encoder as a search: what our search is compared with."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.candidates import Candidates
from digital_life.momat.caption_rows import Encoder, caption_rows
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import Hit


class PlainSearch:
    """Cosine of the query with every caption, mirrored ones too; the best caption of a clip counts."""

    def __init__(self, library: MotionLibrary, embedder: Encoder) -> None:
        self.library = library
        self.embedder = embedder

    @cached_property
    def candidates(self) -> Candidates:
        """The clips and their mirror images."""
        return Candidates(self.library.clips)

    @cached_property
    def _rows(self) -> NDArray[np.float32]:
        return caption_rows(self.candidates.texts, self.embedder)

    def without(self, caption: str) -> PlainSearch:
        """The same search as if no clip had ``caption``."""
        left = PlainSearch(self.library, self.embedder)
        left.candidates, left._rows = self.candidates.without(caption), self._rows
        return left

    def search(self, text: str, *, k: int = 5) -> list[Hit]:
        """The ``k`` best clips, best first."""
        candidates = self.candidates
        cosines = (self._rows @ self.embedder.encode([text])[0])[candidates.row_text]
        hits: dict[int, Hit] = {}
        for row in np.argsort(-np.round(cosines, 6), kind="stable"):
            candidate = candidates.row_candidate[row]
            number, mirrored = int(candidates.clip[candidate]), bool(candidates.mirrored[candidate])
            if number not in hits:
                clip = self.library.clips[number]
                caption = candidates.texts[candidates.row_text[row]]
                hits[number] = Hit(clip.mirror() if mirrored else clip, float(cosines[row]), caption, mirrored)
            if len(hits) == k:
                break
        return list(hits.values())
