"""Acts in words become clips that join what the body does: on the shipped library."""

import json

import numpy as np
import pytest

import digital_life as dl
from digital_life.errors import InputError
from digital_life.llm.embedding import shared_embedder
from digital_life.momat.clip import Clip
from digital_life.momat.deciding import MARGIN
from digital_life.momat.entry import earliest_end, end_for, goes_on, last_entry, natural_end
from digital_life.momat.feature_table import FeatureTable
from digital_life.momat.features import COLUMNS, FEATURES, POSE, frame_features
from digital_life.momat.joining import Now, costs, join, moves_unlike_others
from digital_life.momat.library import MotionLibrary
from digital_life.momat.match import Matcher
from digital_life.momat.search import Hit, MotionSearch
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import canonical_skeleton


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    library = MotionLibrary.open(dl_motion_db())
    return Matcher(MotionSearch(library, shared_embedder()))


def dl_motion_db():
    from digital_life.assets import asset_dir

    return asset_dir("motion_db")


def every(matcher: Matcher, ids: list[str], score: float = 1.0) -> list[Hit]:
    return [Hit(matcher.search.library[name], score, "") for name in ids]


@pytest.mark.parametrize(
    ("words", "part", "posture"),
    [
        ("waves with the left hand", "wave_left", None),
        ("shrugs", "shrug", "standing"),
        ("nods", "nod", "standing"),
        ("walks forward", "walk", "standing"),
        ("sits down on the chair", "sit_down", None),
        ("挥手", "wave", None),
    ],
)
def test_words_find_their_clip(matcher: Matcher, words: str, part: str, posture: str | None) -> None:
    match = matcher.match(words, posture=posture)
    assert match.clip is not None and part in match.clip.id
    assert 0 <= match.start < match.stop <= match.clip.frames
    assert len(match.motion) == match.stop - match.start
    assert match.clip.id in match.reason and words in match.reason


def test_the_asked_hand_is_respected(matcher: Matcher) -> None:
    for hand in ("left", "right"):
        match = matcher.match("waves", hand=hand)
        wrists = match.motion
        from digital_life.motion.kinematics import forward_kinematics
        from digital_life.motion.skeleton import JOINT_INDEX

        positions, _ = forward_kinematics(wrists.rotations, wrists.translation, canonical_skeleton())
        high = {side: positions[:, JOINT_INDEX[f"{side}_wrist"], 1].max() for side in ("left", "right")}
        assert max(high, key=high.__getitem__) == hand


def test_words_that_nothing_fits_give_no_clip_and_the_reason(matcher: Matcher) -> None:
    match = matcher.match("quarterly inflation spreadsheets")
    assert match.clip is None and match.stop == 0
    assert "no clip" in match.reason and "nearest" in match.reason
    assert match.record()["clip"] is None
    with pytest.raises(InputError, match="no clip"):
        _ = match.motion


def test_the_record_is_json_and_says_what_came_into_question(matcher: Matcher) -> None:
    now = matcher.search.library["idle_standing_calm"].motion.slice(0, 20)
    record = json.loads(json.dumps(matcher.match("waves", pose=now, duration=2.0).record()))
    assert record["candidates"] and {"clip", "start", "stop", "semantic", "joining"} <= set(record["candidates"][0])
    assert record["clip"] in [candidate["clip"] for candidate in record["candidates"]]
    assert record["kinematic"] > 0 and record["reason"]


def test_the_same_seed_gives_the_same_match_and_seeds_draw_among_equals(matcher: Matcher) -> None:
    pool = every(matcher, ["talk_left_small", "talk_right_small", "talk_left_large", "talk_right_large"])
    drawn = [matcher.decide("talks", pool, seed=seed).clip.id for seed in range(12)]
    assert drawn == [matcher.decide("talks", pool, seed=seed).clip.id for seed in range(12)]
    assert len(set(drawn)) > 2


def test_what_was_played_lately_comes_after_its_equals(matcher: Matcher) -> None:
    names = ["talk_left_small", "talk_right_small", "talk_precise"]
    for lately in names:
        others = {matcher.decide("talks", every(matcher, names), recent=[lately], seed=s).clip.id for s in range(8)}
        assert lately not in others and others


def test_avoided_clips_are_never_taken(matcher: Matcher) -> None:
    first = matcher.match("waves")
    second = matcher.match("waves", avoid=[first.clip.id])
    assert second.clip is not None and second.clip.id != first.clip.id


def test_the_clip_in_which_the_body_already_is_joins_best_and_where_it_is(matcher: Matcher) -> None:
    library = matcher.search.library
    walk, idle = library["walk_loop"], library["idle_standing_calm"]
    pool = every(matcher, ["walk_loop", "idle_standing_calm"])
    frame = 9
    now = Now(matcher.table.features("walk_loop")[frame])
    match = matcher.decide("goes on", pool, now=now)
    assert match.clip.id == walk.id and match.start == frame and match.kinematic == pytest.approx(0.0, abs=1e-4)
    rest = Now(matcher.table.features(idle.id)[4])
    assert matcher.decide("stands", pool, now=rest).clip.id == idle.id


def test_the_entry_is_the_least_cost_among_all_that_are_admissible(matcher: Matcher) -> None:
    now = Now(matcher.table.features("walk_loop")[5])
    for name in ("wave_right", "idle_standing_restless", "walk_loop", "clap"):
        clip = matcher.search.library[name]
        start, joining, _ = join(matcher.table, clip, now)
        rows = matcher.table.normalise(matcher.table.features(name))
        every_cost = costs(rows, matcher.table.normalise(now.pose), POSE)
        assert start <= last_entry(clip)
        assert joining == pytest.approx(every_cost[: last_entry(clip) + 1].min())


def test_entering_at_the_chosen_frame_jumps_less_than_at_the_first(matcher: Matcher) -> None:
    from digital_life.evaluate.bench_join import seam

    rng = np.random.default_rng(0)
    with_pose, without = [], []
    clips = [
        clip for clip in matcher.search.library if clip.kind in ("idle", "locomotion") and clip.posture == "standing"
    ]
    for _ in range(40):
        clip = clips[int(rng.integers(len(clips)))]
        frame = int(rng.integers(2, clip.frames))
        now = clip.motion.slice(frame - 2, frame)
        text = ["walks forward", "stands at ease"][int(rng.integers(2))]
        for pose, seams in ((now, with_pose), (None, without)):
            found = matcher.match(text, posture="standing", pose=pose)
            seams.append(seam(now, found.clip.motion.slice(found.start, found.clip.frames)))
    for measure, share in (("place", 0.95), ("velocity", 1.0), ("rotation", 1.0)):
        chosen, first = (np.mean([getattr(s, measure) for s in seams]) for seams in (with_pose, without))
        assert chosen < share * first, measure


def test_a_wanted_path_prefers_the_clip_that_goes_there(matcher: Matcher) -> None:
    pool = every(matcher, ["step_forward", "step_back"])
    ahead, back = (np.stack([np.zeros(30), sign * np.linspace(0.02, 0.5, 30)], axis=1) for sign in (1, -1))
    assert matcher.decide("steps", pool, now=Now.of(None, ahead)).clip.id == "step_forward"
    chosen = matcher.decide("steps", pool, now=Now.of(None, back))
    costs_back = {c.clip.id: c.way for c in chosen.candidates}
    costs_ahead = {c.clip.id: c.way for c in matcher.decide("steps", pool, now=Now.of(None, ahead)).candidates}
    assert costs_back["step_forward"] > costs_ahead["step_forward"]


def test_durations_are_kept_where_the_clip_allows(matcher: Matcher) -> None:
    idle = matcher.match("stands at ease", posture="standing", duration=2.0)
    assert idle.stop - idle.start == 2 * FPS
    wave = matcher.match("waves with the right hand", duration=0.3)
    assert wave.stop >= earliest_end(wave.clip), "the stroke is never lost"


def test_a_standing_pose_finds_no_seated_clip(matcher: Matcher) -> None:
    now = matcher.search.library["idle_standing_calm"].motion.slice(0, 10)
    match = matcher.match("talks with both hands", pose=now)
    assert all(c.clip.posture in ("standing", "any") for c in match.candidates)
    seated = matcher.match("talks with both hands", posture="seated")
    assert all(c.clip.posture in ("seated", "any") for c in seated.candidates)


def test_candidates_stay_within_the_margin_and_equals_differ_from_outliers(matcher: Matcher) -> None:
    match = matcher.match("talks with both hands", posture="standing")
    best = max(c.semantic for c in match.candidates)
    assert all(c.semantic >= best - MARGIN for c in match.candidates)
    names = ["talk_left_small", "talk_right_small", "talk_both_small", "talk_precise", "talk_question", "excited_jump"]
    assert moves_unlike_others(matcher.table, names) == {5}
    ranked = matcher.decide("talks", every(matcher, names)).candidates
    assert ranked[-1].clip.id == "excited_jump" and ranked[-1].dropped


def test_where_clips_may_be_entered_and_left() -> None:
    still = np.zeros((90, 55, 4), np.float32)
    still[..., 0] = 1.0
    motion = Motion(np.zeros((90, 3), np.float32), still)
    gesture = Clip.of(
        motion,
        id="g",
        captions=(),
        kind="gesture",
        posture="standing",
        sync={"ready": 1.0, "stroke": 1.5, "relax": 2.2},
    )
    assert 0 < last_entry(gesture) < 30 and 45 < earliest_end(gesture) < natural_end(gesture) < 90
    assert end_for(gesture, 10, 0.1) == earliest_end(gesture)
    assert end_for(gesture, 0, None) == natural_end(gesture)
    loop = Clip.of(motion, id="l", captions=(), kind="idle", posture="standing", loopable=True)
    assert goes_on(loop) and last_entry(loop) == 59 and natural_end(loop) == 90
    change = Clip.of(motion, id="c", captions=(), kind="transition", posture="standing", posture_end="seated")
    assert last_entry(change) == 0 and not goes_on(change)
    short = Clip.of(motion.slice(0, 1), id="s", captions=(), kind="idle", posture="standing")
    assert last_entry(short) == 0 and natural_end(short) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "  "}, "empty"),
        ({"posture": "hovering"}, "hovering"),
        ({"duration": -1.0}, "duration"),
        ({"duration": float("nan")}, "duration"),
        ({"hand": "third"}, "third"),
        ({"k": 0}, "0 candidates"),
        ({"pose": np.zeros(3, np.float32)}, "pose"),
        ({"pose": np.full(COLUMNS, np.nan, np.float32)}, "pose"),
        ({"path": np.zeros((4, 3))}, "path"),
    ],
)
def test_wrong_options_are_refused(matcher: Matcher, options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        matcher.match(**({"text": "waves"} | options))


def test_a_style_that_no_clip_has_is_said_so(matcher: Matcher) -> None:
    assert "'purple'" in matcher.match("waves", style="purple").reason
    assert "known to be" not in matcher.match("waves", style="cheerful").reason


def test_a_pose_may_be_a_motion_or_its_features(matcher: Matcher) -> None:
    motion = matcher.search.library["walk_loop"].motion.slice(0, 12)
    row = frame_features(motion, canonical_skeleton())[-1]
    from_motion, from_row = (matcher.match("waves", pose=pose) for pose in (motion, row))
    assert from_motion.record() == from_row.record()
    assert row[FEATURES["hips_velocity"]][2] > 0.3


def test_the_public_call_is_the_default_matcher() -> None:
    match = dl.match("waves with the left hand", seed=3)
    assert match.clip is not None and "wave" in match.clip.id
    assert isinstance(match.motion, dl.Motion)


def test_matching_in_the_pack_is_quick_and_joins(motion_pack) -> None:
    from itertools import islice

    from digital_life.momat.pack import read_pack

    clips = [clip for clip in islice(read_pack(motion_pack, segments=False), 300) if clip.kind == "gesture"][:40]
    matcher = Matcher(MotionSearch(MotionLibrary(clips), shared_embedder()), FeatureTable.of(clips))
    now = clips[0].motion.slice(10, 14)
    match = matcher.match(clips[1].captions[0], pose=now, duration=2.0)
    assert match.clip is not None and match.kinematic > 0
    assert match.start <= last_entry(match.clip)


def test_what_a_clip_is_not_known_to_fulfil_is_said(matcher: Matcher) -> None:
    assert "how many times" in matcher.match("walks forward twice", posture="any").reason
    assert "of the 40 seconds wanted" in matcher.match("waves with the left hand", duration=40).reason
    assert "wanted" not in matcher.match("waves with the left hand").reason


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [("waves", {"seed": -1}, "seed of -1"), ("waves", {"duration": "3"}, "duration of '3'"), (None, {}, "NoneType")],
)
def test_options_of_a_wrong_kind_are_refused(matcher: Matcher, text: str, options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        matcher.match(text, **options)


def test_motions_that_are_added_later_are_found(tmp_path, monkeypatch) -> None:
    from digital_life.momat.growing import add_motions
    from digital_life.momat.intake import Intake, Labels

    monkeypatch.setenv("DIGITAL_LIFE_MOTIONS", str(tmp_path / "mine"))
    assert dl.match("swallows seven flaming torches").clip is None
    dl.save_motion(MotionLibrary.open(dl_motion_db())["clap"].motion, tmp_path / "torches.npz")
    labels = Labels("mine", "CC0-1.0", None, ("swallows seven flaming torches",))
    add_motions(tmp_path / "mine", Intake([tmp_path / "torches.npz"], labels))
    found = dl.match("swallows seven flaming torches").clip
    assert found is not None and "torches" in found.id
