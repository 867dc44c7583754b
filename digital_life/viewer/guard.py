"""Keeps other web sites out of a server on this machine.

A page of another site can make the browser send requests here: by DNS rebinding (then the Host header names that site)
or by a cross-site WebSocket (then the Origin header does). Both are refused.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose


class HostGuard:
    """Lets a request pass when its Host is an IP address, ``localhost`` or one of ``names``, and its Origin the same."""

    def __init__(self, app: ASGIApp, names: Iterable[str] = ()) -> None:
        self._app = app
        self._names = {"localhost", *names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on or refuse it."""
        if scope["type"] not in ("http", "websocket") or self._welcome(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=1008)(scope, receive, send)
        else:
            refusal = PlainTextResponse("This server answers to this machine's own names only.\n", status_code=403)
            await refusal(scope, receive, send)

    def _welcome(self, scope: Scope) -> bool:
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        host = headers.get("host", "")
        origin = headers.get("origin")
        return self._own_name(host) and (origin is None or urlsplit(origin).netloc == host)

    def _own_name(self, host: str) -> bool:
        name = urlsplit(f"//{host}").hostname or ""
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True
