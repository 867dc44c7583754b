"""``Matcher``: the right clip for an act in words, entered at the frame that joins best with what the body does now.

Two stages, as in Story-to-Motion (arXiv 2311.07446): sentence similarity proposes clips, clips that move unlike the
others are dropped, and motion-matching features decide among the rest; of those that do about equally well one is
drawn, so that the same words do not always look the same.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, get_args

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.momat.clip import Clip, Posture
from digital_life.momat.counting import as_often, stepped, with_what_is_missing
from digital_life.momat.deciding import Match, decide
from digital_life.momat.feature_table import FeatureTable
from digital_life.momat.features import COLUMNS, frame_features
from digital_life.momat.joining import Now
from digital_life.momat.library import user_database
from digital_life.momat.manifest import NAME as MANIFEST
from digital_life.momat.search import Hit, MotionSearch
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import canonical_skeleton

Rows = NDArray[np.float32]
Options = ParamSpec("Options")

PROPOSALS = 48
"""Clips at most that pass the semantic stage."""


class Matcher:
    """Chooses clips of the library that a search searches. Deterministic: the same call gives the same match."""

    def __init__(self, search: MotionSearch, table: FeatureTable | None = None) -> None:
        """``table`` holds the features of the search's library; made when it is first needed otherwise."""
        self.search = search
        self._table = table

    @staticmethod
    def default() -> Matcher:
        """A matcher over the default motion library.

        Raises:
            AssetError: the library or the sentence model is missing.
        """
        from digital_life.llm.embedding import shared_embedder
        from digital_life.momat.library import MotionLibrary

        return Matcher(MotionSearch(MotionLibrary.default(), shared_embedder()))

    @cached_property
    def table(self) -> FeatureTable:
        """Features of all clips; kept on disk for a library that has a key."""
        library = self.search.library
        return self._table or FeatureTable.of(library.clips, key=library.key)

    def match(
        self,
        text: str,
        *,
        posture: str | None = None,
        duration: float | None = None,
        style: str | None = None,
        hand: str | None = None,
        avoid: Collection[str] = (),
        recent: Collection[str] = (),
        seed: int = 0,
        pose: Motion | Rows | None = None,
        path: NDArray[np.floating[Any]] | None = None,
        k: int = PROPOSALS,
    ) -> Match:
        """The clip that does what ``text`` says (English or Chinese), and from where to where to play it.

        Args:
            text: an act, such as "waves with the left hand".
            posture: "standing", "seated" or "floor" leaves out clips that need another one, "any" none. Not given, it is
                "standing" where ``pose`` stands upright.
            duration: seconds that it should last.
            style: a manner, such as "angry"; where no clip has it, the reason says so.
            hand: "left", "right", "both" or "either" (overrules the text).
            avoid: ids of clips that must not be taken, or acts in words, which count against clips that do them.
            recent: ids of clips that were played lately; they come after equally good ones.
            seed: which of equally good clips is drawn.
            pose: what the body does now: a motion on the canonical skeleton whose last frame is now (two frames tell
                velocities), or its features [COLUMNS]. Without it the clip is entered at its beginning.
            path: [T, 2] where the body is to be in each of the next T frames: (x, z) metres in its own ground frame
                (+Z ahead, +X left).
            k: how many clips the semantic stage proposes at most.

        Returns:
            A match; its ``clip`` is None where no clip of the library means what the words say.

        Raises:
            InputError: ``text`` is empty; an option is not one of the above, not positive, or of a wrong shape.
        """
        _check(text, posture, duration, seed, k)
        avoid = (avoid,) if isinstance(avoid, str) else avoid
        now = self._now(pose, path)
        if posture is None and now.stands:
            posture = "standing"
        needed = None if posture == "any" else posture
        hits = self.search.search(text, k=k, posture=needed, style=style, hand=hand, avoid=avoid)
        hits = [hit for hit in hits if hit.clip.id not in avoid]
        match = self.decide(text, hits, duration=duration, recent=recent, seed=seed, now=now)
        if needed in (None, "standing"):
            match = stepped(match, text, self.search.library)
        if style and match.clip is not None and not _has_style(match.clip, style):
            return replace(match, reason=f"{match.reason}; no clip that fits better is known to be '{style}'")
        return match

    def decide(
        self,
        text: str,
        hits: Sequence[Hit],
        *,
        duration: float | None = None,
        recent: Collection[str] = (),
        seed: int = 0,
        now: Now | None = None,
    ) -> Match:
        """The kinematic stage alone (see :func:`digital_life.momat.deciding.decide`), as often as ``text`` says."""
        match = decide(self.table, text, hits, duration=duration, recent=recent, seed=seed, now=now)
        return with_what_is_missing(as_often(match, text, duration), text)

    def features_now(self, pose: Motion | Rows | None) -> Rows | None:
        """Features [COLUMNS] of what the body does in the last frame of ``pose``; features are handed through.

        Raises:
            InputError: features are of a wrong shape or not finite.
        """
        if isinstance(pose, Motion):
            last: Rows = frame_features(pose.slice(max(0, len(pose) - 2), len(pose)), canonical_skeleton())[-1]
            return last
        if pose is not None and (pose.shape != (COLUMNS,) or not np.isfinite(pose).all()):
            raise InputError(
                f"the pose has shape {pose.shape}", f"give a motion, or finite features of one frame [{COLUMNS}]"
            )
        return pose

    def _now(self, pose: Motion | Rows | None, path: NDArray[np.floating[Any]] | None) -> Now:
        return Now.of(self.features_now(pose), path)


def _has_style(clip: Clip, style: str) -> bool:
    """Whether a clip's marks or captions name a manner."""
    words = " ".join((clip.style, *clip.tags, *clip.captions, *clip.captions_zh)).lower()
    return style.lower() in words


def _check(text: str, posture: str | None, duration: float | None, seed: int, k: int) -> None:
    if not isinstance(text, str):
        raise InputError(f"an act of type {type(text).__name__}", 'say it in words, such as "waves with the left hand"')
    if not isinstance(seed, int) or seed < 0:
        raise InputError(f"a seed of {seed!r}", "give a whole number that is not negative")
    if duration is not None and not isinstance(duration, int | float):
        raise InputError(f"a duration of {duration!r}", "give a number of seconds")
    if posture is not None and posture not in get_args(Posture):
        raise InputError(f"unknown posture '{posture}'", f"take one of: {', '.join(get_args(Posture))}")
    if duration is not None and not 0.0 < duration < 3600.0:
        raise InputError(f"a duration of {duration} seconds", "give a positive number of seconds")
    if k < 1:
        raise InputError(f"{k} candidates are wanted", "ask for at least one")


@lru_cache(maxsize=1)
def _default(_content: tuple[str, int]) -> Matcher:
    return Matcher.default()


def _content() -> tuple[str, int]:
    """What the default library depends on besides the installation: the user's database and when it last changed."""
    manifest = user_database() / MANIFEST
    return str(manifest), manifest.stat().st_mtime_ns if manifest.is_file() else 0


def _over_default(method: Callable[Concatenate[Matcher, Options], Match]) -> Callable[Options, Match]:
    """``method`` of the matcher over the default motion library: the shipped clips and what the user added."""

    @wraps(method)
    def call(*arguments: Options.args, **options: Options.kwargs) -> Match:
        return method(_default(_content()), *arguments, **options)

    signature = inspect.signature(method)
    without_self = signature.replace(parameters=list(signature.parameters.values())[1:])
    call.__signature__ = without_self  # type: ignore[attr-defined]
    call.__qualname__ = method.__name__
    return call


match = _over_default(Matcher.match)
