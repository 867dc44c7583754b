"""The named voices: changes of pitch, formants and pace on one trained voice."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace

from digital_life.errors import InputError
from digital_life.persona.schema import VoiceSettings


@dataclass(frozen=True)
class VoiceStyle:
    """How the shipped voice is changed.

    ``pitch`` scales the fundamental frequency, ``pitch_range`` its excursions (1 as spoken), ``formant`` the vocal
    tract's resonances (below 1 a larger body), ``speed`` the pace; ``breath`` adds log amplitude to the noise part and
    ``tilt`` takes log amplitude from the high frequencies.
    """

    pitch: float = 1.0
    formant: float = 1.0
    pitch_range: float = 1.0
    speed: float = 1.0
    breath: float = 0.0
    tilt: float = 0.0


STYLES: dict[str, VoiceStyle] = {
    "mira": VoiceStyle(),
    "ada": VoiceStyle(pitch=1.12, formant=1.07, pitch_range=1.15, speed=1.05),
    "nora": VoiceStyle(pitch=0.88, formant=0.95, pitch_range=0.9, speed=0.93, breath=0.3),
    "ines": VoiceStyle(pitch=1.04, formant=0.98, pitch_range=1.25, speed=1.1, tilt=0.15),
    "sol": VoiceStyle(pitch=0.75, formant=0.93, pitch_range=1.0, speed=0.96, breath=0.15),
    "tom": VoiceStyle(pitch=0.60, formant=0.87, speed=0.98),
    "viktor": VoiceStyle(pitch=0.50, formant=0.82, pitch_range=0.85, speed=0.9, tilt=0.3),
    "pip": VoiceStyle(pitch=1.35, formant=1.18, pitch_range=1.2, speed=1.08),
}


def style_of(settings: VoiceSettings) -> VoiceStyle:
    """The named style with the persona's own changes.

    ``pitch``, ``formant`` and ``speed`` multiply the named style's; ``breath`` and ``tilt`` replace it.

    Raises:
        InputError: no voice has that name.
    """
    if settings.name not in STYLES:
        near = difflib.get_close_matches(settings.name, STYLES, n=1)
        hint = f"did you mean '{near[0]}'? " if near else ""
        raise InputError(f"there is no voice named '{settings.name}'", f"{hint}Choose one of {', '.join(STYLES)}")
    style = STYLES[settings.name]
    return VoiceStyle(
        pitch=style.pitch * (settings.pitch or 1.0),
        formant=style.formant * (settings.formant or 1.0),
        pitch_range=style.pitch_range,
        speed=style.speed * (settings.speed or 1.0),
        breath=style.breath if settings.breath is None else settings.breath,
        tilt=style.tilt if settings.tilt is None else settings.tilt,
    )


def with_emotion(style: VoiceStyle, pleasure: float, arousal: float) -> VoiceStyle:
    """The style coloured by an emotion on the 1-9 scale; neutral (5, 5) leaves it as it is.

    Aroused speech is quicker, higher and livelier, pleasant speech a little livelier, subdued speech softer and darker:
    the directions are those of Scherer's review of vocal affect (2003); the amounts are small on purpose.
    """
    excited = (arousal - 5) / 4
    pleased = (pleasure - 5) / 4
    subdued = max(0.0, -excited)
    return replace(
        style,
        pitch=style.pitch * (1 + 0.05 * excited + 0.02 * pleased),
        pitch_range=style.pitch_range * max(0.4, 1 + 0.25 * excited + 0.12 * pleased),
        speed=style.speed * (1 + 0.09 * excited),
        breath=style.breath + 0.2 * subdued,
        tilt=style.tilt + 0.25 * subdued,
    )
