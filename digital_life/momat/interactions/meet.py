"""``meet``: the solver's best for a task, and less where that would not be clean: a contact left out is better than a
limb that goes through somebody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from digital_life.momat.interactions.file import Contact
from digital_life.momat.interactions.measure import measure
from digital_life.momat.interactions.report import Report
from digital_life.momat.interactions.solver import optimise
from digital_life.momat.interactions.task import Task
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import Motion

TOUCH = 0.020
"""Metres of contact error up to which places touch."""
DEPTH = 0.010
"""Metres that body models may be in each other."""

BALANCE = 0.25
"""Metres that the mass may go out of its base motion; farther, somebody would fall."""

Motions = tuple[Motion, Motion]


def meet(task: Task) -> tuple[Motions, Report]:
    """Both motions and how well they meet; what had to be left out, and why, is in the report's notes.

    Where a contact is missed or bodies are in each other after the solver's feasibility rounds, the contact to blame is
    left out and the rest is solved again; at last the act is done without touching, or both keep still.
    """
    notes: list[str] = []
    while True:
        motions = optimise(task)
        report = measure(task, motions)
        if is_clean(report):
            break
        if not task.contacts:
            notes.append(f"both keep still: the bodies would be {_trouble(report)}")
            task = replace(task, bases=(_still(task.bases[0]), _still(task.bases[1])))
            motions = task.bases
            report = measure(task, motions)
            break
        dropped = _to_blame(task, report)
        notes.append(
            f"{dropped.active} does not touch {dropped.passive.replace('_', ' ')}: with it the bodies "
            f"would be {_trouble(report)}"
        )
        task = replace(task, contacts=tuple(contact for contact in task.contacts if contact is not dropped))
    return motions, replace(report, notes=tuple(notes))


def is_clean(report: Report) -> bool:
    """Whether every contact is made nobody is in anybody, and all stay on their feet."""
    return report.contact_error <= TOUCH and report.penetration <= DEPTH and report.sway <= BALANCE


def _to_blame(task: Task, report: Report) -> Contact:
    """The contact that misses most; where all are made, one of an arm that is in the other body, else the last."""
    errors = [window.max_error for window in report.windows]
    worst = int(np.argmax(errors))
    if errors[worst] > TOUCH:
        return task.contacts[worst]
    for contact in reversed(task.contacts):
        for pair in report.penetrating:
            if any(
                _one_arm(name, end)
                for name, end in zip((contact.active, contact.passive), pair.split("-"), strict=True)
            ):
                return contact
    return task.contacts[-1]


def _one_arm(site: str, capsule: str) -> bool:
    """Whether a capsule is of the arm whose hand is the site."""
    side, _, part = site.partition("_")
    return capsule.startswith(side) and part in ("palm", "fingertips", "knuckles", "fingers")


def _trouble(report: Report) -> str:
    if report.penetration > DEPTH:
        where = report.penetrating[0].replace("_", " ") if report.penetrating else "trunk"
        return f"{1000 * report.penetration:.0f} mm in each other ({where})"
    if report.sway > BALANCE:
        return f"{100 * report.sway:.0f} cm out of balance"
    return f"{1000 * report.contact_error:.0f} mm apart"


def _still(motion: Motion) -> Motion:
    """The first pose, going over slowly into the last one."""
    share = np.linspace(0.0, 1.0, len(motion))
    share = share * share * (3.0 - 2.0 * share)
    first, last = (motion.rotations[[end]].astype(np.float64).repeat(len(motion), axis=0) for end in (0, -1))
    translation = motion.translation[0] + share[:, None] * (motion.translation[-1] - motion.translation[0])
    rotations = quat.slerp(first, last, share[:, None])
    return replace(motion, rotations=rotations.astype(np.float32), translation=translation.astype(np.float32))
