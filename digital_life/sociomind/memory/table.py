"""``MemoryTable``: the nodes of one mind and, beside them in columns, everything that a search compares."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.sociomind.memory.forgetting import retentions
from digital_life.sociomind.memory.node import KINDS, Kind, Mark, Memory
from digital_life.sociomind.memory.terms import TermIndex
from digital_life.sociomind.memory.vectors import Row, VectorIndex

_COLUMNS: dict[str, type[np.generic]] = {
    "touched": np.int64,  # rises with every access: the order of recency
    "plot": np.int32,
    "since": np.int32,  # plot from which the age counts
    "accessed": np.int32,  # plot of the last access
    "partner": np.int32,
    "person": np.int32,
    "accesses": np.int16,
    "kind": np.int8,
    "poignancy": np.int8,
    "manual": np.bool_,
    "used": np.bool_,
}
_ALIKE = 0.85
"""Cosine from which two memories are compared closely."""
EXACT = 2048
"""So many memories are compared exactly; among more, the signs of the vectors choose candidates first."""

_NEVER = -(2**31)

Mask = NDArray[np.bool_]


class MemoryTable:
    """Node number n (its id is n + 1) has row n in every column. Nodes are added at the end and never changed."""

    def __init__(self) -> None:
        self.memories: list[Memory] = []
        self.vectors = VectorIndex()
        self.terms = TermIndex()
        self.put_off: dict[Kind, dict[int, None]] = {kind: {} for kind in KINDS}
        """Nodes whose vector is made only when somebody searches."""
        self.recorded = 0
        """How many nodes the record has already."""
        self._columns: dict[str, NDArray[Any]] = {name: np.zeros(64, kind) for name, kind in _COLUMNS.items()}
        self._codes: dict[str, int] = {"": 0}
        self._clock = 0
        self._rates: tuple[int, NDArray[np.float32], Mask] | None = None

    def __len__(self) -> int:
        return len(self.memories)

    def column(self, name: str) -> NDArray[Any]:
        """[N] one column of ``_COLUMNS``."""
        return self._columns[name][: len(self.memories)]

    # -- writing -----------------------------------------------------------------------------------------------------

    def add(self, memory: Memory, vector: Row | None) -> None:
        """The next node; without a vector it gets one by ``put_vector``."""
        at = len(self.memories)
        if at == len(self._columns["kind"]):
            self._columns = {name: np.concatenate([rows, np.zeros_like(rows)]) for name, rows in self._columns.items()}
        self._clock += 1
        self._set(
            at,
            touched=self._clock,
            plot=memory.plot,
            since=memory.plot,
            accessed=_NEVER,
            partner=self._code(memory.partner),
            person=self._code(memory.person),
            accesses=1,
            kind=KINDS.index(memory.kind),
            poignancy=memory.poignancy,
            manual=memory.source == "manual",
            used=False,
        )
        self.memories.append(memory)
        self.vectors.add(vector)
        self.terms.add(" ".join((memory.description, *memory.keywords)))
        if vector is None:
            self.put_off[memory.kind][at] = None
        self._rates = None

    def put_vector(self, at: int, vector: Row) -> None:
        """The vector that was put off."""
        self.vectors.put(at, vector)
        self.put_off[self.memories[at].kind].pop(at, None)

    def apply(self, mark: Mark) -> None:
        """A recall, a revival or the use of a topic."""
        self._clock += 1
        self._set(
            mark.memory - 1,
            touched=self._clock,
            accessed=mark.plot,
            accesses=mark.accesses,
            since=mark.since,
            used=mark.used,
        )
        self._rates = None

    def mark(self, at: int) -> Mark:
        """What recall has made of node ``at``."""
        accessed, accesses, since, used = (
            int(self._columns[name][at]) for name in ("accessed", "accesses", "since", "used")
        )
        return Mark(at + 1, accessed, accesses, since, bool(used))

    # -- reading -----------------------------------------------------------------------------------------------------

    def rates(self, plot: int) -> tuple[NDArray[np.float32], Mask]:
        """[N] retention in ``plot``, and [N] what is forgotten by then."""
        if self._rates is None or self._rates[0] != plot:
            ages = plot - self.column("since")
            rates, forgotten = retentions(
                self.column("kind"), ages, self.column("poignancy"), self.column("accesses")
            )  # fmt: skip
            self._rates = plot, rates, forgotten
        return self._rates[1], self._rates[2]

    def select(
        self, kinds: Collection[Kind] | None = None, *, partner: str | None = None, person: str | None = None
    ) -> Mask:
        """[N] nodes of one of ``kinds`` that were lived with ``partner`` and are about ``person``, as far as these are given."""
        if kinds is None:
            mask = np.ones(len(self), np.bool_)
        else:
            wanted = np.array([kind in kinds for kind in KINDS])
            mask = wanted[self.column("kind")]
        for name, value in (("partner", partner), ("person", person)):
            if value is not None:
                mask &= self.column(name) == self._codes.get(value, -1)
        return mask

    def alike(self, memory: Memory, vector: NDArray[np.float32]) -> list[tuple[int, float]]:
        """(number, cosine) of the nodes that may say the same as ``memory``, most alike first.

        Events and plots are compared within their plot and partner, since the same may happen again; other kinds with all
        before.
        """
        mask = self.select([memory.kind], person=memory.person)
        if memory.kind in ("event", "plot"):
            mask &= self.select(partner=memory.partner)
            mask &= self.column("plot") == memory.plot
        numbers = np.flatnonzero(mask)
        if len(numbers) > EXACT:
            estimates = self.vectors.estimates(vector, numbers)
            numbers = numbers[np.argpartition(-estimates, 64)[:64]]
        if not len(numbers):
            return []
        cosines = self.vectors.cosines(vector, numbers)
        order = np.argsort(-cosines, kind="stable")
        return [(int(numbers[at]), float(cosines[at])) for at in order if cosines[at] > _ALIKE]

    def found(self, mask: Mask) -> list[Memory]:
        """The nodes of a mask, oldest first."""
        return [self.memories[at] for at in np.flatnonzero(mask)]

    def _set(self, at: int, **values: int) -> None:
        for name, value in values.items():
            self._columns[name][at] = value

    def _code(self, name: str) -> int:
        return self._codes.setdefault(name, len(self._codes))
