"""``Memory``: one node of what a mind keeps, with links to the nodes that it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from digital_life.persona.schema import Likert

Kind = Literal["behaviour", "event", "thought", "fact", "plot", "topic"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Source = Literal["lived", "manual", "background"]

LONGEST = 1000
"""Characters of a description that are kept; a memory is no archive of what somebody pasted."""
BOOST = 5
"""Added to poignancy and emergency of what a user makes happen, up to 9 (reference)."""


class Memory(BaseModel):
    """A node of memory. Once kept it never changes; what recall does to it is written down beside it as ``Mark``.

    Behaviours link to the behaviour before them, events to behaviours, thoughts to events, facts to the behaviour that
    told them, plots to all nodes that arose in them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int = 0
    """Number in its mind, from 1 in the order of time; 0 for one that is not kept yet."""
    kind: Kind
    description: str = Field(min_length=1, max_length=LONGEST)
    about: str = ""
    """Short noun phrase of what it is about, to be mentioned in passing."""
    partner: str = ""
    """With whom it was lived."""
    person: str = ""
    """Whom a fact is about."""
    keywords: tuple[str, ...] = ()
    poignancy: Likert = 5
    emergency: Likert = 1
    plot: int = 0
    """Number of the plot in which it arose."""
    turn: int = 0
    """Number of the behaviour within the plot after which it arose."""
    links: tuple[int, ...] = ()
    source: Source = "lived"


@dataclass(frozen=True)
class Mark:
    """What happened to a memory later on: it was recalled, came back, or (a topic) was talked about."""

    memory: int
    plot: int
    """Plot in which this happened."""
    accesses: int
    """Times it counts as accessed from now on."""
    since: int
    """Plot from which its age counts from now on."""
    used: bool = False


@dataclass(frozen=True)
class Recalled:
    """A memory with the numbers that brought it up."""

    memory: Memory
    score: float
    cosine: float
    lexical: float
    rate: float
    """Retention 0..1 at the time of recall."""


def shortened(text: str) -> str:
    """``text`` on one line, cut at a word to ``LONGEST`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rsplit(" ", 1)[0][: LONGEST - 1] + "…"


def manual_event(description: str, plot: int, *, poignancy: int = 4, emergency: int = 4, partner: str = "") -> Memory:
    """Something that a user makes happen. It counts for much: ``BOOST`` is added to both weights, up to 9."""
    return Memory(
        kind="event",
        description=shortened(description),
        partner=partner,
        poignancy=min(9, poignancy + BOOST),
        emergency=min(9, emergency + BOOST),
        plot=plot,
        source="manual",
    )
