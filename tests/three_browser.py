"""Files opened by the real three.js in a real headless Chromium: where does it put the joints?"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MODULES = Path(__file__).resolve().parents[1] / "web" / "node_modules"
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]

NEEDS_THREE = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"),
    pytest.mark.skipif(not (MODULES / "three").is_dir(), reason="three.js is not there: make web"),
]
NEEDS_VRM = pytest.mark.skipif(
    not (MODULES / "@pixiv" / "three-vrm-animation").is_dir(), reason="@pixiv/three-vrm is not there: make web"
)

PAGE = """<!doctype html><link rel="icon" href="data:,"><body style="margin:0"><script type="importmap">{"imports": {
"three": "/modules/three/build/three.module.js", "three/addons/": "/modules/three/examples/jsm/",
"@pixiv/three-vrm": "/modules/@pixiv/three-vrm/lib/three-vrm.module.js",
"@pixiv/three-vrm-animation": "/modules/@pixiv/three-vrm-animation/lib/three-vrm-animation.module.js"}}</script>
<script type="module" src="/script.js"></script>"""


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *arguments: Any, folder: Path, script: str, **options: Any) -> None:
        self._folder, self._script = folder, script
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        given = {"/": ("text/html", PAGE), "/script.js": ("text/javascript", self._script)}.get(self.path)
        if given is None:
            return super().do_GET()
        body = given[1].encode()
        self.send_response(200)
        self.send_header("Content-Type", given[0])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def translate_path(self, path: str) -> str:
        if path.startswith("/modules/"):
            return str(MODULES / path.removeprefix("/modules/"))
        return str(self._folder / path.lstrip("/"))

    def log_message(self, *_arguments: Any) -> None:
        pass


@contextmanager
def three_page(driver: Any, folder: Path, script: str) -> Iterator[Any]:
    """A page that runs the module ``script``, which can fetch files of ``folder`` and sets ``window.ready`` when done.

    ``page.complaints`` collects warnings and errors of the console.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, folder=folder, script=script))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    try:
        page = browser.new_page(viewport={"width": 480, "height": 480})
        complaints: list[str] = []
        page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.complaints = complaints
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        try:
            page.wait_for_function("window.ready === true", timeout=60_000)
        except Exception as error:
            raise AssertionError(f"the page never became ready: {complaints}") from error
        yield page
    finally:
        browser.close()
        server.shutdown()
        server.server_close()
