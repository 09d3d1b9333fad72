"""The stand-in FPL API itself: what it answers, how it fails, and that its hook cannot be half on."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from backend.tests.airsenal.answers import FixedAnswers
from backend.tests.airsenal.fpl_api import PASSWORD, StandInFplApi
from backend.tests.airsenal.hook import find_data_folder, install_hook, remove_hook

EVENTS = {"bootstrap-static": {"events": [{"id": 1}]}, "my-team/7": {"picks": []}, "me": {"player": {"entry": 7}}}


@pytest.fixture
def api() -> Iterator[StandInFplApi]:
    with StandInFplApi(FixedAnswers(EVENTS)) as stand_in:
        yield stand_in


def log_in(client: httpx.Client, base: str, password: str) -> str | None:
    """The five steps, as AIrsenal takes them."""
    assert '"accessToken":"start"' in client.get(f"{base}/login/as/authorize").text
    for _ in range(2):
        answer = client.post(f"{base}/login/davinci/x", json={"parameters": {"password": password}})
        if answer.status_code != 200:
            return None
    assert "code=" in client.post(f"{base}/login/as/resume", data={"dvResponse": "dv"}).headers["Location"]
    return str(client.post(f"{base}/login/as/token", data={"code": "abc"}).json()["access_token"])


def test_it_answers_like_the_api(api: StandInFplApi) -> None:
    with httpx.Client(base_url=api.url) as client:
        assert client.get("/bootstrap-static/").json() == EVENTS["bootstrap-static"]
        assert client.get("/element-summary/99/").status_code == 404
        assert client.get("/my-team/7/").status_code == 403
    assert api.requests == ["GET bootstrap-static", "GET element-summary/99", "GET my-team/7"]


def test_login_opens_the_own_team_and_takes_changes(api: StandInFplApi) -> None:
    base = api.url.removesuffix("/api")
    with httpx.Client() as client:
        assert log_in(client, base, "wrong") is None
        headers = {"X-API-Authorization": f"Bearer {log_in(client, base, PASSWORD)}"}
        assert client.post(f"{api.url}/transfers/", json={"event": 25}).status_code == 403
        assert client.get(f"{api.url}/my-team/7/", headers=headers).json() == {"picks": []}
        assert client.post(f"{api.url}/transfers/", json={"event": 25}, headers=headers).status_code == 200
    assert [(change.path, change.content) for change in api.posted] == [("transfers", {"event": 25})]


def test_it_fails_as_told_and_recovers(api: StandInFplApi) -> None:
    with httpx.Client(base_url=api.url) as client:
        api.fail("status", status=429, times=1)
        assert client.get("/me/").headers["Retry-After"] == "1"
        assert client.get("/me/").status_code == 200
        api.fail("html", path="bootstrap")
        assert client.get("/me/").status_code == 200
        assert client.get("/bootstrap-static/").headers["Content-Type"].startswith("text/html")
        api.recover()
        api.fail("broken_json")
        with pytest.raises(ValueError):
            client.get("/me/").json()
        api.recover()
        api.fail("drop")
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/me/")
        api.recover()
        api.fail("hang", seconds=5)
        with pytest.raises(httpx.ReadTimeout):
            client.get("/me/", timeout=0.2)
        api.recover()
        assert client.get("/me/").status_code == 200


def test_it_drips_so_slowly_that_only_a_total_time_limit_helps(api: StandInFplApi) -> None:
    api.fail("slow_drip", seconds=0.05)
    start = time.monotonic()
    with httpx.Client(base_url=api.url, timeout=0.5) as client, client.stream("GET", "/me/") as answer:
        for count, _ in enumerate(answer.iter_raw(1)):
            if count == 20:
                break
    assert time.monotonic() - start > 0.9, "each byte is in time, the whole never is"


def test_down_means_refused_even_on_a_connection_kept_alive(api: StandInFplApi) -> None:
    with httpx.Client(base_url=api.url) as client:
        assert client.get("/me/").status_code == 200
        url = api.url
        api.go_down()
        for _ in range(2):
            with pytest.raises(httpx.TransportError):
                client.get("/me/")
        api.come_up()
        assert api.url == url
        assert client.get("/me/").status_code == 200


def fake_environment(folder: Path) -> Path:
    """A real environment with a package called `airsenal` that has the lines the hook looks for, or not."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    site = next(folder.glob("lib/python*/site-packages"))
    framework = site / "airsenal" / "framework"
    framework.mkdir(parents=True)
    (site / "airsenal" / "data").mkdir()
    (site / "airsenal" / "data" / "teams_2526.csv").write_text("name,full_name,season,team_id\nARS,Arsenal,2526,1\n")
    for package in (site / "airsenal", framework):
        (package / "__init__.py").touch()
    (framework / "season.py").write_text("from datetime import datetime\nNOW = datetime.now()\n")
    (framework / "mappings.py").write_text(
        'alternative_team_names = {"ARS": ["9", "Arsenal"], "WOL": ["20", "Wolves"]}\n'
    )
    (framework / "data_fetcher.py").write_text("API_HOME = 'https://moved.example'\n")
    return folder


def ask(venv: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([venv / "bin" / "python", "-c", code], env=environment, capture_output=True, text=True)


def test_the_hook_sets_clock_and_club_numbers_only_for_a_loopback_address(tmp_path: Path) -> None:
    venv = fake_environment(tmp_path / "venv")
    assert find_data_folder(venv).name == "data"
    install_hook(venv, datetime(2026, 2, 5, 12, tzinfo=UTC), "2526")
    show = "from airsenal.framework import season, mappings; print(season.NOW.date(), mappings.alternative_team_names)"
    here, there = "http://127.0.0.1:9/api", "https://fantasy.premierleague.com/api"
    hooked = "2026-02-05 {'ARS': ['1', 'Arsenal'], 'WOL': ['Wolves']}\n"
    assert ask(venv, show, FPL_API_URL=here).stdout == hooked
    assert ask(venv, show, FPL_API_URL=here).stdout == hooked, "the second time from the cache of byte code, or not"
    for environment in ({}, {"FPL_API_URL": there}):
        assert "['9', 'Arsenal']" in ask(venv, show, **environment).stdout
    unknown = ask(venv, "import airsenal.framework.data_fetcher", FPL_API_URL=here)
    assert "The stand-in's hook does not know this airsenal.framework.data_fetcher" in unknown.stderr
    remove_hook(venv)
    assert "['9', 'Arsenal']" in ask(venv, show, FPL_API_URL=here).stdout


def test_without_airsenal_there_is_nothing_to_hook(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no AIrsenal in"):
        install_hook(tmp_path, datetime(2026, 2, 5, tzinfo=UTC), "2526")


def test_it_listens_on_loopback_only(api: StandInFplApi) -> None:
    assert api.url.startswith("http://127.0.0.1:")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{api.url}/nothing", timeout=5)
