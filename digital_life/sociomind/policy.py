"""Content policy: a function of the user's that may veto or replace what a character is about to do.

    def policy(behaviour: Behaviour, context: PolicyContext) -> bool | str | Behaviour | None

``None`` and ``True`` let it pass, ``False`` vetoes it, a string is said instead, a ``Behaviour`` is done instead, and
``Veto("why")``, raised, vetoes it with a reason. A policy that fails vetoes: what was not judged is not done.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from digital_life.behaviour import Behaviour
from digital_life.errors import InputError

VARIABLE = "DIGITAL_LIFE_POLICY"
"""Environment variable with ``package.module:function`` or ``path/to/file.py:function``."""


@dataclass(frozen=True)
class PolicyContext:
    """What a policy may look at besides the behaviour itself."""

    persona: str
    partner: str
    situation: str
    heard: tuple[str, ...]
    """The last lines of the conversation, oldest first."""


class Veto(Exception):
    """Raised by a policy: this must not be done; the text says why and is recorded."""


Policy = Callable[[Behaviour, PolicyContext], Any]


@dataclass(frozen=True)
class Judged:
    """What may be done, and what the policy did: empty, ``vetoed`` or ``replaced``, with the reason."""

    behaviour: Behaviour | None
    intervention: str = ""


def judge(policy: Policy | None, behaviour: Behaviour, context: PolicyContext) -> Judged:
    """Let ``policy`` look at ``behaviour``; never raises."""
    if policy is None:
        return Judged(behaviour)
    try:
        answer = policy(behaviour, context)
    except Veto as veto:
        return Judged(None, f"vetoed: {_reason(veto)}")
    except Exception as error:
        return Judged(None, f"vetoed: the policy failed with {type(error).__name__}")
    if answer is None or answer is True:
        return Judged(behaviour)
    if answer is False:
        return Judged(None, "vetoed")
    if isinstance(answer, str):
        return Judged(behaviour.model_copy(update={"speech": answer[:600]}), "replaced")
    if isinstance(answer, Behaviour):
        kept = {"speaker": behaviour.speaker, "partner": behaviour.partner, "mind": behaviour.mind}
        return Judged(answer.model_copy(update=kept), "replaced")
    return Judged(None, f"vetoed: the policy answered with {type(answer).__name__}")


def _reason(veto: Veto) -> str:
    return " ".join(str(veto).split())[:200] or "no reason given"


def configured_policy() -> Policy | None:
    """The policy named by ``DIGITAL_LIFE_POLICY``, or None.

    Raises:
        InputError: there is no such module, file or function.
    """
    named = os.environ.get(VARIABLE, "")
    return load_policy(named) if named else None


@cache
def load_policy(named: str) -> Policy:
    """The function ``package.module:function`` or ``path/to/file.py:function``.

    Only the user names one, on the command line or in the environment: no persona, card or scenario can.

    Raises:
        InputError: there is no such module, file or function, or it cannot be called.
    """
    place, colon, function = named.rpartition(":")
    if not colon or not place or not function:
        raise InputError(
            f"the policy '{named}' is no function", "write it as package.module:function or file.py:function"
        )
    module = _file_module(Path(place)) if place.endswith(".py") else _module(place)
    found = getattr(module, function, None)
    if not callable(found):
        raise InputError(
            f"{place} has no function '{function}'", "name a function that takes a behaviour and a context"
        )
    policy: Policy = found
    return policy


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(
            f"the policy module '{name}' cannot be imported ({error})", "check its name and PYTHONPATH"
        ) from None


def _file_module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise InputError(f"{path}: there is no such file", "check the path of the policy")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise InputError(
            f"{path}: the policy cannot be loaded ({type(error).__name__}: {error})", "correct the file"
        ) from None
    return module
