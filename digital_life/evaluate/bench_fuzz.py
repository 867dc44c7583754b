"""``digital-life bench fuzz``: ten thousand spoilt answers through every step of a mind."""

from __future__ import annotations

import time

from digital_life.evaluate.benchmarks import Row
from digital_life.evaluate.fuzz_minds import fuzz

COUNT = 10_000


def fuzz_answers() -> list[Row]:
    """How many answers were given, what minds did with them, and how often something broke (which must be never)."""
    started = time.perf_counter()
    outcome = fuzz(COUNT)
    rows: list[Row] = [("answers", outcome.answers.total(), "answers"), ("time", time.perf_counter() - started, "s")]
    rows += [(f"answers: {kind}", count, "answers") for kind, count in sorted(outcome.answers.items())]
    for step, count in sorted(outcome.steps.items()):
        rows.append((f"{step}: steps taken", count, "steps"))
        rows.append((f"{step}: recovered from failures, all recorded", outcome.recoveries[step], "steps"))
    rows.append(("crashes, half-written states, unrecorded recoveries", len(outcome.faults), "faults"))
    return rows + [(fault[:100], 1, "fault") for fault in outcome.faults[:10]]
