"""Things that somebody just mentioned ("the greenhouse", "your daughter"), found without a parser.

A determiner and the next word, or the next two when the first of them looks like an adjective or both form a compound.
Rather no phrase than a wrong one: the phrase is put into sentences of another character.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DETERMINERS = {"a", "an", "the", "my", "our"}
_FUNCTION_WORDS = _words(
    """
    a an the and or but nor so yet if then than that this these those who whom whose which what when where why
    how i you he she it we they me him her us them my your his its our their mine yours hers ours theirs myself
    in on at by for from to of with without into onto over under about after before behind between through
    during against along across around near off out up down as like until since because while although though is
    am are was were be been being do does did done have has had will would shall should can could may might must
    not no never ever always still only just too very really quite also even already again once twice there here
    every each some any all both many much more most few little other another such own same one two three four
    five now today tomorrow yesterday ago back away together alone perhaps maybe please yes ok okay well
    nobody somebody everybody anybody nothing something everything anything anyone someone everyone
    """
)
_VERBS = _words(
    """
    came went got gave took made said told saw knew thought found left kept held let put set cut hit shut felt
    stood sat lay ran rang sang sank swam drove rode rose wrote broke spoke woke wore tore bore chose froze
    stole fell grew threw flew drew blew shone won lost built burnt sent spent lent bent meant met fed led read
    bled caught taught bought brought fought sought slept swept wept crept dealt sold hung struck stuck swore
    shook forgot forgave became began drank ate paid laid heard hid bit hurt cost spread quit shot smells looks
    says goes comes makes takes gives keeps knows thinks needs wants feels seems means tells gets puts stops
    starts works runs lives stays sits stands falls helps likes loves hates refuses does let have go come make owed used died lied tied
    take know think need want feel mean tell get stay look smell talk stop call turn see
    """
)
_ADJECTIVES = _words(
    """
    old new young big small little tiny huge long short tall high low deep wide good bad better best worst great
    hot cold warm cool wet dry dark bright black white red blue green yellow brown grey gray pink purple golden
    silver first last next second third whole half wrong right left single only real true false free full empty
    open clean dirty hard soft loud quiet slow quick fast late early rare strange odd plain sweet sour salt
    fresh dead alive north south east west main poor rich heavy light thin thick round square sharp broken lost
    older younger elder favourite night morning evening winter summer wooden stupid brave kind sad happy same
    minor major electric
    """
)
_ADJECTIVE_ENDINGS = ("ful", "ous", "less", "able", "ible", "ish", "ive", "ical")
_PEOPLE = _words(
    """
    mother father mum dad brother sister wife husband son daughter child children grandmother grandfather uncle
    aunt cousin friend boss man woman boy girl people person teacher driver minister neighbour doctor nurse baby
    lady guy partner girlfriend boyfriend parents family grandchild mayor bride patient patients students
    student
    """
)
_VAGUE = _words(
    """
    thing things way time day days moment one minute bit lot kind sort place year years week hour hours month
    end same truth fact question questions answer word words other others first last second while entire most
    world middle top bottom side rest whole half hope sake point course fool subject pleasure times job deal attention face view confession
    """
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*|[.,;:!?]")


def noun_phrases(text: str) -> list[str]:
    """Phrases in the order of the text, as the listener would say them ("my garden" becomes "your garden")."""
    tokens = _WORD.findall(text)
    found: list[str] = []
    for index, token in enumerate(tokens):
        if token.lower() in _DETERMINERS:
            words = _nouns_after(tokens[index + 1 : index + 5])
            if words:
                found.append(f"{_turned(token)} {' '.join(words)}")
    return list(dict.fromkeys(found))


def _nouns_after(tokens: list[str]) -> list[str]:
    words: list[str] = []
    for token in tokens:
        if _closes(token):
            break
        words.append(token)
    if not words or len(words) > 3:
        return []
    if len(words) == 3 and not _adjective(words[0]):
        return []
    head = words[-1].lower()
    possessive = any("'" in word or "’" in word for word in words)
    if head in _PEOPLE | _VAGUE or _adjective(head) or possessive or head.endswith(("ing", "ly")):
        return []
    return words


def _closes(token: str) -> bool:
    word = token.lower()
    if not word[0].isalpha() or word in _FUNCTION_WORDS or word in _VERBS or "n't" in word or "n’t" in word:
        return True
    return word.endswith("ed") and word not in _ADJECTIVES and len(word) > 4


def _adjective(word: str) -> bool:
    return word.lower() in _ADJECTIVES or word.lower().endswith(_ADJECTIVE_ENDINGS)


def _turned(determiner: str) -> str:
    return "your" if determiner.lower() in ("my", "our") else "the"
