"""Two people: interactions as data, and the solver that makes both bodies meet."""

from digital_life.momat.interactions.file import Interaction
from digital_life.momat.interactions.library import load_interactions
from digital_life.momat.interactions.solve import PairMotion, solve

__all__ = ["Interaction", "PairMotion", "load_interactions", "solve"]
