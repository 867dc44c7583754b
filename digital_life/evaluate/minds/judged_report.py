"""The judged parts of the report: controllability, consistency, SOTOPIA's dimensions, or what to do to have them."""

from __future__ import annotations

from collections.abc import Sequence

from digital_life.evaluate.minds import intervals, page, svg
from digital_life.evaluate.minds.intervals import Estimate
from digital_life.evaluate.minds.judge import HOW_TO_CONFIGURE
from digital_life.evaluate.minds.judging import Judged
from digital_life.evaluate.minds.questions import ASPECTS, SCALES, SOTOPIA, Choice, Rating, Sotopia

_LIKERT = (1, 2, 3, 4, 5, 6, 7)
_SHARES = (0, 0.2, 0.4, 0.6, 0.8, 1)


def not_judged(reason: str) -> list[str]:
    """Said plainly where there is no judge."""
    what = (
        "Controllability, plot and state consistency and SOTOPIA's seven dimensions need a judge and were not measured"
    )
    return [
        page.heading("Judged by a model: not done"),
        page.paragraph(f"{what}: {reason}. To have them: {HOW_TO_CONFIGURE}.", "missing"),
    ]


def judged_parts(judged: Sequence[Judged], arms: Sequence[str], judge: str, player: str, seed: int) -> list[str]:
    """HTML of all judgements, arm by arm in the order of ``arms``."""
    missing = sum(each.answer is None for each in judged)
    about = (
        f"{len(judged) - missing} judgements of the model {judge} in the place of human raters, asked in an order shuffled "
        f"over arms (seed {seed}); no question tells the arm. Prompts: digital_life/evaluate/data/judge_prompts.yaml. "
        "Which question was about what stands in judging.json."
    )
    parts = [page.heading("Judged by a model"), page.paragraph(about)]
    if missing:
        parts.append(page.paragraph(f"The judge gave no usable answer to {missing} questions.", "missing"))
    if judge == player:
        parts.append(page.paragraph("The judge wrote the scripts too; models prefer their own words.", "missing"))
    return [*parts, *_controllability(judged, arms), *_consistency(judged, arms), *_sotopia(judged, arms)]


def _controllability(judged: Sequence[Judged], arms: Sequence[str]) -> list[str]:
    rows, shown = [], []
    for arm in arms:
        mine = [each for each in judged if each.item.arm == arm]
        every = [_right(mine, aspect) for aspect in ASPECTS]
        asked = [each for each in mine if isinstance(each.answer, Choice)]
        right = sum(_is_right(each) for each in asked)
        total = intervals.share(right, len(asked))
        corrected = intervals.guess_corrected(right, [len(each.item.options) for each in asked])
        cells = [*(_text(estimate) for estimate in every), _text(total)]
        rows.append([_name(arm), *cells, "–" if corrected is None else f"{corrected:.2f}"])
        shown.append((_name(arm), total))
    columns = ["arm", *ASPECTS, "all", "all, without lucky guesses"]
    note = "Share of right answers with Wilson's 95 % interval; 3 options for personality, 4 for belief and motivation, 5 for relationship."
    parts = [page.heading("Controllability", 3), page.table(columns, rows)]
    return [*parts, svg.intervals(shown, 0, 1, _SHARES), page.paragraph(note, "note")]


def _consistency(judged: Sequence[Judged], arms: Sequence[str]) -> list[str]:
    parts = [page.heading("Consistency of social evolution, 1 to 7", 3)]
    for scale in SCALES:
        rows: list[tuple[str, Estimate | None]] = []
        for arm in arms:
            found = [each.answer for each in judged if each.item.arm == arm and each.item.kind == scale]
            rows.append((_name(arm), intervals.mean([float(a.score) for a in found if isinstance(a, Rating)])))
        parts += [page.paragraph(scale.capitalize()), svg.intervals(rows, 1, 7, _LIKERT)]
    return [*parts, page.paragraph("Means with 95 % t intervals.", "note")]


def _sotopia(judged: Sequence[Judged], arms: Sequence[str]) -> list[str]:
    rows = []
    for arm in arms:
        found = [each.answer for each in judged if each.item.arm == arm and isinstance(each.answer, Sotopia)]
        scores = [{name: float(getattr(answer, name)) for name in SOTOPIA} for answer in found]
        dimensions = [intervals.mean([score[name] for score in scores]) for name in SOTOPIA]
        overall = intervals.mean([sum(score.values()) / len(score) for score in scores])
        rows.append([_name(arm), *(_text(each) for each in (*dimensions, overall))])
    columns = [
        "arm",
        *(f"{name.replace('_', ' ')} ({low}..{high})" for name, (low, high) in SOTOPIA.items()),
        "overall",
    ]
    note = "Means over characters and runs with 95 % t intervals; overall is the mean of the seven."
    return [page.heading("SOTOPIA's seven dimensions", 3), page.table(columns, rows), page.paragraph(note, "note")]


def _right(judged: Sequence[Judged], aspect: str) -> Estimate | None:
    asked = [each for each in judged if each.item.kind == aspect and each.answer]
    return intervals.share(sum(_is_right(each) for each in asked), len(asked))


def _is_right(each: Judged) -> bool:
    return isinstance(each.answer, Choice) and each.answer.option == each.item.right


def _name(arm: str) -> str:
    return arm or "recorded runs"


def _text(estimate: Estimate | None) -> str:
    return estimate.text() if estimate else "–"
