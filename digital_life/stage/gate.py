"""The quality gate: whether a behaviour's act is played from the library, generated, or both.

Three kinds of answer compete. *match* plays the clip that the library has. *generate* makes a motion from the words
alone. *blend* makes one that is shown the nearest clip (retrieval-augmented, as MoMat-MoGen): it may keep that clip's
movement and bend it to the words. What each is worth is one number, from what the search says of the clip's captions,
what the critic says of words and frames, what it costs to go over into it now, and whether a body could move so; the
thresholds are fitted on held-out motions by ``python -m digital_life.evaluate.fit_gate``.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import yaml
from numpy.typing import NDArray

from digital_life.behaviour import Emotion
from digital_life.errors import AssetError, InputError
from digital_life.momat.chinese import is_chinese, motion_glossary
from digital_life.momat.clip import Clip, Posture
from digital_life.momat.deciding import KINEMATIC_WEIGHT, Match
from digital_life.momat.feature_table import FeatureTable
from digital_life.momat.features import POSE, frame_features
from digital_life.momat.joining import costs
from digital_life.momat.library import Licences
from digital_life.momat.measures import Tracks
from digital_life.momat.search import FITTING
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import canonical_skeleton

if TYPE_CHECKING:
    from digital_life.mogen.generator import MotionGenerator

Rows = NDArray[np.float32]
Kind = Literal["match", "generate", "blend", "none"]

SECONDS = 3.5
"""How long a generated act lasts where no clip and nobody says."""
SHORTEST, LONGEST = 1.5, 8.0
"""Seconds of a generated act on the stage."""
REACH = (0.5, 600.0)
"""Seconds that the generator can make at all."""
NEUTRAL, FELT = 5.0, 1.0
"""Middle of the scale of emotions, and how far from it one shows."""
STAYS = 0.85
"""Share of its time that an act that begins and ends in one posture keeps it; a jump or a bow may leave it shortly."""
NOTHING = "no motion weights are installed"
_DATA = Path(__file__).parent / "data"
_WEIGHTS = Path(__file__).parents[1] / "mogen" / "weights"


class Critic(Protocol):
    """Says how well motions fit a text: :class:`digital_life.mogen.critic.Critic`."""

    def score(self, text: str, motions: Sequence[Motion]) -> NDArray[np.float32]:
        """Cosines [N]."""
        ...


@dataclass(frozen=True)
class Thresholds:
    """What the gate decides by; fitted for each set of weights, read from ``data/gate-*.yaml``."""

    sure: float
    """Search score of a match from which on nothing is generated."""
    semantic: float
    """What a search score over :data:`~digital_life.momat.search.FITTING` adds to a clip's worth, per unit."""
    margin: float
    """What a generated motion must be worth more than a clip."""
    least: float
    """Critic's cosine under which a generated motion is not played."""
    show: float
    """Search score of the nearest clip from which on the generator is shown it."""
    physics: float
    """What one unit of :attr:`digital_life.mogen.soundness.Soundness.cost` takes."""

    @staticmethod
    def path(licence: Licences = "default") -> Path:
        """The file for the weights that a licence setting takes."""
        return _DATA / f"gate-{'all' if licence == 'all' else 'permissive'}.yaml"

    @staticmethod
    def read(path: Path | None = None) -> Thresholds:
        """Read a file; default that of the default weights.

        Raises:
            AssetError: it is missing, or does not hold one number for each threshold.
        """
        mend = "install the package again, or fit it: python -m digital_life.evaluate.fit_gate"
        path = path or Thresholds.path()
        try:
            values = yaml.safe_load(path.read_text(encoding="utf-8"))
            return Thresholds(**{field.name: float(values[field.name]) for field in fields(Thresholds)})
        except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
            raise AssetError(f"{path}: not the thresholds of the gate ({error})", mend) from error


@dataclass(frozen=True)
class Wish:
    """What is known of the body and wanted of the act besides the words; see :meth:`Gate.choose`."""

    pose: Rows | None = None
    table: FeatureTable | None = None
    before: Motion | None = None
    posture: str | None = None
    posture_end: str | None = None
    seconds: float | None = None
    emotion: Emotion | None = None

    @property
    def feeling(self) -> Emotion | None:
        """The emotion, None for a neutral one: no acted motion was neutral, so the generator knows none."""
        felt = self.emotion
        if felt is None or max(abs(v - NEUTRAL) for v in (felt.pleasure, felt.arousal, felt.dominance)) < FELT:
            return None
        return felt

    def joining(self, motion: Motion) -> float:
        """Cost of going over into ``motion`` from what the body does now; 0 where that is not known."""
        if self.pose is None or self.table is None:
            return 0.0
        first = self.table.normalise(frame_features(motion.slice(0, 2), canonical_skeleton())[:1])
        return float(costs(first, self.table.normalise(self.pose), POSE)[0])

    def broken_by(self, motion: Motion) -> str:
        """What ``motion`` does that it must not; "" where it keeps to the wish."""
        if self.posture_end is None:
            return ""
        seen = Tracks.of(motion, canonical_skeleton()).postures_over_time()
        share = float(np.mean([posture == self.posture_end for posture in seen]))
        ends = seen[-1] == self.posture_end
        return "" if ends and share >= STAYS else f"does not stay {self.posture_end}"


@dataclass(frozen=True)
class Offer:
    """One way to do the act: ``clip`` (a generated one is a clip of its own), what it is worth, and why.

    ``semantic`` is the search's score (of the clip played or shown), ``critic`` the cosine of words and frames,
    ``joining`` the cost of going over into it, ``cost`` what speaks against its physics; None where nobody measured.
    """

    kind: Kind
    clip: Clip
    start: int
    stop: int
    worth: float
    semantic: float
    critic: float | None
    joining: float
    cost: float | None
    shown: str = ""
    """Id of the clip that the generator was shown."""
    seed: int | None = None
    trouble: str = ""
    """Why it must not be played; "" where it may."""

    def record(self) -> dict[str, Any]:
        """JSON."""
        numbers = {name: getattr(self, name) for name in ("worth", "semantic", "critic", "joining", "cost")}
        scores = {name: None if value is None else round(value, 4) for name, value in numbers.items()}
        made = {"shown": self.shown, "seed": self.seed} if self.kind != "match" else {}
        trouble = {"trouble": self.trouble} if self.trouble else {}
        where = {"clip": self.clip.id, "start": self.start, "stop": self.stop}
        return {"kind": self.kind, **where, **scores, **made, **trouble}


@dataclass(frozen=True)
class Decision:
    """What the gate decided for ``text``: the chosen offer (None where nothing is good enough) and all of them."""

    text: str
    chosen: Offer | None
    offers: tuple[Offer, ...]
    reason: str
    matched: Match

    @property
    def kind(self) -> Kind:
        """match, generate or blend; none where nothing is good enough."""
        return self.chosen.kind if self.chosen else "none"

    @property
    def motion(self) -> Motion:
        """The frames to play.

        Raises:
            InputError: nothing is good enough.
        """
        if self.chosen is None:
            raise InputError(self.reason, "say it in other words, or add a motion: digital-life motions add")
        return self.chosen.clip.motion.slice(self.chosen.start, self.chosen.stop)

    @property
    def match(self) -> Match:
        """The choice in the form of a match, for whoever plays clips: the clip is the generated one where one was made."""
        offer = self.chosen
        if offer is None or offer.kind == "match":
            return replace(self.matched, reason=self.reason)
        return replace(
            self.matched,
            clip=offer.clip,
            start=offer.start,
            stop=offer.stop,
            score=offer.worth,
            semantic=offer.critic if offer.critic is not None else offer.semantic,
            kinematic=offer.joining,
            reason=self.reason,
            caption=self.text,
            strokes=(),
        )

    def record(self) -> dict[str, Any]:
        """JSON for provenance: the decision, all offers with their scores, and the reason."""
        return {"decision": self.kind, "offers": [offer.record() for offer in self.offers], "reason": self.reason}


@dataclass(frozen=True)
class Gate:
    """Decides with what is installed: without a ``generator`` every act is matched; without a ``critic`` only those are
    generated for which the library has nothing."""

    thresholds: Thresholds
    generator: MotionGenerator | None = None
    critic: Critic | None = None
    note: str = ""
    """What is missing, and what that means; "" where everything is there."""

    @staticmethod
    def default(licence: Licences = "default") -> Gate:
        """The gate over the weights that are installed for a licence setting."""
        return _installed(licence)

    def choose(
        self,
        text: str,
        *,
        match: Match,
        pose: Rows | None = None,
        table: FeatureTable | None = None,
        before: Motion | None = None,
        posture: str | None = None,
        posture_end: str | None = None,
        seconds: float | None = None,
        emotion: Emotion | None = None,
        seed: int = 0,
    ) -> Decision:
        """Decide how ``text`` is done. The same call with the same weights gives the same decision.

        Args:
            text: the act in words.
            match: what the library has for it (its ``clip`` may be None).
            pose: what the body does now, features [COLUMNS], compared in ``table`` (that of the library).
            table: the features of the library.
            before: frames up to now on the canonical skeleton, from which a generated motion goes on.
            posture: posture of the body at the beginning.
            posture_end: posture that a generated motion must keep; one that leaves it is not played.
            seconds: how long it lasts; default as long as the clip, or :data:`SECONDS`.
            emotion: how it is done.
            seed: of the generated motion.
        """
        posture, posture_end = (None if place == "any" else place for place in (posture, posture_end))
        wish = Wish(pose, table, before, posture, posture_end, seconds, emotion)
        offers = [] if match.clip is None else [self._matched(text, match)]
        if self.generator is not None and not (offers and match.semantic >= self.thresholds.sure):
            offers.append(self._made(text, match, wish, seed))
        return self.decide(text, match, offers)

    def decide(self, text: str, match: Match, offers: Sequence[Offer]) -> Decision:
        """The best of ``offers``; a generated one only where it may be played and the critic finds it good enough."""
        ranked = tuple(sorted(offers, key=lambda offer: -offer.worth))
        good = [offer for offer in ranked if offer.kind == "match" or not self._wrong(offer)]
        if not good:
            wrong = "".join(f"; what was generated {self._wrong(offer)}" for offer in ranked)
            return Decision(text, None, ranked, match.reason + wrong, match)
        return Decision(text, good[0], ranked, _reason(text, good[0], match, ranked), match)

    def _wrong(self, offer: Offer) -> str:
        if offer.trouble:
            return offer.trouble
        weak = offer.critic is not None and offer.critic < self.thresholds.least
        return f"fits the words too little ({offer.critic:.2f})" if weak else ""

    def worth(self, kind: Kind, *, semantic: float, critic: float | None, joining: float, cost: float | None) -> float:
        """What an offer is worth; the gate takes the one that is worth most."""
        limits = self.thresholds
        value = (critic or 0.0) - KINEMATIC_WEIGHT * joining
        if kind == "match":
            return value + limits.semantic * (semantic - FITTING) + (0.0 if self.critic else 1.0)
        return value - limits.margin - limits.physics * (cost or 0.0)

    def _matched(self, text: str, match: Match) -> Offer:
        clip = match.clip
        assert clip is not None
        critic = self._criticised(text, match.motion)
        worth = self.worth("match", semantic=match.semantic, critic=critic, joining=match.kinematic, cost=None)
        return Offer("match", clip, match.start, match.stop, worth, match.semantic, critic, match.kinematic, None)

    def _made(self, text: str, match: Match, wish: Wish, seed: int) -> Offer:
        from digital_life.mogen.soundness import soundness

        shown, example, semantic = self._shown(match)
        motion = self._generated(text, example, wish, seed)
        clip = generated_clip(text, motion, wish.posture, seed)
        critic, cost, join = self._criticised(text, motion), soundness(motion).cost, wish.joining(motion)
        kind: Kind = "generate" if example is None else "blend"
        worth = self.worth(kind, semantic=semantic, critic=critic, joining=join, cost=cost)
        return Offer(
            kind, clip, 0, clip.frames, worth, semantic, critic, join, cost, shown, seed, wish.broken_by(motion)
        )  # fmt: skip

    def _shown(self, match: Match) -> tuple[str, Motion | None, float]:
        """Id and frames of the clip that the generator is shown, if one comes near enough, and the nearest one's score."""
        if match.clip is not None:
            clip, start, stop, semantic = match.clip, match.start, match.stop, match.semantic
        elif match.candidates:
            best = max(match.candidates, key=lambda candidate: candidate.semantic)
            clip, start, stop, semantic = best.clip, best.start, best.stop, best.semantic
        else:
            return "", None, 0.0
        if semantic < self.thresholds.show:
            return "", None, semantic
        return clip.id, clip.motion.slice(start, stop), semantic

    def _generated(self, text: str, example: Motion | None, wish: Wish, seed: int) -> Motion:
        from digital_life.motion.anchor import anchored

        assert self.generator is not None
        usual = SECONDS if example is None else float(np.clip(len(example) / FPS, SHORTEST, LONGEST))
        return anchored(
            self.generator.generate(
                text,
                seconds=float(np.clip(wish.seconds or usual, *REACH)),
                seed=seed,
                shown=example,
                before=wish.before,
                posture=wish.posture,
                posture_end=wish.posture_end,
                emotion=wish.feeling,
            )
        )

    def _criticised(self, text: str, motion: Motion) -> float | None:
        if self.critic is None or len(motion) < 2:
            return None
        english = motion_glossary().read(text).english if is_chinese(text) else text
        return float(self.critic.score(english, [motion])[0])


def generated_clip(text: str, motion: Motion, posture: str | None, seed: int) -> Clip:
    """A generated motion as a clip, for whoever plays clips."""
    known: Posture = "seated" if posture == "seated" else "floor" if posture == "floor" else "standing"
    return Clip.of(
        motion,
        id=f"generated/{zlib.crc32(text.encode()):08x}-{seed}",
        captions=(text,),
        kind="gesture",
        posture=known,
        posture_end=known,
    )


def _reason(text: str, best: Offer, match: Match, offers: Sequence[Offer]) -> str:
    others = [offer for offer in offers if offer is not best]
    against = "".join(f", against {other.worth:.2f} for {_said(other)}" for other in others)
    if best.kind == "match":
        return match.reason + (f"; worth {best.worth:.2f}{against}" if others else "")
    nothing = "" if match.clip is not None else f" ({match.reason})"
    return f"'{text}' is {_said(best)}: worth {best.worth:.2f}{against}{nothing}"


def _said(offer: Offer) -> str:
    if offer.kind == "match":
        return f"the clip {offer.clip.id}"
    return f"generated after {offer.shown}" if offer.shown else "generated from the words alone"


@cache
def _installed(licence: Licences) -> Gate:
    thresholds = Thresholds.read(Thresholds.path(licence))
    if not any(_WEIGHTS.glob("generator-*.safetensors")):  # known without importing torch
        return Gate(thresholds, note=f"{NOTHING}; every act is matched")
    from digital_life.mogen.critic import Critic
    from digital_life.mogen.generator import MotionGenerator

    try:
        generator = MotionGenerator.default(licence)
    except AssetError as error:
        return Gate(thresholds, note=f"{error}; every act is matched")
    try:
        return Gate(thresholds, generator, Critic.default(licence))
    except AssetError as error:
        return Gate(thresholds, generator, note=f"{error}; only what the library lacks is generated")
