"""Find personas by name or by path."""

from __future__ import annotations

from pathlib import Path

from digital_life.assets import asset_dir
from digital_life.errors import InputError
from digital_life.persona.schema import Persona
from digital_life.yaml_allowed import suggestion
from digital_life.yaml_file import load_yaml


def list_personas() -> dict[str, Path]:
    """Short names and files: those in ``./personas`` hide shipped ones of the same name."""
    found: dict[str, Path] = {}
    for folder in (asset_dir("personas"), Path("personas")):
        found.update({path.stem: path for path in sorted(folder.glob("*.yaml"))})
    return dict(sorted(found.items()))


def load_persona(name_or_path: str | Path) -> Persona:
    """The persona in a file, or the one of that short name (``mira`` is ``personas/mira.yaml``).

    A character card (``.png``, ``.charx``, ``.json``) is imported on the spot.

    Raises:
        InputError: there is no such persona (the message lists the known ones) or its file has mistakes.
    """
    path = Path(name_or_path)
    if path.suffix.lower() in (".png", ".charx", ".json"):
        from digital_life.persona.cards.importing import import_card

        return import_card(path).persona
    return load_yaml(persona_path(name_or_path), Persona)


def persona_path(name_or_path: str | Path) -> Path:
    """The file of a persona: a path, or the short name of one that is here.

    Raises:
        InputError: there is no such persona; the message lists the known ones.
    """
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return path
    known = list_personas()
    name = str(name_or_path).lower()
    if name not in known:
        raise InputError(
            f"there is no persona '{name_or_path}'{suggestion(name, known)}",
            f"take one of {', '.join(known) or '(none found)'}, or give the path of a YAML file",
        )
    return known[name]
