"""A run for other programs: what each character does from beginning to end, as one animation file each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from digital_life.body.glb import read_skeleton
from digital_life.errors import InputError, storage_error
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.formats.export import Form, suffix, write_as
from digital_life.motion.formats.gltf_animation import animate_glb
from digital_life.motion.motion import FPS, Motion
from digital_life.society.run_folder import RunFolder, file_stem
from digital_life.stage.performance import Performance
from digital_life.whole_file import refuse_existing

Report = Callable[[int, int], None]


def export_run(
    folder: RunFolder, form: Form, out: Path, *, force: bool = False, report: Report = lambda _done, _total: None
) -> list[Path]:
    """Write one file for each character that performs into the folder ``out``; returns their paths.

    A ``glb`` is the dressed character with its whole performance as an animation, face and all; the other formats hold
    the movement, on that character's own skeleton.

    Raises:
        InputError: nobody has performed yet, or a file is there already and ``force`` is not given.
        StorageError: a file of the run is damaged, or ``out`` cannot be written.
    """
    rows = folder.record.performances()
    names = sorted({row.character for row in rows})
    if not names:
        raise InputError(f"{folder.root}: nobody has performed in this run yet", "play it to its end first")
    paths = {name: out / f"{file_stem(name)}{suffix(form)}" for name in names}
    for path in paths.values():
        refuse_existing(path, force)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, out, "making the folder of the export") from error
    for done, (name, path) in enumerate(paths.items()):
        report(done, len(names))
        motion = whole_motion([folder.performance(row) for row in rows if row.character == name])
        motion = replace(motion, provenance={"run": folder.scene.title, "character": name})
        body = folder.glb(name)
        skeleton = read_skeleton(body)
        if form == "glb":
            animate_glb(body, motion, path, skeleton)
        else:
            write_as(form, motion, path, skeleton)
    report(len(names), len(names))
    return list(paths.values())


def whole_motion(performances: list[Performance]) -> Motion:
    """One character's performances as one motion from second 0 of the scene clock, 30 frames per second.

    Between performances the character holds the last pose, before the first one the first.
    """
    ordered = sorted(performances, key=lambda performance: performance.start)
    frames = max(round(p.start * FPS) + len(p.motion) for p in ordered)
    first = ordered[0].motion
    translation = np.repeat(first.translation[:1], frames, axis=0)
    rotations = np.repeat(first.rotations[:1], frames, axis=0)
    face = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
    for performance in ordered:
        motion, start = performance.motion, round(performance.start * FPS)
        stop = start + len(motion)
        for track, values in ((translation, motion.translation), (rotations, motion.rotations), (face, motion.face)):
            if values is not None and len(motion):
                track[start:stop] = values
                track[stop:] = values[-1]
    return Motion(translation, rotations, face)
