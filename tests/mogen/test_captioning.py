"""Captions: what is measured of a motion, and words of a library that are kept only where they fit."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from digital_life.cli.caption import command
from digital_life.errors import InputError
from digital_life.mogen.captioning.agreement import corrected
from digital_life.mogen.captioning.captioner import Captioner
from digital_life.mogen.captioning.facts import Facts, facts_of
from digital_life.mogen.captioning.neighbours import Kinematic, Neighbours
from digital_life.mogen.captioning.sentences import sentence
from digital_life.mogen.captioning.ways import Way
from digital_life.momat.clip import AUTHORED, MADE
from digital_life.momat.feature_table import FeatureTable
from digital_life.momat.library import MotionLibrary
from digital_life.momat.pack import read_pack
from digital_life.motion.files import save_motion
from digital_life.motion.mirror import mirror
from digital_life.motion.motion import Motion
from digital_life.motion.resample import resample


@pytest.fixture(scope="module")
def library() -> MotionLibrary:
    return MotionLibrary.default()


@pytest.fixture(scope="module")
def captioner(library: MotionLibrary) -> Captioner:
    library = MotionLibrary(library.select(source=AUTHORED), library.key)
    return Captioner(Neighbours(library, Kinematic(FeatureTable.of(library, key=library.key))))


@pytest.mark.parametrize(
    ("clip", "said"),
    [
        ("wave_right", "a person waves the right hand three times"),
        ("wave_left", "a person waves the left hand three times"),
        ("clap", "a person claps the hands"),
        ("nod_yes", "a person nods three times"),
        ("shake_no", "a person shakes the head"),
        ("bow", "a person bows"),
        ("sit_down", "a person sits down"),
        ("stand_up", "a person stands up"),
        ("step_back", "a person takes a step back"),
        ("turn_left", "a person turns to the left on the spot"),
        ("walk_loop", "a person walks forward"),
        ("hands_on_hips", "a person puts both hands on the hips"),
        ("hand_on_heart", "a person lays the right hand on the chest"),
        ("facepalm", "a person brings the right hand to the face"),
        ("arms_crossed", "a person crosses the arms"),
        ("point_left", "a person extends the left hand forward"),
        ("welcome", "a person extends both hands to both sides"),
        ("shrug", "a person shrugs the shoulders"),
        ("look_around", "a person looks around"),
        ("idle_standing_calm", "a person stands still"),
        ("idle_seated_calm", "a person sits still"),
        ("talk_seated_left", "with the left hand"),
    ],
)
def test_what_is_measured_is_said(library: MotionLibrary, clip: str, said: str) -> None:
    assert said in sentence(facts_of(library[clip].motion))


def test_the_mirror_image_does_it_on_the_other_side(library: MotionLibrary, captioner: Captioner) -> None:
    for clip in ("wave_right", "turn_left", "talk_left_large"):
        motion = library[clip].motion
        for text, other in (
            (sentence(facts_of(motion)), sentence(facts_of(mirror(motion)))),
            (captioner.caption(motion).text, captioner.caption(mirror(motion)).text),
        ):
            side, wrong = ("left", "right") if "left" in text else ("right", "left")
            assert wrong not in text
            assert wrong in other and side not in other


def test_how_far_and_which_way(library: MotionLibrary) -> None:
    walk = library["walk_loop"].motion
    step = walk.translation[-1] - walk.translation[0]
    far = np.concatenate([walk.translation + n * step * [1.0, 0.0, 1.0] for n in range(4)]).astype(np.float32)
    way = facts_of(Motion(far, np.concatenate([walk.rotations] * 4))).way
    assert way is not None and (way.gait, way.direction, way.turn) == ("walk", "forward", "")
    assert abs(way.metres - 4 * np.hypot(step[0], step[2])) < 0.3
    back = replace(walk, translation=walk.translation[::-1], rotations=walk.rotations[::-1])
    moved = facts_of(back).way
    assert moved is not None and moved.direction == "backward"


STANDING = Facts(2.0, "standing", "standing")


@pytest.mark.parametrize(
    ("words", "facts", "kept"),
    [
        ("a person walks forward about 2 metres", replace(STANDING, way=Way("walk", "forward", 6.2, 1.3, 0.0)), "a person walks forward about 6 metres"),
        ("a person walks forward while turning left", replace(STANDING, way=Way("walk", "forward", 3.0, 1.3, -80.0)), "a person walks forward while turning right"),
        ("a person walks backward", replace(STANDING, way=Way("walk", "forward", 3.0, 1.3, 0.0)), None),
        ("a person waves", replace(STANDING, way=Way("walk", "forward", 3.0, 1.3, 0.0)), None),
        ("a person nods while seated", STANDING, None),
        ("a person sits down", STANDING, None),
        ("a person jumps twice", replace(STANDING, jumps=3), "a person jumps three times"),
        ("a person walks forward", STANDING, None),
    ],
)  # fmt: skip
def test_words_are_set_right_or_dropped(words: str, facts: Facts, kept: str | None) -> None:
    assert corrected(words, facts) == kept


def test_sides_of_hands_are_set_right(library: MotionLibrary) -> None:
    facts = facts_of(library["wave_right"].motion)
    assert corrected("a person waves with the left hand", facts) == "a person waves with the right hand"
    assert corrected("a person waves with both hands", facts) is None
    assert corrected("a person waves twice", facts) == "a person waves three times"


def test_the_librarys_words_are_used(captioner: Captioner, library: MotionLibrary) -> None:
    found = captioner.caption(library["scratch_head"].motion)
    assert found.source == "retrieved" and "scratches the head" in (found.text, *found.alternatives)[0]
    assert found.chinese.startswith("一个人")
    assert json.loads(json.dumps(found.record()))["facts"]["gesture"]["hand"] == "right"


def test_the_usual_captioner_takes_no_words_of_made_clips() -> None:
    neighbours = Captioner.default().neighbours
    assert neighbours is not None and MADE not in {clip.source for clip in neighbours.library}


def test_without_a_library_it_says_what_it_sees(library: MotionLibrary) -> None:
    found = Captioner().caption(library["bow"].motion)
    assert (found.text, found.source, found.alternatives) == ("a person bows", "measured", ())


def test_any_frame_rate_and_length(captioner: Captioner, library: MotionLibrary) -> None:
    wave = library["wave_right"].motion
    assert "right hand" in captioner.caption(resample(wave, 60)).text
    assert captioner.caption(wave.slice(0, 1)).text
    with pytest.raises(InputError, match="0 frames"):
        captioner.caption(wave.slice(0, 0))


def test_sides_of_held_out_motions(motion_pack: Path) -> None:
    """Hands that real people used are named rightly: on 30 held-out gestures, the wrong single hand never."""
    clips = [
        c for c in read_pack(motion_pack) if c.split == "val" and c.kind == "gesture" and c.hand in ("left", "right")
    ]
    named = [(facts_of(clip.motion).gesture, clip.hand) for clip in clips[:: max(1, len(clips) // 30)][:30]]
    other = {"left": "right", "right": "left"}
    assert sum(g is not None and g.hand == hand for g, hand in named) >= 0.8 * len(named)
    assert not any(g is not None and g.hand == other[hand] for g, hand in named)


class Liking:
    """A critic to which only clips of one length mean the same as the motion in question."""

    def __init__(self, frames: int) -> None:
        self.frames = frames

    def embed_motions(self, motions: Sequence[Motion]) -> np.ndarray:
        rows = np.array([[1.0, 0.0] if n == 0 or len(m) == self.frames else [0.0, 1.0] for n, m in enumerate(motions)])
        return rows.astype(np.float32)


def test_a_critic_puts_the_neighbours_in_order(captioner: Captioner, library: MotionLibrary) -> None:
    near = captioner.neighbours
    assert near is not None
    beckon = library["beckon"]
    wave = library["wave_right"].motion
    liked = replace(near, critic=Liking(beckon.frames)).of(wave)
    plain = replace(near, critic=None).of(wave)
    assert library[liked[0].clip].frames == beckon.frames != library[plain[0].clip].frames


def test_the_command_says_it_and_prints_json(tmp_path: Path, library: MotionLibrary) -> None:
    save_motion(library["wave_right"].motion, tmp_path / "wave.npz")
    done = CliRunner().invoke(command, [str(tmp_path / "wave.npz")])
    assert done.exit_code == 0, done.output
    assert "waves with the right hand" in done.output and "times 3" in done.output
    printed = CliRunner().invoke(command, [str(tmp_path / "wave.npz"), "--json"])
    assert json.loads(printed.output)["facts"]["gesture"]["times"] == 3
    with pytest.raises(InputError, match=r"nothing\.npz"):
        CliRunner().invoke(command, [str(tmp_path / "nothing.npz")], catch_exceptions=False)
