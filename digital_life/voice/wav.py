"""WAV files of 16-bit mono sound."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.whole_file import whole_file


def write_wav(path: Path, samples: NDArray[np.float32], rate: int) -> None:
    """Write samples [N] in -1..1 (louder ones are clipped) as 16-bit mono; folders on the way are made.

    Raises:
        StorageError: the file cannot be written.
    """
    sound = (np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2")
    with whole_file(path, "writing sound") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound.tobytes())


def read_wav(path: Path) -> tuple[NDArray[np.float32], int]:
    """Samples [N] float32 in -1..1 (channels averaged) and the rate of a 16-bit WAV file.

    Raises:
        InputError: the file is missing, damaged or not 16-bit.
    """
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != 2:
                raise InputError(f"{path}: {8 * file.getsampwidth()}-bit sound", "convert it to 16-bit WAV")
            sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
            return (sound.mean(axis=1) / 32767.0).astype(np.float32), file.getframerate()
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file") from error
    except (wave.Error, EOFError) as error:
        raise InputError(f"{path}: not a WAV file that can be read ({error})", "convert it to 16-bit WAV") from error
