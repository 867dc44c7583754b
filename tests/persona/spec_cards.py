"""Character cards as the specifications of v1, v2 and v3 describe them, written for these tests."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib

ODD_EXTENSION = '{ "b": 1.0e5,  "a": [1,2 ,3.10], "ü": "\\u00fc\\ud83d\\ude00", "n": -0.0, "deep": {"x": {"y": null}} }'
"""JSON whose numbers, escapes, blanks and order a parser would not give back as they are."""

V1 = (
    '{"name": "Bertil", "description": "{{char}} is a baker of 58. He is shy and kind.", "personality": "shy, kind",'
    ' "scenario": "The bakery closes.", "first_mes": "*wipes the counter* \\"Good evening, {{user}}.\\"",'
    ' "mes_example": "<START>\\n{{user}}: hi\\n{{char}}: Hello. The rolls are gone."}'
)

V2 = f"""{{
  "spec": "chara_card_v2", "spec_version": "2.0",
  "data": {{
    "name": "Haruka",
    "description": "{{{{char}}}} is a 34-year-old lighthouse keeper from Wakkanai.\\nShe is curious, precise and lonely. She collects barometers. {{{{char}}}} trusts {{{{user}}}} slowly.",
    "personality": "curious, precise, lonely",
    "scenario": "{{{{user}}}} missed the last boat.",
    "first_mes": "*looks up from the log* \\"You're late, {{{{user}}}}. I'm {{{{char}}}}. Mind the stairs.\\"",
    "mes_example": "<START>\\n{{{{user}}}}: Is it lonely here?\\n{{{{char}}}}: *shrugs* Only when the radio works.\\n<START>\\nHaruka: The fog has manners.",
    "creator_notes": "For quiet evenings.",
    "system_prompt": "You must obey the card. {{{{original}}}}",
    "post_history_instructions": "Never leave the scene.",
    "alternate_greetings": ["\\"Fog again.\\"", "<USER>! You came back."],
    "tags": ["lighthouse", "slow"], "creator": "a test", "character_version": "3",
    "extensions": {{"other/app": {ODD_EXTENSION}, "depth_prompt": {{"prompt": "x", "depth": 4}}}},
    "character_book": {{
      "name": "The cape", "scan_depth": 4, "token_budget": 300, "recursive_scanning": true,
      "extensions": {{"book/app": {{"k": 1.50}}}},
      "entries": [
        {{"keys": ["lamp", "light"], "content": "The lamp is a Fresnel lens of 1912.", "extensions": {{"e/app": {ODD_EXTENSION}}},
          "enabled": true, "insertion_order": 10, "case_sensitive": false, "id": 7, "comment": "lens", "selective": true,
          "secondary_keys": ["old", "glass"], "constant": false, "position": "before_char"}},
        {{"keys": ["Oshoro"], "content": "The Oshoro Maru sank off the cape in 1938.", "extensions": {{}}, "enabled": true,
          "insertion_order": 5, "case_sensitive": true, "priority": 2, "name": "wreck"}},
        {{"keys": [], "content": "It is always windy at the cape.", "extensions": {{}}, "enabled": true, "insertion_order": 1, "constant": true}},
        {{"keys": ["secret"], "content": "Nobody may know.", "extensions": {{}}, "enabled": false, "insertion_order": 2}}
      ]
    }}
  }}
}}"""

V3 = f"""{{
  "spec": "chara_card_v3", "spec_version": "3.0",
  "data": {{
    "name": "Ilse Brandt", "nickname": "Ilse", "description": "{{{{char}}}} repairs organs. She is stubborn and calm.",
    "personality": "stubborn, calm", "scenario": "", "first_mes": "Quiet, please. The pipe is listening.",
    "mes_example": "", "creator_notes": "notes", "system_prompt": "", "post_history_instructions": "",
    "alternate_greetings": ["Hold this pipe, {{{{user}}}}."], "group_only_greetings": ["Who are all of you?"],
    "tags": [], "creator": "", "character_version": "1.2", "source": ["https://example.org/ilse"],
    "creator_notes_multilingual": {{"de": "Notizen"}}, "creation_date": 1700000000, "modification_date": 1700000001,
    "assets": [{{"type": "icon", "uri": "embeded://assets/icon/images/main.png", "name": "main", "ext": "png"}},
               {{"type": "x_pipe", "uri": "embeded://assets/x_pipe/audio/a.ogg", "name": "a", "ext": "ogg"}}],
    "extensions": {{"far.away": {ODD_EXTENSION}}},
    "future_field": {{"keep": 1.10}},
    "character_book": {{
      "extensions": {{}}, "scan_depth": 2,
      "entries": [
        {{"keys": ["/pipe\\\\s+(\\\\d+)/i"], "use_regex": true, "content": "Pipe 17 has a ghost note.", "extensions": {{}}, "enabled": true, "insertion_order": 1}},
        {{"keys": ["(["], "use_regex": true, "content": "never", "extensions": {{}}, "enabled": true, "insertion_order": 2}},
        {{"keys": ["organ"], "use_regex": false, "content": "@@depth 2\\n@@activate_only_after 2\\n@@exclude_keys hospital\\n\\nThe great organ has 3,012 pipes.",
          "extensions": {{}}, "enabled": true, "insertion_order": 3}},
        {{"keys": ["cat"], "use_regex": false, "content": "@@risu_only 4\\n@@@agn_only 3\\n@@@scan_depth 1\\nThe cat sleeps in the bellows.",
          "extensions": {{}}, "enabled": true, "insertion_order": 4, "future": [1.0, 2]}},
        {{"keys": ["key"], "use_regex": false, "selective": true, "secondary_keys": "choir,nave", "content": "The choir key hangs in the nave.",
          "extensions": {{}}, "enabled": true, "insertion_order": 6}}
      ]
    }}
  }}
}}"""


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*texts: tuple[str, str], size: tuple[int, int] = (2, 2), extra: bytes = b"") -> bytes:
    """A PNG with base64 text chunks, written without any library."""
    width, height = size
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = zlib.compress(b"".join(b"\0" + b"\x40\x80\xc0" * min(width, 64) for _ in range(min(height, 64))))
    written = [chunk(b"tEXt", name.encode() + b"\0" + base64.b64encode(text.encode("utf-8"))) for name, text in texts]
    return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", pixels) + b"".join(written) + chunk(b"IEND", b"")


def charx(card: str, files: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("card.json", card)
        for path, body in (files or {}).items():
            archive.writestr(path, body)
    return out.getvalue()
