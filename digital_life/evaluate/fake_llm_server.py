"""An OpenAI-compatible server that misbehaves on purpose: try any client against every way a real one can fail.

    python -m digital_life.evaluate.fake_llm_server --fault half --port 8099

It listens on this machine only, gives the same answer to the same request, and needs no model.
"""

from __future__ import annotations

import argparse
import json
import socket
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, get_args

Fault = Literal[
    "none",
    "busy",  # 429 with Retry-After
    "error",  # 500
    "unauthorised",  # 401 that repeats the key it was given
    "no_schema",  # 400 to response_format json_schema, as servers without structured output answer
    "half",  # the connection closes in the middle of a stream
    "half_quiet",  # the stream ends in the middle without a broken connection
    "malformed",  # a chunk that is no JSON
    "empty",  # a complete answer of no characters
    "long",  # 100 kB of text
    "silence",  # nothing at all for a minute
    "stall",  # a few words, then nothing for a minute
    "slow",  # a byte at a time
    "wrong_schema",  # JSON, but not the object asked for
    "no_json",  # words where an object was asked for
]
Answer = Callable[[dict[str, Any]], str]


def example_answer(request: dict[str, Any]) -> str:
    """A plain sentence, or the smallest object that fits the JSON schema of the request."""
    form = request.get("response_format", {})
    if form.get("type") == "json_schema":
        schema = form["json_schema"]["schema"]
        return json.dumps(_example(schema, schema.get("$defs", {})))
    return "It is good to see you again."


def _example(schema: dict[str, Any], definitions: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _example(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], definitions)
    kind = schema.get("type")
    if kind == "object":
        return {name: _example(inner, definitions) for name, inner in schema.get("properties", {}).items()}
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return {"string": "word", "array": [], "boolean": False}.get(str(kind))


class FakeServer:
    """Runs from ``with`` to the end of the block; ``url`` is the base URL for a client.

    ``faults`` are met one a request, then requests are answered well; ``forever`` repeats the last fault. ``requests``
    collects what was asked.
    """

    def __init__(
        self,
        faults: Sequence[Fault] = (),
        *,
        forever: bool = False,
        answer: Answer = example_answer,
        models: Sequence[str] = ("fake-1",),
        retry_after: float = 0.1,
        port: int = 0,
    ) -> None:
        self.answer, self.models, self.retry_after = answer, models, retry_after
        self.requests: list[dict[str, Any]] = []
        self.stopping = threading.Event()
        self._faults, self._forever = list(faults), forever
        handler = type("BoundHandler", (_Handler,), {"owner": self})
        self._http = _Listener(("127.0.0.1", port), handler)

    @property
    def url(self) -> str:
        """Base URL, such as "http://127.0.0.1:8099/v1"."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def next_fault(self) -> Fault:
        """The fault that the next request meets."""
        if not self._faults:
            return "none"
        return self._faults[0] if self._forever and len(self._faults) == 1 else self._faults.pop(0)

    def serve(self) -> None:
        """Answer until interrupted."""
        self._http.serve_forever(poll_interval=0.05)

    def __enter__(self) -> FakeServer:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()


def refusing_url() -> str:
    """Base URL of a port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/v1"


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up early is what this server is for."""


class _Handler(BaseHTTPRequestHandler):
    owner: FakeServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""

    def do_GET(self) -> None:
        self._json(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in self.owner.models]})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.owner.requests.append(request)
        fault = self.owner.next_fault()
        form = request.get("response_format", {}).get("type")
        if fault == "busy":
            self._json(429, _error("slow down"), {"Retry-After": str(self.owner.retry_after)})
        elif fault == "error":
            self._json(500, _error("something broke inside"))
        elif fault == "unauthorised":
            self._json(401, _error(f"Incorrect API key provided: {self.headers.get('Authorization')}"))
        elif fault == "no_schema" and form == "json_schema":
            self._json(400, _error("response_format json_schema is not supported"))
        elif fault == "silence":
            self.owner.stopping.wait(60)
            self.close_connection = True
        else:
            self._stream(fault, self._text(fault, request))

    def _text(self, fault: Fault, request: dict[str, Any]) -> str:
        special = {"empty": "", "long": "x" * 100_000, "wrong_schema": '{"unexpected": 1}', "no_json": "Well, hello!"}
        return special.get(fault, "") if fault in special else self.owner.answer(request)

    def _stream(self, fault: Fault, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        half = len(text) // 2
        self._event({"role": "assistant", "content": text[:half]}, slow=fault == "slow")
        if fault == "stall":
            self.owner.stopping.wait(60)
        if fault in ("half", "stall"):
            self.close_connection = True
            return
        if fault == "malformed":
            self._raw(b'data: {"choices": [{"delta": {"content": "broken\n\n')
        elif fault != "half_quiet":
            self._event({"content": text[half:]}, slow=fault == "slow")
            self._event({}, finish="stop", usage=True)
            self._raw(b"data: [DONE]\n\n")
        self._raw(b"")

    def _event(
        self, delta: dict[str, str], *, finish: str | None = None, usage: bool = False, slow: bool = False
    ) -> None:
        chunk: dict[str, Any] = {"id": "fake", "object": "chat.completion.chunk", "created": 0, "model": "fake-1"}
        chunk["choices"] = [{"index": 0, "delta": delta, "finish_reason": finish}]
        if usage:
            chunk["usage"] = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
        line = f"data: {json.dumps(chunk)}\n\n".encode()
        for piece in [line[i : i + 1] for i in range(len(line))] if slow else [line]:
            self._raw(piece)
            if slow and self.owner.stopping.wait(0.2):
                return

    def _raw(self, data: bytes) -> None:
        """One chunk of HTTP/1.1 chunked transfer; no data ends the answer."""
        try:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    def _json(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(data)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "fake"}}


def main() -> None:
    """Serve one fault until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fault", choices=get_args(Fault), default="none")
    parser.add_argument("--port", type=int, default=8099)
    options = parser.parse_args()
    server = FakeServer([options.fault], forever=True, port=options.port)
    print(f"{server.url} answers with the fault '{options.fault}'; Ctrl-C ends it", flush=True)
    try:
        server.serve()
    except KeyboardInterrupt:
        print("ended")


if __name__ == "__main__":
    main()
