"""Small untrained weights whose motions move a little around the pose of a clip."""

import torch

from digital_life.mogen.autoencoder import AutoencoderSize, MotionAutoencoder
from digital_life.mogen.network import MotionNetwork, NetworkSize
from digital_life.mogen.representation import encode
from digital_life.mogen.weights import Weights
from digital_life.momat.library import MotionLibrary


def tiny_weights(around: str = "wave_right", *, listens: bool = False) -> Weights:
    """``listens`` lets conditions have an effect, which an untrained network only has from its first step on."""
    torch.manual_seed(0)
    codec, network = MotionAutoencoder(AutoencoderSize(32, 64, 2, 8)), MotionNetwork(NetworkSize(32, 2, 2, 8))
    codec.mean.copy_(torch.from_numpy(encode(MotionLibrary.default()[around].motion).mean(axis=0)))
    codec.scale[:] = 0.02
    if listens:
        torch.nn.init.normal_(network.modulate.weight, std=0.5)
        for block in network.blocks:
            torch.nn.init.normal_(block.modulation, std=0.5)
    return Weights(codec.eval().requires_grad_(False), network.eval().requires_grad_(False), {})
