"""The transcript of a run: plots, who said and did what, what they thought meanwhile, and what they made of it afterwards."""

from __future__ import annotations

import json
from typing import Any

from digital_life.society.record import Record


def transcript_lines(record: Record, mind: str, *, group: bool) -> list[str]:
    """Lines of Markdown. Turns not written by ``mind`` say who wrote them; in a ``group`` the addressee is named."""
    thoughts = {turn: text for turn, _, text in record.events_of_turns("thought")}
    plots = {turn: data["plan"] for turn, _, data in record.events_of_turns("plot")}
    ends = {turn: data["reason"] for turn, _, data in record.events_of_turns("plot_end")}
    news = _by_turn(record, "news")
    heard = _by_turn(record, "heard")
    changes = _by_turn(record, "reflection")
    lines: list[str] = []
    for row in record.turns():
        for owner, data in news.get(row.turn, []):
            lines += [f"*News for {owner}: {data['description']}*", ""]
        if row.turn in plots and len(plots) > 1:
            plan = plots[row.turn]
            lines += [f"## {plan['title']}", "", plan["situation"], ""]
        lines += [f"- {guest}: {text}" for guest, text in heard.get(row.turn, [])]
        if row.behaviour:
            note = "" if row.behaviour.mind == mind else f"  ({row.behaviour.mind})"
            lines.append(f"- {row.behaviour.line(to_whom=group)}{note}")
            if row.turn in thoughts:
                lines.append(f"  *({row.behaviour.speaker} thinks: {thoughts[row.turn]})*")
        if row.turn in ends:
            lines += ["", f"(Ended by {ends[row.turn]}.)"]
        for owner, data in changes.get(row.turn, []):
            lines += ["", f"**{owner} afterwards**: {_reflection_line(data)}"]
        if row.turn in ends or row.turn in changes:
            lines.append("")
    for owner, data in changes.get(None, []):  # records of earlier versions
        lines += ["", f"**{owner} afterwards**: {_reflection_line(data)}"]
    return lines


def _by_turn(record: Record, kind: str) -> dict[int | None, list[tuple[str | None, Any]]]:
    found: dict[int | None, list[tuple[str | None, Any]]] = {}
    for turn, owner, data in record.events_of_turns(kind):
        found.setdefault(turn, []).append((owner, data))
    return found


def _reflection_line(data: Any) -> str:
    if isinstance(data, dict) and data.get("kind") == "relationship":
        before, after = data["before"], data["after"]
        numbers = ", ".join(
            f"{name} {before[name]} → {after[name]}" if before[name] != after[name] else f"{name} {after[name]}"
            for name in ("trust", "intimacy", "supportiveness")
        )
        return f"sees {data['partner']} as {after['description']} ({numbers}). {after['attitude']}"
    if isinstance(data, dict) and data.get("kind") == "motivation":
        return f"now wants {data['short_term']}"
    if isinstance(data, dict) and data.get("kind") == "reflection_failed":
        return f"(looked back by rule: {data['problem']})"
    if isinstance(data, dict):
        text = data.get("text") or data.get("description")
        return str(text) if text else json.dumps(data, ensure_ascii=False)
    return str(data)
