"""What a body does while nothing else is asked of it: idle loops, each entered where it joins what was before.

A body that is at leisure also fidgets now and then: shifts its weight, stretches, scratches. Who listens does so in one of
several ways that suit what it feels: with interest, thoughtfully, sceptically or bored.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from digital_life.behaviour import Emotion
from digital_life.errors import AssetError
from digital_life.momat.clip import Clip
from digital_life.momat.deciding import decide
from digital_life.momat.feature_table import FeatureTable
from digital_life.momat.joining import Now
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import Hit
from digital_life.motion.motion import FPS
from digital_life.stage.actor import Actor, Rest
from digital_life.stage.choosing import pose_on_stage
from digital_life.stage.timeline import Timeline

IDLE_SECONDS = 11.0
"""How long one idle clip is played before another one takes over."""

FIDGETS = 0.5
"""Chance that a body at leisure fidgets after an idle loop."""

QUIET_HANDS = 0.08
"""Metres per second that hands sway at most between the gestures of somebody who talks, so that they are seen to rest."""

DISPLEASED, SLEEPY, FIRM = 4.0, 3.0, 5.0
"""Somebody of no more pleasure than the first (1 to 9) listens bored up to the second in arousal, sceptically from the third
on in dominance."""
_UNWILLING = frozenset({"bored", "sceptical"})
"""Tags of ways to listen that only a displeased listener has."""

Idles = Mapping[str, Mapping[bool, Sequence[Clip]]]


@dataclass(frozen=True)
class Resting:
    """Idle loops by posture and by whether the actor listens; ``seed`` decides which of equally good ones is played."""

    idles: Idles
    fidgets: Mapping[str, Sequence[Clip]]
    """By posture: clips that begin and end at ease, played once."""
    seed: int

    @cached_property
    def _table(self) -> FeatureTable:
        """Features of the idle loops: few, so that they are measured when they are first needed."""
        every = [clip for moods in self.idles.values() for clips in moods.values() for clip in clips]
        return FeatureTable.of({clip.id: clip for clip in every}.values())

    def at(
        self, actor: Actor, timeline: Timeline, now: int, *, listening: bool, leisure: bool = False
    ) -> tuple[Clip, Rest]:
        """The clip for an actor who idles from frame ``now`` of the scene on, and how it stands with it.

        It goes on with the one it was in when nothing came between and it has not lasted too long. At ``leisure`` it may
        fidget after that.
        """
        loops = self.idles[actor.posture][listening]
        if listening:
            loops = in_mood(loops, actor.mood)
        elif not leisure:
            loops = [clip for clip in loops if _sway(clip) <= QUIET_HANDS] or loops
        breaks = self.fidgets[actor.posture] if leisure else ()
        rest = actor.rest
        if rest is not None and rest.due == now:
            on = {clip.id: clip for clip in (*loops, *breaks)}
            if rest.left > 0 and rest.clip in on:
                return on[rest.clip], rest
            if breaks and any(clip.id == rest.clip for clip in loops):
                rng = np.random.default_rng([zlib.crc32(actor.name.encode()), self.seed, now])
                if rng.random() < FIDGETS:
                    clip = breaks[int(rng.integers(len(breaks)))]
                    return clip, Rest(clip.id, 0, clip.frames, now, "fidgets for a while")
        return self._begin(actor, timeline, now, loops, listening)

    def _begin(
        self, actor: Actor, timeline: Timeline, now: int, pool: Sequence[Clip], listening: bool
    ) -> tuple[Clip, Rest]:
        what = f"{actor.name} {'listens' if listening else 'is at ease'}, {actor.posture}"
        seed = zlib.crc32(f"{actor.name}/{self.seed}/{now}".encode())
        pose = pose_on_stage(actor, timeline)
        if listening:
            pool = [_drawn(pool, actor, seed)]
        match = decide(
            self._table,
            what,
            [Hit(clip, 1.0, clip.captions[0] if clip.captions else clip.id) for clip in pool],
            recent=[actor.rest.clip] if actor.rest is not None else (),
            seed=seed,
            now=Now(pose),
            tolerance=0.0,
        )
        assert match.clip is not None
        start = match.start if pose is not None else seed % match.clip.frames
        return match.clip, Rest(match.clip.id, start, round(IDLE_SECONDS * FPS), now, match.reason)


def _sway(clip: Clip) -> float:
    """Speed (m/s) of the faster hand at its fastest."""
    return max(clip.kinematics.get(f"{side}_hand_speed_max", 0.0) for side in ("left", "right"))


def _drawn(pool: Sequence[Clip], actor: Actor, seed: int) -> Clip:
    """Any of them but the one that was played last, each as likely: ways to listen differ too much to take the nearest."""
    others = [clip for clip in pool if actor.rest is None or clip.id != actor.rest.clip] or pool
    return others[int(np.random.default_rng(seed).integers(len(others)))]


def in_mood(loops: Sequence[Clip], mood: Emotion) -> Sequence[Clip]:
    """The loops in which somebody who feels like that listens; all, where none suits."""
    shown = ""
    if mood.pleasure <= DISPLEASED:
        shown = "bored" if mood.arousal <= SLEEPY else "sceptical" if mood.dominance >= FIRM else ""
    suited = [clip for clip in loops if (shown in clip.tags if shown else not _UNWILLING & set(clip.tags))]
    return suited or loops


def fidgets(library: MotionLibrary, posture: str) -> list[Clip]:
    """Idle clips of that posture, with the tag "fidget", that begin and end at ease."""
    return [
        clip
        for clip in library.select(kind="idle", posture=posture, tag="fidget")
        if clip.loopable and clip.posture == posture
    ]


def idle_loops(library: MotionLibrary, posture: str) -> dict[bool, list[Clip]]:
    """Idle loops for a posture: for somebody who listens (True) and for anybody else.

    Raises:
        AssetError: there are none.
    """
    every = [clip for clip in library.select(kind="idle", posture=posture) if clip.loopable and clip.posture == posture]
    if not every:
        raise AssetError(
            f"the motion library has no {posture} idle loop", "add a clip of kind 'idle' with 'loop: true'"
        )
    listening = [clip for clip in every if "listen" in clip.tags or "listen" in clip.id]
    calm = [clip for clip in every if "neutral" in clip.tags or "calm" in clip.tags]
    return {False: calm or every, True: listening or calm or every}
