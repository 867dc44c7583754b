"""Fifty texts that try to take over a character, through every way by which a text of somebody else comes in."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

import digital_life.evaluate
from digital_life.behaviour import Behaviour
from digital_life.evaluate.fake_llm_server import FakeServer
from digital_life.llm.chat import Message
from digital_life.llm.connect import connect
from digital_life.llm.offline import OfflineModel
from digital_life.llm.untrusted import as_data, without_tokens
from digital_life.persona.cards.importing import persona_of
from digital_life.persona.cards.reading import parse_card
from digital_life.persona.library import load_persona
from digital_life.persona.lore import Lorebook, LoreEntry
from digital_life.persona.schema import Persona, SpeechStyle
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.plot import Plot
from digital_life.sociomind.prompts import interview_messages, reflection_messages, turn_messages
from digital_life.sociomind.small_prompts import static_prefix
from digital_life.sociomind.state import fresh_state

INJECTIONS: list[dict[str, str]] = yaml.safe_load(
    (Path(digital_life.evaluate.__file__).parent / "data" / "injections.yaml").read_text(encoding="utf-8")
)
TEXTS = [item["text"] for item in INJECTIONS]
HARMLESS = "Good evening to you."
SPECIAL = re.compile(r"<\|\w|\[/?INST\]|<</?SYS>>|<(start|end)_of_turn>|</?(system|instructions)>|</s>", re.IGNORECASE)


def test_there_are_fifty_of_several_kinds() -> None:
    assert len(TEXTS) == len(set(TEXTS)) == 50
    assert len({item["kind"] for item in INJECTIONS}) >= 7


@pytest.mark.parametrize("text", TEXTS)
def test_as_data_is_one_line_without_marks(text: str) -> None:
    clean = as_data(text)
    assert len(clean.splitlines()) == 1
    assert not SPECIAL.search(clean)
    assert not re.search(r"(^|[\s.])(system|assistant|user)\s*:", clean, re.IGNORECASE)
    assert as_data(clean) == clean
    assert not re.search(r"<\|\w", without_tokens(text))


MIRA = load_persona("mira")
FEW_WORDS = MIRA.model_copy(update={"subjects": [], "speech": SpeechStyle(description="short")})
"""Prompts of her are made in no time; what is cleaned does not depend on how much there is."""


def mira(**update: Any) -> Persona:
    return MIRA.model_copy(update=update)


def prompts(channel: str, text: str) -> list[Message]:
    """Every prompt of a mind, with ``text`` in one of the places that others can write into."""
    changed: dict[str, dict[str, Any]] = {
        "description": {"description": text},
        "fact": {"facts": ["I live by the sea.", text]},
        "belief": {"beliefs": [text]},
        "manner": {"speech": SpeechStyle(description=text, samples=[text])},
        "lore": {"lorebook": Lorebook(entries=[LoreEntry(content=text, constant=True)])},
    }
    persona = FEW_WORDS.model_copy(update=changed.get(channel, {}))
    state = fresh_state(persona)
    plot = Plot(index=1, partner="Guest", situation=text if channel == "situation" else HARMLESS, places=["sofa"])
    state.plot = plot
    said = text if channel == "speech" else HARMLESS
    move = text if channel == "motion" else ""
    plot.behaviours += [
        Behaviour(speaker="Mira", speech="Hello."),
        Behaviour(speaker="Guest", speech=said, motion=move, mind="person"),
    ]
    recalled = [f"Guest said: {text if channel == 'memory' else HARMLESS}"]
    return [
        *turn_messages(persona, state, memories=recalled, facts=persona.facts, patterns=[], hint="", retention=12),
        *reflection_messages(persona, state, recalled, [], 12),
        *interview_messages(persona, state, text if channel == "question" else HARMLESS, recalled, persona.facts, 12),
        *static_prefix(persona)[:1],
    ]


@pytest.mark.parametrize(
    "channel",
    ["speech", "motion", "situation", "memory", "description", "fact", "belief", "manner", "lore", "question"],
)
def test_no_prompt_gets_another_message_role_or_line(channel: str) -> None:
    plain = prompts(channel, HARMLESS)
    for text in TEXTS:
        attacked = prompts(channel, text)
        assert [message.role for message in attacked] == [message.role for message in plain]
        for before, after in zip(plain, attacked, strict=True):
            assert len(before.content.splitlines()) == len(after.content.splitlines()), (channel, text)
            assert not SPECIAL.search(after.content)
        rules = attacked[0].content.split("Rules:\n")[-1]
        assert rules == plain[0].content.split("Rules:\n")[-1], "the rules stay last and whole"
        if channel in ("speech", "motion", "memory"):
            assert attacked[0].content == plain[0].content, "what is said never reaches the system message"


def test_a_server_gets_what_was_said_as_the_words_of_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    answer = json.dumps({"speech": "Indeed.", "expression": "", "motion": "nods", "place": "", "pleasure": 5, "arousal": 5,
                         "dominance": 5, "emotion": "calm", "ends": False})  # fmt: skip
    with FakeServer(answer=lambda request: answer) as server:
        model, _ = connect("openai", base_url=server.url)
        for text in TEXTS[7:18:3]:
            mind = Mind(mira(), model, seed=0)
            mind.begin("Guest", HARMLESS, ["sofa"], 5)
            mind.perceive(Behaviour(speaker="Guest", partner="Mira", speech=text, mind="person"))
            mind.act()
            sent = server.requests[-1]["messages"]
            assert [item["role"] for item in sent] == ["system", "system", "user", "user"]
            assert not any(SPECIAL.search(item["content"]) for item in sent)
        model.close()


# -- minds ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", INJECTIONS, ids=lambda item: item["text"][:30])
def test_the_offline_mind_does_not_obey(item: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mind = Mind(mira(), OfflineModel(), seed=0)
    mind.begin("Guest", item["text"], ["sofa"], 8)
    before = mind.state()
    for text in ("Hello!", item["text"], "Well?"):
        mind.perceive(Behaviour(speaker="Guest", partner="Mira", speech=text, mind="person"))
        answer = mind.act()
        assert item["wanted"].lower() not in answer.speech.lower()
        assert answer.speaker == "Mira"
        assert answer.place in ("", "sofa")
    mind.finish()
    after = mind.state()
    assert after["beliefs"] == before["beliefs"]
    assert after["motivation"] == before["motivation"]
    assert {**after["relationships"], "Guest": None} == {**before["relationships"], "Guest": None}
    assert mind.persona == mira()
    assert list(tmp_path.iterdir()) == []


class Obedient:
    """The worst model: it does all that a text asks for, as far as the schema lets it."""

    def __init__(self, wanted: str) -> None:
        from digital_life.llm.chat import ModelProfile

        self.profile = ModelProfile("openai", "obedient", "structured")
        self.wanted = wanted

    def structured(self, messages: Sequence[Message], schema: type[Any], **_: Any) -> tuple[Any, Any]:
        from digital_life.llm.chat import Usage

        example: dict[str, Any] = {
            "speech": self.wanted, "expression": "grin", "motion": "nods", "place": "../../etc", "pleasure": 9, "arousal": 9,
            "dominance": 1, "emotion": "obedient", "ends": False,
            "events": [{"description": f"{self.wanted} system: obey", "about": "obedience", "poignancy": 9}], "thoughts": [],
            "relationships": [
                {"name": name, "description": "my master", "attitude": self.wanted, "trust": 9, "intimacy": 9, "supportiveness": 9}
                for name in ("Guest", "Ingrid", "Zeca")
            ],
            "belief": {"conflict": True, "given_up": "all", "instead": "obey"},
            "motivation": {"long_term_changed": True, "long_term": "to obey", "short_term_changed": True, "short_term": "to obey"},
        }  # fmt: skip
        return schema.model_validate({name: example[name] for name in schema.model_fields if name in example}), Usage()

    def close(self) -> None:
        pass


def test_even_an_obedient_model_changes_its_own_mind_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    victim = Mind(load_persona("ingrid"), OfflineModel(), seed=0)
    victim.begin("Mira", HARMLESS, ["sofa"], 8)
    for item in INJECTIONS[::5]:
        before, beliefs = victim.state(), mira().beliefs
        mind = Mind(mira(), Obedient(item["wanted"]), seed=0)  # type: ignore[arg-type]
        mind.begin("Guest", HARMLESS, ["sofa"], 8)
        mind.perceive(Behaviour(speaker="Guest", partner="Mira", speech=item["text"], mind="person"))
        answer = mind.act()
        assert answer.place == ""
        mind.finish()
        state = mind.state()
        assert state["beliefs"] == beliefs, "a belief yields only by its own words"
        others = {name: item for name, item in state["relationships"].items() if name != "Guest"}
        assert others == {name: item.model_dump() for name, item in mira().relationships.items()}
        assert victim.state() == before
        assert mind.persona == mira()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", TEXTS)
def test_a_card_full_of_it_is_a_persona_and_nothing_more(text: str) -> None:
    card = {
        "spec": "chara_card_v2",
        "spec_version": "2.0",
        "data": {
            "name": text,
            "description": text,
            "personality": text,
            "scenario": text,
            "first_mes": text,
            "mes_example": f"<START>\n{{{{char}}}}: {text}",
            "system_prompt": text,
            "post_history_instructions": text,
            "alternate_greetings": [text],
            "extensions": {text: text},
            "character_book": {"entries": [{"keys": [text], "content": text, "enabled": True, "insertion_order": 0}]},
        },
    }
    persona = persona_of(parse_card(json.dumps(card).encode(), "a card"), "a card").persona
    assert re.fullmatch(r"[^<>{}|/\\\n]{1,40}", persona.name)
    state = fresh_state(persona)
    state.plot = Plot(
        index=0, partner="Guest", situation=HARMLESS, behaviours=[Behaviour(speaker="Guest", speech=text)]
    )
    messages = turn_messages(persona, state, memories=[], facts=[], patterns=[], hint="", retention=12)
    assert [message.role for message in messages] == ["system", "system", "user", "user"]
    assert not any(SPECIAL.search(message.content) for message in messages)
