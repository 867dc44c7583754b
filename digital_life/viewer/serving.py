"""Run an ASGI application on this machine: free port, clean stop, browser window."""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
import webbrowser
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from digital_life.errors import InputError

LOOPBACK = "127.0.0.1"
STOP_SECONDS = 2


@dataclass
class RunningServer:
    """A server in a thread of this process; leave its ``with`` block, or call ``stop``, to end it."""

    url: str
    _server: uvicorn.Server
    _thread: threading.Thread

    def stop(self) -> None:
        """End the server and wait until it has ended."""
        self._server.should_exit = True
        self._thread.join(timeout=3 * STOP_SECONDS)

    def __enter__(self) -> RunningServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve(app: ASGIApp, *, host: str = LOOPBACK, port: int = 0, open_browser: bool = True) -> None:
    """Serve until Ctrl-C; port 0 takes a free one. Prints the address.

    Raises:
        InputError: the port is in use or not allowed, or the host is none of this machine's.
    """
    listener, url = _listen(host, port)
    print(f"Open {url} (Ctrl-C ends it)", flush=True)
    if host not in (LOOPBACK, "localhost", "::1"):
        print("Everybody who can reach this machine can open it.", flush=True)
    if open_browser:
        webbrowser.open(url)
    with contextlib.suppress(KeyboardInterrupt), listener:
        _server(app).run(sockets=[listener])


def start(app: ASGIApp, *, host: str = LOOPBACK, port: int = 0) -> RunningServer:
    """Serve in the background of this process; errors as in ``serve``."""
    listener, url = _listen(host, port)
    server = _server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    return RunningServer(url, server, thread)


def _server(app: ASGIApp) -> uvicorn.Server:
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=STOP_SECONDS, lifespan="off")
    return uvicorn.Server(config)


def _listen(host: str, port: int) -> tuple[socket.socket, str]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise _refused(error, host, port) from error
    shown = LOOPBACK if host in ("0.0.0.0", "") else host
    shown = f"[{shown}]" if ":" in shown else shown
    return listener, f"http://{shown}:{listener.getsockname()[1]}/"


def _refused(error: Exception, host: str, port: int) -> InputError:
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.EADDRINUSE:
        return InputError(f"port {port} of {host} is in use", "choose another one with --port, or 0 for a free one")
    if code == errno.EACCES:
        return InputError(f"port {port} may not be used by you", "choose one above 1023 with --port")
    return InputError(f"cannot listen on {host}, port {port}: {error}", "check --host and --port")
