"""``python -m digital_life`` is the command line."""

from digital_life.cli.main import main

main()
