"""Which server to talk to, from options and the environment; the key never appears in anything that is shown."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from digital_life.errors import InputError

OFFICIAL_URL = "https://api.openai.com/v1"
_KEY_LIKE = re.compile(r"\b(sk|key|Bearer)[-_ ][\w\-.*]{8,}")


@dataclass(frozen=True)
class ServerSettings:
    """An OpenAI-compatible server. ``timeout`` is the longest silence in seconds that is borne."""

    base_url: str
    key: str = field(default="", repr=False)
    model: str = ""
    timeout: float = 60.0
    attempts: int = 4

    @classmethod
    def from_environment(cls, *, model: str | None = None, base_url: str | None = None) -> ServerSettings:
        """Options first, then ``DIGITAL_LIFE_BASE_URL``, ``OPENAI_BASE_URL``, ``OPENAI_API_KEY``,
        ``DIGITAL_LIFE_MODEL`` and ``DIGITAL_LIFE_LLM_TIMEOUT``.

        Raises:
            InputError: no server is configured, the address is no address, or the time limit is no number.
        """
        env = os.environ
        key = env.get("OPENAI_API_KEY", "")
        url = (
            base_url or env.get("DIGITAL_LIFE_BASE_URL") or env.get("OPENAI_BASE_URL") or (OFFICIAL_URL if key else "")
        )
        if not url:
            raise InputError(
                "no OpenAI-compatible server is configured",
                "set DIGITAL_LIFE_BASE_URL (such as http://localhost:11434/v1) or OPENAI_API_KEY, or use --base-url",
            )
        parts = urlsplit(url)
        if parts.username or parts.query:
            raise InputError(
                f"the address of the server at {parts.hostname} holds a user name or a query",
                "put the key into OPENAI_API_KEY; client libraries write addresses into their logs",
            )
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(f"the server address '{url}' is wrong", "write it as http://host:port/v1")
        return cls(url.rstrip("/"), key, model or env.get("DIGITAL_LIFE_MODEL", ""), _timeout(env))

    @property
    def official(self) -> bool:
        """Whether it is OpenAI's own server, which is stricter than the others."""
        return self.base_url.startswith(OFFICIAL_URL)

    def redact(self, text: str) -> str:
        """``text`` of a server or library without the key or anything like one."""
        return _KEY_LIKE.sub("***", text.replace(self.key, "***") if self.key else text)


def _timeout(env: os._Environ[str]) -> float:
    text = env.get("DIGITAL_LIFE_LLM_TIMEOUT", "") or "60"
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise InputError(f"DIGITAL_LIFE_LLM_TIMEOUT is '{text}'", "set it to a number of seconds above 0, such as 60")
    return seconds
