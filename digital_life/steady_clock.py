"""The time of day for records, which never goes back, whatever is done to the machine's clock."""

from __future__ import annotations

import time


class SteadyClock:
    """Seconds since 1970 by the machine's clock; where that is set back, the time stands still until it has caught up.

    The clock of a process (``time.monotonic``) would not do: it stands still while the machine sleeps.
    """

    def __init__(self, newest: float = 0.0) -> None:
        """``newest`` is the newest time that was written down before."""
        self._newest = newest

    def __call__(self) -> float:
        """Now."""
        self._newest = max(self._newest, time.time())
        return self._newest
