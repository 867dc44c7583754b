"""A small untrained generator that moves a little around the pose of a clip."""

import torch

from digital_life.mogen.autoencoder import AutoencoderSize, MotionAutoencoder
from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.network import MotionNetwork, NetworkSize
from digital_life.mogen.representation import encode
from digital_life.mogen.weights import Weights
from digital_life.momat.clip import Clip


def tiny_generator(around: Clip) -> MotionGenerator:
    torch.manual_seed(0)
    codec, network = MotionAutoencoder(AutoencoderSize(32, 64, 2, 8)), MotionNetwork(NetworkSize(32, 2, 2, 8))
    codec.mean.copy_(torch.from_numpy(encode(around.motion).mean(axis=0)))
    codec.scale[:] = 0.02
    return MotionGenerator(Weights(codec.eval(), network.eval(), {}))
