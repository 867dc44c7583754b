"""A browser window that goes in mid-sentence, over real sockets: the talk is kept, and a new window goes on with it."""

from __future__ import annotations

import json
import socket
import sqlite3
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.society.chat_session import PersonaChat
from digital_life.society.run_folder import RunFolder
from digital_life.viewer.run_source import LiveChat
from digital_life.viewer.server import chat_app, start
from digital_life.viewer.serving import RunningServer

pytestmark = pytest.mark.usefixtures("stand_in_page")
SAID = ["Hello!", "My sister runs a bakery in Leeds.", "What do you do for a living?", "Where do you come from?"]


@pytest.fixture
def talk(tmp_path: Path) -> PersonaChat:
    return PersonaChat(load_persona("mira"), OfflineModel(), tmp_path / "talk", bodies=False)


@pytest.fixture
def server(talk: PersonaChat) -> Iterator[RunningServer]:
    with start(chat_app(LiveChat(talk))) as running:
        yield running


def window(server: RunningServer) -> ClientConnection:
    return connect(server.url.replace("http", "ws") + "api/chat", open_timeout=20)


def say(opened: ClientConnection, text: str) -> dict[str, Any]:
    opened.send(json.dumps({"type": "say", "text": text}))
    assert json.loads(opened.recv(20)) == {"type": "thinking"}
    return dict(json.loads(opened.recv(20)))


def cut(opened: ClientConnection) -> None:
    """The machine of the window is switched off: the connection is reset, and no goodbye is sent."""
    opened.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    opened.socket.close()


def answers(talk: PersonaChat, count: int) -> list[str]:
    """What Mira has said, when it is ``count`` lines."""
    deadline = time.monotonic() + 20
    said: list[str] = []
    while len(said) < count and time.monotonic() < deadline:
        said = [row.behaviour.speech for row in talk.folder.record.turns() if row.behaviour]
        time.sleep(0.02)
    return said


def test_a_window_that_goes_in_mid_sentence_loses_nothing(talk: PersonaChat, server: RunningServer) -> None:
    first = window(server)
    assert say(first, SAID[0])["reply"] is True
    first.send(json.dumps({"type": "say", "text": SAID[1]}))
    assert json.loads(first.recv(20)) == {"type": "thinking"}
    cut(first)
    assert len(answers(talk, 2)) == 2, "what was heard is answered, though nobody sees it"

    second = window(server)
    shown = httpx.get(server.url + "api/scene").json()
    assert shown["mode"] == "chat"
    turn = say(second, SAID[2])
    assert turn["turn"]["speech"]
    second.close()  # while Mira is still being played

    third = window(server)
    third.send(json.dumps({"type": "more"}))
    assert json.loads(third.recv(20))["type"] == "turn"
    assert say(third, SAID[3])["turn"]["speech"]
    cut(third)
    server.stop()
    talk.close()

    folder = RunFolder.open(talk.folder.root)
    assert folder.finished and folder.record.events("reflection")
    assert [heard for _, _, heard in folder.record.events("heard")] == SAID
    assert folder.record.unseen("(stage)") == []
    state = folder.record.state("Mira")
    assert state is not None
    assert [item["speech"] for item in state["plot"]["behaviours"]][::2] == SAID, "the mind has heard each once"
    folder.close()
    with sqlite3.connect(folder.root / "run.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_window_that_goes_before_it_has_said_anything_leaves_no_trace(
    talk: PersonaChat, server: RunningServer
) -> None:
    for _ in range(5):
        cut(window(server))
    with socket.create_connection(httpx.URL(server.url).netloc.decode().split(":"), timeout=5) as half:  # type: ignore[arg-type]
        half.sendall(b"GET /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n")
    opened = window(server)
    opened.send(b"\x00\xff" * 10)
    assert json.loads(opened.recv(20))["type"] == "error"
    assert say(opened, SAID[0])["reply"] is True
    opened.close()
    server.stop()
    assert len(answers(talk, 1)) == 1
    talk.close()
