"""Everyday acts, exercise, play and ways of listening: words find them, and words for other things do not."""

import pytest

from digital_life.llm.embedding import shared_embedder
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import FITTING, MotionSearch


@pytest.fixture(scope="module")
def search() -> MotionSearch:
    return MotionSearch(MotionLibrary.default(), shared_embedder())


@pytest.mark.parametrize(
    ("query", "posture", "first"),
    [
        ("talks on the phone", "standing", "phone_call"),
        ("answers her mobile", "seated", "phone_"),
        ("texts a friend", "standing", "phone_text"),
        ("looks at the phone", "seated", "phone_scroll_seated"),
        ("takes a selfie", "standing", "take_photo"),
        ("reads a book", "standing", "read_book"),
        ("reads a book", "seated", "read_book_seated"),
        ("reads the newspaper", "seated", "read_newspaper_seated"),
        ("reads a letter", "seated", "read_letter"),
        ("writes a letter", "seated", "write_seated"),
        ("scribbles on a notepad", "standing", "write_note"),
        ("types on a laptop", "seated", "type_seated"),
        ("stirs the soup", "standing", "cook_stir"),
        ("chops vegetables", "standing", "cook_chop"),
        ("pours tea", "standing", "pour"),
        ("wipes the table", "standing", "clean_wipe"),
        ("sweeps the floor", "standing", "clean_sweep"),
        ("puts on a jacket", "standing", "dress_jacket"),
        ("zips up the coat", "standing", "dress_zip"),
        ("buttons the shirt", "standing", "dress_button"),
        ("rolls up the sleeves", "standing", "dress_sleeves"),
        ("drinks tea", "seated", "drink_"),
        ("eats lunch", "seated", "eat_fork_seated"),
        ("eats a sandwich", "standing", "eat_sandwich"),
        ("打电话", "standing", "phone_call"),
        ("看书", "seated", "read_book_seated"),
        ("打字", "seated", "type_seated"),
        ("切菜", "standing", "cook_chop"),
        ("擦桌子", "standing", "clean_wipe"),
        ("穿外套", "standing", "dress_jacket"),
        ("吃饭", "seated", "eat_"),
        ("listens sceptically", "standing", "listen_standing_sceptical"),
        ("listens, bored", "seated", "listen_seated_bored"),
        ("leans forward and listens", "seated", "listen_seated_forward"),
    ],
)
def test_everyday_acts_are_found(search: MotionSearch, query: str, posture: str, first: str) -> None:
    hit = search.search(query, k=1, posture=posture)[0]
    assert hit.clip.id.startswith(first)
    assert hit.score > FITTING


@pytest.mark.parametrize(
    ("query", "posture", "first"),
    [
        ("squats at the gym", "standing", "exercise_squats"),
        ("rotates the arms", "standing", "exercise_arm_circles"),
        ("stretches and yawns", "standing", "exercise_stretch_up"),
        ("leans to the side for gymnastics", "standing", "exercise_side_bends"),
        ("fingertips down to the toes", "standing", "exercise_toe_touch"),
        ("steps on the spot to warm up", "standing", "exercise_march"),
        ("stretches the shoulder", "standing", "exercise_stretch_arm"),
        ("strums a guitar", "standing", "play_guitar"),
        ("plays a melody on the piano", "seated", "play_piano"),
        ("plays the fiddle", "standing", "play_violin"),
        ("beats the drums", "seated", "play_drums"),
        ("juggles with balls", "standing", "play_juggle"),
        ("pitches a ball overarm", "standing", "play_throw"),
        ("catches the ball", "standing", "play_catch"),
        ("plays poker", "seated", "play_cards"),
        ("opens the door", "standing", "open_door"),
        ("picks a coin up from the ground", "standing", "pick_up"),
        ("gets a jar down from the shelf", "standing", "reach_shelf"),
        ("knocks at the door", "standing", "knock_door"),
        ("parries a blow", "standing", "martial_block"),
        ("trains karate punches", "standing", "martial_punches"),
        ("bows like a kung fu fighter", "standing", "martial_salute"),
        ("弹钢琴", "seated", "play_piano"),
        ("拉小提琴", "standing", "play_violin"),
        ("打扑克", "seated", "play_cards"),
        ("开门", "standing", "open_door"),
        ("捡起地上的东西", "standing", "pick_up"),
        ("踏步", "standing", "exercise_march"),
        ("抱拳", "standing", "martial_salute"),
    ],
)
def test_exercise_play_and_martial_arts_are_found(search: MotionSearch, query: str, posture: str, first: str) -> None:
    hit = search.search(query, k=1, posture=posture)[0]
    assert hit.clip.id == first
    assert hit.score > FITTING


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("bows politely", "bow"),
        ("jogs", "made/jog_"),
        ("jumps", "made/jump_"),
        ("claps the hands", "clap"),
        ("bounces on the toes", "excited_jump"),
        ("looks towards the door", "look_around"),
        ("reaches out with one hand", "handshake_offer"),
        ("taps the fingers into the palm", "count_fingers"),
    ],
)
def test_other_acts_stay_what_they_were(search: MotionSearch, query: str, first: str) -> None:
    assert search.search(query, k=1, posture="standing")[0].clip.id.startswith(first)


@pytest.mark.parametrize(
    "query", ["explains something with both hands", "chops the air to insist", "makes a point", "says hello", "waits"]
)
def test_talking_takes_no_everyday_act(search: MotionSearch, query: str) -> None:
    acts = {"everyday", "exercise", "play", "martial"}
    assert not any(acts & set(hit.clip.tags) for hit in search.search(query, k=5))
