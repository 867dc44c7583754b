"""``digital-life generate``."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digital_life.cli.options import licence_option, output_options
from digital_life.errors import InputError

if TYPE_CHECKING:
    from digital_life.behaviour import Emotion
    from digital_life.momat.search import Hit
    from digital_life.motion.motion import Motion

LIKE = 0.35
"""Search score from which on the nearest motion of the library is shown to the generator."""

_postures = click.Choice(["standing", "seated", "floor"])
_file = click.Path(path_type=Path)
_strengths = click.FloatRange(0, 20)


@click.command()
@click.argument("text")
@output_options("Motion file to write (.npz, .bvh, .glb, .vrma or .npy).")
@click.option("--seconds", type=float, default=4.0, show_default=True, help="How long the motion lasts (0.5 to 600).")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed gives another motion.")
@click.option("--preview", type=_file, help="Draw the motion as a contact sheet (.png or .jpg) as well.")
@click.option("--posture", type=_postures, help="Posture at the beginning.")
@click.option("--posture-end", type=_postures, help="Posture at the end.")
@click.option("--emotion", metavar="P,A,D", help="Pleasure, arousal and dominance, each 1 to 9; 5 is neutral.")
@click.option("--style", help="A manner such as angry, tired or youthful.")
@click.option("--shown", metavar="CLIP|FILE", help="A motion to be inspired by. Default: the nearest of the library.")
@click.option("--no-retrieval", is_flag=True, help="Show the generator no motion of the library.")
@click.option("--before", type=_file, help="Motion file that the new one continues.")
@click.option("--target", type=_file, help="Motion file in whose last frame the new one ends.")
@click.option("--no-fingers", is_flag=True, help="The hands need not move.")
@click.option("--steps", type=click.IntRange(1, 100), help="Passes of the network. Default: 4; fewer are faster.")
@click.option("--follow-text", type=_strengths, help="Guidance by TEXT. Default: what serves the weights best.")
@click.option("--follow-shown", type=_strengths, help="By the shown motion.")
@click.option("--follow-conditions", type=_strengths, help="By the others.")
@click.option("--weights", type=_file, help="Weights to use instead of the shipped ones.")
@licence_option
def command(
    text: str,
    out: Path,
    force: bool,
    seconds: float,
    seed: int,
    preview: Path | None,
    emotion: str | None,
    shown: str | None,
    no_retrieval: bool,
    before: Path | None,
    target: Path | None,
    no_fingers: bool,
    follow_text: float | None,
    follow_shown: float | None,
    follow_conditions: float | None,
    weights: Path | None,
    steps: int | None,
    licence: Any,
    **asked: Any,
) -> None:
    """Make a new motion that does what TEXT says, and write it to a file.

    The nearest motion of the library is shown to the generator, which may take after it.
    """
    from digital_life.motion.formats.read import check_writable
    from digital_life.whole_file import refuse_existing

    if shown and no_retrieval:
        raise click.UsageError("--shown and --no-retrieval exclude each other")
    for path in (out, preview):
        if path is not None:
            refuse_existing(path, force)
    check_writable(out)
    feeling = None if emotion is None else _emotion(emotion)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", UserWarning)
        from digital_life.mogen.flow import STEPS
        from digital_life.mogen.generator import MotionGenerator
        from digital_life.mogen.request import readable
        from digital_life.motion.formats.read import write_motion

        generator = MotionGenerator(weights) if weights else MotionGenerator.default(licence)
        if licence == "permissive" and generator.weights.card.get("licence") != "permissive":
            raise InputError(f"{weights}: weights that may not be used commercially", "take others, or --licence all")
        english = readable(text)
        example, about = (None, "no motion was shown") if no_retrieval else _shown(english, shown, licence)
        strengths = {"text": follow_text, "sample": follow_shown, "conditions": follow_conditions}
        followed = {name: value for name, value in strengths.items() if value is not None}
        from digital_life.cli.progress import bar

        with bar("Generating") as advance:
            motion = generator.generate(
                english,
                seconds=seconds,
                seed=seed,
                shown=example,
                before=None if before is None else _motion(before),
                target=None if target is None else _last_frame(target),
                emotion=feeling,
                fingers=not no_fingers,
                guidance=replace(generator.weights.guidance, **followed),
                steps=steps or STEPS,
                report=advance,
                **asked,
            )
        write_motion(motion, out)
    for message in dict.fromkeys(str(warning.message) for warning in said if warning.category is UserWarning):
        click.echo(f"Warning: {message}", err=True)
    click.echo(f"{out}: {motion.duration:.1f} s, {len(motion)} frames, seed {seed}; {about}")
    if generator.weights.card.get("licence") == "all":
        click.echo("Note: made by research weights, for non-commercial use only (NOTICE)", err=True)
    if preview is not None:
        _draw(motion, text, about, preview)


def _emotion(said: str) -> Emotion:
    from digital_life.behaviour import Emotion

    try:
        pleasure, arousal, dominance = (float(part) for part in said.split(","))
        return Emotion(pleasure=pleasure, arousal=arousal, dominance=dominance)
    except ValueError as error:
        raise InputError(f"--emotion {said}", "give three numbers from 1 to 9, such as 7,6,5") from error


def _shown(text: str, wanted: str | None, licence: Any) -> tuple[Motion | None, str]:
    """The motion to show, and a word on which it is."""
    from digital_life.llm.embedding import shared_embedder
    from digital_life.momat.library import MotionLibrary
    from digital_life.momat.search import MotionSearch

    if wanted is not None and Path(wanted).is_file():
        return _motion(Path(wanted)), f"shown {wanted}"
    library = MotionLibrary.default(licence)
    if wanted is not None:
        return library[wanted].motion, f"shown {wanted}"
    hits: list[Hit] = MotionSearch(library, shared_embedder()).search(text, k=1)
    if not hits or hits[0].score < LIKE:
        return None, "no motion of the library is like it"
    return hits[0].clip.motion, f"shown {hits[0].clip.id} ({hits[0].score:.2f})"


def _motion(path: Path) -> Motion:
    from digital_life.motion.formats.read import read_motion
    from digital_life.motion.motion import FPS
    from digital_life.motion.resample import resample

    return resample(read_motion(path), FPS)


def _last_frame(path: Path) -> Motion:
    motion = _motion(path)
    return motion.slice(len(motion) - 1, len(motion))


def _draw(motion: Motion, text: str, about: str, preview: Path) -> None:
    from digital_life.cli.progress import bar
    from digital_life.render.contact_sheet import Row, contact_sheet

    title = text if len(text) <= 100 else f"{text[:97]}..."
    with bar("Drawing") as advance:
        note = contact_sheet([Row(motion, title, about)], preview, heading=title, columns=8, progress=advance)
    if note:
        click.echo(f"Note: {note}", err=True)
    click.echo(f"{preview}")
