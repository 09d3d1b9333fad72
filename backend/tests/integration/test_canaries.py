"""S1: after jobs that print and misuse their secrets, no store, log, export or error holds a value in any form."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pymongo
import pytest
import zstandard

from backend.tests.airsenal import pretend
from backend.tests.airsenal.this_week import ThisWeek
from backend.tests.console_process import ConsoleProcess
from backend.tests.started import PROJECT
from backend.utils.masking import patterns

# With what each encoding changes: a quote, a slash, a plus, a blank, a letter beyond ASCII.
STORED = "kanari/1+\"gelb er'Vögel-0123456789"
PARAMETER = "kanari-zwei=für/einen+Lauf'42\""
REFUSED = "kanari-drei-nie-gespeichert"
LOGIN, LOGIN_PASSWORD = "kanari+fünf/fpl@example.org", "kanari sechs\"+'/fpl-Wörter"
CANARIES = (STORED, PARAMETER, REFUSED, LOGIN, LOGIN_PASSWORD)
TEAM_ID = "742663"
# In the optimiser's place: prints its login in lines that reports, warnings and errors are made of.
LEAKY = f"""#!{sys.executable}
import base64, json, os, sys
from urllib.parse import quote
sys.path.insert(0, {str(PROJECT)!r})
from backend.tests.airsenal.pretend import main
login, password = os.environ["FPL_LOGIN"], os.environ["FPL_PASSWORD"]
for value in (login, password):
    print("Login failed due to the error above.", value, quote(value, safe=""), json.dumps(value))
    print(base64.b64encode(f"{{login}}:{{password}}".encode()).decode(), file=sys.stderr, flush=True)
if "--max_hit=0" in sys.argv:
    sys.exit(print(f"OPTIMUM STRATEGY\\nsigned in as {{login}} {{password}}"))
if "--max_hit=4" in sys.argv:
    sys.exit(f"ERROR: refused {{login}} {{password}}")
sys.exit(main("run_optimization", sys.argv[1:], 0.1))
"""


def _forms() -> set[bytes]:
    """Written down apart from the masking's own list, and that list too."""
    found = {form for canary in CANARIES for form in patterns([canary])}
    for canary in CANARIES:
        raw = canary.encode()
        found |= {raw, quote(canary, safe="").encode(), json.dumps(canary)[1:-1].encode()}
        for shift in range(3):
            text = base64.b64encode(b"\0" * shift + raw)
            found |= {text[4:-4], text[4:-4].replace(b"+", b"-").replace(b"/", b"_")}
    return found


FORMS = _forms()


def _leaks(data: bytes) -> list[bytes]:
    return [form for form in FORMS if form in data]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleProcess]:
    """A console after all of it."""
    data = tmp_path_factory.mktemp("canaries") / "data"
    pretend.install(data, pace=0.01)
    (data / "tools" / "airsenal" / "bin" / "airsenal_run_optimization").write_text(LEAKY)
    (data / "airsenal-kept").mkdir(mode=0o700)
    ThisWeek().write_database(data / "airsenal-kept" / "data.db")
    for path in (path for path in data.rglob("*") if not path.is_symlink()):
        path.chmod(path.stat().st_mode & 0o700)  # as the console makes them
    console = ConsoleProcess(data, MONGO_URL="", LOG_LEVEL="DEBUG", FPL_API_URL="http://127.0.0.1:9/api")
    console.start()
    try:
        for key in ("TEST_SECRET", "OTHER_SECRET"):
            assert console.http.post("/api/secrets", json={"key": key, "value": STORED}).status_code == 200
        login = {"FPL_TEAM_ID": TEAM_ID, "FPL_LOGIN": LOGIN, "FPL_PASSWORD": LOGIN_PASSWORD}
        for key, value in login.items():
            assert console.http.post("/api/secrets", json={"key": key, "value": value}).status_code == 200
        airsenal = [console.submit("predict"), *(console.submit("optimize", max_hit=hit) for hit in (0, 4, 8))]
        airsenal.append(console.submit("test_login"))
        running = console.submit("secret_parameter", pin=PARAMETER)
        for command in ("leak", "environment", "secret_hash"):
            console.ended(console.submit(command)["id"])
        for job in (running, *airsenal):
            console.ended(job["id"], 60)
        yield console
    finally:
        console.stop()


def _documents(console: ConsoleProcess) -> Iterator[tuple[str, bytes]]:
    client: Any = pymongo.MongoClient(console.database_url)
    with client:
        database = client[console.database_name]
        for name in database.list_collection_names():
            for document in database[name].find():
                yield name, str(document).encode()
                yield from ((name, blob) for blob in _blobs(document))


def _blobs(value: Any) -> Iterator[bytes]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _blobs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _blobs(inner)
    elif isinstance(value, bytes):
        yield value
        with suppress(zstandard.ZstdError):
            yield zstandard.ZstdDecompressor().decompressobj().decompress(value)


def test_the_jobs_did_print_their_secrets(used: ConsoleProcess) -> None:
    """Else the rest would prove nothing."""
    text = used.http.get("/api/jobs", params={"command": "leak"}).json()[0]
    log = used.http.get(f"/api/jobs/{text['id']}/log/download").text
    assert log.count("***") >= 6, log
    parameter = used.http.get("/api/jobs", params={"command": "secret_parameter"}).json()[0]
    assert parameter["parameters"] == {"pin": "***"}
    assert "***" in used.http.get(f"/api/jobs/{parameter['id']}/log/download").text


def test_the_jobs_of_airsenal_did_print_their_login(used: ConsoleProcess) -> None:
    whole, failed, drifted = used.http.get("/api/jobs", params={"command": "optimize"}).json()
    log = used.http.get(f"/api/jobs/{whole['id']}/log/download").text
    assert log.count("***") >= 8, log
    assert (whole["status"], failed["status"]) == ("completed", "failed")
    assert "It said: ERROR: refused *** ***" in failed["error"]
    (report,) = used.http.get("/api/reports", params={"job_id": drifted["id"]}).json()
    text = used.http.get(f"/api/reports/{report['id']}").json()["report"]["not_understood_text"]
    assert (report["state"], text.splitlines()[0]) == ("not_understood", "signed in as *** ***")


def test_a_dump_of_the_database_holds_no_canary(used: ConsoleProcess) -> None:
    seen = set()
    for name, data in _documents(used):
        seen.add(name)
        assert not _leaks(data), name
    assert {"secrets", "jobs", "log_chunks", "audit", "sessions", "reports"} <= seen


def test_exports_and_answers_hold_no_canary(used: ConsoleProcess) -> None:
    paths = ["/api/secrets", "/api/jobs?limit=200", "/api/audit?limit=500", "/api/audit/export",
             "/api/audit/export?format=csv", "/api/commands", "/api/reports/latest", "/api/openapi.json",
             "/api/airsenal/status", "/api/airsenal/database", "/api/airsenal/search-cost",
             "/api/airsenal/apply/make_transfers", "/api/airsenal/apply/set_lineup"]  # fmt: skip
    for report in used.http.get("/api/reports").json():
        paths += [f"/api/reports/{report['id']}"]
        paths += [f"/api/reports/{report['id']}/players.csv"] * (report["type"] == "prediction")
    for job in used.http.get("/api/jobs").json():
        paths += [f"/api/jobs/{job['id']}{tail}" for tail in ("", "/log", "/log/raw", "/log/download", "/output")]
    for path in paths:
        answer = used.http.get(path)
        assert answer.status_code == 200, path
        assert not _leaks(answer.content), path


def test_error_bodies_hold_no_canary(used: ConsoleProcess) -> None:
    http, tried = used.http, []
    tried += [http.post("/api/secrets", json={"key": key, "value": REFUSED}) for key in ("lower", "PATH", "A" * 70)]
    tried += [http.post("/api/secrets", json={"key": "FPL_TEAM_ID", "value": REFUSED})]
    tried += [http.post("/api/secrets", json={"key": "GOOD", "value": {"nested": REFUSED}})]
    tried += [http.post("/api/secrets", json={"key": "GOOD", "value": REFUSED, "extra": REFUSED})]
    tried += [http.post("/api/secrets", content=f'{{"value": "{REFUSED}"'.encode())]
    tried += [http.post("/api/jobs", json={"command": "secret_parameter", "parameters": {"pin": [REFUSED]}})]
    tried += [http.post("/api/jobs", json={"command": "secret_parameter", "parameters": {"pin": REFUSED * 1000}})]
    tried += [http.post("/api/auth/login", json={"email": "somebody@example.org", "password": REFUSED})]
    tried += [http.post("/api/auth/hash-password", json={"password": REFUSED, "more": REFUSED})]
    tried += [http.post("/api/secrets", json={"key": "FPL_LOGIN", "value": REFUSED})]
    tried += [
        http.get("/api/airsenal/search-cost", params={"wildcard": REFUSED}),
    ]
    apply = {"team_name": REFUSED, "suggestion": REFUSED}
    tried += [http.post("/api/airsenal/apply/make_transfers", json=apply)]
    tried += [http.post("/api/jobs", json={"command": "optimize", "parameters": {"tag": f"{REFUSED} "}})]
    tried += [http.get("/api/jobs", headers={"Authorization": f"Bearer {REFUSED}"})]
    for answer in tried:
        assert 400 <= answer.status_code < 500, answer.text
        assert not _leaks(answer.content), answer.text
    http.get(f"/api/health?token={REFUSED}&ticket={REFUSED}")


def test_the_servers_log_and_the_data_folder_hold_no_canary(used: ConsoleProcess) -> None:
    """Last: what the tests above provoked is in it too."""
    assert not _leaks(used.output.encode())
    assert "request" in used.output
    files = [path for path in used.data_dir.rglob("*") if path.is_file()]
    assert any(path.suffix == ".wt" for path in files)
    for path in files:
        assert not _leaks(path.read_bytes()), path


def test_no_command_line_and_no_environment_of_ours_holds_a_canary(used: ConsoleProcess) -> None:
    """P4, P5: while a job has it, only the job itself does."""
    job, optimising = used.submit("other_lane", lines=100, pause=0.1), used.submit("optimize")
    used.when(job["id"], lambda now: now["status"] == "running")
    used.when(optimising["id"], lambda now: now["log_lines"] > 0)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                assert not _leaks((entry / "cmdline").read_bytes()), entry
            except OSError:
                continue
    for pid in used.console_pids():
        assert not _leaks(Path(f"/proc/{pid}/environ").read_bytes())
    assert used.job(optimising["id"])["status"] == "running", "it had its login all the while"
    for started in (job, optimising):
        used.http.post(f"/api/jobs/{started['id']}/cancel")
        used.ended(started["id"])


def test_a_command_gets_only_the_secrets_that_it_names(used: ConsoleProcess) -> None:
    """The allow list is the command's own entry in the catalogue."""
    assert used.http.post("/api/secrets", json={"key": "NOT_NAMED", "value": "kanari-vier-nicht"}).status_code == 200
    job = used.ended(used.submit("environment")["id"])
    names = {line.partition("=")[0] for line in job["logs"] if "=" in line}
    assert names >= {"TEST_SECRET", "OTHER_SECRET"}
    assert names <= {"TEST_SECRET", "OTHER_SECRET", "PATH", "HOME", "LANG", "TERM", "PWD", "CONSOLE_JOB"}, names
    without = used.http.get("/api/audit", params={"kind": "secret.use", "text": "NOT_NAMED"}).json()
    assert without == []


def test_everything_in_the_data_folder_is_for_its_owner_only(used: ConsoleProcess) -> None:
    assert used.data_dir.stat().st_mode & 0o777 == 0o700
    for path in used.data_dir.rglob("*"):
        if path.is_symlink() or path.is_socket():
            continue
        mode = path.stat().st_mode & 0o777
        # What mongod makes is readable by its group at most; nobody but the owner gets through the folders above it.
        program = path.parent == used.data_dir / "tools" / "airsenal" / "bin"
        allowed = 0o700 if path.is_dir() or program else 0o600
        assert mode & ~allowed == 0, f"{path} {mode:o}"


def test_the_console_does_not_serve_others_unasked(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "backend", "--data-dir", str(tmp_path / "data")], cwd=PROJECT, capture_output=True,
        text=True, check=False, timeout=60,
        env={"PATH": os.environ["PATH"], "HOST": "0.0.0.0", "PORT": "0"},
    )  # fmt: skip
    assert (done.returncode, "TRUSTED_PROXIES" in done.stderr) == (1, True), done.stderr
