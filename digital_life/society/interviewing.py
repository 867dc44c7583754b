"""Interviews with the characters of a run, at its end or after any turn of it."""

from __future__ import annotations

from digital_life.errors import InputError
from digital_life.llm.chat import ChatModel
from digital_life.llm.embedding import shared_embedder
from digital_life.persona.schema import Persona
from digital_life.society.run_folder import RunFolder
from digital_life.sociomind.mind import Mind


def mind_of_run(folder: RunFolder, name: str, model: ChatModel, *, turn: int | None = None) -> Mind:
    """The mind of ``name`` as it was after ``turn`` (the last one when None). The run is only read.

    Raises:
        InputError: nobody has that name, the run is a chat, or nothing was recorded up to that turn.
    """
    loaded = folder.scene.loaded
    if loaded is None:
        raise InputError(f"{folder.root} is a chat and keeps no persona", "interview the persona itself")
    persona = next((item for item in loaded.personas if item.name.lower() == name.lower()), None)
    if persona is None:
        raise InputError(f"nobody in {folder.root} is called '{name}'", f"the cast is {', '.join(loaded.names)}")
    played = len(folder.record.turns())
    if turn is not None and turn > played:
        raise InputError(f"{folder.root} has no turn {turn} yet", f"take one up to {played}, or leave --turn out")
    state = folder.record.state(persona.name, turn)
    if state is None:
        raise InputError(f"{persona.name} has no recorded state up to turn {turn}", "take a later turn")
    mind = Mind(persona, model, seed=folder.scene.seed, embedder=shared_embedder(), config=folder.scene.config)
    kept, marks = folder.record.memories(persona.name)
    plots = int(state.get("plots", 0))
    behaviours = len((state.get("plot") or {}).get("behaviours", ()))
    before = [item for item in kept if (item.memory.plot, item.memory.turn) <= (plots - 1, behaviours)]
    known = {item.memory.id for item in before}
    mind.restore(state, before, [mark for mark in marks if mark.memory in known and mark.plot < plots])
    return mind


def fresh_mind(persona: Persona, model: ChatModel) -> Mind:
    """The mind of a persona that has lived nothing yet."""
    return Mind(persona, model, seed=0, embedder=shared_embedder())
