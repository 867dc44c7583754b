"""``solve``: an interaction and two bodies become two motions that meet."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from digital_life.body.character import Character
from digital_life.momat.interactions.file import Interaction, Prop
from digital_life.momat.interactions.placement import moved, relative_stance, stance_centre
from digital_life.momat.interactions.report import Report, Window, measure
from digital_life.momat.interactions.roles import refusal, role_clip
from digital_life.momat.interactions.shape import BodyShape, shape_of_character, shape_of_skeleton
from digital_life.momat.interactions.solver import Task, optimise
from digital_life.momat.interactions.timing import Response, Timing, plan
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import MotionSearch
from digital_life.motion.fit import fit_motion
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.resample import sample
from digital_life.motion.skeleton import Skeleton

Body = Skeleton | Character | BodyShape


@dataclass(frozen=True)
class PairMotion:
    """What two people do together, in one frame: the active one begins at the origin facing +Z.

    ``windows`` are the contacts as they were played (seconds from the first frame).
    """

    a: Motion
    b: Motion
    windows: tuple[Window, ...]
    report: Report

    def __len__(self) -> int:
        return len(self.a)


def body_shape(body: Body) -> BodyShape:
    """The shape of a body; a bare skeleton gets the default body's flesh."""
    if isinstance(body, BodyShape):
        return body
    return shape_of_character(body) if isinstance(body, Character) else shape_of_skeleton(body)


def solve(
    interaction: Interaction,
    a: Body,
    b: Body,
    *,
    seed: int = 0,
    response: Response = "accept",
    library: MotionLibrary | None = None,
    search: MotionSearch | None = None,
) -> PairMotion:
    """Let ``a`` (active) and ``b`` (passive) do ``interaction``; some seconds on one core, deterministic.

    ``response`` is how the passive one answers: at once, not at all ("refuse"), or late (a delay in seconds). ``library``
    and ``search`` are for roles that play clips; ``seed`` varies the tempo by a few per cent, 0 keeps it.

    Raises:
        InputError: the response is unknown, or a role needs a library or a search.
    """
    began = time.process_time()
    shapes = (body_shape(a), body_shape(b))
    timing = plan(interaction, response)
    bases = _bases(interaction, shapes, timing, library, search)
    task = task_of(interaction, shapes, bases, timing)
    motions = optimise(task)
    report = measure(task, motions, time.process_time() - began)
    record = {"interaction": interaction.id, "response": response, **report.summary()}
    first, second = (
        _recorded(motion, record, role) for motion, role in zip(motions, ("active", "passive"), strict=True)
    )
    return PairMotion(first, second, report.windows, report)


def task_of(
    interaction: Interaction, shapes: tuple[BodyShape, BodyShape], bases: tuple[Motion, Motion], timing: Timing
) -> Task:
    """The solver's task for base motions that are placed already."""
    refused = timing.refusal is not None
    return Task(
        shapes,
        bases,
        timing.contacts,
        props=props_of(interaction),
        gaze=(interaction.role("active").gaze, "own" if refused else interaction.role("passive").gaze),
    )


def props_of(interaction: Interaction) -> tuple[Prop | None, Prop | None]:
    """The things in the hands of the active and of the passive one at the beginning."""
    given = [prop for prop in interaction.props if prop.passed_on]
    if given:
        return given[0], None
    both = [*interaction.props, *interaction.props][:2] if interaction.props else [None, None]
    return both[0], both[1]


def _bases(
    interaction: Interaction,
    shapes: tuple[BodyShape, BodyShape],
    timing: Timing,
    library: MotionLibrary | None,
    search: MotionSearch | None,
) -> tuple[Motion, Motion]:
    active = fit_motion(role_clip(interaction, "active", library, search).motion, shapes[0].skeleton)
    passive = fit_motion(role_clip(interaction, "passive", library, search).motion, shapes[1].skeleton)
    start, stop = interaction.window
    meeting = round((start + stop) / 2.0 * FPS)
    place, turn = relative_stance(interaction.placement, *shapes)
    anchor = stance_centre(active, shapes[0].skeleton, min(meeting, len(active) - 1))
    other = stance_centre(passive, shapes[1].skeleton, min(meeting, len(passive) - 1))
    first = sample(active, timing.active)
    if timing.refusal is None:
        second = sample(passive, timing.passive)
    else:
        second = _declining(fit_motion(refusal(), shapes[1].skeleton), timing)
    return first, moved(second, shapes[1].skeleton, other, anchor + place, turn)


def _declining(motion: Motion, timing: Timing) -> Motion:
    """The refusal from its frame on; before it the body waits at ease."""
    assert timing.refusal is not None
    return sample(motion, np.maximum(np.arange(len(timing)) - timing.refusal, 0).astype(np.float64))


def _recorded(motion: Motion, record: dict[str, Any], role: str) -> Motion:
    return replace(motion, provenance={**motion.provenance, **record, "role": role})
