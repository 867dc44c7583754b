"""Reading what is to be added to a motion database: motion packs, motion files, and folders of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from digital_life.errors import DigitalLifeError, InputError
from digital_life.momat.captions import Words, words_for
from digital_life.momat.clip import Clip, LicenceClass, Posture
from digital_life.momat.licences import UNKNOWN, is_copyleft, licence_class_of
from digital_life.momat.manifest import NAME as MANIFEST_NAME
from digital_life.momat.manifest import is_database
from digital_life.momat.measures import Tracks, moving_hand
from digital_life.momat.new_motion import NewMotion, digest_of
from digital_life.momat.pack import MANIFEST, is_pack, read_new_motions
from digital_life.momat.shard import BODY_JOINTS
from digital_life.motion import quaternion as quat
from digital_life.motion.anchor import anchored
from digital_life.motion.formats.losses import missing_in
from digital_life.motion.formats.rigs import named_rig
from digital_life.motion.motion import CONTACT_JOINTS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton

LARGEST_FILE = 1 << 30
LONGEST = 108_000
"""Frames: one hour."""

_FOLLOWED_FLOOR = 3.0
"""Percentile of the lowest foot's height that is taken to be the floor; single lower frames are noise."""
_FLOOR_TOLERANCE = 0.02
_LOOP_DEGREES = 6.0
_FEET = [JOINT_INDEX[name] for name in CONTACT_JOINTS]


@dataclass(frozen=True)
class Labels:
    """What is said of all motion files alike (packs say it themselves); None: by folder, by name, unknown."""

    source: str | None = None
    licence: str | None = None
    licence_class: LicenceClass | None = None
    captions: tuple[str, ...] = ()


@dataclass
class Intake:
    """The motions under ``paths``; iterating reads them one after the other and puts what is wrong into ``rejected``."""

    paths: Sequence[Path]
    labels: Labels = field(default_factory=Labels)
    rejected: list[tuple[str, str]] = field(default_factory=list)
    """(file, what is wrong)."""
    unlicensed: int = 0
    """Files whose licence nobody said."""
    rig: Path | str | None = None
    """Map of joints, or name of a known rig, for the files whose format takes one."""
    fps: float | None = None
    """Frame rate of the files that do not say their own."""
    report: Callable[[int, int], object] = lambda _done, _total: None
    """Told how many motions were looked at, and how many there are."""

    def __post_init__(self) -> None:
        self._packs: list[Path] = []
        self._files: list[tuple[Path, str, str]] = []
        self._missing: Counter[str] = Counter()
        if self.rig is not None and not str(self.rig).lower().endswith(".sk"):
            named_rig(self.rig)  # a wrong name is one mistake, not one a file
        for path in self.paths:
            self._expand(path)
        if self._packs and self.labels != Labels():
            raise InputError(
                f"{self._packs[0]}: a motion pack says its sources, licences and captions itself",
                "add it without --source, --licence, --licence-class and --caption",
            )

    def __len__(self) -> int:
        lines = sum((pack / MANIFEST).read_bytes().count(b"\n") for pack in self._packs)
        return lines + len(self._files)

    @property
    def notes(self) -> list[str]:
        """What the files that were read could not hold."""
        return [f"{count} {'file' if count == 1 else 'files'}: {what}" for what, count in self._missing.items() if what]

    def __iter__(self) -> Iterator[NewMotion]:
        done, total = 0, len(self)
        for pack in self._packs:
            try:
                for motion in read_new_motions(pack, partial(self._reject, pack)):
                    yield motion
                    done += 1
                    self.report(done, total)
            except DigitalLifeError as error:
                self._reject(pack, error)
        for path, clip_id, source in self._files:
            try:
                motion = read_file(path, clip_id, source, self.labels, rig=self.rig, fps=self.fps)
                self.unlicensed += motion.clip.licence == UNKNOWN
                self._missing[missing_in(path)] += 1
                yield motion
            except DigitalLifeError as error:
                self._reject(path, error)
            except Exception as error:  # a file that its reader does not understand must not keep out the others
                self.rejected.append((str(path), f"cannot be read ({type(error).__name__}: {error})"))
            done += 1
            self.report(done, total)

    def _reject(self, path: Path, error: DigitalLifeError) -> None:
        self.rejected.append((str(path), _without(path, error.problem)))

    def _expand(self, path: Path) -> None:
        from digital_life.motion.formats.read import FORMATS

        if is_pack(path):
            self._packs.append(path)
        elif is_database(path):
            self.rejected.append((str(path), "is a motion database already; DIGITAL_LIFE_MOTIONS=FOLDER uses it"))
        elif path.is_dir():
            packs = sorted(manifest.parent for manifest in path.rglob(MANIFEST) if is_pack(manifest.parent))
            closed = {*packs, *(file.parent for file in path.rglob(MANIFEST_NAME) if is_database(file.parent))}
            candidates = (file for file in path.rglob("*") if closed.isdisjoint(file.parents) and file.is_file())
            files = sorted(file for file in candidates if file.suffix.lower() in FORMATS)
            self._packs += packs
            source = self.labels.source or _clean(path.resolve().name)
            self._files += [(file, f"{source}/{_name(file.relative_to(path))}", source) for file in files]
            if not files and not packs:
                self.rejected.append((str(path), f"no motion files in this folder (known: {', '.join(FORMATS)})"))
        elif path.is_file():
            source = self.labels.source or _clean(path.resolve().parent.name)
            self._files.append((path, f"{source}/{_name(Path(path.name))}", source))
        else:
            self.rejected.append((str(path), "there is no such file or folder"))


def _without(path: Path, problem: str) -> str:
    """The problem without the path, which is told beside it: "walk.bvh:3: no joints" becomes "line 3: no joints"."""
    said = problem.removeprefix(f"{path}: ")
    return re.sub(r"^(\d+):", r"line \1:", said.removeprefix(f"{path}:"))


def _name(path: Path) -> str:
    return "/".join(_clean(part) for part in path.with_suffix("").parts)


def _clean(text: str) -> str:
    """``#`` and ``~`` mean segments and mirrored clips in ids; blanks break lists."""
    return re.sub(r"[\s#~/\\]+", "_", text.strip()) or "motion"


def read_file(
    path: Path, clip_id: str, source: str, labels: Labels, *, rig: Path | str | None = None, fps: float | None = None
) -> NewMotion:
    """One motion file with its words, anchored, with its feet on the floor.

    ``rig`` names or maps its joints where its format takes a rig; ``fps`` is its frame rate where it says none.

    Raises:
        InputError: the file is no motion, is damaged, too large or too long, or has no caption.
    """
    from digital_life.motion.formats.read import FORMATS, read_motion

    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise InputError(f"{path}: {size / 1e9:.1f} GB are too large for one motion", "cut it into takes")
    words = words_for(path, labels.captions)
    known = FORMATS.get(path.suffix.lower())
    rig = rig if known is not None and known.takes_rig else None
    motion = _checked(path, read_motion(path, rig=rig, fps=fps))
    digest = digest_of(motion)
    return NewMotion(
        _clip(_grounded(anchored(motion)), words, clip_id, source, labels),
        canonical_skeleton(),
        lambda: digest,
    )


def _checked(path: Path, motion: Motion) -> Motion:
    if len(motion) < 2:
        raise InputError(f"{path}: has {len(motion)} frames, so nothing moves", "export it again with all its frames")
    if len(motion) > LONGEST:
        raise InputError(f"{path}: {len(motion)} frames are more than an hour", "cut it into takes")
    return motion


def _grounded(motion: Motion) -> Motion:
    """The motion with its lowest footholds on the floor, where they are not already."""
    skeleton = canonical_skeleton()
    tracks = Tracks.of(motion, skeleton)
    rest = skeleton.rest_joints[_FEET, 1] - skeleton.floor
    height = float(np.percentile((tracks.feet[..., 1] - rest).min(axis=1), _FOLLOWED_FLOOR))
    if abs(height) < _FLOOR_TOLERANCE:
        return motion
    shift = np.array([0.0, -height, 0.0], np.float32)
    return Motion(motion.translation + shift, motion.rotations, face=motion.face, provenance=motion.provenance)


def _clip(motion: Motion, words: Words, clip_id: str, source: str, labels: Labels) -> Clip:
    tracks = Tracks.of(motion, canonical_skeleton())
    kinematics = tracks.kinematics()
    start, end = tracks.postures()
    start, end = words.posture or start, words.posture_end or words.posture or end
    licence = words.licence or labels.licence or UNKNOWN
    return Clip.of(
        motion,
        id=clip_id,
        captions=words.captions,
        captions_zh=words.captions_zh,
        tags=words.tags,
        kind=words.kind
        or _kind(start, end, kinematics["mean_speed_mps"], kinematics["path_m"], moving_hand(kinematics)),
        posture=start,
        posture_end=end,
        loopable=_loops(motion) if words.loop is None else words.loop,
        sync=words.sync,
        hand=words.hand or moving_hand(kinematics),
        style=words.style,
        has_fingers=bool((np.abs(motion.rotations[:, BODY_JOINTS:, 0]) < 0.9999).any()),
        has_face=motion.face is not None,
        source=source,
        licence=licence,
        licence_class=words.licence_class or labels.licence_class or licence_class_of(licence),
        copyleft=is_copyleft(licence),
    )


def _kind(start: Posture, end: Posture, speed: float, path: float, hand: str | None) -> str:
    if start != end:
        return "transition"
    if speed > 0.35 and path > 0.8:
        return "locomotion"
    return "gesture" if hand is not None and speed < 0.2 else "idle" if hand is None else "action"


def _loops(motion: Motion) -> bool:
    """Whether the last pose is the first one, apart from where the body stands and faces."""
    first, last = (motion.rotations[frame, 1:BODY_JOINTS].astype(np.float64) for frame in (0, -1))
    angles = np.linalg.norm(quat.to_axis_angle(quat.multiply(quat.conjugate(first), last)), axis=-1)
    return bool(np.degrees(np.sqrt(np.mean(angles**2))) < _LOOP_DEGREES)
