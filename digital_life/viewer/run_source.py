"""Run folders and live talks as the viewer's sources."""

from __future__ import annotations

from pathlib import Path

from digital_life.behaviour import Behaviour
from digital_life.momat.interactions.held import held_in
from digital_life.society.chat_session import PersonaChat
from digital_life.society.record import PerformanceRow
from digital_life.society.run_folder import RunFolder, RunTurn
from digital_life.stage.performance import Performance
from digital_life.viewer.wire import (
    WireAudio,
    WirePerformance,
    WireScene,
    WireTurn,
    audio_url,
    performance_url,
    wire_character,
    wire_prop,
)
from digital_life.voice.voices import voice_notice


class RunSource:
    """A recorded run. Turns and files are found by turn number and character name."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    def scene(self) -> WireScene:
        """The whole scene with all its turns."""
        turns = self.folder.turns()
        return WireScene(
            title=self.folder.scene.title,
            mode="replay",
            mind=self.folder.scene.mind,
            duration=turns[-1].end if turns else 0.0,
            notice="" if self.folder.finished else "This run was stopped before its end.",
            room=self.folder.scene.room,
            characters=tuple(wire_character(i, name) for i, name in enumerate(self.folder.scene.names)),
            turns=tuple(wire_run_turn(turn) for turn in turns),
        )

    def glb(self, name: str) -> Path:
        """The body of a character.

        Raises:
            KeyError: no such character.
        """
        if name not in self.folder.scene.names:
            raise KeyError(name)
        return self.folder.glb(name)

    def performance(self, index: int, name: str) -> Performance:
        """What ``name`` does in turn ``index``.

        Raises:
            KeyError: no such performance.
        """
        return self.folder.performance(self._row(index, name))

    def audio(self, index: int, name: str) -> Path:
        """The sound of ``name`` in turn ``index``.

        Raises:
            KeyError: there is none.
        """
        path = self.folder.audio_path(self._row(index, name))
        if path is None:
            raise KeyError(name)
        return path

    def _row(self, index: int, name: str) -> PerformanceRow:
        for row in self.folder.record.performances():
            if row.turn == index and row.character == name:
                return row
        raise KeyError((index, name))


class LiveChat(RunSource):
    """A talk that is going on; its folder grows with every turn."""

    def __init__(self, talk: PersonaChat) -> None:
        super().__init__(talk.folder)
        self._talk = talk

    def scene(self) -> WireScene:
        """The scene as it is now."""
        return super().scene().model_copy(update={"mode": "chat", "notice": voice_notice() or ""})

    def think(self, text: str) -> Behaviour:
        """The persona's answer to what the person said."""
        return self._talk.think(text)

    def play(self, text: str, answer: Behaviour) -> WireTurn:
        """Perform and record the answer."""
        return wire_run_turn(self._talk.play(text, answer))

    def more(self, seconds: float) -> WireTurn:
        """The next stretch of idling and listening."""
        return wire_run_turn(self._talk.idle(seconds))


def wire_run_turn(turn: RunTurn) -> WireTurn:
    """Describe a recorded turn to the page."""
    behaviour, number = turn.row.behaviour, turn.row.turn
    spoken = next((row for row in turn.performances if row.speech_seconds > 0), None)
    speech_start = None if spoken is None else spoken.start + spoken.speech_start
    audio = None
    if spoken is not None and spoken.audio is not None and speech_start is not None:
        audio = WireAudio(url=audio_url(number, spoken.character), start=speech_start)
    return WireTurn(
        index=number,
        speaker=behaviour.speaker if behaviour else "",
        start=turn.start,
        end=turn.end,
        speech=behaviour.speech if behaviour else "",
        line=behaviour.line() if behaviour else "",
        mind=behaviour.mind if behaviour else "",
        speech_start=speech_start,
        speech_end=None if spoken is None or speech_start is None else speech_start + spoken.speech_seconds,
        ends=behaviour.ends if behaviour else False,
        performances=tuple(
            WirePerformance(
                character=row.character,
                start=row.start,
                frames=row.frames,
                url=performance_url(number, row.character),
                props=tuple(wire_prop(thing, row.start) for thing in held_in(row.provenance)),
            )
            for row in turn.performances
        ),
        audio=audio,
    )
