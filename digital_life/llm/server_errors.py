"""What went wrong at a server, in words a user can act on, and whether it is worth another try."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING

from digital_life.errors import ModelError
from digital_life.llm.json_answer import shorten
from digital_life.llm.settings import ServerSettings

if TYPE_CHECKING:
    from openai import APIStatusError

_LONGEST_WAIT = 60.0
"""Seconds; a server that asks for more is not waited for."""
_OPTIONS = ("response_format", "stream_options", "temperature", "max_tokens", "top_p", "seed", "stop")


class Trouble(Exception):
    """One failed attempt.

    ``tries`` is how many attempts this kind of failure is worth in all, ``wait`` the seconds the server asked for, and
    ``option`` the part of the request that the server does not know.
    """

    def __init__(self, problem: str, mend: str, *, tries: int = 1, wait: float | None = None, option: str = "") -> None:
        self.problem, self.mend, self.tries, self.wait, self.option = problem, mend, tries, wait, option
        super().__init__(problem)

    def final(self, settings: ServerSettings, attempts: int) -> ModelError:
        """The error for the user when no attempt is left."""
        after = f" (after {attempts} attempts)" if attempts > 1 else ""
        return ModelError(f"the server at {settings.base_url} {self.problem}{after}", self.mend)


def explain(error: Exception, settings: ServerSettings) -> Trouble:
    """Sort an exception of the client libraries; anything unknown is a broken answer."""
    import openai

    said = settings.redact(shorten(str(getattr(error, "message", "") or error), 200))
    if isinstance(error, openai.APIStatusError):
        return _status(error, said, settings)
    if isinstance(error, openai.APITimeoutError) or "Timeout" in type(error).__name__:
        return Trouble(
            f"gave no answer for {settings.timeout:g} s",
            "look whether it is busy, or raise DIGITAL_LIFE_LLM_TIMEOUT",
            tries=2,
        )
    if isinstance(error, openai.APIConnectionError):
        return _connection(error, settings)
    if isinstance(error, openai.APIError):
        return Trouble(f"broke off with an error: {said}", "look into its log", tries=settings.attempts)
    if isinstance(error, openai.LengthFinishReasonError):
        return Trouble("was cut off by the limit of tokens", "use a model that answers more briefly")
    return Trouble(
        f"sent a broken answer ({type(error).__name__}: {said})",
        "look into its log, or try again",
        tries=settings.attempts,
    )


def _connection(error: BaseException, settings: ServerSettings) -> Trouble:
    """Never got through, or got through and was dropped: the innermost cause tells."""
    while error.__cause__ is not None:
        error = error.__cause__
    cause = settings.redact(shorten(str(error), 120))
    if isinstance(error, ConnectionRefusedError) or "refused" in cause:
        return Trouble(f"refuses the connection ({cause})", "start it, or correct DIGITAL_LIFE_BASE_URL", tries=3)
    if "Connect" in type(error).__name__ or isinstance(error, OSError):
        return Trouble(f"cannot be reached ({cause})", "check the network and DIGITAL_LIFE_BASE_URL", tries=3)
    return Trouble(f"dropped the connection ({cause})", "look into its log, or try again", tries=settings.attempts)


def _status(error: APIStatusError, said: str, settings: ServerSettings) -> Trouble:
    code = error.status_code
    if code in (401, 403):
        return Trouble(f"refuses the key (status {code})", "check OPENAI_API_KEY")
    if code == 404:
        return Trouble(
            f"does not know the address or the model '{settings.model}' (404)",
            "name a model it has with --model or DIGITAL_LIFE_MODEL; the address usually ends in /v1",
        )
    if code == 429 and "insufficient_quota" not in str(error.body):
        wait = _retry_after(error.response.headers)
        patient = wait is None or wait <= _LONGEST_WAIT
        return Trouble(
            "is too busy (429)" + ("" if patient else f" and asks to wait {wait:.0f} s"),
            "wait a little, or use a model with a higher rate limit",
            tries=settings.attempts if patient else 1,
            wait=wait,
        )
    if code in (408, 409, 425) or code >= 500:
        wait = _retry_after(error.response.headers)
        return Trouble(f"failed with status {code}: {said}", "look into its log", tries=settings.attempts, wait=wait)
    if "context" in said and any(word in said for word in ("length", "size", "window", "exceed")):
        return Trouble(f"finds the prompt too long: {said}", "use a model with a longer context")
    option = next((name for name in _OPTIONS if name in said or name in str(error.body)), "")
    return Trouble(f"does not accept the request ({code}): {said}", "use another model", option=option)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a Retry-After header (RFC 9110, 10.2.3: seconds or a date), or None."""
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time())
    except (TypeError, ValueError):
        return None
