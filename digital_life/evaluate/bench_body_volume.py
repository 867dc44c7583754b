"""``digital-life bench body-volume``: what the pose correctives keep of the limbs' volume, over many bodies."""

from __future__ import annotations

from digital_life.body.identity import make_identity
from digital_life.evaluate.body_volume import MOTIONS, LimbVolumes
from digital_life.evaluate.table import Table
from digital_life.persona.appearance import Appearance

BODIES = (
    Appearance(),
    Appearance(age=22, gender=1, height_cm=158, build=0.0, muscle=0.2),
    Appearance(age=30, gender=0, height_cm=196, build=0.05),
    Appearance(age=45, gender=0, height_cm=178, build=1.0, muscle=0.2),
    Appearance(age=50, gender=1, height_cm=165, build=1.0, muscle=0.3),
    Appearance(age=28, gender=0, height_cm=185, build=0.6, muscle=1.0),
    Appearance(age=27, gender=1, height_cm=172, build=0.5, muscle=0.9),
    Appearance(age=6, gender=0.5, height_cm=115),
    Appearance(age=10, gender=1, height_cm=138, build=0.8),
    Appearance(age=14, gender=0, height_cm=160, build=0.2),
    Appearance(age=85, gender=1, height_cm=152, build=0.3, muscle=0.1),
    Appearance(age=80, gender=0, height_cm=170, build=0.8, muscle=0.2),
)
"""The default body first; thin and heavy, tall and short, strong, children and old people."""


def body_volume() -> Table:
    """Largest change of volume of every limb on its way through its range of motion."""
    measures = [LimbVolumes(make_identity(appearance)) for appearance in BODIES]
    rows = []
    for motion in MOTIONS:
        cells = [motion.limb, motion.name]
        for corrected in (False, True):
            changes = [measure.change(motion, corrected=corrected) for measure in measures]
            cells += [f"{changes[0]:+.1%}", f"{max(changes, key=abs):+.1%}"]
        rows.append(cells)
    notes = (
        f"Volume of the skin about the joint, closed at both ends; the largest change over the motion. Default body, and "
        f"the worst of {len(BODIES)} bodies (thin, heavy, strong, 6 to 85 years).",
    )
    return Table(["limb", "motion", "plain", "plain, worst", "corrected", "corrected, worst"], rows, notes)
