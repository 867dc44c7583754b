"""``digital_life.act``: an act in words, matched or generated, as the stage would play it."""

from __future__ import annotations

from functools import cache

from digital_life.behaviour import Emotion
from digital_life.momat.library import Licences, MotionLibrary
from digital_life.momat.match import Matcher, Rows
from digital_life.momat.search import MotionSearch
from digital_life.motion.motion import Motion
from digital_life.stage.gate import Decision, Gate


def act(
    text: str,
    *,
    posture: str = "standing",
    seconds: float | None = None,
    pose: Motion | Rows | None = None,
    emotion: Emotion | None = None,
    seed: int = 0,
    licence: Licences = "default",
) -> Decision:
    """How ``text`` (English or Chinese) is done: a clip of the default library, or a generated motion.

    Args:
        text: an act, such as "rides an imaginary unicycle".
        posture: "standing", "seated" or "floor", which the body keeps.
        seconds: how long it should last.
        pose: what the body does now; see :meth:`digital_life.momat.match.Matcher.match`.
        emotion: how a generated motion is done.
        seed: of the choice among equals and of the generated motion.
        licence: "permissive" takes no clip that may not be used commercially, "all" also weights that may not.

    Returns:
        The decision; its ``motion`` is what to play, its ``offers`` and ``reason`` say why.

    Raises:
        InputError: the text is empty, or an option is unknown.
        AssetError: the library or the sentence model is missing.
    """
    matcher = _matcher(licence)
    match = matcher.match(text, posture=posture, duration=seconds, seed=seed, pose=pose)
    features = matcher.features_now(pose)
    return Gate.default(licence).choose(
        text,
        match=match,
        pose=features,
        table=matcher.table if features is not None else None,
        posture=posture,
        posture_end=posture,
        seconds=seconds,
        emotion=emotion,
        seed=seed,
    )


@cache
def _matcher(licence: Licences) -> Matcher:
    from digital_life.llm.embedding import shared_embedder

    return Matcher(MotionSearch(MotionLibrary.default(licence), shared_embedder()))
