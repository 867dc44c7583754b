"""Draw the 52 ARKit shapes and the 15 visemes: python tools/face_sheet.py docs/pictures/body/ [NAME ...].

Writes face-shapes.jpg and face-visemes.jpg. With names, only those are drawn, from the front and from the side.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from digital_life.body.appearance import build_character  # noqa: E402
from digital_life.body.jaw import jaw_rotation  # noqa: E402
from digital_life.face.gaze import PITCH_LIMIT, YAW_LIMIT  # noqa: E402
from digital_life.face.viseme_table import VISEMES, viseme_weights  # noqa: E402
from digital_life.face.weights import row  # noqa: E402
from digital_life.motion.arkit import ARKIT_NAMES  # noqa: E402
from digital_life.persona.appearance import Appearance  # noqa: E402
from tools.body_pictures.close_up import CloseUps, sheet  # noqa: E402

COLUMNS = 9


def picture(close_ups: CloseUps, weights: np.ndarray, jaw_open: float, turn: float = 0.0, height: float = 0.25):
    """The face with the jaw and the eyes turned as the weights say."""
    eyes = {}
    for eye, side, out in (("left_eye", "Left", 1.0), ("right_eye", "Right", -1.0)):
        named = dict(zip(ARKIT_NAMES, weights, strict=True))
        pitch = PITCH_LIMIT * (named[f"eyeLookDown{side}"] - named[f"eyeLookUp{side}"])
        yaw = out * YAW_LIMIT * (named[f"eyeLookOut{side}"] - named[f"eyeLookIn{side}"])
        eyes[eye] = np.array([pitch, yaw, 0.0])
    jaw = jaw_rotation(weights[None], jaw_open)[0]
    return close_ups.face(weights, turn=turn, height=height, jaw=jaw, **eyes)


def main(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    character = build_character("face", Appearance(gender=0.75, age=28, hair="bun"))
    shapes = {"neutral": np.zeros(len(ARKIT_NAMES), np.float32)} | {name: row({name: 1.0}) for name in ARKIT_NAMES}
    shapes["mouthClose"] = row({"mouthClose": 1.0, "jawOpen": 1.0})
    shapes["tongueOut"] = row({"tongueOut": 1.0, "jawOpen": 0.35})
    visemes = {name: viseme_weights(name) for name in VISEMES}
    if names:
        with CloseUps(character, (420, 420)) as close_ups:
            chosen = {name: (shapes | visemes)[name] for name in names}
            rows = [
                [(name, picture(close_ups, weights, character.jaw_open, turn)) for name, weights in chosen.items()]
                for turn in (0.0, 0.9)
            ]
        sheet(rows).save(folder / "face-some.png")
        return
    with CloseUps(character, (150, 165)) as close_ups:
        for file, heading, faces in (
            (
                "face-shapes.jpg",
                "Rest and the 52 ARKit shapes at weight 1 (mouthClose with jawOpen 1, tongueOut with jawOpen 0.35)",
                shapes,
            ),
            ("face-visemes.jpg", "The 15 visemes", visemes),
        ):
            pictures = [(name, picture(close_ups, w, character.jaw_open)) for name, w in faces.items()]
            rows = [pictures[first : first + COLUMNS] for first in range(0, len(pictures), COLUMNS)]
            sheet(rows, heading).save(folder / file, quality=86)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
