"""The offline mind: no language model, only the persona's own lines, subjects, facts, beliefs and memories.

It recognises what was said (``hearing``), plans one turn (greet, introduce, react, answer, ask or tell, take leave) and
fills it with lines of the persona that it has not used yet. The same seed and state give the same turn.
"""

from __future__ import annotations

from dataclasses import replace

from digital_life.persona.schema import Intent, Persona
from digital_life.sociomind.answering import Answerer, recalled_about
from digital_life.sociomind.body_language import REACTIONS, reaction_act
from digital_life.sociomind.disclosure import BELIEF_LEVEL, openness
from digital_life.sociomind.embodiment import embody, seats
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.hearing import Ear
from digital_life.sociomind.honest_lines import HEART_LINES
from digital_life.sociomind.initiative import Initiative
from digital_life.sociomind.lines import LineBook
from digital_life.sociomind.listening import what_was_heard
from digital_life.sociomind.memory import MemoryStore
from digital_life.sociomind.monologue import inner_line
from digital_life.sociomind.opening import first_question, greet, may_ask_first
from digital_life.sociomind.parting import (
    goes_with,
    is_last_turn,
    is_time_to_wind_down,
    partner_is_gone,
    take_leave,
    wind_down,
)
from digital_life.sociomind.plot import Plot
from digital_life.sociomind.state import MindState
from digital_life.sociomind.subjects import SubjectBook
from digital_life.sociomind.telling import Teller
from digital_life.sociomind.turn import Draft, Turn, turn_rng

_RELATED = 0.3
"""Cosine above which an own subject is close enough to the partner's words to be joined by a bridging line."""
_SHORTEST_TALK = 2
_ROOM_FOR_TOPIC = 24
"""Words of a turn after which nothing new is brought up in it."""
_ASK_AGAIN = (
    "Last time you told me about {thing}. How did that go on?",
    "I kept thinking about {thing}. Tell me more.",
    "And {thing}? You only told me half of it.",
)
_FOLLOW_UPS: tuple[Intent, ...] = ("ask_next", "ask_why", "ask_feeling")
_EARLY_THEMES = ("work", "home", "joy", "rest", "food", "place")


class OfflineResponder:
    """Writes the turns of one persona."""

    def __init__(self, persona: Persona, encoder: CachedEncoder, ear: Ear, seed: int) -> None:
        self._persona = persona
        self._ear = ear
        self._seed = seed
        self._lines = LineBook(persona)
        self._subjects = SubjectBook(persona, encoder)
        self._teller = Teller(self._subjects)
        self._answers = Answerer(self._subjects, self._teller)
        self._initiative = Initiative(persona.personality, self._subjects, self._teller)

    def warm_up(self) -> None:
        """Embed everything that later turns compare with."""
        self._ear.warm_up()
        self._subjects.warm_up()
        self._answers.warm_up()

    def respond(self, state: MindState, memory: MemoryStore) -> Draft:
        """The next own turn of the plot; moves the notes of ``state.plot`` on."""
        plot = state.plot
        assert plot is not None, "begin() comes before act()"
        turn = self._turn(state, memory, plot)
        self._take_note(turn)
        acts = turn.heard.acts
        if turn.notes.farewell_said:
            turn.act, turn.ends = "farewell", True
        elif "insult" in acts:
            self._answer_insult(turn)
        elif "farewell" in acts and goes_with(plot):
            take_leave(turn)
        elif is_last_turn(plot):
            self._last_turn(turn)
        elif not plot.behaviours:
            self._open_conversation(turn)
        elif self._is_over(turn):
            take_leave(turn)
        elif self._stays_silent(turn):
            turn.act = "comfort" if turn.heard.mood == "sad" else "listen"
        else:
            self._converse(turn)
        draft = embody(turn, self._persona)
        return replace(draft, thought=inner_line(turn), to=self._addressed(turn))

    def scripted(self, plot: Plot, speech: str) -> None:
        """A script made the character say ``speech``; what comes after must neither greet nor tell it again."""
        plot.notes.greeted = True
        index = self._subjects.mark_told(speech, plot.notes)
        if index is not None:
            plot.notes.subject = index

    def touched_by(self, text: str, state: MindState) -> float:
        """Cosine of what was said with the nearest subject that is not told yet; 0 when there is none."""
        plot = state.plot
        if plot is None or not text.strip():
            return 0.0
        self._subjects.use(plot.subjects)
        level = min(openness(state.relationship(name)) for name in plot.present or [plot.partner])
        return self._subjects.nearest(text, self._subjects.untold(plot.notes, level))[1]

    def _is_over(self, turn: Turn) -> bool:
        """Nothing is left to say or ask, the partner is gone or falls silent again and again: then it is time to go."""
        if partner_is_gone(turn.plot):
            return True
        if turn.with_person or turn.plot.own_turns < _SHORTEST_TALK or turn.heard.asks or turn.heard.tells:
            return False
        told_out = not self._subjects.untold(turn.notes, turn.openness)
        return told_out and not self._askable(turn)

    def _stays_silent(self, turn: Turn) -> bool:
        """Something heavy was told and nothing asked: reserved people answer with a look or a hand, not with words."""
        heard, notes = turn.heard, turn.notes
        if heard.asks or heard.mood not in ("sad", "tender") or not heard.tells or turn.with_person or notes.silences:
            return False
        silent = turn.chance(0.3 + 0.06 * (5 - self._persona.personality.extraversion))
        notes.silences += silent
        return silent

    def _for_everybody(self, plot: Plot) -> bool:
        """In a group, the first and the last words are for all, everything else for whom the mind has turned to."""
        return plot.group and (not plot.own_turns or is_last_turn(plot))

    def _addressed(self, turn: Turn) -> str | None:
        if turn.asked and not turn.ends:
            return None
        return "" if self._for_everybody(turn.plot) or (turn.plot.group and turn.ends) else None

    def _turn(self, state: MindState, memory: MemoryStore, plot: Plot) -> Turn:
        person = any(item.mind == "person" for item in plot.behaviours)
        self._subjects.use(plot.subjects)
        listeners = plot.present or [plot.partner]
        turn = Turn(
            state=state,
            memory=memory,
            plot=plot,
            heard=what_was_heard(plot, self._ear),
            rng=turn_rng(self._seed, (self._persona.name, plot.index, plot.own_turns)),
            lines=self._lines,
            slots={
                "name": self._persona.name,
                "partner": "" if self._for_everybody(plot) else plot.call_name,
                "memory": plot.notes.memory,
            },
            with_person=person,
            openness=min(openness(state.relationship(name)) for name in listeners),
        )
        known = recalled_about(turn) if plot.met_before else None
        if known and not turn.notes.memory:
            turn.slots["memory"] = known.about
        return turn

    def _take_note(self, turn: Turn) -> None:
        heard, notes = turn.heard, turn.notes
        if heard.name and heard.name != self._persona.name and turn.with_person:
            turn.plot.call_name = turn.slots["partner"] = heard.name
        if heard.tells:
            notes.floor_turns += 1
            if notes.floor_turns == 1 and not notes.asked_theme:
                notes.asked_themes.append(self._ear.theme_of(heard.statement))
        if heard.asks:
            notes.floor_turns = 0
        if heard.echo and heard.echo not in notes.echoes and heard.tells:
            turn.slots["echo"] = heard.echo
            weight = 1.0 + (heard.mood != "calm") + 0.1 * turn.plot.own_turns
            if weight >= notes.memory_weight:
                notes.memory, notes.memory_weight = heard.echo, weight
                turn.slots["memory"] = notes.memory

    def _open_conversation(self, turn: Turn) -> None:
        greet(turn)
        if (turn.plot.met_before or turn.plot.subjects) and self._raise_planned(turn):
            return
        if may_ask_first(turn) and (turn.plot.met_before or turn.chance(0.35)):
            turn.notes.asked_how = True
            turn.asked = turn.say("ask_how")

    def _last_turn(self, turn: Turn) -> None:
        if turn.heard.asks:
            self._answers.answer(turn)
        elif turn.heard.tells and not turn.notes.wound_down and not turn.plot.gone:
            self._react(turn)
        take_leave(turn)

    def _answer_insult(self, turn: Turn) -> None:
        turn.notes.insults += 1
        turn.act = "insult"
        if turn.notes.insults > 1:
            turn.say("insult_leave")
            turn.notes.farewell_said = turn.ends = True
        else:
            turn.say("insult_reply")

    def _converse(self, turn: Turn) -> None:
        if not turn.notes.greeted:
            greet(turn)
            first_question(turn)
        reacted = self._answer_social(turn)
        if (
            not reacted
            and turn.heard.tells
            and "leave_hint" not in turn.heard.acts
            and turn.chance(0.35 if turn.heard.asks else 0.9)
        ):
            self._react(turn)
        if turn.heard.asks and turn.heard.asks != "invite":
            self._answers.answer(turn)
        if is_time_to_wind_down(turn):
            wind_down(turn)
        elif not turn.asked and may_ask_first(turn) and not self._raise_planned(turn):
            self._move_on(turn)
        if not turn.parts:
            turn.say("fallback")
            turn.act = "think"

    def _raise_planned(self, turn: Turn) -> bool:
        """Bring up what the plot is about, once nobody waits for something else: tell it, or ask for it."""
        full = len(turn.speech().split()) > _ROOM_FOR_TOPIC
        if (turn.answered or full) and not turn.plot.subjects:
            return False
        untold = self._subjects.untold(turn.notes, turn.openness)
        planned = next((index for index in turn.plot.preferred if index in untold), None)
        if planned is not None:
            return self._teller.raise_subject(turn, planned)
        thing = next((thing for thing in turn.plot.to_ask if thing not in turn.notes.used), "")
        if not thing:
            return False
        turn.notes.used.append(thing)
        turn.add(turn.rng.choice(_ASK_AGAIN).format(thing=thing), "ask")
        turn.asked = True
        return True

    def _answer_social(self, turn: Turn) -> bool:
        """Thanks, praise, apologies, news and invitations get their due; returns whether that was the reaction."""
        heard, short = turn.heard, len(turn.heard.statement.split()) <= 9
        if heard.name and turn.with_person:
            turn.add(f"Pleased to meet you, {heard.name}.", turn.act or "greet")
        elif "silence" in heard.acts and self._goes_on(turn):
            turn.answered = True
        elif "silence" in heard.acts:
            turn.act, turn.asked = "silence", turn.say("silence", optional=True)
        elif "bad_news" in heard.acts and turn.with_person:
            turn.say("comfort")
            turn.act = "comfort"
            turn.asked = not heard.asks
        elif turn.with_person and self._answer_heart(turn):
            turn.asked = not heard.asks
        elif "good_news" in heard.acts and turn.with_person:
            turn.say("react_joy")
            turn.act = "joy"
        elif "apology" in heard.acts and (turn.notes.insults or turn.with_person):
            turn.notes.insults = 0
            turn.say("apology_reply")
            turn.act = "thanks"
        elif "compliment" in heard.acts and short:
            turn.say("compliment_reply", optional=True)
            turn.act = "thanks"
        elif "thanks" in heard.acts and short and turn.with_person and "how_i_am" not in heard.acts:
            turn.say("thanks", optional=True)
            turn.act = "thanks"
        elif ("invite" in heard.acts or heard.asks == "invite") and heard.place in turn.plot.places:
            turn.say("accept", optional=True)
            turn.act, turn.place = "agree", heard.place
            if not heard.asks or heard.asks == "invite":
                self._ask_theme(turn)
        else:
            return False
        return True

    def _answer_heart(self, turn: Turn) -> bool:
        """A confession, a worry or an injury is met as what it is."""
        act = next((act for act in HEART_LINES if act in turn.heard.acts), "")
        if not act:
            return False
        lines = [line for line in HEART_LINES[act] if line not in turn.notes.used]
        line = turn.rng.choice(lines or HEART_LINES[act])
        turn.notes.used.append(line)
        turn.add(line, "anger" if act == "wronged" else "comfort")
        return True

    def _react(self, turn: Turn) -> None:
        heard = turn.heard
        if heard.mood in ("calm", "tender") and turn.chance(0.4) and self._take_side(turn):
            return
        intent = REACTIONS[heard.mood]
        before = len(turn.parts)
        if turn.say(intent, optional=True):
            turn.act = reaction_act(heard.mood)
            echo = turn.slots.get("echo", "")
            if echo and echo.lower() in turn.parts[before].lower():
                turn.notes.echoes.append(echo)
                turn.slots["echo"] = ""
        if turn.with_person and heard.mood == "sad" and not heard.asks:
            turn.asked = True  # who is sad is not asked for more at once

    def _take_side(self, turn: Turn) -> bool:
        """Agree or disagree with what was told, with an own belief that is close to it."""
        belief, score = self._subjects.belief_for(turn.heard.statement, turn.state.beliefs, turn.notes.used)
        agreeable = self._persona.personality.agreeableness
        if turn.openness < BELIEF_LEVEL or score < _RELATED:
            return False
        if not turn.say("agree" if agreeable >= 4 else "disagree", optional=True):
            return False
        turn.notes.used.append(belief)
        turn.add(belief if belief.endswith(".") else belief + ".", "agree" if agreeable >= 4 else "disagree")
        return True

    def _move_on(self, turn: Turn) -> None:
        """Give the conversation its next step, unless the answer just given is step enough."""
        if turn.answered:
            self._hand_over(turn)
        elif self._wants_to_move(turn):
            self._invite(turn)
        elif turn.heard.tells:
            self._deepen(turn)
        elif self._initiative.follow(turn) or (
            turn.with_person and not turn.parts and not turn.notes.floor_turns and self._goes_on(turn)
        ):
            return
        elif not (turn.notes.asked_how or turn.notes.told or turn.plot.met_before or turn.plot.group):
            turn.notes.asked_how = True
            turn.asked = turn.say("ask_how")
        elif turn.chance(0.3 + 0.06 * self._persona.personality.extraversion):
            self._take_floor(turn)
        else:
            self._ask_theme(turn)

    def _goes_on(self, turn: Turn) -> bool:
        """A short comment on one's own story is taken as a wish to hear more of it."""
        index = turn.notes.subject
        listening = bool(turn.heard.statement) or "silence" in turn.heard.acts
        listening = listening and not turn.heard.acts & {"yes", "no", "disagree"}
        return listening and index is not None and self._teller.tell(turn, index)

    def _hand_over(self, turn: Turn) -> None:
        """After telling: leave the rest to be asked for, or ask the partner about the same thing."""
        index = turn.notes.subject
        if index is None:
            return
        told = turn.notes.told.get(index)
        pieces = len(told.pieces) if told else 0
        finished = self._subjects.left(index, turn.notes) == 0 or pieces >= 3
        if told and not told.asked_back and (finished or (pieces == 2 and turn.chance(0.4))):
            subject = self._subjects[index]
            told.asked_back = True
            if subject.ask and subject.theme not in turn.notes.asked_themes:
                self._put_question(turn, index)
            elif finished:
                self._ask_theme(turn)
        elif finished:
            self._ask_theme(turn)

    def _deepen(self, turn: Turn) -> None:
        """The partner is telling something: ask on, or answer it with something of one's own."""
        curiosity = (self._persona.personality.openness + self._persona.personality.agreeableness) / 18
        chances = (0.95, 0.35 + 0.4 * curiosity, 0.15)
        asked = len(turn.notes.followed_up)
        if asked < len(chances) and turn.chance(chances[asked]) and self._ask_on(turn):
            return
        turn.notes.followed_up.clear()
        self._take_floor(turn)

    def _ask_on(self, turn: Turn) -> bool:
        left = [kind for kind in _FOLLOW_UPS if kind not in turn.notes.followed_up]
        if not turn.notes.followed_up and turn.heard.mood not in ("sad", "afraid", "tender"):
            left.remove("ask_feeling")
        kind = left[0] if turn.chance(0.5) else turn.rng.choice(left)
        if not turn.say(kind, optional=True):
            return False
        turn.notes.followed_up.append(kind)
        turn.act = turn.act or "ask"
        turn.asked = True
        return True

    def _take_floor(self, turn: Turn) -> None:
        """Raise a subject of one's own: the same theme, then a similar one, then what one wants to talk about."""
        notes, statement = turn.notes, turn.heard.statement
        untold = self._subjects.untold(notes, turn.openness)
        index = self._subjects.of_theme(notes.asked_theme, untold) if turn.heard.tells else None
        related = index is not None
        if index is None:
            index, score = self._subjects.nearest(statement, untold)
            related = score > _RELATED
        if index is None or not related:
            index = self._teller.spontaneous(turn)
        if index is None:
            self._ask_theme(turn)
            return
        notes.asked_theme = ""
        self._teller.raise_subject(turn, index, "bridge" if related else "topic")

    def _ask_theme(self, turn: Turn) -> None:
        """Ask something new; what one would like to tell about oneself is asked first."""
        notes = turn.notes
        themes = self._askable(turn)
        if not themes:
            self._tell_joke_or_opinion(turn)
            return
        early = [theme for theme in _EARLY_THEMES if theme in themes] if turn.plot.own_turns < 4 else []
        pool = early or [theme for theme, index in themes.items() if index not in notes.told] or list(themes)
        if early:
            theme = turn.rng.choice(pool)
        else:
            nearest, _ = self._subjects.nearest(turn.heard.statement, [themes[item] for item in pool])
            theme = self._persona.subjects[nearest].theme if nearest is not None else turn.rng.choice(pool)
        self._put_question(turn, themes[theme])

    def _askable(self, turn: Turn) -> dict[str, int]:
        """Themes that may be asked about and were not, with the index of the own subject whose question is used."""
        return {
            subject.theme: index
            for index, subject in enumerate(self._persona.subjects)
            if subject.ask and subject.theme not in turn.notes.asked_themes and subject.intimacy <= turn.openness
        }

    def _put_question(self, turn: Turn, index: int) -> None:
        subject = self._subjects[index]
        turn.notes.asked_theme = subject.theme
        turn.notes.asked_themes.append(subject.theme)
        turn.notes.followed_up.clear()
        turn.add(subject.ask)
        turn.act = turn.act or "ask"
        turn.asked = True

    def _tell_joke_or_opinion(self, turn: Turn) -> None:
        if turn.notes.jokes < 2 and turn.say("joke", optional=True):
            turn.notes.jokes += 1
            turn.act = "joke"
        elif not turn.parts:
            turn.asked = turn.say("ask_about_other")
            turn.act = "ask"

    def _wants_to_move(self, turn: Turn) -> bool:
        plot = turn.plot
        early = 2 <= plot.own_turns <= plot.max_turns - 3
        moved = "invite" in turn.notes.used or bool(turn.notes.place) or bool(turn.heard.place)
        fresh = turn.heard.tells and not turn.notes.followed_up
        possible = early and not moved and not fresh and not turn.with_person and bool(seats(plot))
        return possible and turn.chance(0.6)

    def _invite(self, turn: Turn) -> None:
        place = turn.rng.choice(seats(turn.plot))
        turn.notes.used.append("invite")
        turn.say("invite", place=place)
        turn.act, turn.place, turn.asked = "invite", place, True
