"""``python -m digital_life.mogen.train``: train MoGen on a motion pack, a motion database or packed data."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digital_life.errors import DigitalLifeError, InputError
from digital_life.mogen.dataset import TrainingData, collect
from digital_life.mogen.packed import LARGEST, load, save

if TYPE_CHECKING:
    from digital_life.llm.embedding import Embedder
    from digital_life.mogen.autoencoder import MotionAutoencoder
    from digital_life.mogen.config import DataConfig, TrainingConfig
    from digital_life.mogen.judge import TextEncoder
    from digital_life.mogen.weights import Weights


@click.command()
@click.option(
    "--config", type=click.Path(path_type=Path, exists=True), required=True, help="Such as configs/mogen.yaml."
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="Motion pack, database, packed file, or what the config's data section says.",
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/mogen"), show_default=True)
@click.option("--licence", type=click.Choice(["permissive", "all"]), default="permissive", show_default=True)
@click.option("--seconds", type=float, help="Stop after so long; the same command goes on from there.")
@click.option("--device", default="auto", show_default=True, help="cpu, cuda, or auto.")
@click.option("--stage", type=click.Choice(["all", "autoencoder", "generator"]), default="all", show_default=True)
@click.option(
    "--start",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Weights (.safetensors) to begin with instead of random ones; with --stage generator their auto-encoder stays.",
)
@click.option(
    "--critic",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A critic of train_judge: the generator is told where it puts each text among motions. Default: that of --start.",
)
@click.option("--pack", type=click.Path(path_type=Path), help="Only pack the data into this small file.")
@click.option("--largest", type=float, default=LARGEST, show_default=True, help="Megabytes of the packed file at most.")
def main(
    config: Path,
    data: Path,
    out: Path,
    licence: str,
    seconds: float | None,
    device: str,
    stage: str,
    start: Path | None,
    critic: Path | None,
    pack: Path | None,
    largest: float,
) -> None:
    """Train MoGen. Stop it whenever you like: the same command goes on from the last checkpoint."""
    from digital_life.mogen.config import load_config

    with plain_errors():
        settings = load_config(config)
        training = read_data(data, settings.data)
        if pack is not None:
            _pack(some(training.select(licence=licence)), pack, largest)
        else:
            begin = None if start is None else starting_weights(start, settings, licence)
            aligner = _aligner(critic, begin, settings, licence)
            clips = some(training.select(split="train", licence=licence))
            _train(settings, clips, out, device, stage, seconds, begin, aligner, licence)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Errors of a training command as one message; Ctrl-C says how to go on."""
    try:
        yield
    except DigitalLifeError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("Stopped; the same command goes on from the last checkpoint.", err=True)


def some(training: TrainingData) -> TrainingData:
    """The same data.

    Raises:
        InputError: there is nothing in them.
    """
    if not training.items:
        raise InputError("the data hold no clips of this split and licence", "try --licence all")
    return training


def _train(
    settings: TrainingConfig,
    training: TrainingData,
    out: Path,
    device: str,
    stage: str,
    seconds: float | None,
    start: Weights | None,
    aligner: TextEncoder | None,
    licence: str,
) -> None:
    import torch

    from digital_life.mogen.aligned_text import kept_aligner
    from digital_life.mogen.train_autoencoder import train_autoencoder
    from digital_life.mogen.train_generator import train_generator

    where = torch.device(device if device != "auto" else "cuda" if torch.cuda.is_available() else "cpu")
    click.echo(f"{len(training.items)} clips on {where}")
    begin = time.monotonic()
    if stage != "generator":
        train_autoencoder(
            settings,
            training,
            out / "autoencoder",
            where,
            seconds=seconds,
            start=None if start is None else start.codec,
        )
    if stage == "autoencoder":
        return
    left = None if seconds is None else seconds - (time.monotonic() - begin)
    if stage == "all" and left is not None and left <= 0:
        click.echo("The time is up in the first of two stages; the same command goes on.")
        return
    own = (out / "autoencoder" / "checkpoint.pt").is_file()
    codec = start.codec if start is not None and not own else trained_autoencoder(settings, out / "autoencoder")
    folder, network = out / "generator", None if start is None else start.network
    aligner = kept_aligner(folder, aligner, licence)
    embedder = caption_embedder(training, reworded=settings.generator.paraphrases > 0)
    train_generator(settings, training, codec, embedder, folder, where, seconds=left, start=network, aligner=aligner)


def _aligner(critic: Path | None, start: Weights | None, settings: TrainingConfig, licence: str) -> TextEncoder | None:
    """What tells the generator where texts lie among motions: the encoder of ``critic``, or what ``start`` was told by."""
    from digital_life.mogen.aligned_text import critic_aligner

    if critic is None:
        return None if start is None else start.aligner
    if settings.generator.distil is not None:
        raise InputError("a distillation is told what its teacher is told", "leave --critic out")
    return critic_aligner(critic, licence)


def starting_weights(path: Path, settings: TrainingConfig, licence: str) -> Weights:
    """The weights to begin a training with.

    Raises:
        AssetError: the file is damaged or of another version.
        InputError: its networks are of another size than the config's, or they learnt from motions that a permissive
            training may not use.
    """
    from digital_life.mogen.weights import load_weights

    weights = load_weights(path)
    asked = (settings.autoencoder.size, settings.generator.size(settings.autoencoder.latent))
    if (weights.codec.size, weights.network.size) != asked:
        raise InputError(
            f"{path} holds networks of another size than the config", "give the config they were trained by"
        )
    if licence == "permissive" and weights.card.get("licence") != "permissive":
        raise InputError(
            f"{path} was trained on motions of every licence", "begin a permissive training without --start"
        )
    return weights


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


def read_data(path: Path, form: DataConfig | None = None) -> TrainingData:
    """Clips of a packed file, a motion pack or a database, or of AMASS with the descriptions that ``form`` names.

    Raises:
        InputError: ``path`` is none of these.
    """
    from digital_life.momat.library import MotionLibrary
    from digital_life.momat.pack import is_pack, read_pack

    if path.is_file():
        return load(path)
    if form is not None and form.form != "motions":
        return _described(path, form)
    return collect(list(read_pack(path)) if is_pack(path) else MotionLibrary.open(path).clips)


def _described(path: Path, form: DataConfig) -> TrainingData:
    from digital_life.mogen.amass_clips import AmassClips
    from digital_life.mogen.annotations import read_annotations

    assert form.form != "motions"
    clips = AmassClips(read_annotations(form.form, path / (form.annotations or form.form)), path / form.amass)
    try:
        return collect(clips)
    finally:
        if clips.missing:
            some = ", ".join(clips.missing[:3])
            click.echo(f"{len(clips.missing)} motions have no file under {clips.amass} ({some} ...)", err=True)
        for name, problem in clips.rejected[:10]:
            click.echo(f"{name} is left out: {problem}", err=True)


def caption_embedder(data: TrainingData, *, reworded: bool = False) -> Embedder | None:
    """The sentence model; None for data that came packed with the states of all their captions, unless these are reworded."""
    from digital_life.mogen.captions import all_captions

    if data.texts is not None and not reworded and all_captions(data.items) <= set(data.texts.texts):
        return None
    from digital_life.llm.embedding import shared_embedder

    return shared_embedder()


def _pack(data: TrainingData, path: Path, largest: float) -> None:
    from digital_life.llm.embedding import shared_embedder

    packed = save(data, path, embedder=shared_embedder(), largest=largest)
    of = f" of {len(data.items)} (the others would not fit)" if len(packed.items) < len(data.items) else ""
    texts = "with the states of their captions" if packed.texts else "without caption states: MiniLM is needed there"
    click.echo(f"{path}: {len(packed.items)} clips{of}, {texts}, {path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
