"""Draw every hair style, beard and hat, and every garment, on people of all sorts: python tools/wardrobe_sheets.py FOLDER

Writes FOLDER/hair.jpg and FOLDER/garments.jpg, the sheets of docs/body.md.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from digital_life.body.appearance import build_character  # noqa: E402
from digital_life.motion import quaternion as quat  # noqa: E402
from digital_life.motion.skeleton import JOINT_INDEX  # noqa: E402
from digital_life.persona.appearance import Ancestry, Appearance, Outfit  # noqa: E402
from digital_life.render.camera import Camera  # noqa: E402
from digital_life.render.job import Pose  # noqa: E402
from digital_life.render.portrait import Portraits  # noqa: E402
from digital_life.render.turntable import standing  # noqa: E402

PAPER, INK = (250, 250, 248), (28, 30, 36)
YFOV, LINE = 0.24, 20

WOMAN = {"age": 29, "gender": 0.95, "face_seed": 5, "ancestry": Ancestry(asian=1, caucasian=1), "skin": "#e2b898"}
AFRICAN = {"age": 34, "gender": 1.0, "face_seed": 9, "ancestry": Ancestry(african=1), "skin": "#7a5138"}
MAN = {"age": 38, "gender": 0.0, "face_seed": 3, "ancestry": Ancestry(caucasian=1), "muscle": 0.8, "skin": "#d9ab8a"}
OLD = {"age": 76, "gender": 0.05, "build": 0.9, "face_seed": 8, "ancestry": Ancestry(caucasian=1), "skin": "#d8a98c"}
GIRL = {"age": 8, "gender": 0.9, "face_seed": 4, "ancestry": Ancestry(caucasian=1), "skin": "#e8bd9d"}
THIN = {"age": 24, "gender": 0.9, "build": 0.05, "height_cm": 176.0, "face_seed": 12, "skin": "#c69470"}

HEADS = [
    ("bald", MAN, {}), ("buzz", AFRICAN, {"hair_colour": "#15100d"}), ("receding", OLD, {"hair_colour": "#9a948c"}),
    ("short", MAN, {"hair_colour": "#3a2518"}), ("side_part", MAN, {"hair_colour": "#6e4a2a"}),
    ("bob", WOMAN, {"hair_colour": "#1c1411"}), ("long_straight", THIN, {"hair_colour": "#8a4a24"}),
    ("long_wavy", AFRICAN, {"hair_colour": "#2a1a12"}), ("curly", AFRICAN, {"hair_colour": "#1b120e"}),
    ("ponytail", WOMAN, {"hair_colour": "#5a3a22"}), ("bun", OLD | {"gender": 1.0}, {"hair_colour": "#b8b2aa"}),
    ("braids", GIRL, {"hair_colour": "#c49a58"}),
    ("moustache", MAN, {"facial_hair": "moustache", "hair_colour": "#20150f", "glasses": "sunglasses"}),
    ("goatee", OLD, {"facial_hair": "goatee", "hair": "receding", "hair_colour": "#8a847c", "glasses": "square"}),
    ("short_beard", MAN, {"facial_hair": "short_beard", "hair_colour": "#4a2e1c", "glasses": "round"}),
    ("full_beard", OLD, {"facial_hair": "full_beard", "hair_colour": "#b4aea6"}),
]  # fmt: skip

CLOTHES = [
    ("t-shirt, jeans, sneakers", WOMAN, Outfit(top_pattern="stripes", top_colour="#e9e4da", top_accent="#22304a",
        bottom="jeans", bottom_colour="#2f466e", shoes="sneakers", shoe_colour="#9a3030")),
    ("shirt, trousers, shoes", MAN, Outfit(top="shirt", top_pattern="checks", top_colour="#8a2c2c",
        bottom_colour="#5a5244")),
    ("sweater, skirt, boots", AFRICAN, Outfit(top="sweater", top_colour="#c2a878", bottom="skirt",
        bottom_pattern="checks", bottom_colour="#4a2626", shoes="boots")),
    ("hoodie, shorts, cap", GIRL | {"gender": 0.1, "age": 10, "hair": "short"}, Outfit(top="hoodie",
        top_colour="#4a6a4a", bottom="shorts", bottom_colour="#5a5a66", shoes="sneakers", hat="cap",
        hat_colour="#2a3a6a")),
    ("jacket, shirt, jeans, boots", THIN | {"hair": "ponytail"}, Outfit(top="shirt", top_colour="#d8dce4",
        outer="jacket", outer_colour="#5b4a38", bottom="jeans", bottom_colour="#22304f", shoes="boots")),
    ("coat, sweater, brimmed hat", OLD | {"facial_hair": "full_beard", "hair_colour": "#b0aaa0"}, Outfit(
        top="sweater", top_colour="#6a2a2a", outer="coat", outer_colour="#6a5640", hat="brimmed",
        hat_colour="#4a4038")),
    ("dress with flowers", WOMAN | {"hair": "long_wavy", "hair_colour": "#4a2a1a"}, Outfit(top="dress",
        top_pattern="flowers", top_colour="#7c2f4f")),
    ("tank top, shorts, beanie", MAN | {"facial_hair": "short_beard"}, Outfit(top="tank", top_pattern="pinstripes",
        top_colour="#3a4a5a", bottom="shorts", bottom_colour="#8a7a5a", shoes="sneakers", hat="beanie",
        hat_colour="#8a4a2a")),
]  # fmt: skip


def seated(pose: Pose) -> Pose:
    """The same, on a chair that is not there."""
    rotations = pose.rotations.copy()
    for side in ("left", "right"):
        for joint, bend in (("hip", -1.5), ("knee", 1.5)):
            turn = quat.from_axis_angle(np.array([bend, 0.0, 0.0]))
            rotations[JOINT_INDEX[f"{side}_{joint}"]] = turn.astype(np.float32)
    return Pose(rotations, pose.translation, pose.face)


def looking(target: tuple[float, float, float], height: float) -> Camera:
    x, y, z = target
    away = height / 2 / float(np.tan(YFOV / 2))
    return Camera((x, y + 0.06 * away, z + away), target, YFOV)


def sheet(tiles: list[tuple[str, Image.Image]], columns: int) -> Image.Image:
    width, height = tiles[0][1].size
    rows = -(-len(tiles) // columns)
    page = Image.new("RGB", (columns * width, rows * (height + LINE)), PAPER)
    brush, font = ImageDraw.Draw(page), ImageFont.load_default(size=14)
    for k, (label, tile) in enumerate(tiles):
        x, y = k % columns * width, k // columns * (height + LINE)
        page.paste(tile, (x, y + LINE))
        brush.text((x + 6, y + 2), label, INK, font)
    return page


def heads() -> Image.Image:
    tiles, size = [], (230, 250)
    for name, person, extra in HEADS:
        look = person | ({"hair": name} if "facial_hair" not in extra else {}) | extra
        character = build_character(name, Appearance(**look))
        with Portraits(character, size) as pictures:
            for turn in (-28.0, -140.0) if "facial_hair" not in extra else (-20.0, -75.0):
                pose = standing(character, turn)
                head = character.skeleton.rest_joints[JOINT_INDEX["head"]]
                y = float(head[1] - character.skeleton.floor)
                camera = looking((0.0, y + 0.03, 0.0), 0.52)
                tiles.append((name if turn > -60 else "", pictures.picture(pose, camera, size)))
        print(name)
    return sheet(tiles, 8)


def clothes() -> Image.Image:
    tiles, size = [], (230, 400)
    for name, person, outfit in CLOTHES:
        character = build_character(name, Appearance(**person, outfit=outfit))
        height = max(float(part.vertices[:, 1].max()) for part in character.parts) - character.skeleton.floor
        with Portraits(character, size) as pictures:
            front, back = standing(character, -22.0), standing(character, 165.0)
            chair = seated(standing(character, -42.0))
            for label, pose, middle in ((name, front, 0.49), ("", back, 0.49), ("", chair, 0.58)):
                camera = looking((0.0, middle * height, 0.0), 1.12 * height)
                tiles.append((label, pictures.picture(pose, camera, size)))
        print(name)
    return sheet(tiles, 6)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in (("hair", heads()), ("garments", clothes())):
        page.save(folder / f"{name}.jpg", quality=84, optimize=True)
        print(f"{folder / name}.jpg: {(folder / f'{name}.jpg').stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
