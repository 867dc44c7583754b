from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from viewer_fixtures import SyntheticChat, SyntheticScene

from digital_life.body.glb import read_glb
from digital_life.errors import AssetError, InputError
from digital_life.viewer.server import chat_app, replay_app, serve, start
from digital_life.viewer.wire import WireScene, unpack_performance

LOCAL = "http://127.0.0.1:8000"

pytestmark = pytest.mark.usefixtures("stand_in_page")


def test_everything_a_scene_names_can_be_fetched(replay: SyntheticScene, tmp_path: Path) -> None:
    client = TestClient(replay_app(replay), base_url=LOCAL)
    scene = WireScene.model_validate_json(client.get("/api/scene").content)
    assert [turn.speaker for turn in scene.turns] == ["", "Mira", "Tunde", "Mira"]
    for character in scene.characters:
        (tmp_path / "fetched.glb").write_bytes(client.get(character.glb).content)
        assert read_glb(tmp_path / "fetched.glb").name == character.name
    for turn in scene.turns:
        for performance in turn.performances:
            begin, motion = unpack_performance(client.get(performance.url).content)
            assert (begin, len(motion)) == (pytest.approx(performance.start), performance.frames)
        if turn.audio:
            assert client.get(turn.audio.url).content[:4] == b"RIFF"
    assert client.get("/").text == "page"


@pytest.mark.parametrize(
    "path", ["characters/Nobody.glb", "performances/99-Mira.bin", "audio/0-Mira.wav", "audio/x-Mira.wav"]
)
def test_what_is_not_there_is_not_found(replay: SyntheticScene, path: str) -> None:
    assert TestClient(replay_app(replay), base_url=LOCAL).get(f"/api/{path}").status_code == 404


def test_names_with_dashes_spaces_and_accents(replay: SyntheticScene) -> None:
    replay.performed[0, "Ana-María 2"] = replay.performed[0, "Mira"]
    client = TestClient(replay_app(replay), base_url=LOCAL)
    assert client.get("/api/performances/0-Ana-Mar%C3%ADa%202.bin").status_code == 200


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "192.168.1.20"])
def test_own_names_are_answered(replay: SyntheticScene, host: str) -> None:
    assert TestClient(replay_app(replay)).get("/api/scene", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "localhost.evil.example", ""])
def test_rebound_names_are_refused(replay: SyntheticScene, host: str) -> None:
    assert TestClient(replay_app(replay)).get("/api/scene", headers={"host": host}).status_code == 403


def test_another_site_may_not_open_the_chat(chat: SyntheticChat) -> None:
    client = TestClient(chat_app(chat), base_url=LOCAL)
    headers = {"host": "127.0.0.1:8000", "origin": "http://evil.example"}
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/chat", headers=headers):
        pass


def talk(client: TestClient):
    return client.websocket_connect("/api/chat", headers={"host": "127.0.0.1:8000"})


def test_a_message_gets_a_turn_with_sound(chat: SyntheticChat) -> None:
    client = TestClient(chat_app(chat), base_url=LOCAL)
    with client, talk(client) as socket:
        socket.send_json({"type": "say", "text": "good day"})
        assert socket.receive_json() == {"type": "thinking"}
        message = socket.receive_json()
        assert (message["type"], message["reply"]) == ("turn", True)
        assert message["turn"]["speech"] == "You said: good day"
        assert client.get(message["turn"]["audio"]["url"]).status_code == 200
        assert message["turn"]["start"] == pytest.approx(1.0)
        socket.send_json({"type": "more"})
        idle = socket.receive_json()
        assert (idle["reply"], idle["turn"]["speech"]) == (False, "")
        assert idle["turn"]["start"] == pytest.approx(message["turn"]["end"])


def test_idle_movement_goes_on_while_the_mind_thinks(chat: SyntheticChat) -> None:
    client = TestClient(chat_app(chat), base_url=LOCAL)
    with client, talk(client) as socket:
        socket.send_json({"type": "say", "text": "slow"})
        assert socket.receive_json()["type"] == "thinking"
        for _ in range(2):
            socket.send_json({"type": "more"})
            assert socket.receive_json()["reply"] is False
        chat.release.set()
        assert socket.receive_json()["turn"]["speech"] == "You said: slow"


def test_faults_are_told_and_the_talk_goes_on(chat: SyntheticChat) -> None:
    client = TestClient(chat_app(chat), base_url=LOCAL)
    with client, talk(client) as socket:
        socket.send_json({"type": "say", "text": "fail"})
        assert socket.receive_json()["type"] == "thinking"
        assert "the mind gave no answer" in socket.receive_json()["message"]
        for nonsense in ("{", "[]", '{"type": 3}', '{"type": "dance"}'):
            socket.send_text(nonsense)
            assert socket.receive_json()["type"] == "error"
        socket.send_json({"type": "say", "text": "a" * 2001})
        assert "2000" in socket.receive_json()["message"]
        socket.send_json({"type": "say", "text": "goodbye"})
        assert [socket.receive_json()["type"] for _ in range(3)] == ["thinking", "turn", "ended"]


def test_a_second_window_takes_over(chat: SyntheticChat) -> None:
    client = TestClient(chat_app(chat), base_url=LOCAL)
    with client, talk(client) as first, talk(client) as second:
        assert "another window" in first.receive_json()["message"]
        second.send_json({"type": "more"})
        assert second.receive_json()["type"] == "turn"


def test_a_page_that_was_not_built_says_how(replay: SyntheticScene, stand_in_page: Path) -> None:
    (stand_in_page / "index.html").unlink()
    with pytest.raises(AssetError, match="make web"):
        replay_app(replay)


def test_a_port_in_use_is_named(replay: SyntheticScene) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port} of 127.0.0.1 is in use"):
            serve(replay_app(replay), port=port, open_browser=False)
    with pytest.raises(InputError, match="--host"):
        start(replay_app(replay), host="198.51.100.7")


def test_a_server_in_the_background_answers_and_stops(replay: SyntheticScene) -> None:
    with start(replay_app(replay)) as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert httpx.get(server.url + "api/scene").json()["title"] == "A rainy evening"
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_ctrl_c_ends_it_cleanly(stand_in_page: Path) -> None:
    program = (
        "from fastapi import FastAPI; from digital_life.viewer.serving import serve\n"
        "serve(FastAPI(), open_browser=False); print('ended well')"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    url = process.stdout.readline().split()[1]
    assert httpx.get(url).status_code == 404
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out.strip(), err) == (0, "ended well", "")
