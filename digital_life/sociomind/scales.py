"""The two ends of every scale of the mind in words, after the trait-marker form of Goldberg (1992)."""

from __future__ import annotations

POLES: dict[str, tuple[str, str]] = {
    # the five factors
    "openness": ("down-to-earth", "curious and imaginative"),
    "conscientiousness": ("easy-going", "careful and orderly"),
    "extraversion": ("reserved", "outgoing"),
    "agreeableness": ("blunt", "warm-hearted"),
    "neuroticism": ("calm", "easily worried"),
    # facets of openness
    "imagination": ("matter-of-fact", "imaginative"),
    "artistic_interests": ("unartistic", "artistic"),
    "emotionality": ("unaware of feelings", "deep-feeling"),
    "adventurousness": ("set in habits", "adventurous"),
    "intellect": ("unphilosophical", "intellectually curious"),
    "liberalism": ("traditional", "unconventional"),
    # facets of conscientiousness
    "self_efficacy": ("unsure of own abilities", "capable"),
    "orderliness": ("messy", "tidy"),
    "dutifulness": ("unreliable", "dutiful"),
    "achievement_striving": ("unambitious", "ambitious"),
    "self_discipline": ("easily distracted", "self-disciplined"),
    "cautiousness": ("rash", "deliberate"),
    # facets of extraversion
    "friendliness": ("cool to strangers", "friendly"),
    "gregariousness": ("solitary", "sociable"),
    "assertiveness": ("timid", "assertive"),
    "activity_level": ("leisurely", "energetic"),
    "excitement_seeking": ("quiet-loving", "thrill-seeking"),
    "cheerfulness": ("sober", "cheerful"),
    # facets of agreeableness
    "trust": ("distrustful", "trusting"),
    "morality": ("calculating", "straightforward"),
    "altruism": ("self-serving", "generous"),
    "cooperation": ("quarrelsome", "accommodating"),
    "modesty": ("boastful", "modest"),
    "sympathy": ("hard-hearted", "compassionate"),
    # facets of neuroticism
    "anxiety": ("carefree", "anxious"),
    "anger": ("even-tempered", "hot-tempered"),
    "depression": ("light-hearted", "melancholic"),
    "self_consciousness": ("unembarrassed", "self-conscious"),
    "immoderation": ("moderate", "impulsive"),
    "vulnerability": ("unshakeable", "helpless under pressure"),
    # a relationship; trust has the words of the facet
    "intimacy": ("distant", "close"),
    "supportiveness": ("unhelpful", "supportive"),
    # emotion
    "pleasure": ("unhappy", "happy"),
    "arousal": ("sluggish", "excited"),
    "dominance": ("submissive", "in control"),
    # needs
    "energy": ("tired", "rested"),
    "company": ("lonely", "content with the company"),
    "competence": ("useless", "competent"),
    "novelty": ("bored", "stimulated"),
    # what a memory weighs
    "poignancy": ("trivial", "moving"),
    "emergency": ("leisurely", "urgent"),
}
"""(word for the low end, word for the high end) of each scale."""
