"""Digital Life: autonomous social 3D characters.

A persona becomes a mind, the mind speaks and acts in words, and the stage turns those words into a performance on an
SMPL-X body. Names below are loaded on first use, so ``import digital_life`` costs a few milliseconds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_LAZY = {  # name: module, or module:name there
    "Persona": "digital_life.persona.schema",
    "load_persona": "digital_life.persona.library",
    "Scenario": "digital_life.api",
    "Run": "digital_life.api",
    "Motion": "digital_life.motion.motion",
    "load_motion": "digital_life.motion.formats.read:read_motion",
    "save_motion": "digital_life.motion.formats.read:write_motion",
    "Matcher": "digital_life.momat.match",
    "match": "digital_life.momat.match",
    "act": "digital_life.stage.act",
    "caption": "digital_life.mogen.captioning.captioner",
    "Behaviour": "digital_life.behaviour",
    "Emotion": "digital_life.behaviour",
    "DigitalLifeError": "digital_life.errors",
}
__all__ = [
    "Behaviour",
    "DigitalLifeError",
    "Emotion",
    "Matcher",
    "Motion",
    "Persona",
    "Run",
    "Scenario",
    "act",
    "caption",
    "load_motion",
    "load_persona",
    "match",
    "save_motion",
]

if TYPE_CHECKING:
    from digital_life.api import Run, Scenario
    from digital_life.behaviour import Behaviour, Emotion
    from digital_life.errors import DigitalLifeError
    from digital_life.mogen.captioning.captioner import caption
    from digital_life.momat.match import Matcher, match
    from digital_life.motion.formats.read import read_motion as load_motion
    from digital_life.motion.formats.read import write_motion as save_motion
    from digital_life.motion.motion import Motion
    from digital_life.persona.library import load_persona
    from digital_life.persona.schema import Persona
    from digital_life.stage.act import act


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        module, _, attribute = _LAZY[name].partition(":")
        return getattr(import_module(module), attribute or name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
