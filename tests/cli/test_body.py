"""``digital-life body``."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from digital_life.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        main(list(arguments))
        code = 0
    except SystemExit as leave:
        code = int(leave.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_info_describes_the_free_body(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "body", "info")
    assert code == 0
    for part in ("14136", "55, in SMPL-X order", "shape (betas)", "smile", "52", "CC0"):
        assert part in out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it is empty"),
        (pickle.dumps({"v_template": [1, 2]}), "pickle under another name"),
        (b"PK\x03\x04 and no more", "it is cut off"),
        (b"# not a model", "it is no archive"),
    ],
)
def test_info_on_a_wrong_file_says_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    path = tmp_path / "SMPLX_NEUTRAL.npz"
    path.write_bytes(content)
    code, out, err = run(capsys, "body", "info", str(path))
    assert (code, out) == (2, "")
    assert str(path) in err and message in err and "To mend it" in err and "Traceback" not in err


def test_info_on_a_pickled_only_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "SMPLX_NEUTRAL.npz"
    np.savez(path, v_template=np.array({"a": 1}, dtype=object), weights=np.array([None], dtype=object))
    code, _, err = run(capsys, "body", "info", str(path))
    assert code == 2
    assert "v_template, weights are pickled objects" in err
