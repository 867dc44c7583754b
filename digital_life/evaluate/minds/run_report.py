"""The part of the report that shows one run: curves, memories, who said what about whom, likeness to the persona, repetition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from digital_life.evaluate.minds import page, svg
from digital_life.evaluate.minds.likeness import WINDOW, PersonaClassifier
from digital_life.evaluate.minds.repetition import repetition
from digital_life.evaluate.minds.run_data import Curves, RunData, Statement
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.memory import Memory
from digital_life.sociomind.memory.node import KINDS

_MOST_NODES = 300
"""Nodes of one memory graph; more hide each other."""
_MOST_STATEMENTS = 200


def run_parts(run: RunData, encoder: CachedEncoder, label: str = "") -> list[str]:
    """HTML of everything that needs no judge."""
    parts = [page.heading(label or f"{run.title} ({run.source})")]
    about = (
        f"Mind {run.mind}, seed {run.seed}, {len(run.lines)} acts of {', '.join(run.names)} in {len(run.plots)} plots"
    )
    parts.append(page.paragraph(f"{about}: {'; '.join(run.plots)}.", "note"))
    parts += _curves(run)
    parts += _memories(run)
    parts += _statements(run.statements)
    parts += _words(run, encoder)
    lines = "".join(page.paragraph(line.shown) for line in run.lines)
    return [*parts, page.folded("Everything that was said and done", lines)]


def _curves(run: RunData) -> list[str]:
    parts = [page.heading("Emotions over turns", 3)]
    if not run.emotions:
        parts.append(page.paragraph("No change of an emotion is recorded.", "note"))
    for name, curves in run.emotions.items():
        parts += [page.paragraph(name), svg.curves(curves, borders=run.borders)]
    parts.append(page.heading("Relationships", 3))
    if not run.relationships:
        parts.append(page.paragraph("No change of a relationship is recorded.", "note"))
    for (owner, partner), relations in run.relationships.items():
        parts += [page.paragraph(f"{owner} towards {partner}"), _stepped(relations, run.borders)]
    return parts


def _stepped(curves: Curves, borders: Sequence[float]) -> str:
    return svg.curves(curves, borders=borders, steps=True)


def _memories(run: RunData) -> list[str]:
    parts = [page.heading("Memory graph", 3)]
    parts.append(
        page.paragraph(
            "Dots are memories over time; lines lead from a memory to what it came from: events to acts, thoughts to events, "
            "facts to the act that told them, plots to all that arose in them (drawn only to events and thoughts).",
            "note",
        )
    )
    for name, memories in run.memories.items():
        counts = Counter(memory.kind for memory in memories)
        parts.append(
            page.paragraph(f"{name}: " + ", ".join(f"{kind}s {counts[kind]}" for kind in KINDS if counts[kind]))
        )
        if len(memories) > _MOST_NODES:
            parts.append(page.paragraph(f"Only the latest {_MOST_NODES} are drawn.", "note"))
        parts.append(_memory_graph(memories[-_MOST_NODES:], run.borders))
    return parts


def _memory_graph(memories: Sequence[Memory], borders: Sequence[float]) -> str:
    begins = [0.0, *borders]
    kinds = {memory.id: memory.kind for memory in memories}
    nodes = [
        svg.Node(
            memory.id,
            KINDS.index(memory.kind),
            begins[min(memory.plot, len(begins) - 1)] + memory.turn,
            f"{memory.kind} {memory.id}, plot {memory.plot + 1}, poignancy {memory.poignancy}: {memory.description}",
        )
        for memory in memories
    ]
    links = [
        (memory.id, other)
        for memory in memories
        for other in memory.links
        if memory.kind != "plot" or kinds.get(other) in ("event", "thought")
    ]
    return svg.graph(nodes, links, [f"{kind}s" for kind in KINDS])


def _statements(statements: Sequence[Statement]) -> list[str]:
    parts = [page.heading("Who said what about whom", 3)]
    if not statements:
        return [*parts, page.paragraph("Nobody said or thought anything about anybody.", "note")]
    people = sorted({item.who for item in statements} | {item.about for item in statements})
    counts = Counter((item.who, item.about) for item in statements)
    rows = [[who, *(str(counts[who, about] or "") for about in people)] for who in people]
    parts.append(page.table(["said or thought by \\ about", *people], rows))
    shown = statements[:_MOST_STATEMENTS]
    details = [[item.who, item.kind, item.about, item.what, str(item.plot + 1)] for item in shown]
    parts.append(page.folded(f"The {len(shown)} statements", page.table(["who", "", "about", "what", "plot"], details)))
    return parts


def _words(run: RunData, encoder: CachedEncoder) -> list[str]:
    parts = [page.heading("Repetition", 3)]
    rows = []
    for name in run.names:
        found = repetition(run.talk(), name, encoder)
        if found.lines:
            shares = (*found.distinct, found.self_bleu, found.echo, found.verbatim)
            rows.append([name, str(found.lines), *(f"{value:.3f}" for value in shares)])
    columns = ["", "lines", "distinct-1", "distinct-2", "distinct-3", "self-BLEU-4", "echo rate", "said before"]
    parts.append(page.table(columns, rows))
    if not run.personas:
        return parts
    parts.append(page.heading("Likeness to the persona", 3))
    classifier = PersonaClassifier(run.personas, encoder)
    rows = []
    for persona in run.personas:
        windows = classifier.windows(run.said_by(persona.name), persona.name)
        if windows:
            margin = sum(item.margin for item in windows) / len(windows)
            right = sum(item.recognised for item in windows)
            rows.append([persona.name, f"{right} of {len(windows)}", f"{margin:.3f}"])
    columns = [
        "",
        f"windows of {WINDOW} lines whose speaker is recognised",
        "mean margin over the nearest other persona",
    ]
    parts.append(page.table(columns, rows))
    parts.append(page.paragraph(f"Among {len(classifier.names)} personas.", "note"))
    return parts
