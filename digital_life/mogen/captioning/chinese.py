"""Facts as a Chinese sentence."""

from __future__ import annotations

from digital_life.mogen.captioning.arms import Gesture
from digital_life.mogen.captioning.facts import Facts
from digital_life.mogen.captioning.heads import HeadMove
from digital_life.mogen.captioning.ways import Way

SUBJECT = "一个人"
_SIDES = {"left": "左", "right": "右"}
_HANDS = {"left": "左手", "right": "右手", "both": "双手"}
_NUMBERS = "零一两三四五六七八九"
_DIRECTIONS = {"forward": "向前", "backward": "向后", "left": "向左", "right": "向右", "": ""}
_PACES = {"slow": "慢慢地", "quick": "快速地", "": ""}
_PLACES = {
    "face": "{}抬到脸前", "chin": "{}托着下巴", "head": "{}放到头上", "chest": "{}放在胸口", "hips": "{}叉腰",
    "belly": "{}放在腹前", "overhead": "{}举过头顶", "forward": "{}向前伸", "across": "{}横过身前",
}  # fmt: skip
_RISES = {"head": "{}举到头的高度", "shoulder": "{}举到肩膀的高度", "chest": "{}在胸前比划",
          "waist": "{}在腰部比划", "low": "{}在身旁动"}  # fmt: skip


def chinese_sentence(facts: Facts) -> str:
    """What is done, most important first: "一个人坐着用右手挥手三下"."""
    if facts.changes_posture:
        return SUBJECT + _change(facts)
    posture = {"seated": "坐着", "floor": "在地上"}.get(facts.posture, "")
    said = _phrases(facts)
    if not said:
        return SUBJECT + {"standing": "站着不动", "seated": "坐着不动"}.get(facts.posture, "待在地上")
    return f"{SUBJECT}{posture}{'，'.join(said)}"


def _phrases(facts: Facts) -> list[str]:
    said: list[str] = []
    if facts.jumps:
        said.append("跳" + (_times(facts.jumps) or "起来"))
    elif facts.way is not None:
        said.append(_way(facts.way))
    if facts.kick:
        said.append(f"{_SIDES[facts.kick]}腿踢")
    if facts.bow and (facts.gesture is None or facts.gesture.height == "low"):
        return [*said, "鞠躬"]
    if facts.crouches:
        said.append("蹲下")
    if facts.shrugs and not said:
        said.append("耸肩")
    elif facts.gesture is not None and not facts.jumps:
        said.append(_gesture(facts.gesture))
    if facts.head is not None:
        said.append(_head(facts.head))
    return said[:3]


def _way(way: Way) -> str:
    if way.gait == "turn":
        return "原地转身" if abs(way.degrees) > 150 else f"原地向{_SIDES[way.turn]}转"
    if way.gait == "step":
        return f"{_DIRECTIONS[way.direction]}迈一步"
    verb = "跑" if way.gait == "run" else "走"
    turn = f"并{_SIDES[way.turn]}转" if way.turn else f"约{round(way.metres)}米" if way.metres >= 1.5 else ""
    return f"{_PACES[way.pace]}{_DIRECTIONS[way.direction]}{verb}{turn}"


def _gesture(gesture: Gesture) -> str:
    hand, often = _HANDS[gesture.hand], _times(gesture.times)
    if gesture.place == "together":
        return f"拍手{often}" if gesture.times > 1 else "双手合在一起"
    if gesture.place == "crossed":
        return "双臂交叉"
    if (
        gesture.times > 1
        and gesture.height in ("shoulder", "head")
        and gesture.place not in ("forward", "face", "chin")
    ):
        return f"挥{hand}{often}"
    if gesture.place == "aside":
        return f"{hand}向{'两侧' if gesture.hand == 'both' else _SIDES[gesture.hand]}伸{often}"
    return (_PLACES.get(gesture.place) or _RISES[gesture.height]).format(hand) + often


def _head(move: HeadMove) -> str:
    if move.act in ("nod", "shake"):
        return ("点头" if move.act == "nod" else "摇头") + _times(move.times)
    return {"left": "向左看", "right": "向右看", "up": "向上看", "down": "向下看", "around": "环顾四周"}[move.direction]


def _change(facts: Facts) -> str:
    if facts.posture_end == "seated":
        return "坐下"
    if facts.posture_end == "floor":
        return "倒在地上"
    return "站起来" if facts.posture == "seated" else "从地上起来"


def _times(times: int) -> str:
    if times < 2:
        return ""
    return f"{_NUMBERS[times]}下" if times < len(_NUMBERS) else "很多下"
