"""Words for face and body that fit what a character is doing; the stage matches them to motions."""

from __future__ import annotations

import random
import re

from digital_life.behaviour import Emotion
from digital_life.persona.schema import BigFive, Intent, Mood

_CALM, _ANY, _LIVELY = -1, 0, 1
MOTIONS: dict[str, tuple[tuple[str, int], ...]] = {
    "greet": (("waves with the right hand", _ANY), ("waves with both hands", _LIVELY), ("gives a small wave", _CALM),
              ("bows slightly", _CALM), ("nods in greeting", _CALM), ("opens both arms in welcome", _LIVELY)),
    "introduce": (("puts a hand on the chest", _ANY), ("points at themselves", _LIVELY), ("bows slightly", _CALM)),
    "ask": (("tilts the head", _ANY), ("leans forward with interest", _ANY), ("opens one palm towards the partner", _ANY),
            ("raises both hands with open palms", _LIVELY), ("points at the partner with an open hand", _LIVELY),
            ("folds the hands", _CALM), ("rests the chin on one hand", _CALM)),
    "listen": (("nods slowly", _ANY), ("nods", _ANY), ("tilts the head", _CALM), ("leans forward with interest", _ANY),
               ("rests the chin on one hand", _CALM)),
    "calm": (("talks with the right hand", _ANY), ("talks with both hands", _LIVELY), ("gestures with the left hand", _ANY),
             ("counts on the fingers", _ANY), ("shows a size with both hands", _LIVELY), ("folds the hands", _CALM),
             ("shifts the weight from foot to foot", _CALM), ("turns one palm up", _CALM)),
    "glad": (("claps the hands", _LIVELY), ("throws both arms up", _LIVELY), ("talks with both hands", _ANY),
             ("puts a hand on the heart", _ANY), ("gives a thumbs up", _ANY), ("bounces on the toes", _LIVELY)),
    "amused": (("laughs", _ANY), ("laughs and shakes the head", _ANY), ("covers the mouth while laughing", _CALM),
               ("slaps the thigh laughing", _LIVELY), ("shrugs with a grin", _ANY)),
    "proud": (("puts both hands on the hips", _LIVELY), ("straightens the back", _CALM), ("raises the chin", _ANY),
              ("draws a big arc with the right arm", _LIVELY), ("puts a hand on the chest", _ANY)),
    "tender": (("puts a hand on the heart", _ANY), ("looks at the own hands", _CALM), ("smiles and looks aside", _ANY),
               ("clasps both hands", _CALM)),
    "sad": (("lowers the head", _ANY), ("looks down at the floor", _ANY), ("rubs one arm slowly", _CALM), ("sighs", _ANY),
            ("wraps both arms around the own body", _CALM)),
    "angry": (("puts both hands on the hips", _ANY), ("chops the air with the right hand", _LIVELY), ("crosses the arms", _ANY),
              ("shakes the head", _CALM), ("clenches the fist", _LIVELY)),
    "afraid": (("rubs the back of the neck", _ANY), ("wrings the hands", _ANY), ("steps back", _LIVELY), ("crosses the arms", _CALM)),
    "joy": (("claps the hands", _LIVELY), ("gives a thumbs up", _ANY), ("nods and smiles", _CALM), ("throws both arms up", _LIVELY)),
    "sorrow": (("puts a hand on the heart", _ANY), ("lowers the head", _CALM), ("shakes the head slowly", _ANY),
               ("reaches out with one hand", _ANY)),
    "humour": (("laughs", _ANY), ("laughs and shakes the head", _ANY), ("covers the mouth while laughing", _CALM),
               ("facepalms", _LIVELY), ("slaps the thigh laughing", _LIVELY)),
    "admire": (("nods slowly", _CALM), ("claps the hands", _LIVELY), ("gives a thumbs up", _ANY), ("raises both hands", _LIVELY)),
    "anger": (("shakes the head", _ANY), ("crosses the arms", _ANY), ("throws up one hand", _LIVELY)),
    "agree": (("nods", _ANY), ("nods firmly", _LIVELY), ("gives a thumbs up", _ANY)),
    "disagree": (("shakes the head", _ANY), ("crosses the arms", _CALM), ("wags one finger", _LIVELY), ("shrugs", _ANY)),
    "opinion": (("turns one palm up", _CALM), ("taps the fingers into the palm", _LIVELY), ("raises one finger", _ANY)),
    "think": (("touches the chin and thinks", _ANY), ("looks up and thinks", _ANY), ("scratches the head", _ANY)),
    "joke": (("leans in with a grin", _ANY), ("spreads both hands", _LIVELY), ("shrugs with a grin", _CALM)),
    "comfort": (("reaches out with one hand", _ANY), ("puts a hand on the heart", _ANY), ("leans forward with concern", _ANY)),
    "thanks": (("puts a hand on the heart", _ANY), ("bows slightly", _CALM), ("waves it away with one hand", _ANY)),
    "insult": (("crosses the arms", _CALM), ("steps back", _ANY), ("puts both hands on the hips", _LIVELY), ("raises one hand to stop", _ANY)),
    "decline": (("shakes the head", _ANY), ("raises both palms to refuse", _ANY)),
    "invite": (("points at the {place}", _ANY), ("beckons with one hand", _LIVELY), ("gestures towards the {place}", _CALM)),
    "leave_hint": (("looks at the wrist", _ANY), ("looks towards the door", _ANY), ("points over the shoulder with the thumb", _LIVELY)),
    "farewell": (("waves goodbye with the right hand", _ANY), ("waves goodbye with both hands", _LIVELY), ("bows slightly", _CALM),
                 ("gives a small wave", _CALM), ("puts a hand on the heart and nods", _ANY)),
    "silence": (("looks around", _ANY), ("shifts the weight from foot to foot", _ANY)),
}  # fmt: skip
"""What a character may do with its body while it does something with words; the number is the energy it takes."""

EXPRESSIONS: dict[str, tuple[str, ...]] = {
    "greet": ("warm smile", "bright smile", "friendly eyes"),
    "introduce": ("warm smile", "open look"),
    "ask": ("curious look", "raised eyebrows", "interested look"),
    "listen": ("attentive look", "interested look", "raised eyebrows"),
    "calm": ("open look", "small smile", "calm look", "thoughtful look"),
    "glad": ("beaming smile", "bright eyes", "happy grin"),
    "amused": ("amused grin", "teasing smile", "laughing eyes"),
    "proud": ("proud smile", "lifted chin, proud eyes"),
    "tender": ("soft smile", "fond look", "gentle smile"),
    "sad": ("sad eyes", "sad smile", "heavy look"),
    "angry": ("angry frown", "stern look"),
    "afraid": ("worried look", "nervous smile"),
    "joy": ("beaming smile", "delighted look"),
    "sorrow": ("sorrowful look", "concerned look"),
    "humour": ("laughing eyes", "amused grin"),
    "admire": ("impressed look", "raised eyebrows"),
    "anger": ("stern look", "indignant frown"),
    "agree": ("small smile", "approving look"),
    "disagree": ("doubtful look", "tight lips"),
    "opinion": ("serious look", "thoughtful look"),
    "think": ("thoughtful look", "puzzled look"),
    "joke": ("teasing smile", "straight face"),
    "comfort": ("concerned look", "gentle look"),
    "thanks": ("touched smile", "warm smile"),
    "insult": ("hurt look", "cold stare", "tight lips"),
    "decline": ("apologetic smile", "doubtful look"),
    "invite": ("inviting smile", "warm smile"),
    "leave_hint": ("regretful smile", "small smile"),
    "farewell": ("warm smile", "fond look", "regretful smile"),
    "silence": ("questioning look", "calm look"),
}
"""What the face shows. A listener reads the mood from these words."""

REACTIONS: dict[Mood, Intent] = {
    "sad": "react_sorrow", "angry": "react_anger", "amused": "react_humour", "glad": "react_joy",
    "proud": "react_admire", "calm": "react_interest", "tender": "react_interest", "afraid": "react_interest",
}  # fmt: skip
"""Which lines answer somebody who tells something in that mood."""

SEATS = re.compile(r"sofa|couch|chair|bench|stool|seat|bed", re.IGNORECASE)
_STANDING_ONLY = re.compile(r"steps? back|bounces|foot to foot|hips")
_RECENT = 10


def choose_motion(
    act: str,
    rng: random.Random,
    used: list[str],
    personality: BigFive,
    emotion: Emotion,
    *,
    seated: bool,
    place: str = "",
    energy: float = 0.0,
) -> str:
    """Words for the body: fitting ``act``, the character's energy and posture, and not done lately.

    ``energy`` (-1 to 1) is the persona's own, on top of what personality and emotion give.
    """
    energy += (personality.extraversion - 5) / 4 + (emotion.arousal - 5) / 8
    options = [(text.format(place=place), need) for text, need in MOTIONS[act]]
    options = [(text, need) for text, need in options if not (seated and _STANDING_ONLY.search(text))] or options
    fresh = [option for option in options if option[0] not in used[-_RECENT:]] or options
    weights = [1.0 if need == _ANY else max(0.1, 1.0 + 1.2 * need * energy) for _, need in fresh]
    return rng.choices([text for text, _ in fresh], weights)[0]


def choose_expression(act: str, rng: random.Random, used: list[str]) -> str:
    """Words for the face, not the same as last time when there is a choice."""
    options = EXPRESSIONS[act]
    return rng.choice([text for text in options if text not in used[-3:]] or list(options))


def reaction_act(mood: Mood) -> str:
    """The act with which one answers somebody who tells something in that mood."""
    return {
        "sad": "sorrow", "tender": "listen", "afraid": "listen", "angry": "anger", "amused": "humour", "glad": "joy", "proud": "admire",
    }.get(mood, "listen")  # fmt: skip


def arrival(place: str) -> str:
    """Words for coming to a place."""
    return f"sits down on the {place}" if SEATS.search(place) else f"walks to the {place}"
