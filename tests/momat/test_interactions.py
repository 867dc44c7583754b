"""Interactions as files, and two bodies made to meet."""

from pathlib import Path

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.errors import InputError
from digital_life.momat.interactions import Interaction, load_interactions, solve
from digital_life.momat.interactions.collision import segment_distance
from digital_life.momat.interactions.library import read_interaction
from digital_life.momat.interactions.mention import mentioned
from digital_life.momat.interactions.shape import shape_of_skeleton
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, Skeleton, canonical_skeleton

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


def test_a_late_answer_shifts_the_contact_and_a_refusal_has_none() -> None:
    interaction = load_interactions()["high_five"]
    late = solve(interaction, tall(1.6), tall(1.8), response=1.0)
    assert late.windows[0].start == pytest.approx(interaction.window[0] + 1.0)
    assert late.report.contact_error < 0.02
    refused = solve(interaction, tall(1.6), tall(1.8), response="refuse")
    assert refused.windows == () and refused.report.penetration < 0.01
    wrist = JOINT_INDEX["right_wrist"]
    positions, _ = forward_kinematics(refused.b.rotations, refused.b.translation, tall(1.8))
    assert positions[:, wrist, 1].max() < 1.35, "the hand that was asked for stays down"
    with pytest.raises(InputError, match="cannot answer with 'perhaps'"):
        solve(interaction, tall(1.6), tall(1.8), response="perhaps")  # type: ignore[arg-type]


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
