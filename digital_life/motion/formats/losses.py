"""What a format does not hold of a motion, in words for whoever writes or reads such a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digital_life.motion.formats.export import Form

_HUMANML3D = (
    "HumanML3D features hold no fingers, no face, no twist of head, hands, toes and forearms, 20 frames a second instead "
    "of 30, and not the last frame"
)
_BODY_ONLY: dict[Form, str] = {"bvh": "BVH files", "amass": "AMASS files"}


def lost_by_writing(form: Form, *, face: bool = True) -> str:
    """What is not in a file of that form ("" where nothing is missing) of a motion with or without a ``face``."""
    if form == "humanml3d":
        return _HUMANML3D
    return f"{_BODY_ONLY[form]} hold no face" if face and form in _BODY_ONLY else ""


def missing_in(path: Path) -> str:
    """What was never in a motion file of that suffix ("" where nothing is known to be missing)."""
    return _HUMANML3D if path.suffix.lower() == ".npy" else ""
