"""Interactions as files, and two bodies made to meet."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.body.appearance import build_character
from digital_life.body.skinning import PosedCharacter
from digital_life.errors import InputError
from digital_life.momat.interactions import Interaction, load_interactions, solve
from digital_life.momat.interactions.collision import Capsules, segment_distance
from digital_life.momat.interactions.endpoints import Body
from digital_life.momat.interactions.energy import clasp_gaps
from digital_life.momat.interactions.held import chosen_props, held_in, hold
from digital_life.momat.interactions.library import read_interaction
from digital_life.momat.interactions.mention import mentioned
from digital_life.momat.interactions.roles import ROLES, role_clip
from digital_life.momat.interactions.shape import SOFT_PARTS, shape_of_character, shape_of_skeleton
from digital_life.momat.interactions.solve import props_of
from digital_life.momat.interactions.surface import BALL, is_of_hand
from digital_life.momat.interactions.timing import plan
from digital_life.motion import quaternion as quat
from digital_life.motion.fit import fit_motion
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, Skeleton, canonical_skeleton
from digital_life.persona.appearance import Appearance

NEEDED = {
    "handshake", "high_five", "fist_bump", "hug", "hand_on_shoulder", "hand_over", "take_arm", "comfort", "whisper",
    "bow_to_each_other", "clink_cups", "walk_together",
}  # fmt: skip


def tall(metres: float) -> Skeleton:
    """The canonical skeleton, about 1.70 m, scaled."""
    base, factor = canonical_skeleton(), metres / 1.70
    return Skeleton(base.rest_joints * factor, base.floor * factor)


def test_twelve_interactions_are_shipped() -> None:
    interactions = load_interactions()
    assert set(interactions) >= NEEDED
    assert all(interaction.captions_zh for interaction in interactions.values())


def test_a_mistake_is_told_with_file_line_and_field(tmp_path: Path) -> None:
    text = (asset_dir("motion_db") / "interactions" / "handshake.yaml").read_text()
    path = tmp_path / "broken.yaml"
    path.write_text(text.replace("active: right_palm,", "active: right_pam,"))
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "active: right_palm" in row)
    with pytest.raises(InputError, match=rf"broken.yaml:{line}: contacts.0.active: found 'right_pam'.*right_palm"):
        read_interaction(path)


def test_a_role_needs_exactly_one_source() -> None:
    whole = load_interactions()["handshake"].model_dump(exclude_unset=True)
    with pytest.raises(ValueError, match="exactly one of 'keys', 'clip' and 'search'"):
        Interaction.model_validate({**whole, "active": {"clip": "bow", "search": "bows"}})


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("shakes hands with Mira", "handshake"),
        ("hugs her", "hug"),
        ("gives him the book", "hand_over"),
        ("puts a hand on Mira's shoulder", "hand_on_shoulder"),
        ("bows politely to her", "bow_to_each_other"),
        ("whispers into her ear", "whisper"),
        ("与对方握手", "handshake"),
        ("shakes her head", None),
        ("hugs herself", None),
        ("bows", None),
        ("waves without shaking hands", None),
        ("puts both hands over her mouth", None),
        ("walks with a limp", None),
    ],
)
def test_words_mean_an_interaction_or_none(words: str, meant: str | None) -> None:
    found = mentioned(words, load_interactions(), ("Mira",))
    assert (found[0].id if found else None) == meant


def test_torch_kinematics_agree_with_numpy() -> None:
    import torch

    from digital_life.motion import torch_kinematics as torched

    rng = np.random.default_rng(0)
    vectors = rng.normal(0, 0.6, (2, 3, JOINT_COUNT, 3))
    places = rng.normal(0, 1, (2, 3, 3))
    bodies = (tall(1.55), tall(1.90))
    matrices = torched.exp_map(torch.from_numpy(vectors))
    matrices = torched.matrices_of_six(torched.six_of_matrices(matrices))
    positions, worlds = torched.forward_kinematics(matrices, torch.from_numpy(places), torched.bone_offsets(*bodies))
    for number, body in enumerate(bodies):
        expected, turned = forward_kinematics(quat.from_axis_angle(vectors[number]), places[number], body)
        assert np.allclose(positions[number], expected, atol=1e-9)
        assert np.allclose(worlds[number], quat.to_matrix(turned), atol=1e-6)


def test_distance_of_segments() -> None:
    import torch

    rng = np.random.default_rng(1)
    ends = rng.normal(0, 1, (4, 50, 3))
    along = np.linspace(0, 1, 201)[:, None, None]
    one, other = ends[0] + along * (ends[1] - ends[0]), ends[2] + along * (ends[3] - ends[2])
    sampled = np.linalg.norm(one[:, None] - other[None, :], axis=-1).min(axis=(0, 1))
    exact = segment_distance(*(torch.from_numpy(points) for points in ends)).numpy()
    assert np.all(exact <= sampled + 1e-9) and np.allclose(exact, sampled, atol=0.02)


def test_a_shape_grows_with_its_skeleton() -> None:
    small, large = shape_of_skeleton(tall(1.5)), shape_of_skeleton(tall(1.95))
    assert large.arm_length / small.arm_length == pytest.approx(1.3, abs=0.01)
    for name, site in small.sites.items():
        assert np.allclose(large.sites[name].offset, site.offset * 1.3, atol=0.002)


@pytest.fixture(scope="module")
def handshake():
    """A small active person and a tall passive one."""
    return solve(load_interactions()["handshake"], tall(1.50), tall(1.95))


def test_hands_meet_without_going_through_each_other(handshake) -> None:
    report = handshake.report
    assert report.contact_error < 0.02
    assert report.penetration < 0.01
    assert not report.limits
    assert report.skate < 0.02


def test_the_report_tells_what_the_joints_do(handshake) -> None:
    """The palms, found again from the motions alone, are where the report says."""
    (window,) = handshake.windows
    frame = round((window.start + window.stop) / 2 * 30)
    palms = []
    for motion, body in ((handshake.a, tall(1.50)), (handshake.b, tall(1.95))):
        positions, world = forward_kinematics(motion.rotations[frame], motion.translation[frame], body)
        site = shape_of_skeleton(body).sites["right_palm"]
        palms.append(positions[site.joint] + quat.rotate(world[site.joint], site.offset))
    assert np.linalg.norm(palms[0] - palms[1]) < window.max_error + 0.002
    heads = [m.translation[frame, [0, 2]] for m in (handshake.a, handshake.b)]
    assert 0.5 < np.linalg.norm(heads[0] - heads[1]) < 1.3


def test_both_ends_are_the_base_motions(handshake) -> None:
    for motion in (handshake.a, handshake.b):
        wrist = JOINT_INDEX["right_wrist"]
        step = quat.to_axis_angle(quat.multiply(quat.conjugate(motion.rotations[:1]), motion.rotations[-1:]))
        assert np.abs(step[0, wrist]).max() < 0.4, "the hand hangs again"


def test_what_cannot_be_reached_is_left_out_and_said() -> None:
    interaction = load_interactions()["fist_bump"]
    far = interaction.placement.model_copy(update={"distance": 4.0, "side": 3.0})
    pair = solve(interaction.model_copy(update={"placement": far}), tall(1.7), tall(1.7))
    assert pair.windows == () and pair.report.penetration < 0.01 and not pair.report.limits
    assert "right_knuckles does not touch right knuckles" in pair.report.notes[0]
    assert pair.a.provenance["left_out"] == list(pair.report.notes)


def test_a_late_answer_shifts_the_contact() -> None:
    """Whether it is still made is checked on stage."""
    interaction = load_interactions()["high_five"]
    late = plan(interaction, 1.0)
    assert late.contacts[0].start == pytest.approx(interaction.window[0] + 1.0)
    assert len(late) == round((interaction.duration + 1.0) * 30)
    with pytest.raises(InputError, match="cannot answer with 'perhaps'"):
        plan(interaction, "perhaps")  # type: ignore[arg-type]


def test_a_refusal_has_no_contact() -> None:
    refused = solve(load_interactions()["high_five"], tall(1.6), tall(1.8), response="refuse")
    assert refused.windows == () and refused.report.penetration < 0.01
    wrist = JOINT_INDEX["right_wrist"]
    positions, _ = forward_kinematics(refused.b.rotations, refused.b.translation, tall(1.8))
    assert positions[:, wrist, 1].max() < 1.35, "the hand that was asked for stays down"


def test_fingers_close_around_the_other_hand(handshake) -> None:
    """The last bones of nearly all fingers touch the palm that they hold, in the middle of the handshake."""
    import torch

    (window,) = handshake.windows
    frame = round((window.start + window.stop) / 2 * 30)
    bodies = []
    for motion, body in ((handshake.a, tall(1.50)), (handshake.b, tall(1.95))):
        positions, world = forward_kinematics(
            motion.rotations[frame : frame + 1], motion.translation[frame : frame + 1], body
        )
        places, turns = torch.from_numpy(positions), torch.from_numpy(quat.to_matrix(world))
        bodies.append(Body(shape_of_skeleton(body), None, places.unbind(1), turns.unbind(1)))
    gaps = clasp_gaps(load_interactions()["handshake"].contacts[0], (bodies[0], bodies[1]))[0]
    assert (gaps < 0.02).sum() >= 7, "of ten"
    assert gaps.min() > -0.012


def test_balls_touch_the_skin_from_inside() -> None:
    """Placed by the solver in a real pose, the balls of a body stay within its posed mesh, and reach its skin.

    Balls in a shoulder, as large as the flesh of a raised arm allows, come out of the armpit of a hanging one.
    """
    import torch
    from scipy.spatial import cKDTree

    character = build_character("Ada", Appearance(height_cm=165))
    shape = shape_of_character(character)
    base = role_clip(load_interactions()["handshake"], "active").motion
    motion = fit_motion(base, character.skeleton)
    positions, world = forward_kinematics(motion.rotations[45:46], motion.translation[45:46], character.skeleton)
    capsules = Capsules((shape, shape))
    twice = [torch.from_numpy(np.stack([part, part])) for part in (positions, quat.to_matrix(world))]
    centres, _ = capsules.place(*twice)
    balls = np.array([name.startswith(BALL) for name in capsules.names]) & (capsules.body == 0)
    posed = PosedCharacter(character).pose(motion.rotations[45], motion.translation[45])
    kept = [v for (v, _), part in zip(posed, character.parts, strict=True) if part.name not in SOFT_PARTS]
    distance, _ = cKDTree(np.concatenate(kept)).query(centres[0, balls].numpy())
    gap = distance - capsules.radius[balls].numpy()
    hands = np.array([is_of_hand(name) for name in np.array(capsules.names)[balls]])
    assert np.abs(np.median(gap)) < 0.001 and np.percentile(gap, 10) > -0.015
    assert gap[hands].min() > -0.005


def test_no_finger_tip_is_bare() -> None:
    """What a hand is kept out of another body with reaches to the ends of small fingers too."""
    surface = shape_of_skeleton(tall(1.5)).surface
    count = Counter(name for name in surface.names if is_of_hand(name) and name.endswith("3"))
    assert len(count) == 10 and min(count.values()) >= 2


def test_a_thing_changes_hands_without_a_jump() -> None:
    interaction = chosen_props(load_interactions()["hand_over"], "hands Mira a parcel")
    assert [prop.name for prop in interaction.props] == ["parcel"]
    bodies = (tall(1.7), tall(1.7))
    motions = tuple(
        fit_motion(role_clip(interaction, name).motion, body) for name, body in zip(ROLES, bodies, strict=True)
    )
    shapes = (shape_of_skeleton(bodies[0]), shape_of_skeleton(bodies[1]))
    given, taken = hold(props_of(interaction), shapes, motions, 1.5)
    (first,), (second,) = given, taken
    assert (first.start, first.stop, second.start) == (0.0, 1.5, 1.5)
    poses = [thing.pose(motion, body, 45) for thing, motion, body in zip((first, second), motions, bodies, strict=True)]
    assert np.allclose(poses[0][0], poses[1][0], atol=1e-4)
    assert abs(np.dot(poses[0][1], poses[1][1])) > 1 - 1e-6
    kept, none = hold(props_of(interaction), shapes, motions, None)
    assert len(kept) == 1 and none == (), "nobody takes it from one who refuses"
    assert held_in(json.loads(json.dumps({"props": [first.record()]}))) == (first,)


def test_a_role_without_its_library_is_refused() -> None:
    bow = load_interactions()["bow_to_each_other"]
    with pytest.raises(InputError, match="plays a clip"):
        solve(bow, tall(1.7), tall(1.7))
    searching = bow.model_copy(update={"active": replace_role(bow)})
    with pytest.raises(InputError, match="is searched for"):
        solve(searching, tall(1.7), tall(1.7))


def replace_role(interaction: Interaction):
    return interaction.active.model_copy(update={"clip": None, "search": "bows"})


def test_walkers_keep_the_same_speed() -> None:
    from digital_life.momat.library import MotionLibrary

    pair = solve(load_interactions()["walk_together"], tall(1.5), tall(1.95), library=MotionLibrary.default())
    apart = pair.a.translation[:, [0, 2]] - pair.b.translation[:, [0, 2]]
    assert np.ptp(np.linalg.norm(apart, axis=-1)) < 0.15
    assert pair.a.duration > 3.5
