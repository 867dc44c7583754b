"""What a licence's name says about the use of a motion."""

from __future__ import annotations

import re

from digital_life.momat.clip import LicenceClass

UNKNOWN = "unknown"
_PERMISSIVE = re.compile(
    r"^(CC0|CC-BY-\d|CC-BY-SA-\d|MIT|Apache|BSD|ISC|Zlib|Unlicense|0BSD|[AL]?GPL|MPL|EUPL|LicenseRef-CMU-Mocap|public-domain)",
    re.IGNORECASE,
)
_RESTRICTED = re.compile(r"\bNC\b|non-?commercial|research-only", re.IGNORECASE)
"""What takes back what the beginning of a name allows."""
_COPYLEFT = re.compile(r"^([AL]?GPL|MPL|EUPL|CC-BY-SA)", re.IGNORECASE)


def licence_class_of(licence: str) -> LicenceClass:
    """``permissive`` for names (SPDX) that allow any use with their notice, else ``noncommercial``: nobody has said more."""
    name = _spdx(licence)
    return "permissive" if _PERMISSIVE.match(name) and not _RESTRICTED.search(name) else "noncommercial"


def is_copyleft(licence: str) -> bool:
    """Whether what is made of the motion must keep the licence."""
    return bool(_COPYLEFT.match(_spdx(licence)))


def _spdx(licence: str) -> str:
    return "-".join(licence.split())
