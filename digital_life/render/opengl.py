"""Off-screen OpenGL through pyrender, with our shaders and a framebuffer that is read only where something was drawn."""

from __future__ import annotations

import contextlib
import os
from ctypes.util import find_library
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import AssetError

_MEND = "install Mesa's off-screen OpenGL (Debian and Ubuntu: apt-get install libegl1 libgl1-mesa-dri libgles2)"
_LIBRARIES = {"egl": "EGL", "osmesa": "OSMesa"}
Region = tuple[int, int, int, int]
"""Pixels (left, top, right, bottom), right and bottom exclusive."""


def open_renderer(width: int, height: int) -> Any:
    """A pyrender ``OffscreenRenderer`` of that size on EGL, or on OSMesa where there is no EGL.

    Open it before anything else imports pyrender: PyOpenGL takes its platform once, at import.

    Raises:
        AssetError: neither works here; the message says what to install.
    """
    platform = os.environ.get("PYOPENGL_PLATFORM") or next(
        (p for p, lib in _LIBRARIES.items() if find_library(lib)), None
    )
    if platform is None:
        raise AssetError("this machine has no off-screen OpenGL, so there is no video", _MEND)
    os.environ["PYOPENGL_PLATFORM"] = platform
    try:
        return _renderer(width, height)
    except Exception as error:  # every driver fails in its own way, from ImportError to AssertionError
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise AssetError(f"off-screen OpenGL ({platform}) does not start: {reason}", _MEND) from error


def _renderer(width: int, height: int) -> Any:
    import OpenGL

    if os.environ["PYOPENGL_PLATFORM"] == "egl":
        from OpenGL import EGL  # noqa: F401  (its wrappers need the error checks that are turned off below)
    OpenGL.ERROR_CHECKING = False  # a glGetError after every call takes as long as the drawing
    import pyrender
    from OpenGL import GL
    from pyrender.renderer import Renderer
    from pyrender.shader_program import ShaderProgramCache

    class RegionRenderer(Renderer):  # type: ignore[misc]
        """Without ``multisampling`` it draws straight into the plain framebuffer and reads RGBA of ``region`` only.

        Multisampling costs three times as much in software; the depth that comes with it is not needed every frame.
        """

        region: Region | None = None
        multisampling = False

        def _configure_forward_pass_viewport(self, flags: Any) -> None:
            super()._configure_forward_pass_viewport(flags)
            if not self.multisampling:
                GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, self._main_fb)

        def _read_main_framebuffer(self, scene: Any, flags: Any) -> Any:
            if self.multisampling:
                return super()._read_main_framebuffer(scene, flags)
            left, top, right, bottom = self.region or (0, 0, self.viewport_width, self.viewport_height)
            low, high = self.viewport_height - bottom, self.viewport_height - top
            GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self._main_fb)
            pixels = GL.glReadPixels(left, low, right - left, high - low, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE)
            return np.frombuffer(pixels, np.uint8).reshape(high - low, right - left, 4)[::-1], None

    class Offscreen(pyrender.OffscreenRenderer):  # type: ignore[misc]
        def _create(self) -> None:
            super()._create()
            self._renderer = RegionRenderer(self.viewport_width, self.viewport_height)
            self._renderer._program_cache = ShaderProgramCache(shader_dir=str(Path(__file__).parent / "shaders"))

    return Offscreen(width, height)


def draw(renderer: Any, scene: Any, size: tuple[int, int], *, region: Region | None = None) -> NDArray[np.uint8]:
    """RGBA [H, W, 4] of the scene, or of a ``region`` of the frame, without smoothing; alpha as the materials have it."""
    from pyrender import RenderFlags

    renderer.viewport_width, renderer.viewport_height = size
    renderer._renderer.region, renderer._renderer.multisampling = region, False
    pixels: NDArray[np.uint8] = renderer.render(scene, flags=RenderFlags.RGBA)[0]
    return pixels


def draw_with_depth(renderer: Any, scene: Any, size: tuple[int, int]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Smooth RGBA [H, W, 4] with shadows, and the distance along the view axis [H, W] in metres (0 where nothing is)."""
    from pyrender import RenderFlags

    renderer.viewport_width, renderer.viewport_height = size
    renderer._renderer.multisampling = True
    flags = RenderFlags.RGBA | RenderFlags.SHADOWS_DIRECTIONAL
    pixels, depth = renderer.render(scene, flags=flags)
    return pixels, depth


def close_renderer(renderer: Any) -> None:
    """Free the OpenGL context; drivers that complain while closing are ignored."""
    with contextlib.suppress(Exception):
        renderer.delete()
