"""The motions that are measured: the motion pack where there is one, else the shipped library."""

from __future__ import annotations

import os
from pathlib import Path

from digital_life.momat.library import MotionLibrary
from digital_life.momat.pack import read_pack

PACK_VARIABLE = "DIGITAL_LIFE_MOTION_PACK"


def measuring_library(split: str | None = None) -> MotionLibrary:
    """Clips of the pack that ``DIGITAL_LIFE_MOTION_PACK`` names (of one ``split``, "train" or "val"); else the default library.

    Raises:
        InputError: the variable names no motion pack.
    """
    pack = os.environ.get(PACK_VARIABLE)
    if not pack:
        return MotionLibrary.default()
    return MotionLibrary([clip for clip in read_pack(Path(pack)) if split in (None, clip.split)])
