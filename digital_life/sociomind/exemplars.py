"""Psychological exemplars: how people with high and low values on each facet tend to behave, in a form a model can use.

Retrieval as in SocioMind (Cai et al. 2024): every pattern has a vector of its facet's name and one of its behaviour; for
a query vector q it scores ``facet . q + behaviour . q``. Each query keeps its best 2 patterns, and of all kept ones the
best 6 are returned. Patterns of a pole that the character does not show are left out [ours: the reference may tell a shy
character how outgoing people behave].
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from digital_life.persona.facets import FACETS_OF, Facet, Trait
from digital_life.persona.schema import BigFive, Persona
from digital_life.sociomind.config import MindConfig
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.memory import Memory
from digital_life.sociomind.state import MindState
from digital_life.sociomind.words import personality_in_words, relationship_in_words
from digital_life.yaml_file import load_yaml

LATEST = 5
"""Behaviours of the conversation that are queries, the latest ones."""
VECTORS = Path(__file__).parent / "data" / "exemplars.npz"
_PATH = VECTORS.with_suffix(".yaml")
_SAME_MODEL = 0.98
"""Cosine of two models' vectors of one text above which they are the same model."""


@dataclass(frozen=True)
class Pattern:
    """One behaviour pattern of people ``high`` (or low) on ``facet``."""

    facet: Facet
    high: bool
    behaviour: str

    def sentence(self) -> str:
        """The pattern as it stands in a prompt."""
        return f"People {'high' if self.high else 'low'} in {self.label} tend to {self.behaviour}."

    @property
    def label(self) -> str:
        """The facet as it is spoken."""
        return self.facet.replace("_", " ")

    def fits(self, personality: BigFive) -> bool:
        """Whether the personality shows this pole: 6-9 the high one, 1-4 the low one."""
        value = personality.facet(self.facet)
        return value > 5 if self.high else value < 5


class _Poles(BaseModel):
    model_config = ConfigDict(extra="forbid")

    high: list[str] = Field(min_length=6)
    low: list[str] = Field(min_length=6)


class _Bank(RootModel[dict[Trait, dict[Facet, _Poles]]]):
    """The file: trait, facet, pole, behaviours."""

    @model_validator(mode="after")
    def _is_whole(self) -> _Bank:
        for trait, facets in FACETS_OF.items():
            if tuple(self.root.get(trait, {})) != facets:
                raise ValueError(f"{trait} needs the facets {', '.join(facets)}")
        return self


@cache
def bank() -> tuple[Pattern, ...]:
    """Every pattern of the shipped file, in its order.

    Raises:
        InputError: the file was changed and has mistakes.
    """
    traits = load_yaml(_PATH, _Bank).root
    return tuple(
        Pattern(facet, pole == "high", behaviour)
        for facets in traits.values()
        for facet, poles in facets.items()
        for pole in ("high", "low")
        for behaviour in getattr(poles, pole)
    )


def retrieve(
    queries: NDArray[np.float32],
    facets: NDArray[np.float32],
    behaviours: NDArray[np.float32],
    *,
    per_query: int,
    count: int,
) -> list[tuple[int, float]]:
    """(row, score) of the best rows, best first; on a tie the earlier row.

    ``queries`` [Q, D], ``facets`` and ``behaviours`` [N, D] are unit vectors.
    """
    scores = queries @ (facets + behaviours).T
    best: dict[int, float] = {}
    for row in scores:
        for at in np.argsort(-row, kind="stable")[:per_query]:
            best[int(at)] = max(float(row[at]), best.get(int(at), -np.inf))
    return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:count]


def fitting_patterns(
    personality: BigFive,
    queries: str | Sequence[str],
    encoder: CachedEncoder,
    config: MindConfig | None = None,
    *,
    count: int | None = None,
) -> list[str]:
    """Sentences of the patterns that fit the personality and come up at one of ``queries``, best first; none where
    ``config`` switches exemplars off. ``count`` is the most of them; None leaves it to ``config``.
    """
    config = config or MindConfig()
    count = config.exemplars_per_prompt if count is None else count
    count = count if config.exemplars else 0
    texts = [text for text in ([queries] if isinstance(queries, str) else queries) if text.strip()]
    fitting = [row for row, pattern in enumerate(bank()) if pattern.fits(personality)]
    if not texts or not fitting or count <= 0:
        return []
    facets, behaviours = pattern_vectors(encoder)
    found = retrieve(
        encoder.encode(texts), facets[fitting], behaviours[fitting], per_query=config.exemplars_per_query, count=count
    )
    return [bank()[fitting[row]].sentence() for row, _ in found]


def bank_key() -> str:
    """Changes with every word of the patterns."""
    return hashlib.blake2b("\n".join(pattern.sentence() for pattern in bank()).encode(), digest_size=16).hexdigest()


def pattern_vectors(encoder: CachedEncoder) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """[N, D] vectors of every pattern's facet and of its behaviour, as ``encoder`` makes them.

    Those of the packaged sentence model are shipped (``tools/build_exemplars.py``), because making them takes seconds.
    """
    shipped = _shipped_vectors()
    if shipped is not None:
        facets, behaviours = shipped
        sample = encoder.one(bank()[0].behaviour)
        if len(sample) == behaviours.shape[1] and float(sample @ behaviours[0]) > _SAME_MODEL:
            return facets, behaviours
    return encoder.encode([item.label for item in bank()]), encoder.encode([item.behaviour for item in bank()])


@cache
def _shipped_vectors() -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """The shipped vectors, or None where they are missing or belong to other words."""
    try:
        with np.load(VECTORS, allow_pickle=False) as data:
            if str(data["key"]) != bank_key():
                return None
            names = [str(name) for name in data["names"]]
            facets, behaviours = data["facets"].astype(np.float32), data["behaviours"].astype(np.float32)
    except (OSError, ValueError, KeyError):
        return None
    return facets[[names.index(item.facet) for item in bank()]], behaviours


def exemplar_queries(persona: Persona, state: MindState, memories: Sequence[Memory] = ()) -> list[str]:
    """What exemplars are looked up with: personality, motivation, core self, relationship, emotion, what was recalled and
    the latest behaviours of the conversation.
    """
    plot = state.plot
    motivation = state.motivation
    queries = [
        f"{persona.personality_description} {personality_in_words(persona.personality)}",
        f"{motivation.long_term} {motivation.short_term}",
        " ".join(state.beliefs),
        state.emotion.description,
        *(memory.description for memory in memories),
    ]
    if plot is not None:
        queries.append(relationship_in_words(plot.partner, state.relationship(plot.partner)))
        queries += [item.line() for item in plot.recent(LATEST)]
    return [query for query in queries if query.strip()]
