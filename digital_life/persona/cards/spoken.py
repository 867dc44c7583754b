"""From the prose of a card to what is really said, and back to a card's macros."""

from __future__ import annotations

import re

_CHAR = re.compile(r"\{\{\s*char\s*\}\}|<char>|<bot>", re.IGNORECASE)
_USER = re.compile(r"\{\{\s*user\s*\}\}|<user>", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{2,})[\"”“»]")
_STAGE = re.compile(r"\*{1,3}[^*]*\*{1,3}|_[^_\n]*_|\([^()]*\)|\[[^\[\]]*\]|<[^<>\n]{1,40}>")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
MOST_WORDS = 60


def with_name(text: str, name: str) -> str:
    """``text`` with the macro of the character's own name replaced; all others stay."""
    return _CHAR.sub(lambda _: name, text)


def spoken(text: str) -> str:
    """What is said in a greeting or an example: quoted parts, else all but stage directions; slots for the names."""
    text = _USER.sub("\x01", _CHAR.sub("\x02", text))
    text = re.sub(r"\{\{[^{}]*\}\}", "", text)
    quotes = _QUOTED.findall(text)
    words = " ".join(quotes) if quotes else _STAGE.sub(" ", text)
    words = re.sub(r"[{}<>*`#|]", "", words)
    words = " ".join(_short(" ".join(words.split())).split())
    return words.replace("\x01", "{partner}").replace("\x02", "{name}").strip()


def _short(text: str) -> str:
    kept: list[str] = []
    count = 0
    for sentence in _SENTENCE.split(text):
        count += len(sentence.split())
        if kept and count > MOST_WORDS:
            break
        kept.append(" ".join(sentence.split()[:MOST_WORDS]))
    return " ".join(kept)


def example_lines(text: str, name: str) -> list[str]:
    """The character's lines of ``mes_example``."""
    own = re.compile(rf"^\s*(?:\{{\{{char\}}\}}|<bot>|<char>|{re.escape(name)})\s*:\s*(.*)$", re.IGNORECASE)
    found = (match[1] for line in text.splitlines() if (match := own.match(line)))
    return [line for line in map(spoken, found) if line][:40]


def to_macros(line: str) -> str:
    """A line of a persona for a card; empty when it has a slot that no other program can fill."""
    text = line.replace("{partner}", "{{user}}").replace("{name}", "{{char}}")
    return "" if re.search(r"(?<!\{)\{\w+\}(?!\})", text) else text
