"""``MotionGenerator``: a motion for a text, on the processor, in a few passes; or an endless one, half a second at a time."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from digital_life.behaviour import Emotion
from digital_life.errors import DigitalLifeError
from digital_life.mogen.autoencoder import PATCH
from digital_life.mogen.conditions import Conditions
from digital_life.mogen.flow import STEPS, Guidance, Network, sample
from digital_life.mogen.joining import finished
from digital_life.mogen.laterality import on_the_right_side
from digital_life.mogen.network import Context
from digital_life.mogen.onnx_network import OnnxNetwork
from digital_life.mogen.representation import encode
from digital_life.mogen.request import Request
from digital_life.mogen.text import TOKENS
from digital_life.mogen.threads import one_thread
from digital_life.mogen.weights import Weights, default_weights, load_weights
from digital_life.momat.wording import swap_sides
from digital_life.motion.mirror import mirror
from digital_life.motion.motion import FPS, Motion

if TYPE_CHECKING:
    from digital_life.llm.embedding import Embedder
    from digital_life.mogen.streaming import MotionStream

WINDOW = 10.0
"""Seconds made in one go; longer motions continue themselves."""
MEMORY = 30
"""Frames of what was before that a continuation sees."""
LONGEST_SHOWN = 300
"""Frames of a shown motion that are looked at."""
SIDE_TRIES = 5
"""How often a motion that acts on the wrong side is made anew, at most."""
SIDE_SEED = 104_729
"""Between the seeds of such tries."""


@dataclass(frozen=True)
class _Given:
    """Motions that a new one is made from: see :meth:`MotionGenerator.generate`."""

    shown: Motion | None
    before: Motion | None
    target: Motion | None

    @property
    def free(self) -> bool:
        """Whether the new motion may begin and end anywhere."""
        return self.before is None and self.target is None

    def mirrored(self) -> _Given:
        """Their mirror images."""
        return _Given(*(None if one is None else mirror(one) for one in (self.shown, self.before, self.target)))


class MotionGenerator:
    """Generates motions. The same call with the same weights gives the same frames."""

    def __init__(
        self, weights: Weights | Path, embedder: Embedder | None = None, *, network: OnnxNetwork | None = None
    ) -> None:
        """Use ``weights`` (or read their file); ``embedder`` defaults to the shared MiniLM.

        ``network`` evaluates them in another way than torch: see :mod:`digital_life.mogen.onnx_network`.

        Raises:
            AssetError: the weights are missing, damaged or of another version.
        """
        self.weights = load_weights(weights) if isinstance(weights, Path) else weights
        self._network: Network = network or self.weights.network
        self._decode = (network or self.weights).decode
        self._embedder = embedder

    @staticmethod
    def default(licence: str = "default", *, onnx: bool = True) -> MotionGenerator:
        """The generator with the shipped weights that a licence setting allows, loaded once.

        ONNX Runtime evaluates its networks, which are exported into the cache at their first use (about two seconds); with
        ``onnx`` false, or where it cannot be exported, torch does, slower and with the same numbers to 1e-3.

        Raises:
            AssetError: no weights are installed for it.
        """
        return _installed(default_weights(licence), onnx)

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
        style: str | None = None,
        fingers: bool = True,
        steps: int = STEPS,
        guidance: Guidance | None = None,
        report: Callable[[int, int], object] = lambda _done, _total: None,
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
            style: a manner of :data:`~digital_life.mogen.conditions.STYLES`, said in the text and felt as its emotion.
            fingers: whether the hands are to move.
            steps: passes of the network; fewer are faster.
            guidance: how strongly text, shown motion and conditions are followed; default as serves the weights best.
            report: is told (tokens made, in all).

        Raises:
            InputError: the text is empty, a number is out of range, or a posture or style is unknown.
        """
        request = Request.of(
            text,
            seconds=seconds,
            posture=posture,
            posture_end=posture_end,
            emotion=emotion,
            style=style,
            fingers=fingers,
            steps=steps,
        )
        with self.threads():
            return self._on_its_side(request, seconds, seed, _Given(shown, before, target), guidance, report)

    def _on_its_side(
        self,
        request: Request,
        seconds: float,
        seed: int,
        given: _Given,
        guidance: Guidance | None,
        report: Callable[[int, int], object],
    ) -> Motion:
        """The motion; where it acts on the other side than the text names, one that does not, if a few tries make one.

        Every second try is the mirror image of what is made of the mirrored request.
        """
        first = made = self._generated(request, seconds, seed, given, guidance, report)
        if guidance is not None and not guidance.text:
            return first
        for attempt in range(1, SIDE_TRIES + 1):
            if on_the_right_side(made, request.text) is not False:
                return replace(made, provenance=first.provenance)
            later = seed + SIDE_SEED * (attempt // 2)
            if attempt == 1 and given.free:
                made = mirror(first)
            elif attempt % 2:
                other = replace(request, text=swap_sides(request.text))
                made = mirror(self._generated(other, seconds, later, given.mirrored(), guidance, report))
            else:
                made = self._generated(request, seconds, later, given, guidance, report)
        return first if on_the_right_side(made, request.text) is False else replace(made, provenance=first.provenance)

    def _generated(
        self,
        request: Request,
        seconds: float,
        seed: int,
        given: _Given,
        guidance: Guidance | None,
        report: Callable[[int, int], object],
    ) -> Motion:
        words, total = self.words(request.text), round(seconds * FPS / PATCH)
        past = self.no_tokens() if given.before is None else self.tokens(given.before)
        example = None if given.shown is None else self.example(given.shown)
        end = None if given.target is None else self.tokens(_held(given.target))
        made = past
        while len(made) < len(past) + total:
            prefix = made[len(made) - min(len(made), MEMORY // PATCH) :]
            left = len(past) + total - len(made)
            count = min(left, round(WINDOW * FPS / PATCH) - len(prefix))
            part = self.window(
                words,
                request,
                prefix,
                count,
                seed + 7919 * len(made),
                example,
                end if count == left else None,
                guidance,
            )
            made = torch.cat([made, part])
            report(len(made) - len(past), total)
        return finished(self.rows(made, len(past)), given.before, self.provenance(request, seed))

    def provenance(self, request: Request, seed: int) -> dict[str, object]:
        """JSON for ``Motion.provenance``: what was asked of which weights, which may be used under ``licence``."""
        licence = self.weights.card.get("licence", "unknown")
        asked: dict[str, object] = {"generated": request.text, "seed": seed, "steps": request.steps}
        return {**asked, "model": "mogen", "licence": licence}

    def stream(
        self,
        text: str | Iterable[str],
        *,
        seed: int = 0,
        shown: Motion | None = None,
        before: Motion | None = None,
        posture: str | None = None,
        emotion: Emotion | None = None,
        style: str | None = None,
        fingers: bool = True,
        steps: int = STEPS,
        guidance: Guidance | None = None,
    ) -> MotionStream:
        """Chunks of half a second that join without a seam, without end; ``say`` of the stream changes what is done.

        An iterable of texts is asked for one before every chunk, and the stream ends with it. The other arguments are
        those of :meth:`generate`; the same texts and seed give the same frames, however fast they are drawn.

        Raises:
            InputError: as :meth:`generate`.
        """
        from digital_life.mogen.streaming import MotionStream

        return MotionStream(
            self,
            text,
            seed=seed,
            shown=shown,
            before=before,
            posture=posture,
            emotion=emotion,
            style=style,
            fingers=fingers,
            steps=steps,
            guidance=guidance,
        )

    def threads(self) -> AbstractContextManager[None]:
        """Inside, nothing waits on a core that the network needs."""
        return one_thread(torch_too=self._network is not self.weights.network)

    def words(self, text: str) -> Tensor:
        """What the network is told of a text, [1, W, 384]: states of its word pieces, of which the first 32 count."""
        states = self.embedder.encode_tokens([text])[0]
        if len(states) > TOKENS:
            warnings.warn(f"only the first {TOKENS} of {len(states)} word pieces of the text are read", stacklevel=3)
        if not len(states):
            states = np.zeros((1, states.shape[1]), np.float32)
        # The network was trained on states that were kept in half precision.
        return self.weights.read(torch.from_numpy(states[None, :TOKENS].astype(np.float16).astype(np.float32)))

    def no_tokens(self) -> Tensor:
        """[0, latent]"""
        return torch.zeros(0, self.weights.codec.size.latent)

    @torch.inference_mode()
    def tokens(self, motion: Motion, longest: int = MEMORY) -> Tensor:
        """Normalised tokens [N, latent] of the last ``longest`` frames, the oldest left out where five do not divide them."""
        frames = min(len(motion), longest) // PATCH * PATCH
        if not frames:
            return self.no_tokens()
        rows = torch.from_numpy(encode(motion.slice(len(motion) - frames, len(motion))))[None]
        network = self.weights.network
        return ((self.weights.codec.encode(rows)[0] - network.token_mean) / network.token_scale)[0]

    def example(self, shown: Motion) -> Tensor | None:
        """Tokens of a shown motion, None where it is too short to show anything."""
        return self.tokens(shown.slice(0, LONGEST_SHOWN), LONGEST_SHOWN) if len(shown) >= PATCH else None

    def window(
        self,
        words: Tensor,
        request: Request,
        prefix: Tensor,
        count: int,
        seed: int,
        example: Tensor | None = None,
        end: Tensor | None = None,
        guidance: Guidance | None = None,
    ) -> Tensor:
        """``count`` new tokens [count, latent] after ``prefix``, the last of them ``end`` where that is given."""
        size, total = self.weights.codec.size.latent, len(prefix) + count
        known, mask = torch.zeros(1, total, size), torch.zeros(1, total, 1)
        known[0, : len(prefix)], mask[0, : len(prefix)] = prefix, 1.0
        if end is not None:
            end = end[-count:]
            known[0, total - len(end) :], mask[0, total - len(end) :] = end, 1.0
        shown = torch.zeros(1, 1, size) if example is None else example[None]
        context = Context(
            text=words,
            text_mask=torch.ones(words.shape[:2], dtype=torch.bool),
            sample=shown,
            sample_mask=torch.full(shown.shape[:2], example is not None),
            known=known,
            known_mask=mask,
            conditions=torch.from_numpy(_of_window(request.conditions, total, begins=not len(prefix)).row())[None],
            mask=torch.ones(1, total, dtype=torch.bool),
        )
        noise = torch.randn(1, total, size, generator=torch.Generator().manual_seed(seed))
        guidance = guidance or self.weights.guidance
        return sample(self._network, context, noise, steps=request.steps, guidance=guidance)[0, len(prefix) :]

    @torch.inference_mode()
    def rows(self, tokens: Tensor, known: int = 0) -> NDArray[np.float32]:
        """Rows [T, 320] of normalised ``tokens`` [N, latent]; the first ``known`` tokens are only looked back at.

        Raises:
            DigitalLifeError: the networks gave values that are not finite.
        """
        rows = self._decode(tokens[None])[0, known * PATCH :].numpy()
        if not np.isfinite(rows).all():
            raise DigitalLifeError("the motion generator gave values that are not finite", "its weights are unusable")
        return rows


def _of_window(asked: Conditions, tokens: int, *, begins: bool) -> Conditions:
    """What holds for one window: its own length, and no posture at the beginning where frames say it."""
    return replace(asked, seconds=tokens * PATCH / FPS, posture=asked.posture if begins else None)


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


@cache
def _installed(path: Path, onnx: bool) -> MotionGenerator:
    weights = load_weights(path)
    return MotionGenerator(weights, network=_exported(weights) if onnx else None)


def _exported(weights: Weights) -> OnnxNetwork | None:
    try:
        return OnnxNetwork.of(weights)
    except (DigitalLifeError, ImportError) as error:
        warnings.warn(f"motions are generated by torch, which is slower: {error}", stacklevel=4)
        return None
