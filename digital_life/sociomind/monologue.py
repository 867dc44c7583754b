"""What a character thinks to itself in a turn, without a model: it stays in the mind and in the record, nobody hears it."""

from __future__ import annotations

from collections.abc import Sequence

from digital_life.sociomind.own_words import as_own_wish
from digital_life.sociomind.turn import Turn

_HURT = (
    "That hurt. I won't show how much.",
    "So that is what {partner} thinks of me.",
    "Breathe. Don't give {partner} that.",
)
_PRIVATE = (
    "Not that. Not to {partner}, not yet.",
    "I don't know {partner} well enough for that.",
    "That stays with me for now.",
)
_LEAVE = (
    "Time to go, before there is nothing left to say.",
    "I will think about this on the way home.",
    "Let it end well.",
)
_GRIEF = ("What do you say to that? Perhaps nothing.", "I only want to be there for a moment.")
_TOLD = (
    "{Echo}. I would not have guessed that of {partner}.",
    "I want to remember that: {echo}.",
    "{partner} lights up over {echo}.",
)
_WEIGHS = ("It still weighs on me to tell it.", "There. It's said.", "I had not meant to tell that so soon.")
_CROSS = ("It still makes me hot to think of it.", "I should not get worked up again.")
_FEARS = ("I would rather not think of it at night.", "Said aloud it is a little smaller.")
_OWN = {"sad": _WEIGHS, "angry": _CROSS, "afraid": _FEARS}
"""What is thought while one tells something of that mood oneself."""
_HEAVY = ("I want to remember that: {echo}.", "That is heavier than {partner} lets on.", "What do you say to that?")
_OPEN = ("First words. Make them easy.", "I wonder what {partner} is like today.", "Here we go.")
_SILENT = ("Words would only be in the way.", "I'll let it be quiet.")
_WISH = ("And still I want {wish}.", "I have not forgotten what I want: {wish}.")
_FEELING = ("I feel {feeling}.", "Strange, how {feeling} I am.", "Let me just listen for a while.")


def inner_line(turn: Turn) -> str:
    """One thought for the turn that was just made."""
    options = _options(turn)
    line = turn.rng.choice([item for item in options if item not in turn.notes.used] or list(options))
    turn.notes.used.append(line)
    echo = turn.heard.echo.replace("your ", "the ", 1)
    return line.format(
        partner=turn.plot.call_name or "this visitor",
        echo=echo,
        Echo=echo[:1].upper() + echo[1:],
        wish=as_own_wish(turn.state.motivation.short_term.rstrip(".")),
        feeling=turn.state.emotion.description or "calm",
    )


def _options(turn: Turn) -> Sequence[str]:
    acts = turn.heard.acts
    if "insult" in acts:
        return _HURT
    if turn.guarded:
        return _PRIVATE
    if turn.ends:
        return _LEAVE
    if "bad_news" in acts:
        return _GRIEF
    if not turn.parts:
        return _SILENT
    if turn.mood in _OWN:
        return _OWN[turn.mood]
    if turn.heard.tells and turn.heard.mood in _OWN:
        return _HEAVY if turn.heard.echo else _HEAVY[1:]
    if turn.heard.tells and turn.heard.echo:
        return _TOLD
    if not turn.plot.own_turns:
        return _OPEN
    return _WISH if turn.chance(0.3) else _FEELING
