"""An endless motion, half a second at a time, that can be told something else at any moment.

Some seconds are planned at once, so that an act is made as a whole, and half a second of the plan is handed out at a
time. Before the plan ends, or when another text comes, the next one is made: it goes on from the tokens that were handed
out, takes over the body's pose and velocity, and leaves standing feet where they are. Frames that were handed out never
change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np
import torch

from digital_life.behaviour import Emotion
from digital_life.mogen.autoencoder import PATCH
from digital_life.mogen.joining import finished
from digital_life.mogen.request import Request
from digital_life.motion.motion import FPS, Motion

if TYPE_CHECKING:
    from digital_life.mogen.flow import Guidance
    from digital_life.mogen.generator import MotionGenerator

CHUNK = 15
"""Frames handed out at a time: half a second."""
PLANNED, FIRST = 24, 15
"""Tokens of a plan: four seconds, and two and a half where the text is new and the body is to answer soon; that plan is
also made with half the passes of the network (R@3 of the judge .748 instead of .767)."""
OPEN = 6
"""Tokens of a plan that are never handed out: in them short motions come to rest, and a stream does not end."""
REMEMBERED = 6
"""Tokens of what was handed out that the next plan sees."""


class MotionStream(Iterator[Motion]):
    """Chunks of 15 frames; made by :meth:`MotionGenerator.stream`."""

    def __init__(
        self,
        generator: MotionGenerator,
        text: str | Iterable[str],
        *,
        seed: int,
        shown: Motion | None,
        before: Motion | None,
        posture: str | None,
        emotion: Emotion | None,
        style: str | None,
        fingers: bool,
        steps: int,
        guidance: Guidance | None,
    ) -> None:
        self._generator = generator
        self._texts = repeat(text) if isinstance(text, str) else iter(text)
        self._seed, self._fingers, self._steps, self._guidance = seed, fingers, steps, guidance
        self._posture, self._emotion, self._style = posture, emotion, style
        self._example = None if shown is None else generator.example(shown)
        self._past = generator.no_tokens() if before is None else generator.tokens(before)
        self._tail = before
        self._said: str | None = None
        self._plan: Motion | None = None
        self._tokens = generator.no_tokens()
        self._at = self._round = 0
        if isinstance(text, str):
            self.say(text, shown=shown, emotion=emotion, style=style)

    def say(
        self, text: str, *, shown: Motion | None = None, emotion: Emotion | None = None, style: str | None = None
    ) -> None:
        """From the next chunk on, do what ``text`` says.

        Raises:
            InputError: the text is empty, or the style is unknown.
        """
        self._texts = repeat(text)
        self._emotion, self._style = emotion, style
        self._example = None if shown is None else self._generator.example(shown)
        self._read(text)

    def __next__(self) -> Motion:
        text = next(self._texts)
        if text != self._said:
            self._read(text)
        if self._plan is None or self._at + CHUNK > len(self._plan) - OPEN * PATCH:
            with self._generator.threads():
                self._plan = self._next_plan()
        chunk = self._plan.slice(self._at, self._at + CHUNK)
        self._at += CHUNK
        self._tail = chunk
        return chunk

    def _read(self, text: str) -> None:
        """Understand a text; what was planned for the old one and not handed out is dropped."""
        self._request = Request.of(
            text,
            seconds=PLANNED * PATCH / FPS,
            posture=self._posture if self._tail is None else None,
            emotion=self._emotion,
            style=self._style,
            fingers=self._fingers,
            steps=self._steps,
        )
        with self._generator.threads():
            self._words = self._generator.words(self._request.text)
        self._said, self._fresh = text, True
        self._remember()

    def _remember(self) -> None:
        played = self._tokens[: self._at // PATCH]
        self._past = torch.cat([self._past, played])[-REMEMBERED:]
        self._plan, self._tokens, self._at = None, self._generator.no_tokens(), 0

    def _next_plan(self) -> Motion:
        self._remember()
        seed = int(np.random.SeedSequence([self._seed, self._round]).generate_state(1)[0])
        count, passes = (FIRST, max(1, self._steps // 2)) if self._fresh else (PLANNED, self._steps)
        self._fresh = False
        request = replace(self._request, steps=passes)
        self._tokens = self._generator.window(
            self._words, request, self._past, count, seed, self._example, guidance=self._guidance
        )
        self._round += 1
        rows = self._generator.rows(torch.cat([self._past, self._tokens]), len(self._past))
        asked = replace(self._request, steps=self._steps)
        return finished(rows, self._tail, self._generator.provenance(asked, self._seed))
