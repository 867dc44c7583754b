"""``solve``: an interaction and two bodies become two motions that meet."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from digital_life.body.character import Character
from digital_life.momat.interactions.file import Contact, Interaction, Prop
from digital_life.momat.interactions.held import hold
from digital_life.momat.interactions.placement import moved, relative_stance, stance_centre
from digital_life.momat.interactions.report import Report, Window
from digital_life.momat.interactions.roles import ROLES, RoleName, refusal, role_clip
from digital_life.momat.interactions.shape import BodyShape, shape_of_character, shape_of_skeleton
from digital_life.momat.interactions.task import Task
from digital_life.momat.interactions.timing import Response, Timing, plan
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import MotionSearch
from digital_life.motion.fit import fit_motion
from digital_life.motion.foot_skate import plant_feet
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.resample import sample
from digital_life.motion.skeleton import Skeleton

MUCH_TALLER = 0.10
"""Metres between the shoulders of two people from which on they hold each other differently."""
_LONGER_WALK = 1.5
"""How much longer the base of a walk is made, for the one whose legs must go faster."""

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
    response: Response = "accept",
    library: MotionLibrary | None = None,
    search: MotionSearch | None = None,
) -> PairMotion:
    """Let ``a`` (active) and ``b`` (passive) do ``interaction``; some seconds on one core, deterministic.

    ``response`` is how the passive one answers: at once, not at all ("refuse"), or late (a delay in seconds). ``library``
    and ``search`` are for roles that play clips. A contact that two bodies cannot make is left out, and the report's
    ``notes`` say why.

    Raises:
        InputError: the response is unknown, or a role needs a library or a search.
    """
    from digital_life.momat.interactions.meet import meet

    began = time.process_time()
    shapes = (body_shape(a), body_shape(b))
    timing = plan(interaction, response)
    bases = _bases(interaction, shapes, timing, library, search)
    task = task_of(interaction, shapes, bases, timing)
    motions, report = meet(task)
    report = replace(report, seconds=time.process_time() - began)
    record = {"interaction": interaction.id, "response": response, **report.summary()}
    held = hold(task.props, shapes, motions, handover(report.windows))
    first, second = (
        replace(
            motion, provenance={**motion.provenance, **record, "role": role, "props": [one.record() for one in things]}
        )
        for motion, role, things in zip(motions, ROLES, held, strict=True)
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
        contacts_between(timing.contacts, shapes),
        props=props_of(interaction),
        gaze=(interaction.role("active").gaze, "own" if refused else interaction.role("passive").gaze),
    )


def contacts_between(contacts: Sequence[Contact], shapes: tuple[BodyShape, BodyShape]) -> tuple[Contact, ...]:
    """The contacts that fit two bodies of these heights."""
    difference = shapes[0].shoulder_height - shapes[1].shoulder_height
    case = "similar" if abs(difference) < MUCH_TALLER else "active_taller" if difference > 0 else "passive_taller"
    return tuple(contact for contact in contacts if contact.when in ("always", case))


def props_of(interaction: Interaction) -> tuple[Prop | None, Prop | None]:
    """The things in the hands of the active and of the passive one at the beginning: the first of the file."""
    given = [prop for prop in interaction.props if prop.passed_on]
    if given:
        return given[0], None
    return (interaction.props[0], interaction.props[0]) if interaction.props else (None, None)


def handover(windows: Sequence[Window]) -> float | None:
    """Seconds at which a thing that is passed on changes hands: in the middle of the touch; None where nobody takes it."""
    taken = [window for window in windows if "held_far" in (window.active, window.passive)]
    return (taken[0].start + taken[0].stop) / 2.0 if taken else None


def _bases(
    interaction: Interaction,
    shapes: tuple[BodyShape, BodyShape],
    timing: Timing,
    library: MotionLibrary | None,
    search: MotionSearch | None,
) -> tuple[Motion, Motion]:
    seconds = interaction.duration * (_LONGER_WALK if interaction.walking else 1.0)
    active, passive = (
        _fitted(interaction, name, role_clip(interaction, name, library, search, seconds).motion, shape.skeleton)
        for name, shape in zip(ROLES, shapes, strict=True)
    )
    if interaction.walking:
        active, passive = _in_step((active, passive), shapes, len(timing))
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


def _fitted(interaction: Interaction, role: RoleName, motion: Motion, skeleton: Skeleton) -> Motion:
    """A role on its body; where it steps, feet are planted again, for legs of other proportions slide."""
    fitted = fit_motion(motion, skeleton)
    return plant_feet(fitted, skeleton, fitted.contacts) if interaction.role(role).steps else fitted


def _in_step(motions: tuple[Motion, Motion], shapes: tuple[BodyShape, BodyShape], frames: int) -> tuple[Motion, Motion]:
    """Two walks of one speed: the longer legs go slower, the shorter ones faster."""
    ways = [
        np.linalg.norm(stance_centre(m, s.skeleton, len(m) - 1) - stance_centre(m, s.skeleton, 0))
        for m, s in zip(motions, shapes, strict=True)
    ]
    mean = (ways[0] + ways[1]) / 2.0
    first, second = (sample(m, np.arange(frames) * (mean / way)) for m, way in zip(motions, ways, strict=True))
    return first, second


def _declining(motion: Motion, timing: Timing) -> Motion:
    """The refusal from its frame on; before it the body waits at ease."""
    assert timing.refusal is not None
    return sample(motion, np.maximum(np.arange(len(timing)) - timing.refusal, 0).astype(np.float64))
