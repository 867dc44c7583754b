"""``digital-life chat``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from digital_life.cli.options import licence_option, mind_options, serve_options


@click.command()
@click.argument("persona")
@mind_options
@serve_options
@licence_option
@click.option("--out", type=click.Path(path_type=Path), help="Run folder that records the talk.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="A talk gone on with keeps its own."
)
@click.option("--resume", is_flag=True, help="Go on with the talk in --out, where it was left.")
def command(
    persona: str,
    mind: str,
    model: str | None,
    base_url: str | None,
    host: str,
    port: int,
    no_browser: bool,
    licence: Any,
    out: Path | None,
    seed: int,
    resume: bool,
) -> None:
    """Talk with PERSONA (a shipped name such as mira, or a persona file) in the browser."""
    from digital_life.cli.progress import make_progress
    from digital_life.llm.connect import connect
    from digital_life.persona.library import load_persona

    if resume and out is None:
        raise click.UsageError("say which talk to go on with: --out runs/chat-...")
    loaded = load_persona(persona)
    out = out or Path("runs") / f"chat-{Path(persona).stem}-{datetime.now():%Y%m%d-%H%M%S}"
    with make_progress() as progress:
        task = progress.add_task("Waking the mind", total=2)
        chat_model, reason = connect(mind, model=model, base_url=base_url, seed=seed)  # type: ignore[arg-type]
        progress.update(task, description="Preparing body, voice and motions", completed=1)
        from digital_life.society.chat_session import PersonaChat
        from digital_life.viewer.run_source import LiveChat
        from digital_life.viewer.server import chat_app, serve

        talk = PersonaChat(loaded, chat_model, out, seed=seed, licence=licence, resume=resume)
        progress.update(task, completed=2)
    click.echo(f"Mind: {reason}")
    click.echo(f"The talk is recorded in {out}")
    try:
        serve(chat_app(LiveChat(talk)), host=host, port=port, open_browser=not no_browser)
    finally:
        talk.close()
        chat_model.close()
    click.echo(f"Replay it with: digital-life view {out}")
    click.echo(f"Go on with:     digital-life chat {persona} --out {out} --resume")
