"""A reel: one character does what a list of prompts says, one after the other, each matched or generated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from digital_life.behaviour import Behaviour, Emotion
from digital_life.body.appearance import build_character
from digital_life.errors import InputError
from digital_life.llm.embedding import shared_embedder
from digital_life.momat.interactions.shape import shape_of_character
from digital_life.momat.library import Licences, MotionLibrary
from digital_life.momat.search import MotionSearch
from digital_life.persona.library import load_persona
from digital_life.render.job import RenderJob, Subtitle
from digital_life.stage.cast import CastMember
from digital_life.stage.gate import Gate
from digital_life.stage.performance import Performance
from digital_life.stage.scene import Room
from digital_life.stage.stage import Stage
from digital_life.voice.voices import load_voice
from digital_life.yaml_file import load_yaml

BETWEEN = 0.4
"""Seconds for which the character is at ease between two prompts."""
_KINDS = {
    "match": "from the library",
    "generate": "generated",
    "blend": "generated after a clip",
    "none": "nothing fits",
}


class ReelPrompt(BaseModel):
    """One act: words for the body, what is said meanwhile, and how it is felt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    motion: str = ""
    speech: str = ""
    expression: str = ""
    emotion: Emotion = Emotion()
    place: str = ""


class ReelFile(BaseModel):
    """A reel as a file: who does it, where, and the prompts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    persona: str
    place: str
    """Where it begins."""
    seed: int = 1
    room: Room
    prompts: tuple[ReelPrompt, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Done:
    """One prompt as it was done: from ``start`` to ``end`` (seconds), how, and by which clip.

    ``kind`` is what the quality gate decided, or "speech" where there was nothing to decide.
    """

    words: str
    start: float
    end: float
    kind: str
    clip: str


@dataclass(frozen=True)
class Reel:
    """A reel that was performed: the scene to film, and what became of each prompt."""

    job: RenderJob
    done: tuple[Done, ...]


def load_reel(path: Path) -> ReelFile:
    """Read a reel.

    Raises:
        InputError: the file is missing or wrong; the message names file, line and field.
    """
    return load_yaml(path, ReelFile)


def perform_reel(
    wanted: ReelFile,
    *,
    licence: Licences = "default",
    progress: Callable[[int, int], object] = lambda _done, _all: None,
) -> Reel:
    """Perform every prompt; ``progress`` is told (prompts done, in all).

    Raises:
        InputError: the persona or a place is unknown.
        AssetError: the library or the sentence model is missing.
    """
    persona = load_persona(wanted.persona)
    for prompt in wanted.prompts:
        if prompt.place and wanted.room.place(prompt.place) is None:
            raise InputError(f"the reel's room has no place '{prompt.place}'", "name one of its places")
    body = build_character(persona.name, persona.appearance)
    shape = shape_of_character(body)
    member = CastMember(persona.name, body.skeleton, load_voice(persona.voice), wanted.place, body.jaw_open, shape)
    library = MotionLibrary.default(licence)
    search = MotionSearch(library, shared_embedder())
    stage = Stage(wanted.room, [member], seed=wanted.seed, library=library, search=search, gate=Gate.default(licence))
    performances: list[Performance] = []
    done: list[Done] = []
    for number, prompt in enumerate(wanted.prompts):
        turn = stage.perform(Behaviour(speaker=persona.name, **prompt.model_dump()))
        performances += turn
        done.append(_done(prompt, turn[0]))
        performances += stage.idle(BETWEEN)
        progress(number + 1, len(wanted.prompts))
    takes = [one.start for one in done]
    lines = [Subtitle(one.start, one.end, _KINDS.get(one.kind, persona.name), one.words) for one in done if one.words]
    return Reel(RenderJob(wanted.room, {persona.name: body}, performances, lines, stage.clock, takes), tuple(done))


def _done(prompt: ReelPrompt, own: Performance) -> Done:
    acts = own.motion.provenance.get("acts", [])
    clips = ", ".join(act["clip"] for act in acts if act["clip"])
    if not prompt.motion:
        return Done(prompt.speech, own.start, own.end, "speech", "")
    kind = acts[0].get("gate", {}).get("decision", "match") if clips else "none"
    return Done(prompt.motion, own.start, own.end, kind, clips)
