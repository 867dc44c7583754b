"""The published formulas on small examples worked out by hand."""

import math

import pytest

from digital_life.evaluate.text_scores import TokenLikeness, bleu, rouge_l
from digital_life.llm.embedding import shared_embedder


def test_bleu_of_the_paper() -> None:
    """Papineni et al. 2002, example 2: seven times "the" matches two of seven words."""
    scores = bleu(["the the the the the the the"], [["the cat is on the mat", "there is a cat on the mat"]], order=2)
    assert scores[0] == pytest.approx(2 / 7)
    assert scores[1] == 0.0


def test_bleu_counts_the_corpus_and_punishes_brevity() -> None:
    same = "a person waves with the left hand"
    assert bleu([same], [[same, "somebody waves"]]) == pytest.approx([1.0] * 4)
    short = bleu(["a person waves"], [[same]], order=1)[0]
    assert short == pytest.approx(math.exp(1 - 7 / 3))
    both = bleu(["a b", "c d e f"], [["a x"], ["c d e f"]], order=1)[0]
    assert both == pytest.approx(5 / 6)


def test_rouge_of_the_paper() -> None:
    """Lin 2004, section 3: "police kill the gunman" has the longest common subsequence "police the gunman"."""
    value = rouge_l("police kill the gunman", ["police killed the gunman"])
    assert value == pytest.approx(0.75)
    assert rouge_l("the gunman kill police", ["police killed the gunman"]) == pytest.approx(0.5)
    assert rouge_l("", ["a person"]) == rouge_l("x", ["a person"]) == 0.0


def test_tokens_of_like_meaning_are_like() -> None:
    likeness = TokenLikeness(shared_embedder())
    waves = "a person waves with the left hand"
    assert likeness.score(waves, [waves]) == pytest.approx(1.0, abs=1e-3)
    like, unlike = (likeness.score(text, [waves]) for text in ("somebody waves hello", "a man is running in circles"))
    assert like > unlike + 0.1
    assert likeness.score("a man runs", [waves, "a man runs"]) > 0.99, "the best reference counts"
