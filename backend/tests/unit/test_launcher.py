"""The small parts of launcher/: progress, stamps, and what the output of pip and npm means."""

from __future__ import annotations

import errno
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from backend.tests.started import PROJECT
from launcher import command, stamp
from launcher.problem import Problem, from_os_error, from_output

DOING = "Installing Python packages"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"], "disk is full"),
        (["npm error code ENOSPC", "npm error nospc There appears to be insufficient space"], "disk is full"),
        (["ERROR: Could not install packages: [Errno 30] Read-only file system: 'x'"], "cannot be written"),
        (["npm error code EACCES"], "cannot be written"),
        (["WARNING: Retrying ... Temporary failure in name resolution')': /simple/x/"], "check the internet"),
        (["npm error code ENOTFOUND", "npm error network request failed"], "check the internet"),
        (["npm error code ECONNREFUSED"], "check the internet"),
        (["ERROR: Could not find a version that satisfies x (from versions: none)"], "check the internet"),
        (
            [
                "ERROR: Could not find a version that satisfies the requirement zstandard==9 (from versions: 0.1, 0.2)",
                "ERROR: No matching distribution found for zstandard==9",
            ],
            "zstandard==9 does not exist for this Python and platform",
        ),
        (["src/a.tsx(3,1): error TS2304: Cannot find name 'x'.", "more"], "(src/a.tsx(3,1): error TS2304: Cannot find"),
        (["first", "", "the last words", ""], "(the last words)"),
        ([], "(no output)"),
    ],
)
def test_what_pip_and_npm_say_becomes_one_sentence(tmp_path: Path, lines: list[str], said: str) -> None:
    sentence = str(from_output(DOING, lines, tmp_path, tmp_path / "log"))
    assert said in sentence
    assert sentence.startswith(f"{DOING} failed")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EROFS, "cannot be written"),
        (errno.EACCES, "cannot be written"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_what_the_kernel_says_becomes_one_sentence(tmp_path: Path, number: int, said: str) -> None:
    assert said in str(from_os_error(OSError(number, os.strerror(number)), DOING, tmp_path))


def test_a_program_that_is_missing_is_a_problem_and_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"failed: .*No such file"):
        command.run(["/no/such/program"], doing=DOING, folder=tmp_path, log=tmp_path / "log")
    assert command.output(["/no/such/program"]) is None
    assert command.output([sys.executable, "-c", "import sys; sys.exit(1)"]) is None


def test_the_output_of_a_failure_is_kept_whatever_bytes_it_has(tmp_path: Path) -> None:
    script = "import os, sys; os.write(1, b'\\xff\\xfe\\nlast line without end'); sys.exit(4)"
    with pytest.raises(Problem, match="last line without end"):
        command.run([sys.executable, "-c", script], doing=DOING, folder=tmp_path, log=tmp_path / "log")
    assert (tmp_path / "log").read_text(encoding="utf-8").splitlines()[-1] == "last line without end"


def test_a_stamp_is_read_as_it_was_written_and_never_half(tmp_path: Path) -> None:
    assert stamp.read(tmp_path / "none") == ""
    (tmp_path / "odd").write_bytes(b"\xff")
    assert stamp.read(tmp_path / "odd") == ""
    stamp.write(tmp_path / "stamp", "abc")
    assert stamp.read(tmp_path / "stamp") == "abc"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["odd", "stamp"]


def test_a_digest_tells_names_and_borders_apart() -> None:
    given = [[("a", b"bc")], [("ab", b"c")], [("a", b"b"), ("c", b"")], [("a", b"bc"), ("", b"")]]
    assert len({stamp.digest(parts) for parts in given}) == len(given)


STEPS = """
import sys, time
from launcher.progress import Step
with Step("Doing a slow thing") as step:
    for number in range(6):
        step.show(f"part {number}")
        time.sleep(0.1)
"""


def test_progress_on_a_terminal_is_one_living_line() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", STEPS], cwd=PROJECT, stderr=theirs) as child:
        os.close(theirs)
        shown = b""
        while True:
            try:
                data = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not data:
                break
            shown += data
    os.close(ours)
    assert child.returncode == 0
    assert b"\r\x1b[KDoing a slow thing ... 0 s  part " in shown
    assert shown.count(b"\n") == 1
    assert shown.rstrip().endswith(b"Doing a slow thing: done (1 s)")


def test_progress_elsewhere_is_plain_lines() -> None:
    done = subprocess.run([sys.executable, "-c", STEPS], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == ["Doing a slow thing ...", "Doing a slow thing: done (1 s)"]
