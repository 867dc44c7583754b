"""What comes next: topics become plot proposals, and one plot is chosen that all characters then share.

The order is the reference's: topics, what was said already is taken out, the best six by ``poignancy + 2 emergency``, plots
from at most two of them, the best plot of each character, and between the characters the one that scores highest; on a
tie the alphabetically smaller name. The winning plot is one object that everybody plays, with the background, topics,
places and feelings of all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from digital_life.persona.schema import Likert
from digital_life.sociomind.config import MindConfig
from digital_life.sociomind.encoder import CachedEncoder

SAME_TOPIC = 0.72
"""Cosine above which two topics are the same (MiniLM; paraphrases of the shipped subjects score above, others below)."""

_FRAME = re.compile(r"^(wants?|would like)?\s*to (tell|ask|hear more from|talk with)?\s*(about|for)?\b", re.IGNORECASE)

Source = Literal["subject", "memory", "event", "motive", "need", "relationship", "model"]


class _Plan(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Topic(_Plan):
    """Something that ``owner`` wants to bring up with ``partner``."""

    description: str = Field(min_length=3, max_length=300)
    summary: str = Field(default="", max_length=60)
    poignancy: Likert
    emergency: Likert
    partner: str = ""
    owner: str = ""
    source: Source = "model"
    subject: int | None = None
    """Index of the owner's subject that it is about."""
    about: str = ""
    """Thing that the partner told of and that it is about."""

    @property
    def score(self) -> int:
        """``poignancy + 2 emergency``."""
        return self.poignancy + 2 * self.emergency

    @property
    def gist(self) -> str:
        """What it is about, without the names of those who talk: these would make all topics of two people alike."""
        names = [re.escape(name) for name in (self.owner, self.partner) if name]
        text = re.sub(rf"\b({'|'.join(names)})\b('s)?", " ", self.description) if names else self.description
        return " ".join(_FRAME.sub("", text.strip()).split()) or self.description


class Opening(_Plan):
    """How one character is when a plot opens."""

    place: str = ""
    motion: str = ""
    feeling: str = ""
    pleasure: Likert | None = None
    arousal: Likert | None = None
    dominance: Likert | None = None


class PlotPlan(_Plan):
    """One plot as everybody plays it."""

    title: str = Field(min_length=1, max_length=80)
    situation: str = Field(min_length=3)
    topics: tuple[Topic, ...] = ()
    opener: str = ""
    """Who speaks first; empty leaves it to the order of the cast."""
    openings: dict[str, Opening] = Field(default_factory=dict)
    poignancy: Likert = 5
    emergency: Likert = 1
    rounds: int | None = None
    proposer: str = ""
    by: str = ""
    """Who made it: a scenario, "offline" or a model."""

    @property
    def score(self) -> int:
        """``poignancy + 2 emergency``."""
        return self.poignancy + 2 * self.emergency


def best_topics(
    topics: Sequence[Topic], used: Sequence[str], encoder: CachedEncoder, config: MindConfig | None = None
) -> list[Topic]:
    """The best ``topic_proposals`` that differ from each other and from the latest ``used`` (their gists), best first.

    Sorted by score, cut to ``topic_cache``; of two that mean the same the better one stays. Equal scores keep the order of
    their descriptions, so that the result does not depend on the order in which they came.
    """
    config = config or MindConfig()
    ordered = sorted(topics, key=lambda topic: (-topic.score, topic.description))[: config.topic_cache + len(used)]
    if not ordered:
        return []
    recent = latest(used, config.used_topics_shown)
    kept: list[Topic] = []
    vectors = encoder.encode([topic.gist for topic in ordered])
    taken = list(encoder.encode(recent)) if recent else []
    for topic, vector in zip(ordered, vectors, strict=True):
        if all(float(np.dot(vector, other)) < SAME_TOPIC for other in taken):
            kept.append(topic)
            taken.append(vector)
    return kept[: config.topic_cache][: config.topic_proposals]


def latest(items: Sequence[str], count: int) -> list[str]:
    """The last ``count`` of ``items``, oldest first."""
    return list(items)[-count:] if count else []


def best_of_own(plans: Sequence[PlotPlan]) -> PlotPlan | None:
    """A character's best proposal: the highest score, then the first one."""
    return max(plans, key=lambda plan: plan.score, default=None)


def choose(proposals: Sequence[PlotPlan]) -> PlotPlan | None:
    """The plot that all characters play: the highest score; on a tie the proposer whose name comes first."""
    return min(proposals, key=lambda plan: (-plan.score, plan.proposer), default=None)
