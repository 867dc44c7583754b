"""``python -m digital_life.mogen.train``: train MoGen on a motion pack, a motion database or packed data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from digital_life.errors import DigitalLifeError, InputError
from digital_life.mogen.dataset import TrainingData, collect, load, save

if TYPE_CHECKING:
    from digital_life.mogen.autoencoder import MotionAutoencoder
    from digital_life.mogen.config import TrainingConfig


@click.command()
@click.option(
    "--config", type=click.Path(path_type=Path, exists=True), required=True, help="Such as configs/mogen.yaml."
)
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), required=True, help="Pack, database or packed file."
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/mogen"), show_default=True)
@click.option("--licence", type=click.Choice(["permissive", "all"]), default="permissive", show_default=True)
@click.option("--seconds", type=float, help="Stop after so long; the same command goes on from there.")
@click.option("--device", default="auto", show_default=True, help="cpu, cuda, or auto.")
@click.option("--stage", type=click.Choice(["all", "autoencoder", "generator"]), default="all", show_default=True)
@click.option("--pack", type=click.Path(path_type=Path), help="Only pack the data into this small file.")
def main(
    config: Path, data: Path, out: Path, licence: str, seconds: float | None, device: str, stage: str, pack: Path | None
) -> None:
    """Train MoGen. Stop it whenever you like: the same command goes on from the last checkpoint."""
    try:
        _main(config, data, out, licence, seconds, device, stage, pack)
    except DigitalLifeError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("Stopped; the same command goes on from the last checkpoint.", err=True)


def _main(
    config: Path, data: Path, out: Path, licence: str, seconds: float | None, device: str, stage: str, pack: Path | None
) -> None:
    import torch

    from digital_life.llm.embedding import shared_embedder
    from digital_life.mogen.config import load_config
    from digital_life.mogen.train_autoencoder import train_autoencoder
    from digital_life.mogen.train_generator import train_generator

    settings = load_config(config)
    training = read_data(data, pack)
    if pack is not None:
        click.echo(f"{pack}: {len(training.items)} clips, {pack.stat().st_size / 1e6:.0f} MB")
        return
    training = training.select(split="train", licence=licence)
    if not training.items:
        raise InputError(f"{data} has no clips of the split 'train' for licence '{licence}'", "try --licence all")
    where = torch.device(device if device != "auto" else "cuda" if torch.cuda.is_available() else "cpu")
    click.echo(f"{len(training.items)} clips on {where}")
    if stage != "generator":
        train_autoencoder(settings, training, out / "autoencoder", where, seconds=seconds)
    if stage != "autoencoder":
        codec = trained_autoencoder(settings, out / "autoencoder")
        train_generator(settings, training, codec, shared_embedder(), out / "generator", where, seconds=seconds)


def trained_autoencoder(settings: TrainingConfig, folder: Path) -> MotionAutoencoder:
    """The averaged auto-encoder of the checkpoint in ``folder``.

    Raises:
        InputError: it was not trained yet.
    """
    import torch

    from digital_life.mogen.autoencoder import MotionAutoencoder

    path = folder / "checkpoint.pt"
    if not path.is_file():
        raise InputError(f"{path} is missing", "train the auto-encoder first: --stage autoencoder")
    network = MotionAutoencoder(settings.autoencoder.size)
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["average"])
    return network.eval()


def read_data(path: Path, pack: Path | None = None) -> TrainingData:
    """Clips of a packed file, a motion pack or a database; written small to ``pack`` where that is given.

    Raises:
        InputError: ``path`` is none of these.
    """
    from digital_life.momat.library import MotionLibrary
    from digital_life.momat.pack import is_pack, read_pack

    if path.is_file():
        return load(path)
    clips = list(read_pack(path)) if is_pack(path) else MotionLibrary.open(path).clips
    data = collect(clips)
    if pack is not None:
        save(data, clips, pack)
    return data


if __name__ == "__main__":
    main()
