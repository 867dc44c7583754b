"""The plan of a library that is made: which acts, in which words, by which hands and how often."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from digital_life.errors import InputError
from digital_life.momat.captions import Kind

Part = Annotated[float, Field(ge=-1.0, le=1.0)]
_WITH = {"left": "with the left hand", "right": "with the right hand", "both": "with both hands"}
_HAND = {"left": "left hand", "right": "right hand", "both": "both hands"}
_CHINESE = {"left": "左手", "right": "右手", "both": "双手"}


class Act(BaseModel):
    """One act of the plan; ``{hand}``, ``{with}`` and ``{手}`` in its words stand for each of its hands."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    kind: Kind
    takes: int = Field(ge=1)
    """How many clips are kept for each hand."""
    seconds: float = Field(ge=0.5, le=10.0)
    hands: list[Literal["left", "right", "both", "none"]] = ["none"]
    posture: Literal["standing", "seated"] = "standing"
    emotion: tuple[Part, Part, Part] | None = None
    """Pleasure, arousal and dominance, -1 to 1, of an act that is a bearing: what is asked is then done in that mood."""
    tags: list[str] = []
    ask: list[str] = Field(min_length=1)
    """What the generator and the critic are told."""
    captions: list[str] = Field(min_length=5)
    captions_zh: list[str] = Field(min_length=1)

    def by_hand(self) -> Iterator[Act]:
        """The act once for each of its hands, in words without gaps."""
        for hand in self.hands:
            name = self.id if hand == "none" else f"{self.id}_{hand}"
            said = {
                part: [_filled(text, hand) for text in getattr(self, part)]
                for part in ("ask", "captions", "captions_zh")
            }
            tags = [*self.tags, *([] if hand == "none" else [_HAND[hand]])]
            yield self.model_copy(update={"id": name, "hands": [hand], "tags": tags, **said})


def _filled(text: str, hand: str) -> str:
    if hand == "none":
        return text
    return text.replace("{with}", _WITH[hand]).replace("{hand}", _HAND[hand]).replace("{手}", _CHINESE[hand])


def read_plan(path: Path) -> list[Act]:
    """The acts of a plan, one for each hand.

    Raises:
        InputError: the file is missing, no YAML, or an act of it is wrong; the message says which and how.
    """
    try:
        acts = TypeAdapter(list[Act]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise InputError(f"{path}: not readable ({error})", "give a plan such as motion_db/plan.yaml") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ", ".join(str(part) for part in first["loc"])
        raise InputError(f"{path}: act {where}: {first['msg']}", "see the acts of motion_db/plan.yaml") from error
    every = [one for act in acts for one in act.by_hand()]
    names = [act.id for act in every]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"{path}: two acts are called '{twice[0]}'", "give each its own id")
    return every
