"""Everything a mind holds between two turns, as plain data that survives JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from digital_life.behaviour import Emotion
from digital_life.persona.schema import Motivation, Needs, Persona, Relationship
from digital_life.sociomind.change import Change, Part, differences
from digital_life.sociomind.emotion import temperament
from digital_life.sociomind.plot import EXTRA_SUBJECTS, NAMELESS, News, Plot, Told

STRANGER = Relationship(description="somebody just met", attitude="", trust=4, intimacy=2, supportiveness=5)


class _State(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=False)


class MindState(_State):
    """The mind of one character."""

    emotion: Emotion
    motivation: Motivation
    beliefs: list[str]
    relationships: dict[str, Relationship]
    needs: Needs = Needs()
    plots: int = 0
    """Number of plots begun so far."""
    used_before: list[str] = Field(default_factory=list)
    """Lines said in earlier plots, newest last."""
    told: dict[str, dict[int, Told]] = Field(default_factory=dict)
    """What was told to whom in earlier plots."""
    asked: dict[str, list[str]] = Field(default_factory=dict)
    """Themes on which each partner was asked."""
    used_topics: list[str] = Field(default_factory=list)
    """Topics of earlier plots, newest last."""
    news: list[News] = Field(default_factory=list)
    """What happened since the last plot and has not been talked about yet."""
    backgrounds: list[str] = Field(default_factory=list)
    """Situations of the plots so far, newest last."""
    plot: Plot | None = None

    _noted: dict[tuple[Part, str], Any] = PrivateAttr(default_factory=dict)
    _changes: list[Change] = PrivateAttr(default_factory=list)

    def model_post_init(self, _context: Any) -> None:
        """What a state begins with is no change."""
        self._noted = self._snapshot()

    def note(self, cause: str) -> list[Change]:
        """Write down every change since the last note, all by the same ``cause``; returns the new ones."""
        now = self._snapshot()
        plot = self.plot
        new = [
            Change(
                part=part,
                cause=cause,
                before=before,
                after=after,
                partner=partner,
                plot=plot.index if plot else 0,
                turn=len(plot.behaviours) if plot else 0,
            )
            for part, partner, before, after in differences(self._noted, now)
        ]
        self._noted = now
        self._changes += new
        return new

    def unrecorded(self) -> list[Change]:
        """The changes that are not ``recorded`` yet. None is lost: what nobody noted is among them."""
        self.note("not told")
        return list(self._changes)

    def recorded(self, changes: Sequence[Change]) -> None:
        """``changes``, the oldest of those handed out, are kept now."""
        del self._changes[: len(changes)]

    def _snapshot(self) -> dict[tuple[Part, str], Any]:
        parts: dict[tuple[Part, str], Any] = {
            ("emotion", ""): self.emotion.model_dump(),
            ("motivation", ""): self.motivation.model_dump(),
            ("belief", ""): list(self.beliefs),
            ("needs", ""): self.needs.model_dump(),
        }
        parts.update({("relationship", who): value.model_dump() for who, value in self.relationships.items()})
        return parts

    def relationship(self, partner: str) -> Relationship:
        """How this mind sees ``partner``; strangers get a cautious start."""
        return self.relationships.get(partner, STRANGER)


def fresh_state(persona: Persona) -> MindState:
    """The state before the first plot."""
    return MindState(
        emotion=temperament(persona.personality),
        motivation=persona.motivation,
        beliefs=list(persona.beliefs),
        relationships=dict(persona.relationships),
        needs=persona.needs,
    )


def begin_plot(
    state: MindState, partner: str, situation: str, places: Sequence[str], max_turns: int, others: Sequence[str] = ()
) -> None:
    """Open a new plot with ``partner``, and with ``others`` in a group; the old one must have been finished or is dropped.

    What was told to all of them before counts as told, and a visitor who comes again keeps the name they gave.
    """
    names = list(dict.fromkeys([partner, *others]))
    told_name = state.plot.call_name if state.plot and state.plot.partner == partner else ""
    plot = Plot(
        index=state.plots,
        partner=partner,
        call_name=told_name if partner.lower() in NAMELESS else partner,
        others=names,
        known=[name for name in names if name in state.relationships],
        situation=situation,
        places=list(places),
        max_turns=max(1, max_turns),
        met_before=partner in state.relationships,
    )
    heard = [state.told.get(name, {}) for name in names]
    shared = set.intersection(*(set(told) for told in heard))
    plot.notes.told = {index: heard[0][index].model_copy(deep=True) for index in sorted(shared)}
    asked = [state.asked.get(name, []) for name in names]
    plot.notes.asked_themes = [theme for theme in asked[0] if all(theme in other for other in asked)]
    state.plot = plot
    state.plots += 1


def close_plot(state: MindState, kept_lines: int) -> None:
    """Take over from the plot's notes what later plots must know: lines said, subjects told, questions asked."""
    plot = state.plot
    if plot is None:
        return
    state.used_before = (state.used_before + plot.notes.used)[-kept_lines:]
    for name in plot.others or [plot.partner]:
        own = {index: told for index, told in plot.notes.told.items() if index < EXTRA_SUBJECTS}
        state.told[name] = {**state.told.get(name, {}), **own}
        state.asked[name] = list(dict.fromkeys([*state.asked.get(name, []), *plot.notes.asked_themes]))
