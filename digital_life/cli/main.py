"""``digital-life``: one command, one module each, imported only when it runs."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from digital_life import __version__
from digital_life.errors import DigitalLifeError

COMMANDS: dict[str, str] = {
    "simulate": "Play a scenario: minds, bodies, voices, video.",
    "chat": "Talk with a persona in the browser.",
    "interview": "Ask a character about itself without changing it.",
    "view": "Replay a run in the browser.",
    "render": "Make the video of a run.",
    "recall": "Show what a character of a run remembers and how its state changed.",
    "evaluate": "Measure how well minds work: one report of runs, arms and judgements.",
    "export": "Write a run, or a motion file, as bvh, glb, npz or vrma.",
    "persona": "List and check persona files.",
    "body": "Look at bodies; write them as glb, vrm, obj or npz.",
    "motions": "Add to, search and describe the motion library.",
    "demo-motion": "Film what a character makes of a list of prompts.",
    "caption": "Say in words what a motion file shows.",
    "generate": "Make a motion that does what a text says.",
    "speak": "Text to speech with phoneme times.",
    "models": "List and download optional language models.",
    "doctor": "Say what works on this machine, and how to mend what does not.",
    "bench": "Measure speed on this machine.",
}


class LazyGroup(click.Group):
    """Knows its commands' names and help without importing them, so ``--help`` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the command's module."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"digital_life.cli.{name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="digital-life")
def cli() -> None:
    """Digital Life: autonomous social 3D characters.

    Start with:  digital-life simulate examples/first_meeting.yaml --out runs/first_meeting
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line. Exit code 0: done; 2: something the user can mend, said in one message."""
    try:
        cli.main(args=arguments, prog_name="digital-life", standalone_mode=False)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except DigitalLifeError as error:
        _fail(f"Error: {error}")
    except (click.Abort, KeyboardInterrupt):
        _fail(
            "Stopped. What was written is kept; a simulation goes on with the same command and --resume, an evaluation without."
        )
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(2)


def _fail(message: str) -> None:
    from digital_life.llm.secrets import hide_secrets

    click.echo(hide_secrets(message), err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
