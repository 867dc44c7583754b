"""A model that raised something nobody foresaw: told as a ``ModelError``, so that a run can go on without its answer."""

from __future__ import annotations

import logging

from digital_life.errors import ModelError
from digital_life.llm.chat import ModelProfile
from digital_life.llm.secrets import hide_secrets

_log = logging.getLogger(__name__)


def broken_down(profile: ModelProfile, error: Exception) -> ModelError:
    """What is to be raised in the place of ``error``; it goes to the log, without secrets."""
    problem = hide_secrets(f"{profile.label} broke down ({type(error).__name__}: {error})")
    _log.error(problem)
    return ModelError(problem, "see the log; the model may have to be started again")
