"""Fit the thresholds of the quality gate on the validation split: ``python -m digital_life.evaluate.fit_gate --pack DIR``.

Every caption is asked twice: of the whole training split, and of a library that lacks what it asks for (all clips of the
same concept hidden), for the gate must do well in both. Of the clip and of both generated motions it is noted how like
the real motion they are: the cosine of their embeddings by the critic, which sees two motions there and no text. The
thresholds are those under which the motions taken are most like the real ones. The judge that measures generated motions
(``digital-life bench mogen``) has no part in this.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import yaml
from rich.progress import track

from digital_life.evaluate.measuring import PACK_VARIABLE, measuring_library
from digital_life.evaluate.mogen_answers import Prompt, prompts
from digital_life.mogen.critic import Critic
from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.train import plain_errors
from digital_life.momat.clip import Clip
from digital_life.momat.deciding import Match
from digital_life.momat.library import Licences, MotionLibrary
from digital_life.momat.match import PROPOSALS, Matcher
from digital_life.momat.search import MotionSearch
from digital_life.motion.motion import Motion
from digital_life.stage.gate import Decision, Gate, Offer, Thresholds

STILL = "a person stands still and waits"
"""What a body does where the gate takes nothing."""
LOSS = 0.005
"""Likeness that may be lost for being careful; by chance a fit over a hundred captions is off by more."""
GRID = {
    "semantic": (0.0, 0.25, 0.5, 1.0),
    "margin": (-0.1, -0.05, 0.0, 0.05, 0.1, 0.15, 0.2, 0.3),
    "least": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5),
    "show": (0.0, 0.3, 0.4, 0.48, 0.55, 0.65, 0.8),
}
SURE = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)


@dataclass(frozen=True)
class Case:
    """One caption asked of one library: the match, the offers and how like the real motion each of them is, -1..1."""

    text: str
    match: Match
    offers: dict[str, Offer]
    likeness: dict[str, float]
    hidden: bool

    def taken(self, gate: Gate) -> str:
        """What a gate takes: "match", "generate", "blend" or "none"."""
        limits = gate.thresholds
        found = self.offers.get("match")
        if found is not None and self.match.semantic >= limits.sure:
            return "match"
        shown = self.offers.get("blend")
        kind = "blend" if shown is not None and shown.semantic >= limits.show else "generate"
        asked = [offer for offer in (found, self.offers[kind]) if offer is not None]
        decision: Decision = gate.decide(self.text, self.match, [_weighed(gate, offer) for offer in asked])
        return decision.kind


def _weighed(gate: Gate, offer: Offer) -> Offer:
    worth = gate.worth(offer.kind, semantic=offer.semantic, critic=offer.critic, joining=offer.joining, cost=offer.cost)
    return replace(offer, worth=worth)


def ask(gate: Gate, matcher: Matcher, prompt: Prompt, still: Motion, *, hidden: bool) -> Case:
    """Ask for one prompt; with ``hidden`` the library lacks its concept."""
    match = _match(matcher, prompt, hidden=hidden)
    offers: dict[str, Offer] = {}
    for show in (-np.inf, np.inf):
        asking = replace(gate, thresholds=replace(gate.thresholds, sure=np.inf, show=show, least=-1.0))
        decision = asking.choose(
            prompt.text, match=match, posture=prompt.clip.posture, seconds=prompt.seconds, seed=len(prompt.text)
        )
        offers |= {offer.kind: offer for offer in decision.offers}
    assert isinstance(gate.critic, Critic)
    motions = [offer.clip.motion.slice(offer.start, offer.stop) for offer in offers.values()]
    rows = gate.critic.embed_motions([prompt.motion, still, *motions])
    likeness = dict(zip(["none", *offers], (rows[1:] @ rows[0]).tolist(), strict=True))
    return Case(prompt.text, match, offers, likeness, hidden)


def _match(matcher: Matcher, prompt: Prompt, *, hidden: bool) -> Match:
    if not hidden:
        return matcher.match(prompt.text, posture=prompt.clip.posture, duration=prompt.seconds)
    hits = matcher.search.search(prompt.text, k=400, posture=prompt.clip.posture)
    others = [hit for hit in hits if not _same(hit.clip, prompt.clip)][:PROPOSALS]
    return matcher.decide(prompt.text, others, duration=prompt.seconds)


def _same(one: Clip, other: Clip) -> bool:
    """Whether two clips show one concept, whoever's hand does it in whatever style."""
    return bool(set(one.tags[:1]) & set(other.tags[:1])) or bool(set(one.captions) & set(other.captions))


def fit(gate: Gate, cases: Sequence[Case]) -> Thresholds:
    """The thresholds under which what is taken is most like the real motions, on average over both libraries.

    Of those under which hardly any of it is lost (:data:`LOSS`) the most careful: little is played that the critic finds
    weak, only near clips are shown, and a sure match is trusted.
    """
    best, most = replace(gate.thresholds, sure=np.inf), -np.inf
    every = list(itertools.product(*GRID.values()))
    for values in track(every, description="Fitting", transient=True):
        tried = replace(gate.thresholds, sure=np.inf, **dict(zip(GRID, values, strict=True)))
        value = likeness(replace(gate, thresholds=tried), cases)
        if value > most + 1e-9:
            best, most = tried, value
    careful: dict[str, Sequence[float]] = {"least": GRID["least"][::-1], "show": GRID["show"][::-1], "sure": SURE}
    for name, choices in careful.items():
        for choice in choices:
            tried = replace(best, **{name: choice})
            if likeness(replace(gate, thresholds=tried), cases) >= most - LOSS:
                best = tried
                break
    return replace(best, sure=min(best.sure, SURE[-1]))


def likeness(gate: Gate, cases: Sequence[Case]) -> float:
    """Mean likeness of what the gate takes; both libraries count alike."""
    means = [
        np.mean([case.likeness[case.taken(gate)] for case in cases if case.hidden == hidden])
        for hidden in sorted({case.hidden for case in cases})
    ]
    return float(np.mean(means))


def report(gate: Gate, cases: Sequence[Case]) -> list[str]:
    """Lines: likeness of every way and of the gate, and what the gate takes, for both libraries."""
    lines = []
    for hidden in (False, True):
        part = [case for case in cases if case.hidden == hidden]
        taken = [case.taken(gate) for case in part]
        shares = ", ".join(f"{kind} {taken.count(kind) / len(part):.0%}" for kind in sorted(set(taken)))
        ways = {
            "matched, else still": np.mean([case.likeness.get("match", case.likeness["none"]) for case in part]),
            "generated": np.mean([case.likeness["generate"] for case in part]),
            "shown the nearest": np.mean([case.likeness.get("blend", case.likeness["generate"]) for case in part]),
            "the gate": np.mean([case.likeness[kind] for case, kind in zip(part, taken, strict=True)]),
            "the best of all": np.mean([max(case.likeness.values()) for case in part]),
        }
        figures = ", ".join(f"{name} {value:.3f}" for name, value in ways.items())
        lines.append(f"{'concept hidden' if hidden else 'whole library'} ({len(part)}): {figures}; taken: {shares}")
    return lines


def write(thresholds: Thresholds, path: Path, licence: Licences) -> None:
    """Write the thresholds where the gate reads them."""
    head = f"# Written by: python -m digital_life.evaluate.fit_gate --pack DIR --licence {licence}\n"
    values: dict[str, Any] = {name: round(float(value), 4) for name, value in asdict(thresholds).items()}
    path.write_text(head + yaml.safe_dump(values, sort_keys=False), encoding="utf-8")


@click.command()
@click.option("--pack", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option(
    "--weights", type=click.Path(dir_okay=False, path_type=Path), help="Generator. Default: the installed one."
)
@click.option(
    "--licence", type=click.Choice(["permissive", "all"]), default="permissive", show_default=True,
    help="Clips that are asked of and for, weights, and for which setting the thresholds are.",
)  # fmt: skip
@click.option("--critic", type=click.Path(dir_okay=False, path_type=Path), help="Critic. Default: the installed one.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write. Default: for the gate.")
@click.option("--count", default=200, show_default=True, help="Captions that are asked.")
def main(
    pack: Path, weights: Path | None, licence: Licences, critic: Path | None, out: Path | None, count: int
) -> None:
    """Fit the gate's thresholds on the validation split of a motion pack."""
    import os

    from digital_life.llm.embedding import shared_embedder

    with plain_errors():
        os.environ[PACK_VARIABLE] = str(pack)
        generator = MotionGenerator(weights) if weights else MotionGenerator.default(licence)
        judging = Critic.open(critic) if critic else Critic.default(licence)
        gate = Gate(Thresholds.read(Thresholds.path(licence)), generator, judging)
        asked = prompts(measuring_library("val").licensed(licence))[:count]
        train = MotionLibrary(measuring_library("train").licensed(licence).clips)
        matcher = Matcher(MotionSearch(train, shared_embedder()))
        still = gate_still(train)
        cases = [
            ask(gate, matcher, prompt, still, hidden=hidden)
            for prompt in track(asked, description="Asking")
            for hidden in (False, True)
        ]
        fitted = replace(gate, thresholds=fit(gate, cases))
        click.echo("\n".join(report(fitted, cases)))
        path = out or Thresholds.path(licence)
        write(fitted.thresholds, path, licence)
        click.echo(f"{path}: {asdict(fitted.thresholds)}")


def gate_still(library: MotionLibrary) -> Motion:
    """A body that only stands there."""
    return next(clip.motion for clip in library if STILL in clip.captions)


if __name__ == "__main__":
    main()
