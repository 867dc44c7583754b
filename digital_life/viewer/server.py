"""The web server of the viewer: replays a scene, or lets a person chat with a persona. This machine only unless asked."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from digital_life.errors import DigitalLifeError
from digital_life.viewer.guard import HostGuard
from digital_life.viewer.page import static_dir
from digital_life.viewer.serving import RunningServer, serve, start
from digital_life.viewer.source import ChatSession, Content, SceneSource
from digital_life.viewer.talk import Talk
from digital_life.viewer.wire import pack_performance

__all__ = ["RunningServer", "chat_app", "replay_app", "serve", "start", "static_dir"]

_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self' blob: data: ws:; "
    "style-src 'self' 'unsafe-inline'"
)


def replay_app(source: SceneSource) -> FastAPI:
    """A server that shows ``source``.

    Raises:
        AssetError: the page was not built.
    """
    app = _app(source)
    _mount_page(app)
    return app


def chat_app(session: ChatSession) -> FastAPI:
    """A server on which one person at a time talks with the persona of ``session``.

    Raises:
        AssetError: the page was not built.
    """
    app = _app(session)
    app.add_api_websocket_route("/api/chat", Talk(session).connect)
    _mount_page(app)
    return app


def _app(source: SceneSource) -> FastAPI:
    app = FastAPI(title="Digital Life viewer", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(HostGuard)
    app.add_exception_handler(DigitalLifeError, _explain)
    app.middleware("http")(_add_headers)

    @app.get("/api/scene")
    def scene() -> Response:
        return Response(source.scene().model_dump_json(), media_type="application/json")

    @app.get("/api/characters/{name}.glb")
    def character(name: str) -> Response:
        return _found(lambda: _content(source.glb(name), "model/gltf-binary"), f"character {name}")

    @app.get("/api/performances/{index:int}-{name}.bin")
    def performance(index: int, name: str) -> Response:
        def pack() -> Response:
            found = source.performance(index, name)
            return Response(pack_performance(found.start, found.motion), media_type="application/octet-stream")

        return _found(pack, f"performance of {name} in turn {index}")

    @app.get("/api/audio/{index:int}-{name}.wav")
    def audio(index: int, name: str) -> Response:
        return _found(lambda: _content(source.audio(index, name), "audio/wav"), f"sound of {name} in turn {index}")

    return app


def _found(make: Any, what: str) -> Response:
    try:
        response: Response = make()
    except KeyError:
        raise HTTPException(404, f"there is no {what}") from None
    return response


def _content(content: Content, media_type: str) -> Response:
    if isinstance(content, bytes):
        return Response(content, media_type=media_type)
    if not content.is_file():
        raise KeyError(content.name)
    return FileResponse(content, media_type=media_type)


def _explain(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, status_code=500)


async def _add_headers(request: Request, call_next: Any) -> Response:
    response: Response = await call_next(request)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.url.path.startswith("/api/"):
        response.headers["Cache-Control"] = "no-store"
    return response


def _mount_page(app: FastAPI) -> None:
    app.mount("/", StaticFiles(directory=static_dir(), html=True))
