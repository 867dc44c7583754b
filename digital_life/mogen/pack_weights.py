"""``python -m digital_life.mogen.pack_weights``: a finished training as one small file of weights, with its card."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digital_life.errors import DigitalLifeError, InputError

if TYPE_CHECKING:
    from torch import nn


@click.command()
@click.argument("run", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--config", type=click.Path(path_type=Path, exists=True), required=True, help="The training's own file.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="File to write (.safetensors).")
@click.option(
    "--start",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Weights that the training began with, where it kept their auto-encoder (--stage generator).",
)
@click.option("--licence", type=click.Choice(["permissive", "all"]), required=True, help="What the training was given.")
@click.option("--follow-text", type=float, help="Guidance by the text that serves these weights best.")
@click.option("--data", default="", help="What it was trained on, for the card.")
@click.option("--hours", type=float, help="How long, for the card.")
@click.option("--machine", default="", help="On what, for the card.")
def main(
    run: Path,
    config: Path,
    out: Path,
    start: Path | None,
    licence: str,
    follow_text: float | None,
    data: str,
    hours: float | None,
    machine: str,
) -> None:
    """Write the averaged networks of the training folder RUN (autoencoder/ and generator/) in half precision.

    Put the file into digital_life/mogen/weights/ as generator-all.safetensors or generator-permissive.safetensors to
    ship it.
    """
    try:
        card: dict[str, object] = {"licence": licence, "data": data, "hours": hours, "machine": machine}
        if follow_text is not None:
            card["follow"] = {"text": follow_text}
        steps = pack(run, config, out, card, start=start)
    except DigitalLifeError as error:
        raise click.ClickException(str(error)) from error
    made = ", ".join(f"{name} {count} steps" for name, count in steps.items())
    click.echo(f"{out}: {out.stat().st_size / 1e6:.1f} MB; {made}")


def pack(
    run: Path, config: Path, out: Path, card: Mapping[str, object], *, start: Path | None = None
) -> dict[str, int]:
    """Write the weights of both stages; returns the steps each was trained for, which the card says as well.

    The auto-encoder is that of ``run``, or where it has none, that of the weights ``start``, whose steps are counted too.

    Raises:
        InputError: a stage was not trained yet, or with another config; or weights are packed as permissive that are not.
        AssetError: ``start`` or what the training was told its texts by is damaged or of another version.
        StorageError: the file cannot be written.
    """
    from digital_life.mogen.aligned_text import trained_aligner
    from digital_life.mogen.autoencoder import MotionAutoencoder
    from digital_life.mogen.config import load_config
    from digital_life.mogen.network import MotionNetwork
    from digital_life.mogen.weights import load_weights, save_weights

    settings = load_config(config)
    codec = MotionAutoencoder(settings.autoencoder.size)
    network = MotionNetwork(settings.generator.size(codec.size.latent))
    begin = None if start is None else load_weights(start)
    begun = {} if begin is None else dict(begin.card.get("steps", {}))
    if begin is not None:
        _check_licence(card, begin.card.get("licence"), start)
    aligner, licence = trained_aligner(run / "generator")
    if aligner is not None:
        _check_licence(card, licence, run)
    trained = run / "autoencoder" / "checkpoint.pt"
    if begin is not None and not trained.is_file():
        codec, before = begin.codec, int(begun.get("auto-encoder", 0))
    else:
        before = _read(codec, trained)
    steps = {
        "auto-encoder": before,
        "generator": int(begun.get("generator", 0)) + _read(network, run / "generator" / "checkpoint.pt"),
    }
    said = {name: value for name, value in card.items() if value not in (None, "")}
    save_weights(codec, network, out, {**said, "steps": steps}, aligner)
    return steps


def _check_licence(card: Mapping[str, object], found: object, where: Path | None) -> None:
    if card.get("licence") == "permissive" and found != "permissive":
        raise InputError(f"{where} was trained on motions of every licence", "pack with --licence all")


def _read(network: nn.Module, path: Path) -> int:
    """Fill ``network`` with the averaged weights of a checkpoint; returns its step."""
    import torch

    if not path.is_file():
        raise InputError(f"{path} is missing", "train this stage first: python -m digital_life.mogen.train")
    state = torch.load(path, map_location="cpu", weights_only=True)
    try:
        network.load_state_dict(state["average"])
    except RuntimeError as error:
        raise InputError(
            f"{path} is of another network than the config", "give the config it was trained by"
        ) from error
    return int(state["step"])


if __name__ == "__main__":
    main()
