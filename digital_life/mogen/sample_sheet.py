"""What a generator in training makes of a few captions, drawn as stick figures: one row a caption, time from left to right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from digital_life.mogen.autoencoder import PATCH, MotionAutoencoder
from digital_life.mogen.captions import CaptionRows
from digital_life.mogen.conditions import Conditions
from digital_life.mogen.dataset import Item
from digital_life.mogen.flow import sample
from digital_life.mogen.network import Context, MotionNetwork
from digital_life.mogen.representation import decode
from digital_life.motion.foot_skate import plant_feet
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_NAMES, PARENTS, canonical_skeleton
from digital_life.whole_file import whole_file

ROWS = 6
TOKENS = 20
COLUMNS = 8
CELL = (150, 210)
"""Pixels of one figure."""
_SCALE = 95.0
"""Pixels of a metre."""
_TURN = np.radians(30.0)
"""The figure is seen from this far to the side."""
_PAPER, _INK, _FLOOR = (250, 250, 248), (28, 30, 36), (205, 208, 212)
_SIDES = {"left": (190, 70, 40), "right": (30, 95, 170)}
_HEADING = 22


def sheet_captions(items: Sequence[Item]) -> list[str]:
    """A caption of each of a few clips that show different things, the same for the same items."""
    concepts = {item.concept: item for item in items}
    chosen = [concepts[name] for name in sorted(concepts)]
    places = np.linspace(0, len(chosen) - 1, min(ROWS, len(chosen))).astype(int)
    return list(dict.fromkeys(chosen[place].captions[-1] for place in places))


@torch.inference_mode()
def made_of(
    texts: Sequence[str], captions: CaptionRows, codec: MotionAutoencoder, network: MotionNetwork
) -> dict[str, Motion]:
    """What the networks make of known captions from the words alone, :data:`TOKENS` tokens long, from the same noise."""
    words, mask = captions.take(texts)
    device, count, latent = words.device, len(texts), codec.size.latent
    nothing = torch.zeros(count, TOKENS, latent, device=device)
    row = torch.from_numpy(Conditions(TOKENS * PATCH / FPS, posture="standing").row()).to(device)
    context = Context(
        text=words,
        text_mask=mask,
        sample=nothing[:, :1],
        sample_mask=torch.zeros(count, 1, dtype=torch.bool, device=device),
        known=nothing,
        known_mask=nothing[..., :1],
        conditions=row.expand(count, -1),
        mask=torch.ones(count, TOKENS, dtype=torch.bool, device=device),
    )
    noise = torch.randn(count, TOKENS, latent, generator=torch.Generator().manual_seed(0)).to(device)
    tokens = sample(network, context, noise)
    rows = codec.decode(tokens * network.token_scale + network.token_mean).float().cpu().numpy()
    motions = [decode(part) for part in rows]
    return {text: plant_feet(motion, contacts=motion.contacts) for text, motion in zip(texts, motions, strict=True)}


def draw_sheet(motions: Mapping[str, Motion], path: Path) -> None:
    """Draw motions by their captions into the PNG ``path``; left limbs are red, right ones blue.

    Raises:
        StorageError: the file cannot be written.
    """
    width, height = CELL
    picture = Image.new("RGB", (COLUMNS * width, len(motions) * (height + _HEADING)), _PAPER)
    pen = ImageDraw.Draw(picture)
    for row, (caption, motion) in enumerate(motions.items()):
        top = row * (height + _HEADING)
        pen.text((8, top + 4), f"{caption}  ({len(motion) / motion.fps:.1f} s)", _INK, ImageFont.load_default(13))
        floor = top + _HEADING + height - 20
        pen.line([(0, floor), (COLUMNS * width, floor)], _FLOOR)
        frames = np.linspace(0, len(motion) - 1, COLUMNS).round().astype(int)
        joints = forward_kinematics(motion.rotations[frames], motion.translation[frames], canonical_skeleton())[0]
        for column, pose in enumerate(joints):
            _figure(pen, pose, (column + 0.5) * width, floor)
    data = BytesIO()
    picture.save(data, "PNG")
    with whole_file(path, "drawing a sample sheet") as file:
        file.write(data.getvalue())


def _figure(pen: ImageDraw.ImageDraw, pose: NDArray[np.float64], middle: float, floor: float) -> None:
    """Bones of one pose [55, 3], the pelvis in the ``middle`` of its cell."""
    across = np.cos(_TURN) * (pose[:, 0] - pose[0, 0]) - np.sin(_TURN) * (pose[:, 2] - pose[0, 2])
    places = np.stack([middle + _SCALE * across, floor - _SCALE * pose[:, 1]], axis=-1)
    for joint, parent in enumerate(PARENTS[1:], start=1):
        side = JOINT_NAMES[joint].partition("_")[0]
        line = [tuple(places[parent]), tuple(places[joint])]
        pen.line(line, _SIDES.get(side, _INK), 3 if joint < 22 else 1)
    x, y = places[JOINT_NAMES.index("head")]
    pen.ellipse([x - 9, y - 18, x + 9, y], outline=_INK, width=2)
