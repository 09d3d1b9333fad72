"""The probe of the FPL login: each known failure by its name, and never a word of what was sent or answered."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.commands.catalogue import PROGRAMS_FOLDER

PROGRAM = PROGRAMS_FOLDER / "airsenal_login.py"
POST_2 = "Interaction Post 2 Failed (connectionID generation)"
CREDENTIALS = {"FPL_TEAM_ID": "7", "FPL_LOGIN": "me@example.org", "FPL_PASSWORD": "the-password"}
# As much of AIrsenal and its HTTP library as the program touches; `steps.json` says what the site answers.
FETCHER = """
import os, warnings
class FPLDataFetcher:
    def __init__(self, rsession):
        self.rsession, self.logged_in = rsession, False
    def login(self):
        for _ in range(int(os.environ["STEPS"])):
            self.rsession.post("https://site/login", json={"password": os.environ["FPL_PASSWORD"]})
        if said := os.environ.get("SAID"):
            warnings.warn(said + "\\nTraceback with " + os.environ["FPL_PASSWORD"])
        elif os.environ.get("RAISES"):
            raise KeyError(os.environ["FPL_PASSWORD"])
        else:
            self.rsession.get("https://site/me")
            self.logged_in = True
"""
REQUESTS = """
import json, pathlib
answers = iter(json.loads(pathlib.Path(__file__).with_name("answers.json").read_text()))
class Response:
    def __init__(self, status_code, text):
        self.status_code, self.text = status_code, text
class Session:
    def __init__(self, impersonate): pass
    def get(self, url, timeout, **options):
        answer = next(answers)
        if answer is None:
            raise OSError("no route to " + str(options))
        return Response(*answer)
    post = get
"""


@pytest.fixture(scope="module")
def program() -> dict[str, Any]:
    return runpy.run_path(str(PROGRAM))


@pytest.mark.parametrize(
    ("step", "status", "text", "outcome"),
    [
        (POST_2, 400, '{"id": "r2", "code": "invalidCredentials"}', "wrong_password"),
        (POST_2, 200, '{"message": "Invalid username and/or password"}', "wrong_password"),
        (POST_2, 200, '{"message": "Your password was incorrect."}', "wrong_password"),
        (POST_2, 401, "{}", "wrong_password"),
        (POST_2, 200, '{"screen": {"name": "reCAPTCHA"}}', "captcha"),
        ("Failed to extract access token.", 403, "<title>Just a moment...</title> cf-challenge", "captcha"),
        ("Failed to extract access token.", 403, "Access denied", "blocked"),
        (POST_2, 429, "{}", "blocked"),
        ("Failed to extract access token.", 200, "<h1>The game is being updated.</h1>", "unreachable"),
        ("Failed to extract access token.", 503, "", "unreachable"),
        ("Failed to extract access token.", 200, "<h1>Welcome</h1>", "site_changed"),
        ("Failed to extract auth code.", 200, "{}", "site_changed"),
        ("Failed to extract interaction ID.", 404, "{}", "site_changed"),
    ],
)
def test_a_failure_by_its_name(program: dict[str, Any], step: str, status: int, text: str, outcome: str) -> None:
    verdict = program["verdict_of_failure"](step, program["Answer"](status, text))
    assert verdict.outcome == outcome
    assert "\n" not in verdict.explanation
    assert verdict.explanation.endswith(".")


def test_no_answer_at_all(program: dict[str, Any]) -> None:
    verdict = program["verdict_of_failure"]("", None)
    assert verdict.outcome == "unreachable"
    assert "check the network" in verdict.explanation


@pytest.mark.parametrize(
    ("me", "outcome", "said"),
    [
        ({"player": {"entry": 7}}, "works", "team 7 is its own"),
        ({"player": {"entry": 8}}, "unknown", "Set FPL_TEAM_ID to 8, or use the login of team 7."),
        ({"player": None}, "unknown", "shows no team of this login"),
        ([], "unknown", "shows no team of this login"),
    ],
)
def test_whose_login_it_is(program: dict[str, Any], me: object, outcome: str, said: str) -> None:
    verdict = program["verdict_of_player"](program["Answer"](200, json.dumps(me)), "7")
    assert verdict.outcome == outcome
    assert said in verdict.explanation


def run(folder: Path, answers: list[Any], **environment: str) -> subprocess.CompletedProcess[str]:
    """With a small package in AIrsenal's place."""
    for name, code in {"airsenal/framework/data_fetcher": FETCHER, "curl_cffi/requests/__init__": REQUESTS}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(code)
    (folder / "curl_cffi" / "requests" / "answers.json").write_text(json.dumps(answers))
    return subprocess.run(
        [sys.executable, PROGRAM],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), **CREDENTIALS, **environment},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "environment", "outcome"),
    [
        ([[200, "{}"], [200, '{"player": {"entry": 7}}']], {"STEPS": "1"}, "works"),
        ([[200, "{}"], [400, "invalidCredentials"]], {"STEPS": "2", "SAID": POST_2}, "wrong_password"),
        ([[200, "{}"], None], {"STEPS": "2"}, "unreachable"),
        ([[200, "[]"]], {"STEPS": "1", "RAISES": "yes"}, "site_changed"),
        ([], {"STEPS": "0", "FPL_PASSWORD": ""}, "unknown"),
    ],
)
def test_the_program_closes_with_one_line_and_tells_no_credentials(
    tmp_path: Path, answers: list[Any], environment: dict[str, str], outcome: str
) -> None:
    done = run(tmp_path, answers, **environment)
    assert done.stdout.splitlines()[-1] == f"FPL login: {outcome}"
    assert done.returncode == (0 if outcome == "works" else 1)
    assert done.stderr == ""
    for secret in (CREDENTIALS["FPL_PASSWORD"], CREDENTIALS["FPL_LOGIN"]):
        assert secret not in done.stdout


def test_an_airsenal_that_has_moved_on(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM], env={"PATH": os.environ["PATH"], **CREDENTIALS}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.endswith("install it again.\nFPL login: unknown\n")
