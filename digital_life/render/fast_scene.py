"""The quick way to draw characters: OpenGL through moderngl skins and lights them on the graphics side.

No textures but colours, no shadows but soft spots under the feet; for previews. ``studio`` and ``portrait`` draw better.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Character, MeshPart, Shading
from digital_life.body.skinning import PosedCharacter
from digital_life.errors import AssetError
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX
from digital_life.render.camera import Camera, unit
from digital_life.render.job import Pose
from digital_life.render.meshes import linear
from digital_life.render.solids import Solid

_ENCLOSED = {"mouth": 0.5}
"""Share of light that reaches parts which other parts enclose: nothing casts a shadow here."""
Size = tuple[int, int]
Matrix = NDArray[np.float64]

_NEAR, _FAR = 0.1, 40.0
_SHADINGS = get_args(Shading)
_SPOTS = (("left_foot", 0.17, 0.42), ("right_foot", 0.17, 0.42), ("pelvis", 0.48, 0.30))
"""(joint over the spot, its radius in metres, how dark it is)."""
_MEND = (
    "leave out --fast, or: pip install moderngl, and Mesa's off-screen OpenGL "
    "(Debian and Ubuntu: apt-get install libegl1 libgl1-mesa-dri libgles2)"
)


class FastScene:
    """Off-screen pictures of ``size`` with ``samples`` a pixel (0: edges stay rough, four times as quick as 4).

    ``key`` and ``fill`` are the directions towards two lights. Use it as a context manager.

    Raises:
        AssetError: moderngl is not installed, or finds no off-screen OpenGL 3.3.
    """

    def __init__(self, size: Size, *, key: Matrix, fill: Matrix, samples: int = 0) -> None:
        self._context = _open_context()
        self._samples = min(samples, self._context.max_samples)
        self._framebuffers: list[Any] = []
        self.resize(size)
        self._programs = {name: self._program(name) for name in ("actor", "solid", "shadow")}
        self._key = unit(key)
        for name in ("actor", "solid"):
            self._programs[name]["key_direction"] = tuple(self._key)
            self._programs[name]["fill_direction"] = tuple(unit(fill))
        corners = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)
        self._spot = self._context.vertex_array(
            self._programs["shadow"], [(self._context.buffer(corners.tobytes()), "2f", "corner")]
        )
        self._camera = Camera((0.0, 1.0, 3.0), (0.0, 1.0, 0.0), 0.5)

    def __enter__(self) -> FastScene:
        return self

    def __exit__(self, *_error: object) -> None:
        self._context.release()

    def actor(self, character: Character) -> FastActor:
        """A character to ``draw``."""
        return FastActor(self._context, self._programs["actor"], character)

    def mesh(self, solids: Sequence[Solid]) -> FastMesh:
        """Solids to ``draw``, merged."""
        return FastMesh(self._context, self._programs["solid"], solids)

    def resize(self, size: Size) -> None:
        """Pictures of another size from now on; aim the camera and keep a background again."""
        for old in self._framebuffers:
            old.release()
        self.size = size
        self._frame, self._still = self._target(self._samples), self._target(self._samples)
        self._resolved = self._target(0) if self._samples else self._frame
        self._framebuffers = list({id(one): one for one in (self._frame, self._still, self._resolved)}.values())

    def aim(self, camera: Camera) -> None:
        """The camera for what is drawn from now on."""
        self._camera = camera
        pose = camera.pose()
        aspect, tangent = self.size[0] / self.size[1], float(np.tan(camera.yfov / 2))
        projection = np.zeros((4, 4))
        projection[0, 0], projection[1, 1] = 1 / (aspect * tangent), 1 / tangent
        projection[2, 2], projection[2, 3] = (_FAR + _NEAR) / (_NEAR - _FAR), 2 * _FAR * _NEAR / (_NEAR - _FAR)
        projection[3, 2] = -1
        matrix = (projection @ np.linalg.inv(pose)).T.astype("<f4").tobytes()
        for program in self._programs.values():
            program["view_projection"].write(matrix)
        for name in ("actor", "solid"):
            self._programs[name]["eye"] = camera.eye
        back = unit(np.array(camera.eye) - np.array(camera.target))
        self._programs["actor"]["key_half"] = tuple(unit(self._key + back))

    def keep_background(self, meshes: Sequence[FastMesh], colour: tuple[float, float, float]) -> None:
        """Draw what stands still in the camera's view; ``begin`` puts it into every picture."""
        self._still.use()
        self._still.clear(*colour, 1.0)
        for mesh in meshes:
            mesh.draw(self._context)

    def begin(self) -> None:
        """Start a picture with the background that was kept."""
        self._context.copy_framebuffer(self._frame, self._still)
        self._frame.use()

    def shadow(self, actor: FastActor) -> None:
        """Darken the floor under a character; after it has taken its pose, before any is drawn."""
        context, program = self._context, self._programs["shadow"]
        context.enable_only(context.BLEND | context.DEPTH_TEST)
        self._frame.depth_mask = False
        for name, radius, strength in _SPOTS:
            x, height, z = actor.joint(JOINT_INDEX[name])
            lifted = 1 - 2 * max(height - 0.1, 0.0) if name.endswith("foot") else 1.2 - 0.4 * height
            program["spot"] = (x, z + (0.02 if name.endswith("foot") else 0.0), radius)
            program["strength"] = strength * min(max(lifted, 0.0), 1.0)
            self._spot.render(context.TRIANGLE_STRIP)
        self._frame.depth_mask = True

    def draw(self, actor: FastActor) -> None:
        """Draw a character in the pose that it took last."""
        actor.draw(self._context)

    def draw_mesh(self, mesh: FastMesh) -> None:
        """Draw solids that move."""
        mesh.draw(self._context)

    def pixels(self) -> NDArray[np.uint32]:
        """The picture [H, W], a pixel's bytes red, green, blue and one that is not used."""
        if self._resolved is not self._frame:
            self._context.copy_framebuffer(self._resolved, self._frame)
        data = self._resolved.read(components=4)
        return (
            np.frombuffer(data, "<u4").reshape(self.size[1], self.size[0])[::-1].copy()
        )  # subtitles are written into it

    def _target(self, samples: int) -> Any:
        colour = self._context.renderbuffer(self.size, 4, samples=samples)
        return self._context.framebuffer(colour, self._context.depth_renderbuffer(self.size, samples=samples))

    def _program(self, name: str) -> Any:
        folder = Path(__file__).parent / "shaders" / "fast"
        vertex, fragment = ((folder / f"{name}.{kind}").read_text() for kind in ("vert", "frag"))
        return self._context.program(vertex_shader=vertex, fragment_shader=fragment)


class FastMesh:
    """Solids on the graphics side; ``place`` [4, 4] moves them."""

    def __init__(self, context: Any, program: Any, solids: Sequence[Solid]) -> None:
        self._program = program
        self.place = np.eye(4)
        rows, faces, first = [], [], 0
        for solid in solids:
            colours = np.array([*linear(solid.colour), *linear(solid.glow)])
            rows.append(np.hstack([solid.vertices, solid.normals, np.tile(colours, (len(solid.vertices), 1))]))
            faces.append(solid.faces + first)
            first += len(solid.vertices)
        content = [
            (context.buffer(np.concatenate(rows).astype("<f4").tobytes()),
             "3f 3f 3f 3f", "position", "normal", "colour", "glow")
        ]  # fmt: skip
        self._array = context.vertex_array(
            program, content, context.buffer(np.concatenate(faces).astype("<u4").tobytes())
        )

    def draw(self, context: Any) -> None:
        """Into the framebuffer in use."""
        context.enable_only(context.DEPTH_TEST | context.CULL_FACE)
        self._program["place"].write(self.place.T.astype("<f4").tobytes())
        self._array.render()


class FastActor:
    """A character on the graphics side."""

    def __init__(self, context: Any, program: Any, character: Character) -> None:
        self.character = character
        self._program = program
        self._posed = PosedCharacter(character)
        parts = character.parts
        uv = [np.zeros((len(p.vertices), 2), np.float32) if p.uv is None else p.uv for p in parts]
        joints = np.concatenate([part.joints for part in parts]).astype(np.uint8)
        weights = np.concatenate([part.weights for part in parts]).astype("<f4")
        first = np.cumsum([0, *(len(part.vertices) for part in parts)])
        faces = np.concatenate([_in_order(part.faces) + start for part, start in zip(parts, first, strict=False)])
        self._surface = context.buffer(reserve=24 * int(first[-1]), dynamic=True)
        self._rows = np.zeros((int(first[-1]), 6), np.float32)
        self._bones = np.tile(np.eye(3, 4, dtype=np.float32).reshape(1, 12), (JOINT_COUNT, 1))
        self._array = context.vertex_array(
            program,
            [
                (self._surface, "3f 3f", "position", "normal"),
                (context.buffer(np.concatenate(uv).astype("<f4").tobytes()), "2f", "texcoord"),
                (context.buffer(joints.tobytes()), "4u1", "joints"),
                (context.buffer(weights.tobytes()), "4f", "weights"),
            ],
            context.buffer(faces.astype("<u4").tobytes()),
        )
        ends = np.cumsum([3 * len(part.faces) for part in parts]).tolist()
        self._parts = [
            (part, 3 * len(part.faces), end - 3 * len(part.faces), _texture(context, part))
            for part, end in sorted(zip(parts, ends, strict=True), key=lambda pair: pair[0].material.blend)
        ]

    def pose(self, pose: Pose) -> None:
        """Take a pose."""
        surface, normals, self._bones = self._posed.at_rest(pose.rotations, pose.translation, pose.face)
        self._rows[:, :3], self._rows[:, 3:] = surface, normals

    def joint(self, number: int) -> tuple[float, float, float]:
        """Where a joint is, metres."""
        rows = self._bones[number].reshape(3, 4)
        x, y, z = (rows[:, :3] @ self.character.skeleton.rest_joints[number] + rows[:, 3]).tolist()
        return x, y, z

    def draw(self, context: Any) -> None:
        """Into the framebuffer in use."""
        self._surface.write(self._rows)
        program = self._program
        program["bones"].write(self._bones)
        for part, count, start, texture in self._parts:
            material = part.material
            flags = context.DEPTH_TEST if material.double_sided else context.DEPTH_TEST | context.CULL_FACE
            context.enable_only(flags | context.BLEND if material.blend else flags)
            light = _ENCLOSED.get(part.name, 1.0)
            program["tint"] = tuple(light * c for c in linear(material.colour))
            program["roughness"] = material.roughness
            program["cutoff"] = -1.0 if material.alpha_cutoff is None else material.alpha_cutoff
            program["opacity"] = material.opacity
            program["shading"] = _SHADINGS.index(material.shading)
            texture.use()
            self._array.render(vertices=count, first=start)


def _in_order(faces: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The triangles [F, 3] with those that share vertices near each other, so that a vertex is seldom skinned twice."""
    return faces[np.argsort(faces.min(axis=1), kind="stable")]


def _texture(context: Any, part: MeshPart) -> Any:
    pixels = part.material.texture
    if pixels is None:
        pixels = np.full((1, 1, 3), 255, np.uint8)
    texture = context.texture((pixels.shape[1], pixels.shape[0]), pixels.shape[2], pixels.tobytes(), alignment=1)
    texture.build_mipmaps()
    texture.filter = (context.LINEAR_MIPMAP_NEAREST, context.LINEAR)
    return texture


def _open_context() -> Any:
    try:
        import moderngl
    except ImportError as error:
        raise AssetError("the quick renderer needs the package moderngl", _MEND) from error
    off_screen: dict[str, Any] = {"backend": "egl"}
    try:
        return moderngl.create_context(require=330, standalone=True, **off_screen)
    except Exception as error:  # every driver fails in its own way
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise AssetError(f"the quick renderer does not start: {reason}", _MEND) from error
