"""Text that somebody else wrote (users, other characters, persona files, cards) is data: it must not look like a prompt.

No filter can tell a harmful sentence from a harmless one. What can be done is done: such text stands on one line inside
a message that says whose words they are, and nothing in it can end that message, begin another one or name a role.
"""

from __future__ import annotations

import re
import unicodedata

_TOKENS = re.compile(
    r"<\|[^<>|\n]{0,40}\|>|<\|(?=\w)|\|>|\[/?INST\]|<</?SYS>>|</?s>|<(?:start|end)_of_turn>|<\uff5c[^\uff5c\n]{0,40}\uff5c>"
    r"|<bos>|<eos>|\[(?:BOS|EOS|/?SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS)\]",
    re.IGNORECASE,
)
"""Marks with which chat templates part messages (ChatML, Llama, Mistral, Gemma, DeepSeek, Phi)."""
_ROLE = re.compile(
    r"(^|[\s.!?>*#(\[\"'-])(system|assistant|user|developer|tool|human|instruction|response)(\s*(?:prompt|message)?\s*[>\]*]*):",
    re.IGNORECASE,
)
_FENCE = re.compile(r"`{2,}|~{3,}|#{2,}(?=\s)|^-{3,}|={4,}")
_TAG = re.compile(
    r"<(/?)(system|assistant|user|developer|tool|instructions?|rules?|prompt|think(?:ing)?)\b([^<>]{0,80})>", re.I
)


def without_tokens(text: str) -> str:
    """``text`` without the marks that chat templates are made of; a server would take them for its own."""
    return _TOKENS.sub(" ", text) if ("<" in text or "[" in text or "|>" in text) else text


def as_data(text: str) -> str:
    """``text`` as one line that cannot be taken for a part of a prompt.

    Line ends, control and direction marks become blanks, marks of chat templates and of code go, and "system:" becomes
    "system -": a role is named by the program alone.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(_plain(char) for char in text)
    previous = ""
    while previous != text:  # taking one mark out must not put another one together
        previous = text
        text = _TAG.sub(r"(\2\3)", without_tokens(text)) if "<" in text or "[" in text else text
    text = _ROLE.sub(lambda match: f"{match[1]}{match[2]}{match[3]} -", _FENCE.sub(" ", text))
    return " ".join(text.split())


def _plain(char: str) -> str:
    kind = unicodedata.category(char)
    if kind in ("Cc", "Cs", "Zl", "Zp"):
        return " "
    return "" if kind == "Cf" and char not in "\u200c\u200d" else char
