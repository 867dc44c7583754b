"""Fitting the gate's thresholds: what is taken becomes like the real motions."""

from pathlib import Path

import numpy as np
import pytest

from digital_life.evaluate.fit_gate import GRID, Case, fit, likeness, write
from digital_life.momat.clip import Clip
from digital_life.momat.deciding import Candidate, Match
from digital_life.motion.motion import Motion
from digital_life.stage.gate import Gate, Offer, Thresholds

STILL = Motion(np.zeros((2, 3), np.float32), np.tile(np.array([1, 0, 0, 0], np.float32), (2, 55, 1)))
CLIP = Clip.of(STILL, id="clip", captions=("waves",), kind="gesture", posture="standing")


class AnyCritic:
    def score(self, text: str, motions: list[Motion]) -> np.ndarray:
        return np.zeros(len(motions), np.float32)


def case(semantic: float, critics: dict[str, float], like: dict[str, float], *, hidden: bool = False) -> Case:
    """A caption whose nearest clip scores ``semantic``; it is a match where ``critics`` has one."""
    candidates = (Candidate(CLIP, 0, 2, semantic, semantic),)
    clip = CLIP if "match" in critics else None
    match = Match(clip, 0, 2, semantic, semantic, 0.0, "reason", candidates=candidates)
    offers = {
        kind: Offer(kind, CLIP, 0, 2, 0.0, semantic, critic, 0.0, 0.0)  # type: ignore[arg-type]
        for kind, critic in critics.items()
    }
    return Case("waves", match, offers, {"none": 0.1, **like}, hidden)


@pytest.fixture
def gate() -> Gate:
    return Gate(Thresholds.read(), None, AnyCritic())


def test_good_clips_are_kept_and_bad_ones_replaced(gate: Gate) -> None:
    sure = case(0.9, {"match": 0.5, "generate": 0.6, "blend": 0.6}, {"match": 0.9, "generate": 0.4, "blend": 0.5})
    doubtful = case(0.52, {"match": 0.1, "generate": 0.6, "blend": 0.5}, {"match": 0.2, "generate": 0.7, "blend": 0.6})
    missing = case(0.3, {"generate": 0.5}, {"generate": 0.6}, hidden=True)
    hopeless = case(0.2, {"generate": 0.05}, {"generate": -0.2}, hidden=True)
    cases = [sure, doubtful, missing, hopeless]
    fitted = Gate(fit(gate, cases), None, AnyCritic())
    assert [one.taken(fitted) for one in cases] == ["match", "generate", "generate", "none"]
    assert likeness(fitted, cases) == pytest.approx(np.mean([np.mean([0.9, 0.7]), np.mean([0.6, 0.1])]))
    assert fitted.thresholds.sure <= 0.9, "nothing is generated where the clip is taken anyway"


def test_of_what_is_as_good_the_most_careful_is_taken(gate: Gate) -> None:
    """All that is asked is done well by both ways, so that neither threshold matters for it."""
    good = case(0.9, {"generate": 0.95, "blend": 0.95}, {"generate": 0.8, "blend": 0.8})
    fitted = fit(gate, [good])
    assert (fitted.least, fitted.show) == (max(GRID["least"]), max(GRID["show"]))
    assert fitted.sure <= 1.0


def test_a_sample_is_shown_where_it_helps(gate: Gate) -> None:
    helps = case(0.45, {"generate": 0.3, "blend": 0.4}, {"generate": 0.3, "blend": 0.6})
    harms = case(0.2, {"generate": 0.4, "blend": 0.3}, {"generate": 0.6, "blend": 0.2}, hidden=True)
    fitted = Gate(fit(gate, [helps, harms]), None, AnyCritic())
    assert [helps.taken(fitted), harms.taken(fitted)] == ["blend", "generate"]


def test_what_was_fitted_is_what_the_gate_reads(tmp_path: Path) -> None:
    thresholds = Thresholds(0.8, 0.5, 0.1, 0.2, 0.4, 0.05)
    write(thresholds, tmp_path / "gate.yaml", "all")
    assert Thresholds.read(tmp_path / "gate.yaml") == thresholds
