"""What the record says where an act of two people is not done just as its words have it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digital_life.behaviour import Behaviour
from digital_life.momat.interactions.file import Interaction
from digital_life.momat.interactions.held import names_a_prop
from digital_life.momat.interactions.timing import Response

_NAME = re.compile(r"(?<=\s)[A-Z][\w-]+")


def remarks(behaviour: Behaviour, partner: str, meant: Interaction | None, response: Response) -> Iterator[str]:
    """One note for everything that is replaced or has no meaning here; ``partner`` is who takes part ("" for nobody)."""
    if behaviour.partner and behaviour.partner not in (partner, behaviour.speaker):
        instead = f"{partner} takes the place" if partner else "it is done alone"
        yield f"{behaviour.partner} is not on stage; {instead}"
    if meant is None:
        if response != "accept":
            yield f"'{behaviour.motion}' is nothing that two people do, so the response '{response}' has no meaning"
        return
    own = {*partner.split(), *behaviour.speaker.split(), behaviour.partner}
    for name in dict.fromkeys(_NAME.findall(behaviour.motion)):
        if name not in own:
            yield f"'{behaviour.motion}' names {name}, but it is done with {partner}"
    if len(meant.props) > 1 and not names_a_prop(meant, behaviour.motion):
        known = ", ".join(prop.name for prop in meant.props)
        yield f"'{behaviour.motion}' names no thing that can be shown ({known}); a {meant.props[0].name} stands for it"
