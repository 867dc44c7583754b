"""What the stage really plays: personas talk and act offline, and every seam of their performances is measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from digital_life.behaviour import Behaviour
from digital_life.evaluate.benchmarks import Row
from digital_life.evaluate.seams import FINGERS, LEGS, lowest_sole, skating
from digital_life.momat.feet import ahead_poles, knee_poles, sink_to_reach, solve_legs
from digital_life.momat.inertia import ALLOWED, SLOWEST, Limits, acceleration
from digital_life.motion.body_parts import TRUNK
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX
from digital_life.stage.actor import Actor
from digital_life.stage.embodiment import Part
from digital_life.stage.performance import Performance
from digital_life.stage.placing import clip_body
from digital_life.stage.stage import Stage
from digital_life.stage.timeline import Segment

Array = NDArray[np.float64]

CASTS = (
    (("mira", "window"), ("dariush", "sofa")),
    (("emeka", "table"), ("hana", "desk")),
    (("ingrid", "sofa"), ("zeca", "sofa")),
)
SEEDS = (1, 2)
ROUNDS = 3
"""Turns of each of the two."""
ACTS = (
    ("jumps for joy", "", "Look at that!"),
    ("", "sofa", "Let us sit down."),
    ("shrugs, then laughs", "", "I do not know at all, and I do not mind."),
    ("recoils in surprise", "window", "What was that noise?"),
    ("bows", "", "Thank you for the evening."),
)
"""Motion, place and words of acts that offline minds seldom choose: with the whole body, sitting down, in a row."""
GAZE_AND_FACE = [JOINT_INDEX[name] for name in ("left_eye", "right_eye", "jaw")]
"""Joints that no clip moves on stage."""
TURNED_BY_GAZE = list(TRUNK)
LONGEST_WINDOW = round(SLOWEST * FPS) + 2
BEFORE_SEAM = 3
SKATE, DEPTH = 0.02, 0.01
WITHIN = 1.005
"""Share of its limit up to which a joint is within it: performances hold single precision."""


@dataclass
class Scene:
    """Everything that one actor did, with what it was made of. Seams are frames in which something else begins."""

    actor: Actor
    motions: list[Motion] = field(default_factory=list)
    seams: dict[int, str] = field(default_factory=dict)
    limits: list[tuple[int, int, Limits]] = field(default_factory=list)
    """First and last (exclusive) frame of everything that was played, and what its clip does."""
    alone: list[tuple[int, Array, Array]] = field(default_factory=list)
    """First frame, angular and linear acceleration [n, 55] of everything that was played, without what joins it."""
    frames: int = 0

    def add(self, motion: Motion, part: Part) -> None:
        """One more performance and the part that it was made of."""
        if self.frames:
            self.seams[self.frames] = "performance"
        at = self.frames
        for segment in part.timeline.segments:
            self.seams.setdefault(at, "segment")
            self._play(at, segment.limits, _alone(segment, self.actor))
            at += len(segment)
        for event in part.overlays:
            start, body = self.frames + event.start, clip_body(event.clip)
            stop = min(start + event.last - event.first, self.frames + len(motion))
            own = (body.rotations[event.first : event.last], body.pelvis[event.first : event.last])
            self.seams.setdefault(start, "gesture begins")
            self.seams.setdefault(stop, "gesture ends")
            self._play(start, body.limits, acceleration(*own, self.actor.member.skeleton), stop)
        self.motions.append(motion)
        self.frames += len(motion)

    def _play(self, start: int, limits: Limits, own: tuple[Array, Array], stop: int | None = None) -> None:
        self.limits.append((start, start + len(own[0]) + 2 if stop is None else stop, limits))
        self.alone.append((start, *own))

    def motion(self) -> Motion:
        """All of it."""
        parts = [(m.translation, m.rotations, m.contacts) for m in self.motions if m.contacts is not None]
        translation, rotations, contacts = (np.concatenate(rows) for rows in zip(*parts, strict=True))
        return Motion(translation, rotations, contacts=contacts)


@dataclass(frozen=True)
class Measured:
    """One seam: what begins there, and the largest share [55] of the allowed acceleration of each joint around it."""

    kind: str
    angular: Array
    linear: Array
    at: Array
    """[55] the larger of both in the frames of the seam itself."""

    @property
    def worst(self) -> Array:
        """[55]"""
        return np.maximum(self.angular, self.linear)


def stage_seams() -> list[Row]:
    """Acceleration at the seams, skating and depth under the floor over performances of the shipped personas."""
    seams: list[Measured] = []
    skate, depth, seconds = [], [], 0.0
    for scene in performed():
        motion, skeleton = scene.motion(), scene.actor.member.skeleton
        seams += measure(scene)
        positions, world = forward_kinematics(motion.rotations, motion.translation, skeleton)
        skate.append(skating(motion, positions))
        depth.append(-lowest_sole(positions, world, scene.actor.build))
        seconds += motion.duration
    rows: list[Row] = [
        ("performed, all characters together", seconds, "s"),
        ("skating, largest", 100.0 * max(skate), "cm/s"),
        ("characters that skate less than 2 cm/s", 100.0 * float(np.mean(np.array(skate) < SKATE)), "%"),
        ("under the floor, deepest", 100.0 * max(depth), "cm"),
        ("characters less than 1 cm under the floor", 100.0 * float(np.mean(np.array(depth) < DEPTH)), "%"),
    ]
    for kind in ("all", *sorted({seam.kind for seam in seams})):
        rows += _rows(kind, [seam for seam in seams if kind in ("all", seam.kind)])
    return rows


def performed() -> Iterator[Scene]:
    """The scenes of all casts and seeds."""
    from rich.progress import track

    for cast in track([(cast, seed) for cast in CASTS for seed in SEEDS], "Performing", transient=True):
        yield from play(*cast).values()


def play(cast: Sequence[tuple[str, str]], seed: int) -> Mapping[str, Scene]:
    """Two personas at their places talk with offline minds, then act; both scenes by name."""
    stage, behaviours = _company(cast, seed)
    scenes = {name: Scene(actor) for name, actor in stage.actors.items()}
    _record(scenes, stage, stage.idle(1.5))
    for behaviour in behaviours:
        _record(scenes, stage, stage.perform(behaviour))
    _record(scenes, stage, stage.idle(2.0))
    return scenes


def measure(scene: Scene) -> list[Measured]:
    """All seams of a scene.

    The rule of :mod:`digital_life.evaluate.seams`: a joint may accelerate 1.5 times as much as the clips that meet there
    do in all but a hundredth of their frames, or as the clip itself does within a frame of there. Frames before a seam
    may belong to the blend of the one before.
    """
    motion, skeleton = scene.motion(), scene.actor.member.skeleton
    pelvis = motion.translation.astype(np.float64) + skeleton.rest_joints[0]
    now = np.stack(acceleration(motion.rotations.astype(np.float64), pelvis, skeleton))
    own, limit = _own(scene), _limit(scene)
    allowed = np.zeros_like(now)
    found = []
    starts = sorted(seam for seam in scene.seams if 0 < seam < scene.frames)
    for seam, following in zip(starts, [*starts[1:], scene.frames], strict=True):
        rows = np.arange(max(seam - BEFORE_SEAM, 0), min(following, seam + LONGEST_WINDOW, now.shape[1]))
        frames = np.clip(rows + 2, seam, scene.frames - 1)
        meet = ALLOWED * np.maximum(limit[:, frames], limit[:, [seam - 1]])
        allowed[:, rows] = np.maximum(np.where(rows[:, None] < seam - 1, allowed[:, rows], 0.0), meet)
        shares = now[:, rows] / np.maximum(allowed[:, rows], own[:, rows])
        shares[:, :, GAZE_AND_FACE] = 0.0
        angular, linear = shares.max(axis=1)
        found.append(Measured(scene.seams[seam], angular, linear, shares[:, :4].max(axis=(0, 1))))
    return found


def _limit(scene: Scene) -> Array:
    """[2, T, 55] the largest limits, angular and linear, of what is played in each frame."""
    limit = np.zeros((2, scene.frames, JOINT_COUNT))
    for start, stop, limits in scene.limits:
        played = np.stack([limits.angular, limits.linear])[:, None]
        limit[:, start:stop] = np.maximum(limit[:, start:stop], played)
    return limit


def _own(scene: Scene) -> Array:
    """[2, T - 2, 55] what the clips do by themselves within a frame of each; nothing where they are cut."""
    own = np.zeros((2, scene.frames - 2, JOINT_COUNT))
    for start, angular, linear in scene.alone:
        stop = min(start + len(angular), own.shape[1])
        if stop > start:
            both = np.stack([angular, linear])[:, : stop - start]
            own[:, start:stop] = np.maximum(own[:, start:stop], both)
    padded = np.pad(own, ((0, 0), (1, 1), (0, 0)))
    return np.asarray(np.max([padded[:, :-2], own, padded[:, 2:]], axis=0))


def _alone(segment: Segment, actor: Actor) -> tuple[Array, Array]:
    """Accelerations of a segment on the actor's own legs, without what was before and after."""
    feet = segment.feet
    pelvis = sink_to_reach(segment.pelvis, segment.rotations[:, 0], feet, actor.build)
    poles = knee_poles(segment.rotations) if segment.own_legs else ahead_poles(segment.rotations, feet)
    rotations = solve_legs(segment.rotations, pelvis, feet, actor.build, poles)
    return acceleration(rotations, pelvis, actor.member.skeleton)


def _record(scenes: Mapping[str, Scene], stage: Stage, performances: Sequence[Performance]) -> None:
    for performance in performances:
        scenes[performance.character].add(performance.motion, stage.parts[performance.character])


def _company(cast: Sequence[tuple[str, str]], seed: int) -> tuple[Stage, Iterator[Behaviour]]:
    """A stage with two personas, without sound, and what they come to do there."""
    from digital_life.assets import asset_dir
    from digital_life.body.appearance import build_character
    from digital_life.llm.embedding import shared_embedder
    from digital_life.momat.interactions.shape import shape_of_character
    from digital_life.momat.library import MotionLibrary
    from digital_life.momat.search import MotionSearch
    from digital_life.persona.library import load_persona
    from digital_life.society.scenario import load_scenario
    from digital_life.stage.cast import CastMember
    from digital_life.voice.silent import SilentVoice
    from digital_life.voice.styles import VoiceStyle

    scenario = load_scenario(asset_dir("examples") / "first_meeting.yaml").scenario
    members, names = [], []
    for persona_id, place in cast:
        persona = load_persona(persona_id)
        body = build_character(persona.name, persona.appearance)
        voice, shape = SilentVoice(persona.name, VoiceStyle()), shape_of_character(body)
        members.append(CastMember(persona.name, body.skeleton, voice, place, body.jaw_open, shape))
        names.append(persona.name)
    library = MotionLibrary.default()
    search = MotionSearch(library, shared_embedder())
    stage = Stage(scenario.room, members, seed=seed, library=library, search=search)
    return stage, _behaviours([persona_id for persona_id, _ in cast], names, scenario.situation, stage, seed)


def _behaviours(
    personas: Sequence[str], names: Sequence[str], situation: str, stage: Stage, seed: int
) -> Iterator[Behaviour]:
    """What two minds do in turns, then :data:`ACTS`, also in turns."""
    from digital_life.llm.connect import connect
    from digital_life.llm.embedding import shared_embedder
    from digital_life.persona.library import load_persona
    from digital_life.sociomind.mind import Mind

    model, _ = connect("offline")
    minds = [
        Mind(load_persona(name), model, seed=seed + i, embedder=shared_embedder()) for i, name in enumerate(personas)
    ]
    places = [place.name for place in stage.room.places]
    for mind, partner in zip(minds, reversed(names), strict=True):
        mind.begin(partner, situation, places, max_turns=ROUNDS)
    for turn in range(2 * ROUNDS):
        behaviour = minds[turn % 2].act()
        minds[1 - turn % 2].perceive(behaviour)
        yield behaviour
    for turn, (motion, place, speech) in enumerate(ACTS):
        speaker, partner = names[turn % 2], names[1 - turn % 2]
        yield Behaviour(speaker=speaker, partner=partner, speech=speech, motion=motion, place=place)


def _rows(kind: str, seams: Sequence[Measured]) -> list[Row]:
    """Distributions over seams; a share of 1 is the limit: 1.5 times the clips' own 99th percentile."""
    worst = np.array([seam.worst for seam in seams])
    rows: list[Row] = [(f"{kind}: seams", float(len(seams)), "")]
    values = {
        "at the seam frames, worst joint": np.array([seam.at.max() for seam in seams]),
        "in the blend, worst joint": worst.max(axis=1),
    }
    if kind == "all":
        arms = [j for j in range(JOINT_COUNT) if j not in (*LEGS, *FINGERS, *TURNED_BY_GAZE)]
        groups = {"pelvis and arms": arms, "fingers": FINGERS, "legs": LEGS, "spine, neck and head": TURNED_BY_GAZE}
        values |= {f"worst of {name}": worst[:, joints].max(axis=1) for name, joints in groups.items()}
    for label, column in values.items():
        rows += [
            (f"{kind}: {label}, median", float(np.median(column)), "x limit"),
            (f"{kind}: {label}, 95th percentile", float(np.percentile(column, 95.0)), "x limit"),
            (f"{kind}: {label}, largest", float(column.max()), "x limit"),
            (f"{kind}: {label}, seams within", 100.0 * float((column <= WITHIN).mean()), "%"),
        ]
    return [*rows, (f"{kind}: joints within the limit", 100.0 * float((worst <= WITHIN).mean()), "%")]
