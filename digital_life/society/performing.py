"""Turning a behaviour into recorded performances: the stage plays it, the files are written, then the record names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from digital_life.behaviour import Behaviour
from digital_life.body.appearance import build_character
from digital_life.body.character import Character
from digital_life.body.glb import read_glb, write_glb
from digital_life.errors import storage_error
from digital_life.llm.chat import ChatModel
from digital_life.llm.embedding import shared_embedder
from digital_life.momat.interactions.shape import shape_of_character
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import MotionSearch
from digital_life.motion.files import save_motion
from digital_life.persona.schema import Persona
from digital_life.society.record import PerformanceRow, State
from digital_life.society.run_folder import RunFolder, file_stem
from digital_life.society.words_only import WordsOnly
from digital_life.sociomind.looks import fill_persona
from digital_life.stage.cast import CastMember
from digital_life.stage.gate import Gate
from digital_life.stage.performance import Performance
from digital_life.stage.stage import Stage
from digital_life.voice.voices import load_voice
from digital_life.voice.wav import write_wav

STAGE = "(stage)"
"""Owner of the stage's state in the record; no persona can have this name."""


def build_body(folder: RunFolder, persona: Persona, model: ChatModel | None = None) -> Character:
    """The persona's body, written to the run folder once and read from there afterwards.

    What its appearance says in words alone is filled in by ``model``, or by keywords.
    """
    path = folder.glb(persona.name)
    if path.exists():
        return read_glb(path)
    dressed, look = fill_persona(persona, model, folder.scene.seed)
    if look.problem:
        folder.record.add_events("notice", [f"Look of {persona.name}: by keywords, for {look.problem}"])
    character = build_character(persona.name, dressed.appearance)
    try:
        write_glb(character, path)
    except OSError as error:
        raise storage_error(error, path, "writing a character") from error
    return character


def build_stage(
    folder: RunFolder, personas: Sequence[Persona], places: Mapping[str, str], model: ChatModel | None = None
) -> Stage | WordsOnly:
    """A stage with the bodies and voices of ``personas``; ``places`` says where each begins."""
    if not folder.scene.bodies:
        return WordsOnly(places)
    cast = []
    for persona in personas:
        body = build_body(folder, persona, model)
        voice = load_voice(persona.voice)
        member = CastMember(persona.name, body.skeleton, voice, places[persona.name], body.jaw_open)
        cast.append(replace(member, shape=shape_of_character(body)))
    library = MotionLibrary.default(folder.scene.licence)
    search = MotionSearch(library, shared_embedder())
    gate = Gate.default(folder.scene.licence)
    return Stage(folder.scene.room, cast, seed=folder.scene.seed, library=library, search=search, gate=gate)


def write_performances(
    folder: RunFolder, turn: int, performances: Sequence[Performance], states: Mapping[str, State]
) -> list[PerformanceRow]:
    """Write motions and sound, then record them together with ``states`` in one transaction."""
    rows = [_write_files(folder, turn, performance) for performance in performances]
    folder.record.add_performances(turn, rows, states)
    return rows


def _write_files(folder: RunFolder, turn: int, performance: Performance) -> PerformanceRow:
    stem = f"{turn:04d}-{file_stem(performance.character)}"
    motion_file = f"performances/{stem}.npz"
    audio_file = None
    path = folder.root / motion_file
    try:
        save_motion(performance.motion, path)
        if performance.speech is not None and performance.speech.samples is not None:
            audio_file = f"audio/{stem}.wav"
            path = folder.root / audio_file
            write_wav(path, performance.speech.samples, performance.speech.rate)
    except OSError as error:
        raise storage_error(error, Path(path), f"writing turn {turn}") from error
    return PerformanceRow(
        turn,
        performance.character,
        performance.start,
        len(performance.motion),
        motion_file,
        audio_file,
        performance.speech_start,
        performance.speech.duration if performance.speech else 0.0,
        dict(performance.motion.provenance),
    )


def perform_turn(
    folder: RunFolder, stage: Stage | WordsOnly, turn: int, behaviour: Behaviour, states: Mapping[str, State]
) -> list[PerformanceRow]:
    """Play one behaviour and record it; ``states`` are stored with the stage's own."""
    performances = stage.perform(behaviour)
    return write_performances(folder, turn, performances, {**states, STAGE: stage.state()})


def perform_idle(
    folder: RunFolder, stage: Stage | WordsOnly, turn: int, seconds: float, states: Mapping[str, State]
) -> list[PerformanceRow]:
    """Let everybody idle for ``seconds`` and record it."""
    performances = stage.idle(seconds)
    return write_performances(folder, turn, performances, {**states, STAGE: stage.state()})
