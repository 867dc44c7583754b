"""Draw the pictures of the pose correctives for the docs: python tools/draw_correctives.py (about a minute).

Writes docs/pictures/body/correctives.jpg (the bare body) and correctives_dressed.jpg; plain skinning above, corrected below.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from digital_life.body.appearance import build_character  # noqa: E402
from digital_life.body.character import Character, Material  # noqa: E402
from digital_life.body.corrective_skin import with_correctives  # noqa: E402
from digital_life.body.identity import make_identity  # noqa: E402
from digital_life.body.surface import cut_part  # noqa: E402
from digital_life.motion import quaternion as quat  # noqa: E402
from digital_life.motion.kinematics import forward_kinematics  # noqa: E402
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, Skeleton  # noqa: E402
from digital_life.persona.appearance import Appearance, Outfit  # noqa: E402
from digital_life.render.camera import Camera  # noqa: E402
from digital_life.render.job import Pose  # noqa: E402
from digital_life.render.meshes import Actor  # noqa: E402
from digital_life.render.opengl import draw_with_depth, open_renderer  # noqa: E402

PICTURES = REPOSITORY / "docs/pictures/body"
SIZE = (300, 300)
VIEW = 0.5
Turn = tuple[float, float, float]
VIEWS: dict[str, tuple[dict[str, Turn], str, Turn]] = {
    "wrist +80": ({"left_wrist": (80, 0, 0)}, "left_wrist", (0.0, 0.25, 0.65)),
    "wrist -80": ({"left_wrist": (-80, 0, 0)}, "left_wrist", (0.0, 0.25, 0.65)),
    "elbow 140": ({"left_elbow": (0, -140, 0)}, "left_elbow", (0.25, 0.65, 0.35)),
    "knee 140": ({"left_knee": (140, 0, 0)}, "left_knee", (1.1, 0.2, 0.3)),
    "arms up": ({"shoulder": (0, 0, 60), "collar": (0, 0, 25)}, "neck", (0.0, 0.3, 1.9)),
    "arm across": ({"left_shoulder": (0, -110, -20)}, "left_shoulder", (0.8, 0.3, 1.3)),
    "seated": ({"hip": (-95, -10, 0), "knee": (90, 0, 0), "shoulder": (0, 0, -60)}, "pelvis", (1.3, 0.3, 1.3)),
    "squat": ({"hip": (-125, -15, 0), "knee": (140, 0, 0), "shoulder": (0, -70, 0)}, "pelvis", (1.6, 0.2, 1.2)),
}
"""Turns in degrees about x, y, z (a joint without its side: both), what is looked at, and from where (metres)."""


def bare_character() -> Character:
    """The default body in one colour."""
    identity = make_identity(Appearance())
    material = Material("bare", colour=(0.80, 0.66, 0.56), roughness=0.7)
    part = cut_part(identity, "skin", material, identity.quads("body"), identity.uv_quads("body"))
    parts = with_correctives([part], identity)
    return Character("bare", Skeleton(identity.joints, identity.floor), tuple(parts))


def rotations_of(turns: dict[str, Turn]) -> np.ndarray:
    """Quaternions [55, 4]."""
    vectors = np.zeros((JOINT_COUNT, 3))
    for joint, turn in turns.items():
        if joint in JOINT_INDEX:
            vectors[JOINT_INDEX[joint]] = turn
        else:
            vectors[JOINT_INDEX[f"left_{joint}"]] = turn
            vectors[JOINT_INDEX[f"right_{joint}"]] = np.array(turn) * [1, -1, -1]
    return quat.from_axis_angle(np.radians(vectors)).astype(np.float32)


def row(renderer: object, character: Character) -> list[Image.Image]:
    """The character in every pose."""
    import pyrender

    scene = pyrender.Scene(bg_color=[0.93, 0.93, 0.95, 1.0], ambient_light=[0.34] * 3)
    actor = Actor(character, 0)
    scene.add(actor.mesh)
    lens = scene.add(pyrender.PerspectiveCamera(yfov=VIEW, znear=0.05, zfar=40.0))
    lights = [scene.add(pyrender.DirectionalLight(color=[1.0, 0.97, 0.93], intensity=s)) for s in (0.9, 0.35)]
    pictures = []
    still = np.zeros(3, np.float32)
    for turns, joint, offset in VIEWS.values():
        rotations = rotations_of(turns)
        actor.show(Pose(rotations, still, np.zeros(52, np.float32)))
        target = forward_kinematics(rotations, still, character.skeleton)[0][JOINT_INDEX[joint]]
        view = Camera(tuple(target + offset), tuple(target), VIEW).pose()
        scene.set_pose(lens, view)
        for light, way in zip(lights, ((1, 2.5, 1.2), (-2, 0, 0.8)), strict=True):
            scene.set_pose(light, Camera(tuple(target + view[:3, :3] @ way), tuple(target), 1.0).pose())
        pixels = draw_with_depth(renderer, scene, SIZE)[0]
        pictures.append(Image.fromarray(np.ascontiguousarray(pixels[..., :3])))
    return pictures


def sheet(renderer: object, character: Character, path: Path) -> None:
    plain = replace(character, parts=tuple(replace(part, correctives=None) for part in character.parts))
    width, height = SIZE
    whole = Image.new("RGB", (width * len(VIEWS), 2 * height))
    draw = ImageDraw.Draw(whole)
    for line, (kind, shown) in enumerate((("plain", plain), ("corrected", character))):
        for column, (name, picture) in enumerate(zip(VIEWS, row(renderer, shown), strict=True)):
            whole.paste(picture, (column * width, line * height))
            draw.text((column * width + 6, line * height + 4), f"{name}, {kind}", fill=(40, 40, 40))
    path.parent.mkdir(parents=True, exist_ok=True)
    whole.save(path, quality=88)
    print(f"{path.relative_to(REPOSITORY)}: {path.stat().st_size / 1e3:.0f} kB")


def main() -> None:
    renderer = open_renderer(*SIZE)
    sheet(renderer, bare_character(), PICTURES / "correctives.jpg")
    dressed = build_character("dressed", Appearance(age=55, gender=0, build=0.9, outfit=Outfit(top="shirt")))
    sheet(renderer, dressed, PICTURES / "correctives_dressed.jpg")


if __name__ == "__main__":
    main()
