"""``MemoryStore``: the long-term memory of one mind. Nothing here ever calls a language model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.sociomind.config import MindConfig
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.memory.forgetting import is_forgotten
from digital_life.sociomind.memory.node import Kind, Mark, Memory, Recalled
from digital_life.sociomind.memory.sameness import same_thing
from digital_life.sociomind.memory.scoring import Cue, ranked
from digital_life.sociomind.memory.table import MemoryTable
from digital_life.sociomind.memory.vectors import Row

TURN_COUNTS: dict[Kind, int] = {"event": 2, "thought": 2}


@dataclass(frozen=True)
class Kept:
    """A memory as it is recorded: the node, and its vector (half precision) as bytes or nothing where it was put off."""

    memory: Memory
    vector: bytes


@dataclass
class Unrecorded:
    """What a record still has to be told."""

    memories: list[Kept] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


class MemoryStore:
    """All nodes of one mind in the order of time. ``search`` looks, ``recall`` also strengthens what it finds."""

    def __init__(
        self, encoder: CachedEncoder, memories: Iterable[Memory] = (), config: MindConfig | None = None
    ) -> None:
        self.config = config or MindConfig()
        self._encoder = encoder
        self._table = MemoryTable()
        self._new_marks: list[Mark] = []
        for memory in memories:
            self.add(memory)

    def __len__(self) -> int:
        return len(self._table.memories)

    @property
    def memories(self) -> Sequence[Memory]:
        """Every node, oldest first."""
        return self._table.memories

    def get(self, number: int) -> Memory:
        """The node of that id.

        Raises:
            KeyError: there is none.
        """
        if not 1 <= number <= len(self):
            raise KeyError(number)
        return self._table.memories[number - 1]

    # -- writing -----------------------------------------------------------------------------------------------------

    def add(self, memory: Memory) -> Memory | None:
        """Keep ``memory``; returns it with its id, or None when the same is known already (which then is strengthened).

        Events and plots are compared within their plot, since the same may happen again; thoughts and facts with all
        before. Behaviours are always kept, and their vectors are made only when somebody searches.
        """
        if memory.kind == "behaviour":
            return self._append(memory, None)
        self._complete_vectors([memory.kind])
        vector = self._encoder.one(memory.description).astype(np.float16)
        twin = self._twin(memory, vector.astype(np.float32))
        if twin is not None:
            if twin.plot < memory.plot:
                self.reinforce([twin], memory.plot)
            return None
        return self._append(memory, vector)

    def reinforce(self, memories: Iterable[Memory], plot: int) -> None:
        """They were used in plot ``plot``: at most one access a plot, and what was forgotten counts its age anew."""
        for memory in memories:
            if self._number("accessed", memory) >= plot:
                continue
            since = plot if self.is_forgotten(memory, plot) else self._number("since", memory)
            used = bool(self._number("used", memory))
            self._mark(Mark(memory.id, plot, self.accesses(memory) + 1, since, used))

    def use_topic(self, memory: Memory, plot: int) -> None:
        """The topic was talked about in ``plot``; its score is 0 from now on."""
        self._mark(Mark(memory.id, plot, self.accesses(memory), self._number("since", memory), used=True))

    def _append(self, memory: Memory, vector: Row | None) -> Memory:
        kept = memory.model_copy(update={"id": len(self) + 1})
        self._table.add(kept, vector)
        return kept

    def _mark(self, mark: Mark) -> None:
        self._table.apply(mark)
        self._new_marks.append(mark)

    def _twin(self, memory: Memory, vector: NDArray[np.float32]) -> Memory | None:
        for at, cosine in self._table.alike(memory, vector):
            other = self._table.memories[at]
            if same_thing(memory.description, other.description, cosine):
                return other
        return None

    def _number(self, column: str, memory: Memory) -> int:
        return int(self._table.column(column)[memory.id - 1])

    # -- reading -----------------------------------------------------------------------------------------------------

    def search(
        self,
        cue: str | Sequence[str],
        plot: int,
        counts: Mapping[Kind, int] | None = None,
        *,
        partner: str | None = None,
        person: str | None = None,
    ) -> list[Recalled]:
        """What fits ``cue`` (the best of several counts), at most ``counts`` of each kind, best last. Changes nothing.

        Memories of the current ``plot`` are left out, as they still stand in the conversation, except what a user made
        happen. ``partner`` and ``person`` keep only what was lived with, or is a fact about, somebody.
        """
        cues = [text for text in ([cue] if isinstance(cue, str) else cue) if text.strip()]
        wanted = {kind: count for kind, count in (TURN_COUNTS if counts is None else counts).items() if count > 0}
        if not cues or not wanted or self.config.memory == "none" or not len(self):
            return []
        self._complete_vectors(wanted)
        vectors = self._encoder.encode(cues)
        asked = [Cue(text, vector) for text, vector in zip(cues, vectors, strict=True)]
        found = ranked(self._table, asked, plot, self.config, tuple(wanted), partner=partner, person=person)
        chosen: list[Recalled] = []
        taken = dict.fromkeys(wanted, 0)
        for item in found:
            kind = item.memory.kind
            if taken[kind] < wanted[kind] and not self._repeats(item, chosen):
                taken[kind] += 1
                chosen.append(item)
            if taken == wanted:
                break
        return sorted(chosen, key=lambda item: (item.score, item.memory.id))

    def recall(
        self,
        cue: str | Sequence[str],
        plot: int,
        *,
        events: int = 2,
        thoughts: int = 2,
        facts: int = 0,
        partner: str | None = None,
    ) -> list[Memory]:
        """``search``, best last, counted as an access: call it only for what is really put into a turn's prompt."""
        found = self.search(cue, plot, {"event": events, "thought": thoughts, "fact": facts}, partner=partner)
        memories = [item.memory for item in found]
        self.reinforce(memories, plot)
        return memories

    def is_forgotten(self, memory: Memory, plot: int) -> bool:
        """Whether its retention in ``plot`` is below the threshold of its kind."""
        age = plot - self._number("since", memory)
        return is_forgotten(memory.kind, age, memory.poignancy, self.accesses(memory))

    def accesses(self, memory: Memory) -> int:
        """Times it was accessed; a new memory has 1."""
        return self._number("accesses", memory)

    def of_plot(self, plot: int, kind: Kind | None = None) -> list[Memory]:
        """The nodes of one plot in the order of time, all or of one kind."""
        mask = self._table.select(None if kind is None else [kind])
        return self._table.found(mask & (self._table.column("plot") == plot))

    def latest(self, kind: Kind, count: int, *, partner: str | None = None, before: int | None = None) -> list[Memory]:
        """The last ``count`` nodes of ``kind``, newest first; ``before`` leaves out that plot and later ones."""
        mask = self._table.select([kind], partner=partner)
        if before is not None:
            mask &= self._table.column("plot") < before
        return [self._table.memories[at] for at in np.flatnonzero(mask)[::-1][:count]]

    def facts_about(self, person: str, plot: int) -> list[Memory]:
        """What is known of ``person`` and not forgotten in ``plot``, oldest first."""
        _, forgotten = self._table.rates(plot)
        return self._table.found(self._table.select(["fact"], person=person) & ~forgotten)

    def topics(self, *, used: bool) -> list[Memory]:
        """Topics that were, or were not yet, talked about, oldest first."""
        return self._table.found(self._table.select(["topic"]) & (self._table.column("used") == used))

    def topic_score(self, topic: Memory) -> int:
        """poignancy + 2 emergency, and 0 once it was talked about (reference)."""
        return 0 if self._number("used", topic) else topic.poignancy + 2 * topic.emergency

    def _repeats(self, item: Recalled, chosen: Sequence[Recalled]) -> bool:
        row = self._table.vectors.row(item.memory.id - 1).astype(np.float32)
        for other in chosen:
            cosine = float(row @ self._table.vectors.row(other.memory.id - 1).astype(np.float32))
            if other.memory.kind == item.memory.kind and same_thing(
                other.memory.description, item.memory.description, cosine
            ):
                return True
        return False

    def marks(self) -> list[dict[str, Any]]:
        """What recall has changed since the memories were made, as plain data: one mark a changed memory."""
        changed = np.flatnonzero((self._table.column("accessed") >= 0) | self._table.column("used"))
        order = changed[np.argsort(self._table.column("touched")[changed], kind="stable")]
        return [asdict(self._table.mark(int(at))) for at in order]

    # -- the record --------------------------------------------------------------------------------------------------

    def unrecorded(self) -> Unrecorded:
        """The memories and marks that are not ``recorded`` yet."""
        new = []
        for at in range(self._table.recorded, len(self)):
            memory = self._table.memories[at]
            put_off = at in self._table.put_off[memory.kind]
            new.append(Kept(memory, b"" if put_off else self._table.vectors.row(at).tobytes()))
        return Unrecorded(new, list(self._new_marks))

    def recorded(self, kept: Unrecorded) -> None:
        """What ``unrecorded`` handed out is kept now."""
        self._table.recorded += len(kept.memories)
        del self._new_marks[: len(kept.marks)]

    @classmethod
    def restored(
        cls, encoder: CachedEncoder, kept: Iterable[Kept], marks: Iterable[Mark], config: MindConfig | None = None
    ) -> MemoryStore:
        """The store that was recorded. Vectors of another sentence model are made anew at the first search."""
        store = cls(encoder, config=config)
        same_model: bool | None = None
        for item in kept:
            vector = np.frombuffer(item.vector, np.float16)
            if same_model is None and len(vector):
                same_model = _same_model(encoder, item.memory.description, vector)
            store._table.add(item.memory, vector if same_model and len(vector) else None)
        for mark in marks:
            store._table.apply(mark)
        store._table.recorded = len(store)
        return store

    def _complete_vectors(self, kinds: Iterable[Kind]) -> None:
        """Make the vectors of these kinds that were put off, in one go."""
        missing = [at for kind in kinds for at in self._table.put_off[kind]]
        texts = [self._table.memories[at].description for at in missing]
        for at, vector in zip(missing, self._encoder.encode(texts) if texts else (), strict=True):
            self._table.put_vector(at, vector.astype(np.float16))


def _same_model(encoder: CachedEncoder, text: str, vector: Row) -> bool:
    fresh = encoder.one(text)
    return len(fresh) == len(vector) and float(fresh @ vector.astype(np.float32)) > 0.98
