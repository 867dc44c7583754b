"""The WebSocket of a chat: what a person types goes in, turns to play come out."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import BaseModel

from digital_life.errors import DigitalLifeError
from digital_life.viewer.source import ChatSession
from digital_life.viewer.wire import WireEnded, WireError, WireNewTurn, WireThinking

LONGEST_TEXT = 2000
IDLE_SECONDS = 1.5

_log = logging.getLogger(__name__)


class Talk:
    """One session, one window at a time: a new window takes over from the one before.

    Thinking happens beside the requests for idle movement, so the persona never freezes while a slow model answers.
    """

    def __init__(self, session: ChatSession) -> None:
        self._session = session
        self._stage = asyncio.Lock()
        self._mind = asyncio.Lock()
        self._window: WebSocket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        """What is being answered; a window that closes does not stop it."""

    async def connect(self, window: WebSocket) -> None:
        """Serve one window until it closes."""
        await window.accept()
        before, self._window = self._window, window
        if before is not None:
            await self._send(before, WireError(message="The conversation was opened in another window."))
        try:
            while True:
                received = await window.receive()
                if received["type"] == "websocket.disconnect":
                    break
                message = _parse(received.get("text") or "")  # bytes are no message
                task = asyncio.create_task(self._answer(window, message))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        finally:
            if self._window is window:
                self._window = None

    async def _answer(self, window: WebSocket, message: dict[str, Any]) -> None:
        try:
            if message["type"] == "more":
                await self._idle(window)
            elif message["type"] == "say":
                await self._reply(window, str(message.get("text", "")).strip())
            else:
                await self._send(window, WireError(message=f"unknown message type {message['type']!r}"))
        except DigitalLifeError as error:
            await self._send(window, WireError(message=str(error)))
        except Exception as error:  # the window must learn of a bug as well; the traceback goes to the log
            _log.exception("the chat failed")
            await self._send(window, WireError(message=f"{type(error).__name__}: {error}"))

    async def _idle(self, window: WebSocket) -> None:
        if window is not self._window:
            return
        async with self._stage:
            turn = await asyncio.to_thread(self._session.more, IDLE_SECONDS)
            await self._send(window, WireNewTurn(turn=turn, reply=False))

    async def _reply(self, window: WebSocket, text: str) -> None:
        if not text:
            return
        if len(text) > LONGEST_TEXT:
            await self._send(window, WireError(message=f"That is too long: at most {LONGEST_TEXT} characters."))
            return
        async with self._mind:
            await self._send(window, WireThinking())
            answer = await asyncio.to_thread(self._session.think, text)
            async with self._stage:
                turn = await asyncio.to_thread(self._session.play, text, answer)
                await self._send(window, WireNewTurn(turn=turn, reply=True))
        if answer.ends:
            await self._send(window, WireEnded())

    async def _send(self, window: WebSocket, message: BaseModel) -> None:
        try:
            await window.send_text(message.model_dump_json())
        except (WebSocketDisconnect, RuntimeError):
            _log.debug("a window closed before its answer came")


def _parse(text: str) -> dict[str, Any]:
    """A client's message; anything else becomes a message of an unknown type."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {"type": "(not JSON)"}
    return message if isinstance(message, dict) and isinstance(message.get("type"), str) else {"type": "(none)"}
