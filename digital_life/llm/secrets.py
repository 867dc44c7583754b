"""Keys of this process: found in its environment, taken out of every text that is kept or shown."""

from __future__ import annotations

import os
import re

_NAMES = re.compile(r"(API_?KEY|TOKEN|SECRET|PASSWORD|PASSWD)(_|$)", re.IGNORECASE)
_SHORTEST = 12
HIDDEN = "***"


def known_secrets() -> list[str]:
    """Values of environment variables that are named like keys, longest first."""
    found = {value for name, value in os.environ.items() if _NAMES.search(name) and len(value.strip()) >= _SHORTEST}
    return sorted(found, key=len, reverse=True)


def hide_secrets(text: str) -> str:
    """``text`` without the keys of this process, whoever brought them in: a server, a user or a file."""
    for secret in known_secrets():
        text = text.replace(secret, HIDDEN)
    return text
