"""Topics, plots, and the one plot that everybody plays."""

from __future__ import annotations

from digital_life.persona.library import load_persona
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.memory import Memory
from digital_life.sociomind.planning import PlotPlan, Topic, best_topics, choose
from digital_life.sociomind.plot import News, Told
from digital_life.sociomind.raising import make_plots, news_subjects, preferred_subjects, raise_topics
from digital_life.sociomind.state import begin_plot, close_plot, fresh_state


def topic(description: str, poignancy: int = 5, emergency: int = 1) -> Topic:
    return Topic(description=description, poignancy=poignancy, emergency=emergency, partner="Emeka", owner="Mira")


def plan(proposer: str, poignancy: int, emergency: int) -> PlotPlan:
    return PlotPlan(title="x", situation="They meet.", proposer=proposer, poignancy=poignancy, emergency=emergency)


def test_the_score_is_poignancy_and_twice_emergency_and_ties_go_by_name() -> None:
    assert topic("a thing", 7, 4).score == 15
    assert choose([plan("Mira", 3, 4), plan("Emeka", 9, 2)]).score == 13  # type: ignore[union-attr]
    assert choose([plan("Mira", 5, 3), plan("Emeka", 7, 2)]).proposer == "Emeka"  # type: ignore[union-attr]
    assert choose([plan("Mira", 5, 3), plan("Emeka", 1, 4)]).proposer == "Mira"  # type: ignore[union-attr]
    assert choose([]) is None


def test_what_means_the_same_or_was_used_lately_is_taken_out() -> None:
    topics = [
        topic("Mira wants to tell Emeka about the fire in her greenhouse", 7, 2),
        topic("Mira wants to tell Emeka about the greenhouse fire", 5, 1),
        topic("Mira wants to ask Emeka for help with carrying plants", 5, 1),
        topic("Mira wants to tell Emeka about a blue orchid", 6, 1),
    ]
    kept = best_topics(topics, [], CachedEncoder())
    assert topics[0].gist == "the fire in her greenhouse"
    assert [item.description for item in kept] == [topics[0].description, topics[3].description, topics[2].description]
    used = ["a rare blue orchid", *(f"something else entirely, number {number}" for number in range(7))]
    assert topics[3] not in best_topics(topics, used, CachedEncoder())
    assert topics[3] in best_topics(topics, [*used, "an eighth one"], CachedEncoder()), "only the latest eight count"
    assert best_topics(topics, [], CachedEncoder()) == best_topics(topics[::-1], [], CachedEncoder())


def test_news_outweigh_everything_and_are_told_in_their_own_words() -> None:
    mira = load_persona("mira")
    state = fresh_state(mira)
    state.news.append(News(description="A letter says that the salt works will be sold.", poignancy=9, emergency=9))
    topics = best_topics(raise_topics(mira, state, [], ["Emeka"]), [], CachedEncoder())
    assert topics[0].source == "event"
    best = make_plots(mira, state, topics, ["Emeka"], ["window"], "studio", 2)[0]
    assert best.score == 27
    assert news_subjects(best.topics, "Mira", CachedEncoder())[0].tell == [
        "A letter says that the salt works will be sold."
    ]
    assert preferred_subjects(best.topics, "Mira")[0] >= 1000
    assert news_subjects(best.topics, "Emeka", CachedEncoder()) == []


def test_what_was_told_is_no_topic_any_more_and_what_is_private_becomes_one_with_closeness() -> None:
    mira = load_persona("mira")
    state = fresh_state(mira)
    begin_plot(state, "Emeka", "They meet.", [], 8)
    assert state.plot
    for index, subject in enumerate(mira.subjects):
        if subject.intimacy == 1:
            state.plot.notes.told[index] = Told(pieces=[str(n) for n in range(9)])
    close_plot(state, 100)
    found = raise_topics(mira, state, [], ["Emeka"])
    assert not [item for item in found if item.source == "subject"]
    state.relationships["Emeka"] = state.relationship("Emeka").model_copy(update={"trust": 8, "intimacy": 8})
    private = [item for item in raise_topics(mira, state, [], ["Emeka"]) if item.source == "subject"]
    assert private
    assert all(mira.subjects[item.subject].intimacy > 2 for item in private if item.subject is not None)


def test_what_a_partner_told_is_asked_about_again() -> None:
    mira = load_persona("mira")
    memory = Memory(kind="event", description="Emeka said: I built a bridge.", about="your bridge", partner="Emeka")
    found = [item for item in raise_topics(mira, fresh_state(mira), [memory], ["Emeka"]) if item.source == "memory"]
    assert found[0].description == "Mira wants to hear more from Emeka about the bridge"
