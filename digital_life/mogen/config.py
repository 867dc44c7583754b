"""The training file ``configs/mogen.yaml``, checked."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from digital_life.mogen.autoencoder import AutoencoderSize
from digital_life.mogen.flow import Guidance
from digital_life.mogen.network import NetworkSize
from digital_life.yaml_file import load_yaml


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataConfig(_Strict):
    """What ``--data DIR`` holds: our own motions, or AMASS with the descriptions of a data set."""

    form: Literal["motions", "humanml3d", "kit-ml", "babel"] = "motions"
    """``motions``: a motion pack, a motion database or a packed file."""
    amass: str = "AMASS"
    """Folder in DIR with AMASS' files as it hands them out, one folder a set."""
    annotations: str = ""
    """Folder in DIR with the descriptions; the name of the form where it is empty."""


class Schedule(_Strict):
    """How long and how one network is trained."""

    steps: int = Field(gt=0)
    batch: int = Field(gt=0)
    frames: int = Field(gt=0, multiple_of=5)
    """Frames of a training window; clips that are shorter are held at their last frame."""
    learning_rate: float = Field(gt=0)
    warm_up: int = Field(500, ge=0)
    weight_decay: float = Field(0.01, ge=0)
    average: float = Field(0.999, ge=0, lt=1)
    """Decay of the running average of the weights, which is what is kept and used."""
    save_every: int = Field(500, gt=0)


class AutoencoderConfig(_Strict):
    """The temporal auto-encoder and the weights of its losses."""

    frame: int = 192
    width: int = 384
    depth: int = 4
    latent: int = 48
    losses: dict[str, float]
    divergence: float = Field(1e-4, ge=0)
    """Weight of the Kullback-Leibler term."""
    schedule: Schedule

    @property
    def size(self) -> AutoencoderSize:
        """The network's measures."""
        return AutoencoderSize(self.frame, self.width, self.depth, self.latent)


class DistilConfig(_Strict):
    """What a distilled generator does in how many passes: its teacher takes twice as many, guided (mogen/distil.py)."""

    passes: int = Field(2, gt=0)
    follow_text: float = Guidance.text
    follow_shown: float = Guidance.sample
    follow_conditions: float = Guidance.conditions

    @property
    def guidance(self) -> Guidance:
        """How the teacher is guided."""
        return Guidance(self.follow_text, self.follow_shown, self.follow_conditions)


class GeneratorConfig(_Strict):
    """The generator, and how often a condition is left out in training."""

    width: int = 256
    depth: int = 7
    heads: int = 4
    drop_text: float = Field(0.1, ge=0, le=1)
    drop_sample: float = Field(0.3, ge=0, le=1)
    drop_conditions: float = Field(0.3, ge=0, le=1)
    given: float = Field(0.4, ge=0, le=1)
    """Share of examples in which some tokens are given, a third of them at both ends."""
    paraphrases: int = Field(0, ge=0, le=64)
    """Other wordings of every English caption that are learnt too (mogen/paraphrases.py); 0 learns the captions alone."""
    paraphrased: float = Field(0.5, ge=0, le=1)
    """Share of examples whose text is such a wording."""
    sheet_every: int = Field(0, ge=0)
    """Steps between two sample sheets (pictures of what is made of a few captions); 0 draws none."""
    distil: DistilConfig | None = None
    """Learn from the weights that the training begins with, in place of the motions' own tokens."""
    schedule: Schedule

    def size(self, latent: int) -> NetworkSize:
        """The network's measures for tokens of ``latent`` numbers."""
        return NetworkSize(self.width, self.depth, self.heads, latent)


class TrainingConfig(_Strict):
    """Everything that a training run depends on besides the data."""

    seed: int = 0
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """``auto`` takes bfloat16 on a GPU and float32 on a processor."""
    mirror: float = Field(0.5, ge=0, le=1)
    data: DataConfig = DataConfig()
    autoencoder: AutoencoderConfig
    generator: GeneratorConfig


def load_config(path: Path) -> TrainingConfig:
    """Read a training file.

    Raises:
        InputError: it is missing or wrong; the message names file, line and field.
    """
    return load_yaml(path, TrainingConfig)
