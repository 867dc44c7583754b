"""The time of day for records, which never goes back while a process lives, whatever is done to the machine's clock."""

from __future__ import annotations

import time


class SteadyClock:
    """Seconds since 1970: the machine's clock read once, and from then on the seconds that really went by."""

    def __init__(self) -> None:
        self._begun = time.time()
        self._since = time.monotonic()

    def __call__(self) -> float:
        """Now."""
        return self._begun + time.monotonic() - self._since
