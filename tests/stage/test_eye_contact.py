"""Eyes that stay on the partner's face when the solver has moved the heads."""

import numpy as np

from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, canonical_skeleton
from digital_life.stage.attention import EYES, HEAD
from digital_life.stage.eye_contact import aim_again

BODY = canonical_skeleton()
FRAMES = 4


def standing(turn: float, place: tuple[float, float]) -> Motion:
    """Somebody who stands at ``place`` (x, z) and faces ``turn`` radians about +Y."""
    rotations = np.tile(quat.IDENTITY, (FRAMES, JOINT_COUNT, 1))
    rotations[:, 0] = quat.yaw(turn)
    translation = np.tile([place[0], 0.0, place[1]], (FRAMES, 1))
    return Motion(translation.astype(np.float32), rotations.astype(np.float32), face=np.zeros((FRAMES, 52), np.float32))


def missed(motions: tuple[Motion, Motion]) -> float:
    """Degrees between where the first one's eyes look and where the second one's eyes are."""
    placed = [forward_kinematics(m.rotations, m.translation, BODY) for m in motions]
    eyes = [positions[:, EYES].mean(axis=1) for positions, _ in placed]
    looks = quat.rotate(placed[0][1][:, EYES[0]], np.array([0.0, 0.0, 1.0]))
    way = (eyes[1] - eyes[0]) / np.linalg.norm(eyes[1] - eyes[0], axis=-1, keepdims=True)
    return float(np.degrees(np.arccos(np.clip((looks * way).sum(axis=-1), -1.0, 1.0))).max())


def bent(motion: Motion, degrees: float) -> Motion:
    """The same with a head that is nodded and turned."""
    rotations = motion.rotations.copy()
    rotations[:, HEAD] = quat.from_axis_angle(np.radians([0.6 * degrees, degrees, 0.0]))
    return Motion(motion.translation, rotations, face=motion.face)


def test_eyes_stay_on_the_face_when_the_head_turns() -> None:
    before = (standing(0.0, (0.0, 0.0)), standing(np.pi, (0.0, 1.0)))
    moved = (bent(before[0], 12.0), before[1])
    assert missed(before) < 4.0 and missed(moved) > 9.0
    after = aim_again(before, moved, (BODY, BODY))
    assert missed(after) < 4.0
    assert after[0].face.max() > 0.2, "the lids follow"


def test_eyes_that_looked_away_keep_doing_so() -> None:
    before = (standing(np.radians(60.0), (0.0, 0.0)), standing(np.pi, (0.0, 1.0)))
    moved = (bent(before[0], 12.0), before[1])
    after = aim_again(before, moved, (BODY, BODY))
    assert np.allclose(after[0].rotations[:, JOINT_INDEX["left_eye"]], before[0].rotations[:, EYES[0]], atol=1e-6)
