"""Draw every named hand shape: python tools/hand_sheet.py docs/pictures/body/hands.jpg [NAME ...]."""

from __future__ import annotations

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from digital_life.body.appearance import build_character  # noqa: E402
from digital_life.motion.hands import hand_rotations, hand_shapes  # noqa: E402
from digital_life.persona.appearance import Appearance  # noqa: E402
from tools.body_pictures.close_up import CloseUps, sheet  # noqa: E402

VIEWS = {"palm": True, "thumb side": False}
SHAPES_A_ROW = 4


def main(out: Path, names: list[str]) -> None:
    character = build_character("hands", Appearance(gender=0.4, age=30))
    with CloseUps(character, (215, 180)) as close_ups:
        pictures = [
            (f"{name.replace('_', ' ')} ({view})", close_ups.hand(hand_rotations(name, "left"), "left", palm=palm))
            for name in names or hand_shapes()
            for view, palm in VIEWS.items()
        ]
    width = len(VIEWS) * SHAPES_A_ROW
    rows = [pictures[first : first + width] for first in range(0, len(pictures), width)]
    out.parent.mkdir(parents=True, exist_ok=True)
    sheet(rows, "Hand shapes (left; the right is its mirror image)").save(out, quality=85)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
