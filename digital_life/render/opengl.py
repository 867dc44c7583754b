"""Off-screen OpenGL through pyrender, with our shaders and a framebuffer that is read only where something was drawn."""

from __future__ import annotations

import contextlib
import os
from ctypes.util import find_library
from functools import partial
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
        hiding: DepthImage | None = None

        def _get_camera_matrices(self, scene: Any) -> Any:
            # pyrender asks for these when it has cleared the framebuffer and draws next
            if self.hiding is not None and not self.multisampling:
                self.hiding.copy(self._main_fb, self._rows(self.region))
            return super()._get_camera_matrices(scene)

        def _rows(self, region: Region | None) -> Region:
            """The region with rows counted from the bottom, as OpenGL has them."""
            left, top, right, bottom = region or (0, 0, self.viewport_width, self.viewport_height)
            return left, self.viewport_height - bottom, right, self.viewport_height - top

        def _configure_forward_pass_viewport(self, flags: Any) -> None:
            super()._configure_forward_pass_viewport(flags)
            if not self.multisampling:
                GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, self._main_fb)

        def _bind_and_draw_primitive(self, primitive: Any, pose: Any, program: Any, flags: Any) -> None:
            # several samples a pixel make a soft edge of what the alpha of hair and lashes cuts out
            soft = self.multisampling and primitive.material.alphaMode == "MASK"
            (GL.glEnable if soft else GL.glDisable)(GL.GL_SAMPLE_ALPHA_TO_COVERAGE)
            super()._bind_and_draw_primitive(primitive, pose, program, flags)

        def _read_main_framebuffer(self, scene: Any, flags: Any) -> Any:
            if self.multisampling:
                return super()._read_main_framebuffer(scene, flags)
            left, low, right, high = self._rows(self.region)
            GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self._main_fb)
            pixels = GL.glReadPixels(left, low, right - left, high - low, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE)
            return np.frombuffer(pixels, "<u4").reshape(high - low, right - left)[::-1], None

    class FrugalCache(ShaderProgramCache):  # type: ignore[misc]
        """Its programs send a uniform only when it changes: most are the same for all parts of a frame."""

        def get_program(self, *names: Any, **options: Any) -> Any:
            program = super().get_program(*names, **options)
            if not hasattr(program, "sent"):
                program.sent, program.send = {}, program.set_uniform
                program.set_uniform = partial(_send_changed, program)
            return program

    class Offscreen(pyrender.OffscreenRenderer):  # type: ignore[misc]
        def _create(self) -> None:
            super()._create()
            self._renderer = RegionRenderer(self.viewport_width, self.viewport_height)
            shaders = Path(__file__).parent / "shaders"
            self.programs = {use: FrugalCache(shader_dir=str(shaders / use)) for use in ("room", "actors")}

    return Offscreen(width, height)


class DepthImage:
    """A copy of the depths that were drawn last, which can take the place of drawing the same things again."""

    def __init__(self, renderer: Any) -> None:
        from OpenGL import GL

        self._size = (renderer.viewport_width, renderer.viewport_height)
        self._buffer = GL.glGenRenderbuffers(1)
        self._framebuffer = GL.glGenFramebuffers(1)
        GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, self._buffer)
        GL.glRenderbufferStorage(GL.GL_RENDERBUFFER, GL.GL_DEPTH_COMPONENT24, *self._size)
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, self._framebuffer)
        GL.glFramebufferRenderbuffer(GL.GL_DRAW_FRAMEBUFFER, GL.GL_DEPTH_ATTACHMENT, GL.GL_RENDERBUFFER, self._buffer)
        GL.glDrawBuffer(GL.GL_NONE)
        _copy_depth(renderer._renderer._main_fb, self._framebuffer, (0, 0, *self._size))

    def copy(self, framebuffer: int, rows: Region) -> None:
        """Put a part of the depths into another framebuffer, which stays bound for drawing."""
        _copy_depth(self._framebuffer, framebuffer, rows)

    def free(self) -> None:
        """Give the memory back to OpenGL."""
        from OpenGL import GL

        GL.glDeleteFramebuffers(1, [self._framebuffer])
        GL.glDeleteRenderbuffers(1, [self._buffer])


def _copy_depth(source: int, target: int, rows: Region) -> None:
    from OpenGL import GL

    GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, source)
    GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, target)
    GL.glBlitFramebuffer(*rows, *rows, GL.GL_DEPTH_BUFFER_BIT, GL.GL_NEAREST)


def _send_changed(program: Any, name: str, value: Any, unsigned: bool = False) -> None:
    key = value.tobytes() if isinstance(value, np.ndarray) else value
    if program.sent.get(name) != key:
        program.sent[name] = key
        program.send(name, value, unsigned)


def draw(
    renderer: Any,
    scene: Any,
    size: tuple[int, int],
    *,
    region: Region | None = None,
    hiding: DepthImage | None = None,
) -> NDArray[np.uint32]:
    """The scene, or a ``region`` of the frame, without smoothing: [H, W] of bytes RGBA; alpha as the materials have it.

    What is behind the depths of ``hiding`` is not drawn.
    """
    from pyrender import RenderFlags

    renderer.viewport_width, renderer.viewport_height = size
    inner = renderer._renderer
    inner.region, inner.multisampling, inner.hiding = region, False, hiding
    inner._program_cache = renderer.programs["actors"]
    pixels: NDArray[np.uint32] = renderer.render(scene, flags=RenderFlags.RGBA)[0]
    return pixels


def draw_with_depth(renderer: Any, scene: Any, size: tuple[int, int]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Smooth RGBA [H, W, 4] with shadows, and the distance along the view axis [H, W] in metres (0 where nothing is)."""
    from pyrender import RenderFlags

    renderer.viewport_width, renderer.viewport_height = size
    renderer._renderer.multisampling = True
    renderer._renderer._program_cache = renderer.programs["room"]
    flags = RenderFlags.RGBA | RenderFlags.SHADOWS_DIRECTIONAL
    pixels, depth = renderer.render(scene, flags=flags)
    return pixels, depth


def close_renderer(renderer: Any) -> None:
    """Free the OpenGL context; drivers that complain while closing are ignored."""
    with contextlib.suppress(Exception):
        renderer.delete()
