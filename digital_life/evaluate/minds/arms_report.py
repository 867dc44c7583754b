"""The parts of the report that compare arms without a judge: repetition, likeness, drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digital_life.evaluate.minds import intervals, page, svg
from digital_life.evaluate.minds.drift import DriftTalk
from digital_life.evaluate.minds.intervals import Estimate
from digital_life.evaluate.minds.likeness import WINDOW, Likeness, PersonaClassifier
from digital_life.evaluate.minds.repetition import repetition
from digital_life.evaluate.minds.run_data import RunData
from digital_life.sociomind.encoder import CachedEncoder


def comparison(runs: Mapping[str, Sequence[RunData]], encoder: CachedEncoder) -> list[str]:
    """What the arms' runs have in words and changes: means over characters and runs with t intervals."""
    rows = []
    for arm, played in runs.items():
        spoken = [repetition(run.talk(), name, encoder) for run in played for name in run.names]
        spoken = [item for item in spoken if item.lines]
        moved = [_moved(run, name) for run in played for name in run.names]
        plots = [float(len(run.plots)) for run in played]
        rows.append(
            [
                arm,
                _shown(intervals.mean([item.distinct[1] for item in spoken])),
                _shown(intervals.mean([item.self_bleu for item in spoken])),
                _shown(intervals.mean([item.echo for item in spoken])),
                _shown(intervals.mean(moved)),
                _shown(intervals.mean(plots), 1),
                _own_words([(line.mind, run.mind) for run in played for line in run.lines]),
            ]
        )
    columns = [
        "arm",
        "distinct-2",
        "self-BLEU-4",
        "echo rate",
        "relationship moved, points",
        "plots",
        "acts by the mind",
    ]
    note = (
        "Means over characters and runs (plots: over runs) with 95 % t intervals; n is the number of observations. "
        "Acts by the mind: those that no rule stood in for."
    )
    return [page.heading("Arms compared without a judge"), page.table(columns, rows), page.paragraph(note, "note")]


def _own_words(written: Sequence[tuple[str, str]]) -> str:
    """How many acts, given as (written by, mind of the run), the mind itself wrote."""
    own = sum(by == mind or by.startswith(f"{mind} (policy") for by, mind in written)
    return f"{own} of {len(written)}"


def _moved(run: RunData, name: str) -> float:
    """Points by which ``name`` changed its relationships from the first to the last turn, all scales together."""
    curves = [curves for (owner, _), curves in run.relationships.items() if owner == name]
    return sum(abs(points[-1][1] - points[0][1]) for found in curves for points in found.values())


def drift(talks: Sequence[DriftTalk], classifier: PersonaClassifier, encoder: CachedEncoder, mind: str) -> list[str]:
    """How likeness to the persona goes on over long talks with the mind of that label."""
    if not talks:
        return []
    length = len(talks[0].turns)
    parts = [page.heading(f"Persona drift over {length} turns")]
    arms = list(dict.fromkeys(talk.arm for talk in talks))
    windows = {arm: [_windows(talk, classifier) for talk in talks if talk.arm == arm] for arm in arms}
    parts.append(page.table(_COLUMNS, [_row(arm, windows[arm], talks, encoder, mind) for arm in arms]))
    highest = max([abs(item.margin) for each in windows.values() for talk in each for item in talk] + [0.1])
    series = {arm: _course(windows[arm]) for arm in arms}
    ticks = [-highest, 0, highest]
    shown = [round(tick, 2) for tick in ticks]
    parts.append(svg.curves(series, y=(-highest, highest), ticks=shown, x_label=f"window of {WINDOW} answers"))
    note = (
        "Margin: cosine of the answers with what the persona file says of its character, minus that with the nearest of the "
        f"other {len(classifier.names) - 1} personas. The curve is the mean over talks. A negative slope is drift."
    )
    return [*parts, page.paragraph(note, "note")]


_COLUMNS = [
    "arm", "recognised", "margin, first third", "margin, last third", "slope of the margin per window",
    "distinct-2", "said before", "answers by the mind",
]  # fmt: skip


def _windows(talk: DriftTalk, classifier: PersonaClassifier) -> list[Likeness]:
    return classifier.windows([turn.said for turn in talk.turns], talk.persona)


def _course(talks: Sequence[Sequence[Likeness]]) -> list[tuple[float, float]]:
    longest = max((len(talk) for talk in talks), default=0)
    columns = [[talk[at].margin for talk in talks if at < len(talk)] for at in range(longest)]
    return [(float(at + 1), sum(column) / len(column)) for at, column in enumerate(columns)]


def _row(
    arm: str, windows: Sequence[Sequence[Likeness]], talks: Sequence[DriftTalk], encoder: CachedEncoder, mind: str
) -> list[str]:
    every = [item for talk in windows for item in talk]
    course = [margin for _, margin in _course(windows)]
    third = max(1, len(course) // 3)
    first = [item.margin for talk in windows for item in talk[:third]]
    last = [item.margin for talk in windows for item in talk[len(talk) - third :]]
    own = [_repetition(talk, encoder) for talk in talks if talk.arm == arm]
    return [
        arm,
        _shown(intervals.share(sum(item.recognised for item in every), len(every))),
        _shown(intervals.mean(first), 3),
        _shown(intervals.mean(last), 3),
        _shown(intervals.slope(course), 4),
        _shown(intervals.mean([varied for varied, _ in own])),
        _shown(intervals.mean([again for _, again in own])),
        _own_words([(turn.mind, mind) for talk in talks if talk.arm == arm for turn in talk.turns]),
    ]


def _repetition(talk: DriftTalk, encoder: CachedEncoder) -> tuple[float, float]:
    said = [pair for turn in talk.turns for pair in (("", turn.heard), (talk.persona, turn.said))]
    found = repetition(said, talk.persona, encoder)
    return found.distinct[1], found.verbatim


def _shown(estimate: Estimate | None, digits: int = 2) -> str:
    return estimate.text(digits) if estimate else "–"
