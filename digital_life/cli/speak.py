"""``digital-life speak``."""

from __future__ import annotations

from pathlib import Path

import click

from digital_life.cli.options import output_options


@click.command()
@click.argument("text")
@output_options("WAV file to write.")
@click.option("--voice", default="mira", show_default=True, help="Name of a built-in voice.")
@click.option("--phonemes", is_flag=True, help="Print each phoneme with its times.")
def command(text: str, out: Path, force: bool, voice: str, phonemes: bool) -> None:
    """Speak TEXT into a WAV file, with phoneme times."""
    from digital_life.errors import AssetError, InputError
    from digital_life.persona.schema import VoiceSettings
    from digital_life.voice.voices import load_voice
    from digital_life.voice.wav import write_wav
    from digital_life.whole_file import refuse_existing

    refuse_existing(out, force)
    speech = load_voice(VoiceSettings(name=voice)).say(text)
    if all(phoneme.symbol == "SIL" for phoneme in speech.phonemes):
        raise InputError(f"there is nothing to say in {text!r}", "give words")
    if speech.samples is None:
        raise AssetError("no voice is installed, so there is no sound to write", "pip install hibari-tts==0.2.1")
    write_wav(out, speech.samples, speech.rate)
    if phonemes:
        for phoneme in speech.phonemes:
            click.echo(f"{phoneme.start:7.3f} {phoneme.end:7.3f} {phoneme.symbol}")
    click.echo(f"{out}: {speech.duration:.2f} s, voice {speech.voice}")
