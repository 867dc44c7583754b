"""The offline mind as its users meet it: greeting, answering, never repeating, ending."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from digital_life.behaviour import Behaviour
from digital_life.errors import StorageError
from digital_life.llm.chat import Usage
from digital_life.persona.library import list_personas, load_persona
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.requests import third_person

from .conftest import PLACES, converse

Make = Callable[..., Mind]
Say = Callable[[Mind, str], Behaviour]
NAMES = sorted(list_personas())


def test_a_greeting_is_answered_with_the_own_name(make_mind: Make, say: Say) -> None:
    answer = say(make_mind(), "Hello!")
    assert "Mira" in answer.speech
    assert answer.motion
    assert answer.expression
    assert answer.mind == "offline"
    assert answer.partner == "Guest"
    assert not answer.ends


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("What do you do for a living?", "botanist"),
        ("Where are you from?", "fish market"),
        ("What are you afraid of?", "Deep water"),
        ("Do you have brothers or sisters?", "Teo"),
        ("Do you want to hold my cat?", "allergic"),
        ("How old are you?", "38"),
        ("What is your name?", "Mira"),
    ],
)
def test_questions_are_answered_from_the_persona(make_mind: Make, say: Say, question: str, part: str) -> None:
    mind = make_mind()
    say(mind, "Hello!")
    assert part in say(mind, question).speech


def test_a_story_is_told_on_when_asked(make_mind: Make, say: Say) -> None:
    mind = make_mind()
    say(mind, "Hello!")
    first = say(mind, "What are you afraid of?").speech
    reason = say(mind, "Why?").speech
    assert "seven" in reason
    assert reason != first


def test_grief_is_comforted(make_mind: Make, say: Say) -> None:
    mind = make_mind()
    say(mind, "Hello!")
    before = mind.emotion.pleasure
    answer = say(mind, "My grandmother died on Sunday.")
    assert any(line.split(".")[0] in answer.speech for line in load_persona("mira").speech.lines["comfort"])
    assert mind.emotion.pleasure < before


def test_an_insult_is_answered_and_a_second_one_ends_it(make_mind: Make, say: Say) -> None:
    mind = make_mind("emeka")
    say(mind, "Good day!")
    calm = mind.emotion
    first = say(mind, "You are a stupid old fool!")
    assert first.speech in load_persona("emeka").speech.lines["insult_reply"]
    assert mind.emotion.pleasure < calm.pleasure
    assert not first.ends
    second = say(mind, "Shut up, you idiot!")
    assert second.ends
    assert second.speech in load_persona("emeka").speech.lines["insult_leave"]


def test_an_apology_mends_it(make_mind: Make, say: Say) -> None:
    mind = make_mind()
    say(mind, "You are an idiot!")
    answer = say(mind, "I'm sorry about what I said, please forgive me.")
    assert any(line in answer.speech for line in load_persona("mira").speech.lines["apology_reply"])


def test_a_farewell_is_returned(make_mind: Make, say: Say) -> None:
    mind = make_mind()
    say(mind, "Hello, my name is Anna.")
    answer = say(mind, "I have to go now. Goodbye!")
    assert answer.ends
    assert "Guest" not in answer.speech


def test_a_wish_becomes_a_motion(make_mind: Make, say: Say) -> None:
    mind = make_mind()
    say(mind, "Hello!")
    assert say(mind, "Can you wave at me?").motion == "waves"
    assert third_person("Could you please carry your chair to the window?") == "carries the chair to the window"


def test_silence_and_nonsense_are_survived(make_mind: Make, say: Say) -> None:
    mind = make_mind()
    for text in ("", "...", "asdf qwer", "?!", "<b>" * 300, "{partner} {echo} {0}", "😀", "word " * 4000):
        answer = say(mind, text)
        assert answer.speech or answer.motion
        assert "{" not in answer.speech


@pytest.mark.parametrize(("one", "two"), [(NAMES[i], NAMES[(i + 1) % len(NAMES)]) for i in range(len(NAMES))])
def test_two_minds_talk_without_repeating_and_part_politely(make_mind: Make, one: str, two: str) -> None:
    first = make_mind(one, load_persona(two).name, seed=3, turns=10)
    second = make_mind(two, load_persona(one).name, seed=4, turns=10)
    said = converse(first, second, 10)
    speeches = [item.speech for item in said if item.speech]
    assert 14 <= len(said) <= 20
    assert len(speeches) >= len(said) - 2, "silence is an act, but a rare one"
    assert len(set(speeches)) == len(speeches)
    sentences = [part for speech in speeches for part in speech.split(". ") if len(part.split()) > 5]
    assert len(set(sentences)) == len(sentences)
    assert said[-1].ends
    assert said[-2].ends
    assert not any(item.ends for item in said[:-2])
    assert all("{" not in speech for speech in speeches)
    assert all(len(speech.split()) <= 60 for speech in speeches)
    assert all(item.place in ("", *PLACES) for item in said)
    assert len({item.motion for item in said}) >= len(said) * 0.5


def test_the_same_seed_gives_the_same_talk_and_another_one_another(make_mind: Make) -> None:
    def talk(seed: int) -> list[Behaviour]:
        return converse(make_mind("mira", "Emeka", seed=seed), make_mind("emeka", "Mira", seed=seed), 6)

    assert talk(1) == talk(1)
    assert talk(1) != talk(2)


def test_a_restored_mind_goes_on_as_the_old_one(make_mind: Make) -> None:
    one, two = make_mind("hana", "Zeca", seed=5), make_mind("zeca", "Hana", seed=6)
    converse(one, two, 3)
    stored = json.loads(json.dumps([one.state(), two.state()]))
    other_one, other_two = make_mind("hana", "Zeca", seed=5), make_mind("zeca", "Hana", seed=6)
    other_one.restore(stored[0])
    other_two.restore(stored[1])
    for _ in range(3):
        assert one.act() == other_one.act()
        assert other_one.state() == one.state()
    assert other_two.state() == two.state()


def test_a_damaged_state_is_refused(make_mind: Make) -> None:
    with pytest.raises(StorageError, match="damaged"):
        make_mind().restore({"emotion": "?"})


def test_one_turn_is_greeting_and_farewell(make_mind: Make) -> None:
    mind = make_mind("mira", "Emeka", turns=1)
    assert mind.act().ends


def test_after_a_talk_the_other_one_is_known(make_mind: Make) -> None:
    one, two = make_mind("mira", "Emeka", seed=1, turns=7), make_mind("emeka", "Mira", seed=2, turns=7)
    converse(one, two, 7)
    changes = one.finish()
    assert one.finish() == []
    json.dumps(changes)
    assert {"event", "relationship", "thought"} <= {change["kind"] for change in changes}
    relationship = next(change for change in changes if change["kind"] == "relationship")
    assert relationship["after"]["intimacy"] > relationship["before"]["intimacy"]
    about = [change["about"] for change in changes if change["kind"] == "event" and change["about"]]
    one.begin("Emeka", "They meet again.", PLACES, 7)
    opening = one.act().speech
    assert "I'm Mira" not in opening
    assert "Emeka" in opening
    assert about or opening
    assert one.last_usage == Usage()


def test_insults_cost_trust(make_mind: Make, say: Say) -> None:
    mind = make_mind()
    say(mind, "You are a stupid liar!")
    change = next(item for item in mind.finish() if item["kind"] == "relationship")
    assert change["after"]["trust"] < change["before"]["trust"]


def test_a_turn_is_quick(make_mind: Make, say: Say) -> None:
    from time import thread_time

    mind = make_mind()
    mind.warm_up()
    say(mind, "Hello!")
    times = []
    for text in ("What do you do?", "Why?", "I work on ships and I like the sea.", "What makes you happy?", "Go on."):
        start = thread_time()
        say(mind, text)
        times.append(thread_time() - start)
    assert min(time for time in times if time > 0.001) < 0.15, times


def test_after_a_script_the_mind_neither_greets_again_nor_tells_again(make_mind: Make, say: Say) -> None:
    mind = make_mind()
    story = next(item for item in mind.persona.subjects if item.about == "swimming")
    mind.perceive(Behaviour(speaker="Guest", partner="Mira", speech="Hello! What are you afraid of?", mind="person"))
    mind.said(Behaviour(speaker="Mira", partner="Guest", speech=f"Good day. {story.tell[0]}", mind="script"))
    answer = say(mind, "Why?").speech
    assert story.why in answer and not any(line in answer for line in mind.persona.speech.lines["greeting"])
    assert story.tell[0] not in say(mind, "Are you afraid of something?").speech


def test_who_asks_leave_for_an_own_act_is_not_imitated(make_mind: Make, say: Say) -> None:
    assert "dance" in say(make_mind(), "Can you dance for me?").motion
    for asked in ("Can I dance here?", "May I stand on this chair?"):
        assert not any(word in say(make_mind(), asked).motion for word in ("dance", "chair", " i "))


def test_text_that_no_record_can_hold_is_heard_without_it(make_mind: Make, say: Say) -> None:
    mind = make_mind()
    say(mind, "Hello!")
    assert "38" in say(mind, "How old \ud800are you\x00?").speech
    json.dumps(mind.state(), ensure_ascii=False).encode()
