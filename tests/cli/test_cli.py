"""The command line as typed: a new process each time, one clear message for each mistake."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from digital_life.assets import asset_dir

SCENARIO = asset_dir("examples") / "first_meeting.yaml"


def run(
    *arguments: str, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "digital_life", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=200, env={**os.environ, **(env or {})}, cwd=cwd, check=False
    )


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from digital_life.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'torch', 'pydantic', 'rich', 'sentence_transformers', 'fastapi'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "heavy: []" in done.stdout
    for name in ("simulate", "chat", "view", "render", "motions", "models", "doctor", "bench"):
        assert name in done.stdout


@pytest.mark.parametrize(
    "name", ["simulate", "chat", "view", "render", "export", "persona", "motions", "speak", "models", "doctor", "bench"]
)
def test_every_command_explains_itself(name: str) -> None:
    done = run(name, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_options_of_one_benchmark_are_refused_elsewhere_and_where_they_contradict() -> None:
    assert_refused(run("bench", "speed", "--dressed", "3"), "bench appearance")
    assert_refused(run("bench", "speed", "--licence", "permissive"), "bench mogen")
    assert_refused(run("bench", "appearance", "--personas", "2", "--dressed", "3"), "--dressed 3", "2 people")


def test_broken_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("title: x\nroom: [unclosed\n")
    assert_refused(run("simulate", str(path)), "broken.yaml", "mend")


def test_an_unknown_field_is_told_with_file_line_and_field(tmp_path: Path) -> None:
    path = tmp_path / "typo.yaml"
    text = SCENARIO.read_text().replace("rounds:", "ruonds:")
    path.write_text(text)
    line = next(i for i, content in enumerate(text.splitlines(), 1) if content.startswith("ruonds"))
    assert_refused(run("simulate", str(path)), f"typo.yaml:{line}", "ruonds", "rounds")


def test_a_persona_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path) -> None:
    path = tmp_path / "who.yaml"
    path.write_text(SCENARIO.read_text().replace("persona: mira", "persona: mirra"))
    assert_refused(run("simulate", str(path)), "mirra", "mira")
    assert_refused(run("chat", "nobody"), "nobody", "mira")


def test_a_missing_scenario_is_told(tmp_path: Path) -> None:
    assert_refused(run("simulate", str(tmp_path / "none.yaml")), "none.yaml")


def test_a_folder_that_exists_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "precious.txt").write_text("keep me")
    done = run("simulate", str(SCENARIO), "--out", str(tmp_path / "run"), "--mind", "offline")
    assert_refused(done, "exists", "--resume")
    assert (tmp_path / "run" / "precious.txt").read_text() == "keep me"


def test_missing_weights_are_told_with_the_command_that_fetches_them(tmp_path: Path) -> None:
    done = run(
        "simulate",
        str(SCENARIO),
        "--out",
        str(tmp_path / "run"),
        "--mind",
        "local",
        env={"DIGITAL_LIFE_DATA": str(tmp_path)},
    )
    assert_refused(done, "digital-life models pull")


def test_a_server_that_refuses_is_told(tmp_path: Path) -> None:
    done = run(
        "simulate",
        str(SCENARIO),
        "--out",
        str(tmp_path / "run"),
        "--mind",
        "openai",
        "--base-url",
        "http://127.0.0.1:9/v1",
    )
    assert_refused(done, "127.0.0.1:9")


def test_view_and_render_want_a_run(tmp_path: Path) -> None:
    assert_refused(run("view", str(tmp_path)), "no run folder")
    assert_refused(run("render", str(tmp_path)), "no run folder")


@pytest.mark.parametrize(
    ("name", "width", "mend"),
    [("clip.txt", "640", "choose"), ("clip.mp4", "641", "choose"), (".", "640", "name the file")],
)
def test_a_video_that_cannot_be_is_refused_at_once(
    tmp_path: Path, short_run: Path, name: str, width: str, mend: str
) -> None:
    assert_refused(run("render", str(short_run), "-o", str(tmp_path / name), "--width", width), mend)


def test_text_without_words_is_told(tmp_path: Path) -> None:
    assert_refused(run("speak", "\N{GRINNING FACE}", "-o", str(tmp_path / "x.wav")), "nothing to say")


def test_resume_refuses_what_contradicts_it(short_scenario: Path, short_run: Path) -> None:
    again = ("simulate", str(short_scenario), "--out", str(short_run), "--mind", "offline", "--resume")
    assert_refused(run(*again, "--force"), "--resume", "--force")
    assert_refused(run(*again, "--seed", "99"), "seed 11")


def test_an_unknown_command_and_a_wrong_option_are_refused() -> None:
    assert_refused(run("dance"), "dance")
    assert_refused(run("simulate", str(SCENARIO), "--mind", "psychic"), "psychic", "offline")


def test_ctrl_c_keeps_what_was_played_and_says_how_to_go_on(tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [
        sys.executable,
        "-m",
        "digital_life",
        "simulate",
        str(SCENARIO),
        "--out",
        str(out),
        "--mind",
        "offline",
        "--no-video",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.time() + 150
    while len(list(out.glob("performances/*.npz"))) < 2 and process.poll() is None and time.time() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "--resume" in errors
    assert "Traceback" not in errors


def test_without_opengl_the_run_ends_well_and_says_what_to_install(tmp_path: Path, short_run: Path) -> None:
    done = run("render", str(short_run), "-o", str(tmp_path / "x.mp4"), env={"PYOPENGL_PLATFORM": "nonexistent"})
    assert_refused(done, "libegl1")
    assert not (tmp_path / "x.mp4").exists()


def test_motions_are_found_by_meaning() -> None:
    done = run("motions", "search", "greets somebody")
    assert done.returncode == 0
    assert "wave" in done.stdout.splitlines()[1]


def test_doctor_says_what_works() -> None:
    done = run("doctor")
    assert done.returncode == 0, done.stdout
    assert "main road works" in done.stdout


def test_doctor_says_how_to_mend_a_missing_voice() -> None:
    done = run("doctor", env={"DIGITAL_LIFE_VOICE": "off"})
    assert "voice" in done.stdout
    assert "to mend it" in done.stdout
