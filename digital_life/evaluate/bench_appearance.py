"""How sound, how different and how fast random persons are: bodies at rest, clothes over fifty poses."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy.spatial.distance import pdist

from digital_life.body.appearance import fresh_character
from digital_life.body.character import Character
from digital_life.body.identity import Identity, make_identity
from digital_life.body.kept_characters import kept_character
from digital_life.evaluate.benchmarks import Row
from digital_life.evaluate.cloth_penetration import ClothProbe
from digital_life.evaluate.everyday_poses import everyday_poses
from digital_life.evaluate.mesh_soundness import Soundness, soundness
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton
from digital_life.persona.appearance import Appearance
from digital_life.persona.random_appearance import random_appearance

PERSONAS, DRESSED = 200, 40
"""How many bodies are measured, and how many of these people with their clothes in every pose, which takes ten seconds
each, unless told otherwise."""
VISIBLE = 0.002
"""Metres from which cloth that is pierced is counted; less drowns in the thickness of hems."""


@dataclass
class Findings:
    """What was measured over all personas."""

    identity_seconds: list[float] = field(default_factory=list)
    """Seconds of processor, as the two below: other programs on the machine do not count."""
    dressed_seconds: list[float] = field(default_factory=list)
    kept_seconds: list[float] = field(default_factory=list)
    height_errors: list[float] = field(default_factory=list)
    sound: list[Soundness] = field(default_factory=list)
    faces: list[NDArray[np.float64]] = field(default_factory=list)
    looked_at: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    pierced: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    deepest: dict[str, tuple[float, int, str]] = field(default_factory=dict)
    """By pair of layers: metres, seed and pose."""
    clean: int = 0
    """Personas times poses in which nothing is pierced."""
    tried: int = 0


def appearance(personas: int = PERSONAS, dressed: int = DRESSED) -> list[Row]:
    """Random personas 0 .. ``personas`` - 1, of all ages; the first ``dressed`` of them in everyday poses with their clothes."""
    make_identity(random_appearance(0))
    everyday_poses()
    findings = Findings()
    for seed in track(range(personas), "Looking at random people", transient=True):
        examine(seed, findings, dressed=seed < dressed)
    return _rows(findings)


def examine(seed: int, findings: Findings, *, dressed: bool = True) -> None:
    """Measure one persona, and its clothes if it is to be ``dressed``, and add what was found to ``findings``."""
    wanted = random_appearance(seed)
    start = time.process_time()
    identity = make_identity(wanted)
    findings.identity_seconds.append(time.process_time() - start)
    if wanted.height_cm is not None:
        findings.height_errors.append(abs(100 * identity.height - wanted.height_cm))
    findings.faces.append(_face(identity))
    if dressed:
        start = time.process_time()
        character = fresh_character(str(seed), wanted)
        findings.dressed_seconds.append(time.process_time() - start)
        findings.kept_seconds.append(_reading(wanted, character))
        _examine_clothes(seed, character, findings)
    else:
        character = Character(str(seed), Skeleton(identity.joints, identity.floor), ())
    findings.sound.append(soundness(identity, character))


def _reading(wanted: Appearance, character: Character) -> float:
    """Seconds that it takes to read a character back from where it is kept."""
    with TemporaryDirectory() as folder:
        kept_character(wanted, lambda: character, Path(folder))
        start = time.process_time()
        kept_character(wanted, lambda: character, Path(folder))
        return time.process_time() - start


def _examine_clothes(seed: int, character: Character, findings: Findings) -> None:
    probe = ClothProbe(character)
    for name, rotations in everyday_poses():
        findings.tried += 1
        worst = 0.0
        for pair, depths in probe.seen(rotations, VISIBLE).items():
            findings.looked_at[pair] += len(depths)
            findings.pierced[pair] += int((depths > VISIBLE).sum())
            deepest = float(depths.max(initial=0.0))
            worst = max(worst, deepest)
            if deepest > findings.deepest.get(pair, (0.0, 0, ""))[0]:
                findings.deepest[pair] = (deepest, seed, name)
        findings.clean += worst <= VISIBLE


def _face(identity: Identity) -> NDArray[np.float64]:
    """The head [K * 3] in millimetres, seen from between the eyes at the size of a grown-up's."""
    left, right = (identity.joints[JOINT_INDEX[f"{side}_eye"]] for side in ("left", "right"))
    head = np.unique(identity.quads("body")[identity.mesh.head_quads])[::7]
    size = 0.064 / float(np.linalg.norm(left - right))
    return np.asarray(1000 * size * (identity.vertices[head] - (left + right) / 2), np.float64).ravel()


def _rows(findings: Findings) -> list[Row]:
    sound, count, outfits = findings.sound, len(findings.sound), len(findings.dressed_seconds)
    apart = pdist(np.array(findings.faces)) / np.sqrt(len(findings.faces[0]) / 3) if count > 1 else np.zeros(1)
    rows: list[Row] = [
        ("body of an identity, median", float(np.median(findings.identity_seconds)), "s"),
        ("body of an identity, slowest", max(findings.identity_seconds), "s"),
        ("dressed character, made anew, median", float(np.median(findings.dressed_seconds)), "s"),
        ("dressed character, kept on disk, median", float(np.median(findings.kept_seconds)), "s"),
        ("height against the wish, largest error", max(findings.height_errors, default=0.0), "cm"),
        ("turned-over triangles of the body, in all", float(sum(s.inverted for s in sound)), f"of {count} bodies"),
        ("spiky triangles of the body, in all", float(sum(s.spiky for s in sound)), f"of {count} bodies"),
        ("spikes of clothes, in all", float(sum(s.cloth_spikes for s in sound)), f"of {outfits} outfits"),
        ("limbs inside one another at rest, deepest", 1000 * max(s.overlap for s in sound), "mm"),
        ("two most alike heads, distance", float(apart.min()), "mm"),
        ("two heads, median distance", float(np.median(apart)), "mm"),
        (
            "persona and pose without a pierced point in sight",
            100 * findings.clean / findings.tried,
            f"% of {findings.tried}",
        ),
    ]
    for pair, looked in sorted(findings.looked_at.items()):
        deepest, seed, pose = findings.deepest.get(pair, (0.0, 0, "no pose"))
        rows.append((f"{pair}: covered points in sight, standing out", 100 * findings.pierced[pair] / looked, "%"))
        rows.append((f"{pair}: deepest (persona {seed}, {pose})", 1000 * deepest, "mm"))
    return rows
