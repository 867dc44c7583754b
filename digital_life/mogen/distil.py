"""Distillation: a generator that does in a few unguided passes what its teacher does in twice as many guided ones.

Progressive distillation (Salimans & Ho 2022) of a teacher with guidance (Meng et al. 2023): from the same noisy tokens the
teacher takes two guided Euler passes, and the student learns the clean tokens that lead to the same place in one pass.
"""

from __future__ import annotations

import torch
from torch import Tensor

from digital_life.mogen.flow import LATEST, Guidance, Network, euler, guided
from digital_life.mogen.network import Context, MotionNetwork


def distil_loss(
    student: MotionNetwork, teacher: Network, clean: Tensor, context: Context, *, passes: int, guidance: Guidance
) -> Tensor:
    """Mean squared error of the student's clean tokens [B, N, latent] at the beginnings of its ``passes``.

    ``teacher`` takes twice as many passes, with ``guidance``; ``clean`` are real tokens, with noise of every pass mixed in.
    """
    now = torch.randint(passes, (len(clean),), device=clean.device) / passes
    then = now + 1 / passes
    noise = torch.randn_like(clean)
    mixed = (1 - now)[:, None, None] * noise + now[:, None, None] * clean
    mixed = torch.where(context.known_mask > 0, clean, mixed)
    with torch.no_grad():
        predict = guided(teacher, context, guidance)
        middle = (now + then) / 2
        halfway = euler(mixed, predict(mixed, now), now, middle)
        halfway = torch.where(context.known_mask > 0, clean, halfway)
        reached = euler(halfway, predict(halfway, middle), middle, then)
        left = (1 - now.clamp(max=LATEST)) / (then - now)
        wanted = mixed + left[:, None, None] * (reached - mixed)
    made = student(mixed, now, context).float()
    counted = context.mask[..., None] * (1 - context.known_mask)
    error = ((made - wanted) ** 2 * counted).sum(dim=(1, 2)) / (counted.sum(dim=(1, 2)) * clean.shape[-1]).clamp(min=1)
    loss: Tensor = error.mean()
    return loss
