"""Where clips, gestures and performances meet, no joint jumps and no foot slides."""

import numpy as np
from staging import ROOM

from digital_life.behaviour import Behaviour
from digital_life.evaluate.bench_stage_seams import SKATE, WITHIN, Scene, measure
from digital_life.evaluate.seams import skating
from digital_life.momat.feet import Stance
from digital_life.momat.locomotion import LocomotionController
from digital_life.motion.kinematics import forward_kinematics
from digital_life.stage.locomotion import go

STORY = (
    "Both of us saw it, all of it, from the very first day! And nobody, nobody at all, believed a word of what we said."
)
ACTS = (("Ada", "jumps for joy", ""), ("Bo", "waves with the right hand", "Hello."), ("Ada", "laughs", ""))


def test_no_joint_jumps_between_gestures_and_performances(make_stage) -> None:
    stage = make_stage("table", "sofa")
    scenes = {name: Scene(actor) for name, actor in stage.actors.items()}
    acts = [Behaviour(speaker=who, partner="Bo", speech=speech, motion=motion) for who, motion, speech in ACTS]
    for turn in (lambda: stage.idle(0.7), *(lambda act=act: stage.perform(act) for act in acts)):
        for performance in turn():
            scenes[performance.character].add(performance.motion, stage.parts[performance.character])
    for scene in scenes.values():
        seams = measure(scene)
        assert len(seams) >= 3
        assert max(float(seam.worst.max()) for seam in seams) <= WITHIN
        motion = scene.motion()
        positions, _ = forward_kinematics(motion.rotations, motion.translation, scene.actor.member.skeleton)
        assert skating(motion, positions) < SKATE


def test_no_joint_jumps_while_somebody_seated_talks_and_listens(make_stage) -> None:
    """Hands that rest on the lap set out from there and come back, on a trunk that turns to look."""
    stage = make_stage("sofa", "window")
    scene = Scene(stage.actors["Ada"])
    talk = [
        Behaviour(speaker=who, partner=to, speech=STORY) for who, to in (("Ada", "Bo"), ("Bo", "Ada"), ("Ada", "Bo"))
    ]
    for turn in (lambda: stage.idle(1.0), *(lambda said=said: stage.perform(said) for said in talk)):
        for performance in turn():
            if performance.character == "Ada":
                scene.add(performance.motion, stage.parts["Ada"])
    seams = measure(scene)
    assert {"gesture begins", "gesture ends", "performance"} <= {seam.kind for seam in seams}
    assert max(float(seam.worst.max()) for seam in seams) < 2.0


def test_feet_begin_a_small_turn_where_they_stand(make_stage) -> None:
    stage = make_stage("desk", "window")
    actor, controller = stage.actors["Ada"], LocomotionController.of(stage.library)
    spot, facing = np.array(ROOM.place("desk").spot(0)), actor.facing
    stance = Stance.at(spot, facing, actor.build)
    for turn in np.radians([-45.0, 35.0, 45.0]):
        way = np.stack([spot, spot])
        segment, after = go(controller, way, (facing, facing + float(turn)), stance, actor.build, "natural")
        ankles = segment.feet.ankle[:, :, [0, 2]]
        assert np.abs(ankles[0] - stance.prints[:, :2]).max() < 0.002
        assert np.abs(ankles[-1] - after.prints[:, :2]).max() < 0.002
