"""Semantic search measured: recall over held-out captions and over paraphrases, errors of side and negation, speed.

Recall at k: the share of queries that one of the first k clips answers. Beside our search stands the plain sentence encoder.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable, Sequence

from digital_life.assets import asset_dir
from digital_life.evaluate.benchmarks import Row
from digital_life.evaluate.measuring import PACK_VARIABLE, measuring_library
from digital_life.evaluate.paraphrases import Paraphrase, answers, read_paraphrases
from digital_life.evaluate.plain_search import PlainSearch
from digital_life.llm.embedding import shared_embedder
from digital_life.momat.clip import AUTHORED, Clip
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import Hit, MotionSearch
from digital_life.momat.wording import sides_named, values_named

Searcher = MotionSearch | PlainSearch
DEPTH = 5
SEARCHERS: dict[str, Callable[[MotionLibrary], Searcher]] = {
    "ours": lambda library: MotionSearch(library, shared_embedder()),
    "plain encoder": lambda library: PlainSearch(library, shared_embedder()),
}


def search() -> list[Row]:
    """The motion pack, where ``DIGITAL_LIFE_MOTION_PACK`` names one, and the shipped library."""
    rows: list[Row] = []
    if os.environ.get(PACK_VARIABLE):
        library, validation = measuring_library(), measuring_library("val")
        queries = read_paraphrases("pack")
        for name, make in SEARCHERS.items():
            whole = make(library)
            rows += validation_rows(f"{name}, val clips", make(validation), validation.clips)
            rows += validation_rows(f"{name}, all clips", whole, validation.clips)
            rows += paraphrase_rows(f"{name}, pack", whole, queries)
            rows += speed_rows(name, whole, [query.query for query in queries])
    shipped = MotionLibrary(MotionLibrary.open(asset_dir("motion_db")).select(source=AUTHORED))
    for name, make in SEARCHERS.items():
        rows += paraphrase_rows(f"{name}, shipped", make(shipped), read_paraphrases("shipped"))
    return rows


def validation_rows(name: str, searcher: Searcher, clips: Sequence[Clip]) -> list[Row]:
    """Each distinct caption of ``clips`` as the query, that caption taken from every clip before.

    A hit answers as asked when it has the concept of a clip with that caption, and that clip's hand, sides and style as
    far as the caption names them; strictly when it has all of them whether named or not.
    """
    owners: dict[str, list[Clip]] = {}
    for clip in clips:
        for caption in clip.captions:
            owners.setdefault(caption, []).append(clip)
    same: dict[str, Callable[[str, Clip, Clip], bool]] = {
        "same clip": lambda _, clip, hit: clip.id == hit.id,
        "strict": lambda _, clip, hit: _key(clip) == _key(hit),
        "as asked": _as_asked,
    }
    ranks: dict[str, list[int]] = {rule: [] for rule in same}
    for caption, having in owners.items():
        hits = searcher.without(caption).search(caption, k=DEPTH)
        for rule, answers_it in same.items():
            good = [any(answers_it(caption, clip, hit.clip) for clip in having) for hit in hits]
            ranks[rule].append(good.index(True) if True in good else DEPTH)
    return [row for rule in same for row in _recalls(f"{name}: {len(owners)} captions, {rule}", ranks[rule])]


def _key(clip: Clip) -> tuple[object, ...]:
    return clip.tags[:1], clip.hand, clip.style, frozenset(sides_named(" ".join(clip.captions)))


def _as_asked(caption: str, clip: Clip, hit: Clip) -> bool:
    (concept, hand, style, sides), (concept_hit, hand_hit, style_hit, sides_hit) = _key(clip), _key(hit)
    named = values_named(caption)
    sided = bool(sides_named(caption)) or "hand:both" in named
    styled = any(value.startswith("style:") for value in named)
    return (
        concept == concept_hit
        and (not sided or (hand, sides) == (hand_hit, sides_hit))
        and (not styled or style == style_hit)
    )


def paraphrase_rows(name: str, searcher: Searcher, paraphrases: Sequence[Paraphrase]) -> list[Row]:
    """Recall over each group and over each half, and the errors that must not happen."""
    found = [(paraphrase, searcher.search(paraphrase.query, k=DEPTH)) for paraphrase in paraphrases]
    english = [(paraphrase, hits) for paraphrase, hits in found if paraphrase.group != "chinese"]
    rows = _recalls(f"{name}: {len(english)} paraphrases", map(_rank, english))
    for half in ("fit", "report"):
        part = [pair for pair in english if pair[0].half == half]
        rows += _recalls(f"{name}: half '{half}' ({len(part)})", map(_rank, part))
    for group in dict.fromkeys(paraphrase.group for paraphrase in paraphrases):
        part = [pair for pair in found if pair[0].group == group]
        rows += _recalls(f"{name}: {group} ({len(part)})", map(_rank, part))
    sided = [pair for pair in found if answers(pair[0], searcher.library)]
    firsts = sum(paraphrase.wrong_side(hits[0].clip) for paraphrase, hits in sided if hits)
    all_five = sum(paraphrase.wrong_side(hit.clip) for paraphrase, hits in sided for hit in hits)
    negated = sum(paraphrase.does_unwanted(hits[0].clip) for paraphrase, hits in found if hits)
    return [
        *rows,
        (f"{name}: wrong side in the first place", float(firsts), "queries"),
        (f"{name}: wrong side in the first five", float(all_five), "clips"),
        (f"{name}: does what was excluded, first place", float(negated), "queries"),
    ]


def _rank(pair: tuple[Paraphrase, list[Hit]]) -> int:
    paraphrase, hits = pair
    return next((rank for rank, hit in enumerate(hits) if paraphrase.answered_by(hit.clip)), DEPTH)


def _recalls(label: str, ranks: Iterable[int]) -> list[Row]:
    ranks = list(ranks)
    return [(f"{label}, R@{k}", sum(rank < k for rank in ranks) / max(len(ranks), 1), "") for k in (1, DEPTH)]


def speed_rows(name: str, searcher: Searcher, texts: Sequence[str]) -> list[Row]:
    """Milliseconds of a query whose sentence is embedded already."""
    times = []
    for text in texts:
        searcher.search(text)
        start = time.perf_counter()
        searcher.search(text)
        times.append(1000.0 * (time.perf_counter() - start))
    return [(f"{name}, {len(searcher.library)} clips: median query after embedding", statistics.median(times), "ms")]
