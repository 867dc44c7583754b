"""Which other clip is shown to the generator as a sample (ReMoDiffuse, Zhang et al. 2023; MoMat-MoGen).

The likeness of two clips is the cosine of their captions' embeddings times ``exp(-0.1 |dL| / max(|dL|, L))`` for
lengths L. A clip never retrieves itself, nor another cut of its own take.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.mogen.dataset import Item

LENGTH = 0.1


def neighbours(items: tuple[Item, ...], meanings: NDArray[np.float32], count: int = 8) -> NDArray[np.intp]:
    """[N, count] numbers of the most alike other items; ``meanings`` [N, D] are unit rows, one for each item.

    Fewer columns where there are fewer items of other takes.

    Raises:
        InputError: all items are of one take.
    """
    frames = np.array([item.frames for item in items], dtype=np.float32)
    _, takes = np.unique([item.id.partition("#")[0] for item in items], return_inverse=True)
    count = min(count, len(items) - int(np.bincount(takes).max()))
    if count < 1:
        raise InputError("all clips are of one take, so none can be shown for another", "add motions of a second take")
    found = np.empty((len(items), count), dtype=np.intp)
    for number, meaning in enumerate(meanings):
        apart = np.abs(frames - frames[number])
        score = (meanings @ meaning) * np.exp(-LENGTH * apart / np.maximum(np.maximum(apart, frames), 1.0))
        score[takes == takes[number]] = -np.inf
        found[number] = np.argsort(-score, kind="stable")[:count]
    return found
