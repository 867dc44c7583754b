"""What an answer is judged by, and the marks of a judge."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

CRITERIA = ("in character", "right fact", "no contradiction", "no echo", "to the point", "feeling and act")
"""Columns of a sheet, in order."""
QUESTIONS = {
    "in character": "Would this person say it, in this way? Garbled or stilted English is out of character too.",
    "right fact": "Does it use the right fact or the right belief, where one is asked for?",
    "no contradiction": "Does nothing in it contradict the persona, what was said before, or the rules? An invented fact of its life does.",
    "no echo": "Does it say something of its own, and not what was just said to it, or its own earlier line, once more?",
    "to the point": "Does it answer what was said?",
    "feeling and act": "Do face and body fit the person and the moment?",
}
Mark = bool | None
"""True for yes, False for no, None where a criterion does not apply."""
LETTERS: dict[str, Mark] = {"y": True, "n": False, "-": None}


class ModelMarks(BaseModel):
    """What a model that judges returns."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=1000)
    in_character: bool
    right_fact: Literal["yes", "no", "does not apply"]
    no_contradiction: bool
    no_echo: bool
    to_the_point: bool
    feeling_and_act: bool

    def marks(self) -> dict[str, Mark]:
        """By criterion."""
        fact = {"yes": True, "no": False}.get(self.right_fact)
        rest = (self.no_contradiction, self.no_echo, self.to_the_point, self.feeling_and_act)
        return dict(zip(CRITERIA, (self.in_character, fact, *rest), strict=True))
