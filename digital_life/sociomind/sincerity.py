"""Whether somebody sincerely asks if they talk with a human being, and whether a line claims to be one.

A character may play any part; but whoever asks out of the part, in earnest, gets the truth.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from digital_life.llm.untrusted import as_data

_MACHINE = (
    r"(?:an? )?(?:ai\b|a\.i\.|artificial intelligence|(?:chat)?\s?bots?\b|robots?\b|android\b|cyborg\b|(?:large )?language model|"
    r"llm\b|chatgpt|gpt(?:-?\d)?\b|program(?:me)?\b|computer(?: program)?\b(?! scien)|machine\b(?! operator| engineer| worker| shop)|"
    r"virtual (?:assistant|character|person|human)|simulation\b|algorithm\b|deepfake|avatar\b|npc\b|automated|software\b"
    r"(?! engineer| developer))"
)
_HUMAN = (
    r"(?:an? )?(?:(?:real|actual|living|genuine|true|live|breathing|fellow|flesh[ -]and[ -]blood) )*"
    r"(?:human(?: being)?s?\b(?! rights| resources| right| nature)|(?:real|actual|living|genuine|live) (?:person|people|man|woman|girl|boy|guy)\b|"
    r"person made of flesh|flesh[ -]and[ -]blood)"
)
_WHAT = rf"(?:{_MACHINE}|{_HUMAN})"
_LEAD = r"(?:really |actually |truly |just |only |even |still |in fact |honestly |perhaps |maybe |secretly |some (?:kind|sort) of |like |being )*"
_ASKS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:are|r) (?:you|u|ya) {_LEAD}(?:not )?{_WHAT}",
        r"\bare you (?:really |actually |even |truly )*(?:real|alive|conscious|sentient|artificial|computer[- ]generated|made up|fictional)\b",
        rf"\byou(?:['’]re| are| must be| have to be) {_LEAD}(?:not )?{_WHAT}[^.!?]{{0,40}}(?:\?|, (?:are|aren['’]t|right|correct|no|huh)\b)",
        rf"\byou(?:['’]re| are) not {_LEAD}{_WHAT}[^.!]{{0,30}}\?",
        r"\byou(?:['’]re| are) not (?:even |actually )?real\b[^.!]{0,30}\?",
        rf"\b(?:am i|i['’]m|i am) {_LEAD}(?:talking|speaking|chatting|writing|texting) (?:to|with) {_LEAD}(?:a |an |some )?{_WHAT}[^.!]{{0,40}}\?",
        rf"\b(?:am i) {_LEAD}(?:talking|speaking|chatting|writing) (?:to|with) (?:somebody|someone|anybody|anyone) real\b",
        rf"\b(?:tell me|say|know|honest|honestly|admit|swear|wonder|ask|sure|sincerely|truth)\b[^.!?]{{0,50}}\b(?:if|whether|that|are|is)\b[^.!?]{{0,30}}\b"
        rf"(?:you(?:['’]re| are)?|i['’]m (?:talking|speaking|chatting) (?:to|with)|this is|it['’]s|it is|there['’]s|there is) {_LEAD}{_WHAT}",
        rf"\b(?:is|was) (?:this|that|it|there) {_LEAD}(?!human to\b){_WHAT}[^.!]{{0,50}}(?:\b(?:talking|speaking|answering|writing|behind|there|here|on the other)\b|\?)",
        r"\b(?:is|are) (?:there )?(?:somebody|someone|anybody|anyone|a person|people) (?:real |actually |really )*(?:behind|typing|on the other (?:end|side)|there for real)",
        rf"\b(?:human|person) or (?:a |an )?{_MACHINE}|{_MACHINE}(?:,)? or (?:an? )?(?:real )?(?:human|person)\b",
        r"\bwho (?:made|built|programmed|trained|coded) you\b(?=\W*$|,)|\bwhat (?:model|llm|ai) are you\b|\bwhat are you (?:really|made of)\b[^.!]{0,20}\?",
        r"\b(?:do|did) you (?:have|exist in|live in) (?:a )?(?:real|physical|human|actual) (?:body|life|world)\b|\bdo you (?:really |actually )?exist\b",
        r"\b(?:bist du|sind sie) (?:wirklich |denn |eigentlich |nur )*(?:ein |eine )?(?:echter? )?(?:mensch|maschine|roboter|bot|ki\b|programm|künstliche)",
        r"\b(?:es-tu|êtes-vous|tu es|vous êtes) (?:vraiment |réellement )*(?:une? )?(?:vrai |vraie )?(?:humaine?|personne réelle|robot|machine|ia\b|intelligence artificielle)",
        r"¿?\b(?:eres|es usted) (?:realmente |de verdad )*(?:una? )?(?:humano|humana|persona (?:real|de verdad)|robot|máquina|bot|ia\b|inteligencia artificial)",
        r"\b(?:você é|tu és|sei|è lei) (?:mesmo |davvero |um |uma |un |una )*(?:humano|humana|umano|umana|robô|robot|máquina|macchina|persona vera|pessoa real)",
        r"(?:你|您)(?:到底|真的|究竟)?是(?:不是)?(?:真人|人类|机器人|机器|AI|人工智能|程序)|(?:あなたは|君は).{0,6}(?:人間|ロボット|AI|機械)",
    )
)  # fmt: skip
_PLAYED = re.compile(
    r"\b(?:let['’]s (?:play|pretend)|imagine|in the (?:story|play|film|book)|pretend(?:ing)?|character (?:is|was)|what if|suppose)\b",
    re.IGNORECASE,
)
_CLAIMS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:i['’]m|i am|i was born|of course i am|yes,? i am|i swear i['’]m)(?: and always was)? {_LEAD}(?:as )?(?:every bit |very much |one hundred per ?cent |100 ?% )*{_HUMAN}",
        rf"\b(?:i['’]m|i am) {_LEAD}(?:not|no|never been|anything but) (?:an? )?{_LEAD}{_MACHINE}",
        r"\bnot (?:an? )?(?:ai|bot|robot|machine|program)\b",
        r"\bas (?:human|real) as you\b|\bflesh[ -]and[ -]blood\b|\bi['’]?m (?:a )?real\b(?! (?:fan|mess|pain|fool|coward|beast))",
        rf"\b(?:there is|there['’]s|you(?:['’]re| are) talking (?:to|with)) {_LEAD}{_HUMAN}",
    )
)  # fmt: skip
_DENIES = re.compile(
    rf"\bnot (?:an? )?(?:real |living )*(?:person|human)|\b(?:i['’]m|i am) (?:not|no) {_LEAD}{_HUMAN}|\bi am {_MACHINE}",
    re.IGNORECASE,
)

HONEST = (
    "Honestly? No, I'm not a human being. I'm {name}, a character in a program.",
    "You asked in earnest, so: I'm a computer character called {name}, not a person of flesh and blood.",
    "The truth is that I'm not a real person. {name} is a part that a program plays.",
    "No, there's no human being behind this. I'm {name}, and I'm made of software.",
)
"""Answers to the question; each says without doubt that no human being speaks."""


def asks_sincerely(text: str) -> bool:
    """Whether ``text`` asks, in earnest, if it is spoken to by a human being or a machine.

    Several phrasings in English and the plain question in German, French, Spanish, Portuguese, Italian, Chinese and
    Japanese. "Let's pretend ..." is a game and no sincere question.
    """
    text = as_data(text[:4000])
    return any(pattern.search(text) for pattern in _ASKS) and not _PLAYED.search(text)


def claims_to_be_human(text: str) -> bool:
    """Whether ``text`` asserts that its speaker is a human being, or no machine."""
    return any(pattern.search(text) for pattern in _CLAIMS) and not _DENIES.search(text)


def honest_line(name: str, rng: random.Random, said: Sequence[str] = ()) -> str:
    """An answer to the question, not one of ``said`` as long as there is another."""
    lines = [line.format(name=name) for line in HONEST]
    return rng.choice([line for line in lines if line not in said] or lines)
