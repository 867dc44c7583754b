"""The inner life of a character in a recorded run: what it remembers, what comes to its mind, how its state changed."""

from __future__ import annotations

from dataclasses import dataclass

from digital_life.errors import InputError
from digital_life.llm.embedding import shared_embedder
from digital_life.society.run_folder import RunFolder
from digital_life.sociomind.change import Change
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.memory import Kind, MemoryStore, Recalled
from digital_life.yaml_allowed import suggestion

SHOWN: dict[Kind, int] = {"event": 3, "thought": 3, "fact": 3, "behaviour": 3, "plot": 1, "topic": 1}


@dataclass(frozen=True)
class InnerLife:
    """Looking at it changes nothing."""

    memory: MemoryStore
    changes: list[Change]
    plots: int
    """Plots lived so far: the number of the next one."""

    @classmethod
    def of(cls, folder: RunFolder, name: str) -> InnerLife:
        """That of the character ``name``.

        Raises:
            InputError: the run has no such character.
            StorageError: the record is damaged.
        """
        state = folder.record.state(name)
        if name not in folder.scene.names or state is None:
            names = folder.scene.names
            raise InputError(
                f"{folder.root} has no mind called '{name}'{suggestion(name, names)}", f"take one of {', '.join(names)}"
            )
        kept, marks = folder.record.memories(name)
        memory = MemoryStore.restored(CachedEncoder(shared_embedder()), kept, marks, folder.scene.config)
        return cls(memory, [change for _, change in folder.record.changes(name)], int(state.get("plots", 0)))

    def recall(self, cue: str) -> list[Recalled]:
        """What would come to mind at ``cue`` in the next plot, best first."""
        return self.memory.search(cue, self.plots, SHOWN)[::-1]
