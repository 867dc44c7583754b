"""What each role does before the bodies are made to meet: its keyframes, its clip, or what the search finds."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.momat.clip import Clip
from digital_life.momat.interactions.file import Interaction, Role
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import MotionSearch
from digital_life.motion.clip_file import ClipFile, Key, Step
from digital_life.motion.keyframes import compile_motion
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.resample import sample
from digital_life.motion.skeleton import canonical_skeleton

RoleName = Literal["active", "passive"]
ROLES: tuple[RoleName, RoleName] = ("active", "passive")
Indices = NDArray[np.intp]

REFUSAL = """
- {time: 0.35, pelvis: {forward: -3, lean: -3}, torso: {lean: -4, turn: -5}, head: {nod: -3, turn: 4}}
- {time: 0.75, ease: attack, pelvis: {forward: -7, lean: -5}, torso: {lean: -6, turn: -9}, head: {nod: 2, turn: 9, tilt: -3}, both_hands: {reach: [0.02, -0.80, 0.34], palm: in back*0.5, fingers: in down*0.5 forward*0.6, elbow: back out*0.5}, both_fingers: soft, shoulders: {up: 4}, weight: -0.5}
- {time: 1.05, head: {nod: 3, turn: -6}}
- {time: 1.35, head: {nod: 2, turn: 8}}
- {time: 1.65, head: {nod: 3, turn: -3}}
- {time: 2.6, pose: standing_relaxed}
"""
"""Leaning back, hands kept to oneself, a shake of the head."""
REFUSAL_SECONDS = 2.8
HELD_OFFER = 0.7
"""Seconds for which a hand stays offered to somebody who refuses."""


def role_clip(
    interaction: Interaction,
    name: RoleName,
    library: MotionLibrary | None = None,
    search: MotionSearch | None = None,
    seconds: float | None = None,
) -> Clip:
    """The base motion of a role as a clip on the canonical skeleton, as long as the interaction or ``seconds`` long.

    Roles that name a clip need ``library``, roles that search need ``search``.

    Raises:
        InputError: the role needs a library or a search that was not given, or nothing was found.
    """
    role = interaction.role(name)
    motion = (
        _keyframed(interaction, role)
        if role.keys
        else _from_library(interaction, role, name, seconds or interaction.duration, library, search)
    )
    return Clip.of(
        motion,
        id=f"{interaction.id}/{name}",
        captions=tuple(interaction.captions),
        captions_zh=tuple(interaction.captions_zh),
        kind="action",
        posture="any" if interaction.seated else "standing",
        sync={"stroke": interaction.window[0], "relax": interaction.window[1]},
    )


def _keyframed(interaction: Interaction, role: Role) -> Motion:
    return _compiled(interaction.id, interaction.duration, tuple(role.keys), tuple(role.steps))


@lru_cache(maxsize=128)
def _compiled(name: str, duration: float, keys: tuple[Key, ...], steps: tuple[Step, ...]) -> Motion:
    clip = ClipFile.model_construct(
        id=name, captions=[], captions_zh=[], kind="gesture", posture="standing", duration=duration,
        keys=list(keys), steps=list(steps),
    )  # fmt: skip
    return compile_motion(clip, canonical_skeleton())


def refusal() -> Motion:
    """Declining: the body leans back and keeps its hands, on the canonical skeleton."""
    import yaml

    keys = tuple(Key.model_validate(key) for key in yaml.safe_load(REFUSAL))
    return _compiled("refusal", REFUSAL_SECONDS, keys, ())


def _from_library(
    interaction: Interaction,
    role: Role,
    name: RoleName,
    seconds: float,
    library: MotionLibrary | None,
    search: MotionSearch | None,
) -> Motion:
    frames = round(seconds * FPS)
    if role.clip is not None:
        library = library or (search.library if search else None)
        if library is None:
            raise InputError(f"{interaction.id}: the {name} role plays a clip", "give solve() a library")
        clip = library[role.clip]
    else:
        if search is None:
            raise InputError(f"{interaction.id}: the {name} role is searched for", "give solve() a search")
        hits = search.search(str(role.search), k=1)
        if not hits:
            raise InputError(f"{interaction.id}: nothing fits '{role.search}'", "write other words, or 'keys'")
        clip = hits[0].clip
    if clip.loopable:
        return _looped(clip.motion, frames)
    first = round((clip.stroke - interaction.window[0]) * FPS)
    return sample(clip.motion, np.arange(frames) + float(first))


def _looped(motion: Motion, frames: int) -> Motion:
    """A loop played on and on: what it goes forward per round is added each time."""
    index = np.arange(frames)
    rounds, place = np.divmod(index, len(motion))
    step = motion.translation[-1] - motion.translation[0]
    speed = motion.translation[-1] - motion.translation[-2]
    advance = (step + speed) * np.array([1.0, 0.0, 1.0])
    looped = sample(motion, place.astype(np.float64))
    translation = looped.translation + rounds[:, None] * advance
    return Motion(translation.astype(np.float32), looped.rotations, provenance=dict(motion.provenance))
