"""``MindConfig``: every switch and limit of a mind in one type, so that an ablation is one line of configuration."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

MemoryArm = Literal["sociomind", "generative-agents", "none"]


class MindConfig(BaseModel):
    """How a mind works. The limits default to those of the reference (Digital Life Project, CVPR 2024)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exemplars: bool = True
    """Insert behaviour patterns of psychological research into prompts."""
    topic_proposal: bool = True
    """Plan plots from topics; without it a plot is proposed directly."""
    reflection: bool = True
    """Reflect psychologically at the end of a plot; without it only events are kept."""
    memory: MemoryArm = "sociomind"
    """How memories are scored: relevance and forgetting, recency with relevance and importance, or no recall at all."""
    hybrid: bool = True
    """Add the words that cue and memory share (BM25) to the meaning that they share (cosine)."""

    context_retention: int = Field(default=12, ge=1)
    """Behaviours of the current plot that a prompt shows at least, once there are so many."""
    perception_retention: int = Field(default=5, ge=0)
    """A percept equal to one of so many last behaviours is ignored."""
    events_per_turn: int = Field(default=2, ge=0)
    thoughts_per_turn: int = Field(default=2, ge=0)
    facts_per_turn: int = Field(default=2, ge=0)
    """Facts about the partner. [ours]"""
    events_in_reflection: int = Field(default=5, ge=0)
    thoughts_in_reflection: int = Field(default=3, ge=0)
    exemplars_per_prompt: int = Field(default=6, ge=0)
    """Behaviour patterns that are shown in planning and in reflection."""
    exemplars_per_turn: int = Field(default=4, ge=0)
    """Behaviour patterns that are shown in a turn, which is what is asked most. [ours]"""
    exemplars_per_query: int = Field(default=2, ge=0)
    plots_shown: int = Field(default=8, ge=0)
    """Earlier plots that are told when topics are proposed."""
    topic_cache: int = Field(default=10, ge=1)
    """Topics that are compared with each other."""
    topic_proposals: int = Field(default=6, ge=1)
    """Topics that plots are made from."""
    topics_per_plot: int = Field(default=2, ge=1)
    used_topics_shown: int = Field(default=8, ge=0)
    """Latest topics that must not come again."""


ARMS: dict[str, MindConfig] = {
    "full": MindConfig(),
    "without-exemplars": MindConfig(exemplars=False),
    "without-topic-proposal": MindConfig(topic_proposal=False),
    "without-reflection": MindConfig(reflection=False),
    "generative-agents": MindConfig(
        exemplars=False, topic_proposal=False, reflection=False, memory="generative-agents", hybrid=False
    ),
}
"""The arms that are compared (Generative Agents: Park et al. 2023)."""
