"""``MotionGenerator``: a motion for a text, on the processor, in a few passes."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from digital_life.behaviour import Emotion
from digital_life.errors import InputError
from digital_life.mogen.autoencoder import PATCH
from digital_life.mogen.conditions import POSTURES, Conditions
from digital_life.mogen.flow import Guidance, sample
from digital_life.mogen.network import Context
from digital_life.mogen.representation import decode, encode
from digital_life.mogen.text import TextRows
from digital_life.mogen.weights import Weights, load_weights
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import canonical_skeleton

if TYPE_CHECKING:
    from digital_life.llm.embedding import Embedder

SHORTEST, LONGEST = 0.5, 60.0
"""Seconds that one call makes."""
WINDOW = 10.0
"""Seconds made in one go; longer motions continue themselves."""
MEMORY = 30
"""Frames of what was before that a continuation sees."""
LONGEST_TEXT = 600
SEAM = 0.4
"""Seconds over which a continuation takes over from what was before."""


class MotionGenerator:
    """Generates motions. The same call with the same weights gives the same frames."""

    def __init__(self, weights: Weights | Path, embedder: Embedder | None = None) -> None:
        """Use ``weights`` (or read their file); ``embedder`` defaults to the shared MiniLM.

        Raises:
            AssetError: the weights are missing, damaged or of another version.
        """
        self.weights = load_weights(weights) if isinstance(weights, Path) else weights
        self._embedder = embedder

    @property
    def embedder(self) -> Embedder:
        """The text encoder, loaded at first use."""
        if self._embedder is None:
            from digital_life.llm.embedding import shared_embedder

            self._embedder = shared_embedder()
        return self._embedder

    def generate(
        self,
        text: str,
        *,
        seconds: float = 4.0,
        seed: int = 0,
        shown: Motion | None = None,
        before: Motion | None = None,
        target: Motion | None = None,
        posture: str | None = None,
        posture_end: str | None = None,
        emotion: Emotion | None = None,
        fingers: bool = True,
        steps: int = 6,
        guidance: Guidance | None = None,
    ) -> Motion:
        """A motion on the canonical skeleton that does what ``text`` says.

        Args:
            text: an act, such as "a person waves with the left hand".
            seconds: how long it lasts; more than ten seconds continue themselves.
            seed: another seed gives another motion.
            shown: a retrieved motion that the new one may resemble.
            before: what the body did until now; the result continues from its last frame, in place and direction.
            target: a pose, or a few frames, in which the motion ends.
            posture: "standing", "seated" or "floor" at the beginning; ``posture_end`` at the end.
            emotion: how it is done.
            fingers: whether the hands are to move.
            steps: passes of the network; fewer are faster.
            guidance: how strongly text and shown motion are followed.

        Raises:
            InputError: the text is empty, a number is out of range, or a posture is unknown.
        """
        text = _readable(text)
        asked = Conditions(seconds, posture, posture_end, emotion, fingers)
        _check(asked, steps)
        words = self._words(text)
        tokens = round(seconds * FPS / PATCH)
        made: list[Tensor] = []
        known = self._tokens(before.slice(max(0, len(before) - MEMORY), len(before))) if before is not None else None
        example = self._tokens(shown) if shown is not None and len(shown) >= PATCH else None
        end = self._tokens(_held(target)) if target is not None else None
        window = round(WINDOW * FPS / PATCH)
        while len(made) == 0 or sum(len(part) for part in made) < tokens:
            left = tokens - sum(len(part) for part in made)
            prefix = known if known is not None else torch.zeros(0, self.weights.codec.size.latent)
            count = min(left, window - len(prefix))
            last = end if count == left else None
            part = self._window(words, asked, prefix, count, last, example, seed + 7919 * len(made), steps, guidance)
            made.append(part)
            known = torch.cat([prefix, part])[-MEMORY // PATCH :]
        rows = self._rows(torch.cat(made), before)
        return _motion(rows, before, text, seed, steps)

    def _words(self, text: str) -> tuple[Tensor, Tensor]:
        rows = TextRows.of([text], self.embedder)
        length = int(rows.lengths[0])
        return torch.from_numpy(rows.tokens[:, :length].astype(np.float32)), torch.ones(1, length, dtype=torch.bool)

    @torch.inference_mode()
    def _tokens(self, motion: Motion) -> Tensor:
        """Normalised tokens [N, latent] of the frames of a motion, the oldest left out where five do not divide them."""
        frames = len(motion) // PATCH * PATCH
        rows = torch.from_numpy(encode(motion)[len(motion) - frames :])[None]
        network = self.weights.network
        return ((self.weights.codec.encode(rows)[0] - network.token_mean) / network.token_scale)[0]

    def _window(
        self,
        words: tuple[Tensor, Tensor],
        asked: Conditions,
        prefix: Tensor,
        count: int,
        end: Tensor | None,
        example: Tensor | None,
        seed: int,
        steps: int,
        guidance: Guidance | None,
    ) -> Tensor:
        """``count`` new tokens after ``prefix``."""
        size, total = self.weights.codec.size.latent, len(prefix) + count
        known, mask = torch.zeros(1, total, size), torch.zeros(1, total, 1)
        known[0, : len(prefix)], mask[0, : len(prefix)] = prefix, 1.0
        if end is not None:
            known[0, total - len(end) :], mask[0, total - len(end) :] = end, 1.0
        row = replace(asked, seconds=total * PATCH / FPS, posture=asked.posture if not len(prefix) else None).row()
        shown = example[None] if example is not None else torch.zeros(1, 1, size)
        context = Context(
            text=words[0],
            text_mask=words[1],
            sample=shown,
            sample_mask=torch.full(shown.shape[:2], example is not None),
            known=known,
            known_mask=mask,
            conditions=torch.from_numpy(row)[None],
            mask=torch.ones(1, total, dtype=torch.bool),
        )
        noise = torch.randn(1, total, size, generator=torch.Generator().manual_seed(seed))
        return sample(self.weights.network, context, noise, steps=steps, guidance=guidance)[0, len(prefix) :]

    @torch.inference_mode()
    def _rows(self, tokens: Tensor, before: Motion | None) -> Tensor:
        """Rows [T, 320]; decoded together with the end of what was before, so that no edge is felt there."""
        network, codec = self.weights.network, self.weights.codec
        past = torch.zeros(0, tokens.shape[1])
        if before is not None:
            past = self._tokens(before.slice(max(0, len(before) - MEMORY), len(before)))
        every = torch.cat([past, tokens])[None] * network.token_scale + network.token_mean
        return codec.decode(every)[0, len(past) * PATCH :]


def _motion(rows: Tensor, before: Motion | None, text: str, seed: int, steps: int) -> Motion:
    """Rows as a motion with clean feet, which goes on where ``before`` ends."""
    from digital_life.motion.blend import blend_positions, blend_rotations
    from digital_life.motion.foot_skate import plant_feet

    provenance = {"generated": text, "seed": seed, "steps": steps, "model": "mogen"}
    values = rows.numpy().astype(np.float64)
    if before is None:
        motion = replace(decode(values), provenance=provenance)
        return plant_feet(motion, contacts=motion.contacts)
    last = before.translation[-1] + canonical_skeleton().rest_joints[0]
    facing = float(quat.heading(before.rotations[-1, 0].astype(np.float64)))
    onwards = decode(np.concatenate([values[:1], values]), start=(float(last[0]), float(last[2]), facing))
    onwards = plant_feet(
        onwards.slice(1, len(onwards)), contacts=onwards.contacts[1:] if onwards.contacts is not None else None
    )
    tail = before.slice(max(0, len(before) - 2), len(before))
    rotations, places = (np.asarray(part, np.float64) for part in (tail.rotations, tail.translation))
    if len(tail) < 2:
        rotations, places = np.repeat(rotations, 2, axis=0), np.repeat(places, 2, axis=0)
    return replace(
        onwards,
        rotations=blend_rotations(onwards.rotations.astype(np.float64), rotations, SEAM).astype(np.float32),
        translation=blend_positions(onwards.translation.astype(np.float64), places, SEAM).astype(np.float32),
        provenance=provenance,
    )


def _readable(text: str) -> str:
    """The text as the network can read it: one line, English, not endless."""
    from digital_life.momat.chinese import is_chinese, motion_glossary

    text = " ".join(text.split())
    if not text:
        raise InputError("there is no text to generate a motion for", 'say an act, such as "a person waves"')
    if len(text) > LONGEST_TEXT:
        warnings.warn(f"only the first {LONGEST_TEXT} of {len(text)} characters are used", stacklevel=3)
        text = text[:LONGEST_TEXT]
    return motion_glossary().read(text).english if is_chinese(text) else text


def _check(asked: Conditions, steps: int) -> None:
    if not SHORTEST <= asked.seconds <= LONGEST:
        raise InputError(f"a motion of {asked.seconds} seconds", f"ask for {SHORTEST} to {LONGEST:.0f} seconds")
    for posture in (asked.posture, asked.posture_end):
        if posture is not None and posture not in POSTURES:
            raise InputError(f"unknown posture '{posture}'", f"take one of: {', '.join(POSTURES)}")
    if not 1 <= steps <= 100:
        raise InputError(f"{steps} steps", "ask for 1 to 100 passes; 4 to 8 are usual")


def _held(target: Motion) -> Motion:
    """At least one token of frames of the pose or frames in which a motion is to end."""
    if len(target) >= PATCH:
        return target.slice(0, len(target) // PATCH * PATCH)
    repeat = [*range(len(target)), *[len(target) - 1] * (PATCH - len(target))]
    return replace(
        target,
        translation=target.translation[repeat],
        rotations=target.rotations[repeat],
        face=None if target.face is None else target.face[repeat],
        contacts=None if target.contacts is None else target.contacts[repeat],
    )
