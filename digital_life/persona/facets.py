"""The thirty facets of the Big Five, named as in the public-domain IPIP-NEO (Goldberg 1999; Johnson 2014)."""

from __future__ import annotations

from typing import Literal, get_args

Trait = Literal["openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism"]

Facet = Literal[
    "imagination", "artistic_interests", "emotionality", "adventurousness", "intellect", "liberalism",
    "self_efficacy", "orderliness", "dutifulness", "achievement_striving", "self_discipline", "cautiousness",
    "friendliness", "gregariousness", "assertiveness", "activity_level", "excitement_seeking", "cheerfulness",
    "trust", "morality", "altruism", "cooperation", "modesty", "sympathy",
    "anxiety", "anger", "depression", "self_consciousness", "immoderation", "vulnerability",
]  # fmt: skip

TRAITS: tuple[Trait, ...] = get_args(Trait)
FACETS: tuple[Facet, ...] = get_args(Facet)
FACETS_OF: dict[Trait, tuple[Facet, ...]] = {
    trait: FACETS[6 * number : 6 * number + 6] for number, trait in enumerate(TRAITS)
}
"""Six facets of each trait."""
TRAIT_OF: dict[Facet, Trait] = {facet: trait for trait, facets in FACETS_OF.items() for facet in facets}
