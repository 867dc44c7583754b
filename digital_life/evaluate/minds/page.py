"""The report as one HTML file that needs nothing else: no script, no font, no request."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from digital_life.llm.secrets import hide_secrets

_STYLE = """
:root { color-scheme: light; } body { font: 15px/1.45 system-ui, sans-serif; max-width: 1000px; margin: 2em auto; padding: 0 1em;
color: #1c2733; background: #fff; } h1 { font-size: 1.6em; } h2 { margin-top: 2.2em; border-bottom: 1px solid #ccd; }
table { border-collapse: collapse; margin: .8em 0; } td, th { padding: 3px 10px; border-bottom: 1px solid #e3e6ea; text-align: left;
vertical-align: top; } td.number { text-align: right; font-variant-numeric: tabular-nums; } svg { max-width: 100%; height: auto;
display: block; margin: .6em 0; } svg text { font: 12px system-ui, sans-serif; fill: #1c2733; } svg text.tick { font-size: 11px;
fill: #5a6672; text-anchor: middle; } .grid { stroke: #e3e6ea; } .border { stroke: #99a3ad; stroke-dasharray: 3 3; }
.link { stroke: #b8c0c8; fill: none; opacity: .6; } .note { color: #5a6672; } .missing { background: #fff6e0; padding: .6em 1em;
border-left: 4px solid #e69f00; } details { margin: .6em 0; } summary { cursor: pointer; }
"""


def page(title: str, parts: Sequence[str]) -> str:
    """A whole HTML document of ``parts``, which are HTML already. Keys of the environment are taken out."""
    text = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>\n" + "\n".join(parts) + "\n</body></html>\n"
    )
    return hide_secrets(text)


def heading(text: str, level: int = 2) -> str:
    """A heading."""
    return f"<h{level}>{escape(text)}</h{level}>"


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph; ``kind`` "note" is small print, "missing" says what was not done."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; cells that are numbers stand on the right."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def folded(summary: str, inside: str) -> str:
    """Something long behind a line to click on."""
    return f"<details><summary>{escape(summary)}</summary>{inside}</details>"


def _cell(text: str) -> str:
    number = text.replace(".", "", 1).replace("%", "").replace("-", "", 1).strip().isdigit()
    return f'<td class="number">{escape(text)}</td>' if number else f"<td>{escape(text)}</td>"
