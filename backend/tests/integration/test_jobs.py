"""Jobs through the real API: real children, a real mongod."""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from backend.jobs import processes
from backend.tests.conftest import Console, moment


async def test_a_job_runs_and_its_log_is_kept(console: Console) -> None:
    job = await console.run("say", text="hello world")
    assert (job["status"], job["cause"], job["exit_code"]) == ("completed", "exit_code", 0)
    assert job["logs"] == ["text=hello world"]
    assert job["attempts"][0]["lines"] == 1
    assert job["submitted_by"] == "admin@example.org"


@pytest.mark.parametrize("text", ["", "two\nlines", "; rm -rf /", "$(id)", "`id`", "'\"\\", "ünïcödé 🎉", "-rf", "{x}"])
async def test_arguments_arrive_as_they_were_given(console: Console, text: str) -> None:
    """P5: a list of arguments, never a shell string."""
    job = await console.run("say", text=text)
    assert "\n".join(job["logs"]) == f"text={text or 'hello'}"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"command": "nope"}, "command"),
        ({"command": "count", "parameters": {"lines": "3"}}, "parameters.lines"),
        ({"command": "count", "parameters": {"lines": 0}}, "parameters.lines"),
        ({"command": "count", "parameters": {"lines": True}}, "parameters.lines"),
        ({"command": "count", "parameters": {"line": 3}}, "parameters.line"),
        ({"command": "say", "parameters": {"text": "a\0b"}}, "parameters.text"),
        ({"command": "count", "parameters": []}, "parameters"),
        ({"command": "dangerous"}, "confirm"),
        ({"command": "dangerous", "confirm": "do it"}, "confirm"),
        ({"command": "say", "surprise": 1}, "surprise"),
        ({}, "command"),
    ],
)
async def test_bad_input_names_the_field(console: Console, body: dict[str, object], field: str) -> None:
    answer = await console.http.post("/api/jobs", json=body)
    assert answer.status_code == 422
    assert field in [row["field"] for row in answer.json()["errors"]]
    assert isinstance(answer.json()["detail"], str)


async def test_an_irreversible_command_needs_its_title_and_is_never_retried(console: Console) -> None:
    answer = await console.http.post("/api/jobs", json={"command": "dangerous", "confirm": "Really do it"})
    job = await console.ended(answer.json()["id"])
    assert (job["status"], job["retry_count"], job["max_retries"]) == ("failed", 0, 0)


async def test_failures_are_named(console: Console) -> None:
    """P6: the cause says why."""
    failed = await console.run("fail", code=3)
    assert (failed["status"], failed["cause"], failed["exit_code"]) == ("failed", "exit_code", 3)
    assert "exit code 3" in failed["error"]
    limited = await console.run("limited")
    assert (limited["status"], limited["cause"]) == ("failed", "time_limit")


@pytest.mark.parametrize("command", ["asks", "asks_password"])
async def test_a_question_nobody_can_answer_fails_at_once(console: Console, command: str) -> None:
    """P3"""
    asked = await console.run(command)
    assert (asked["status"], asked["cause"]) == ("failed", "asked_for_input")
    assert moment(asked["completed_at"]) - moment(asked["started_at"]) < timedelta(seconds=2)


async def test_runners_serve_one_job_after_the_other(console: Console) -> None:
    host = console.services.executor.runners.host_pid
    assert host
    await console.run("say")
    before = set(processes.descendants(host))
    jobs = [await console.run("say", text=str(number)) for number in range(5)]
    assert [job["logs"] for job in jobs] == [[f"text={number}"] for number in range(5)]
    assert len(set(processes.descendants(host)) - before) <= 1  # the others were there already
    # What went not as usual ends its runner.
    failed = [await console.run("limited") for _ in range(2)]
    assert {job["cause"] for job in failed} == {"time_limit"}
    assert (await console.run("say"))["status"] == "completed"


async def test_exit_code_0_without_the_result_is_a_failure(console: Console) -> None:
    job = await console.run("silent_failure")
    assert (job["status"], job["cause"], job["exit_code"]) == ("failed", "no_result", 0)
    assert "Work done" in job["error"]
    assert (await console.run("silent_failure", last="Work done: 3 files"))["status"] == "completed"


async def test_a_program_that_vanished_could_not_start(console: Console) -> None:
    program = console.settings.data_dir / "vanishing-program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    await console.submit("count", lines=3, pause=0.1)
    job = await console.submit("missing_program")
    program.unlink()
    ended = await console.ended(job["id"])
    assert (ended["status"], ended["cause"]) == ("failed", "could_not_start")
    answer = await console.http.post("/api/jobs", json={"command": "missing_program"})
    assert answer.status_code == 400
    assert "not installed" in answer.json()["detail"]


async def test_answers_from_the_catalogue_reach_stdin(console: Console) -> None:
    assert (await console.run("answered"))["logs"] == ["got no"]


async def test_a_terminal_when_asked_for(console: Console) -> None:
    job = await console.run("terminal")
    assert job["logs"][0].startswith("/dev/pts/")
    assert job["logs"][1] == "40 120"


async def test_a_lane_runs_one_job_at_a_time_in_order_and_lanes_run_side_by_side(console: Console) -> None:
    jobs = [await console.submit("count", lines=3, pause=0.05) for _ in range(4)]
    other = await console.submit("other_lane", lines=3, pause=0.05)
    ended = [await console.ended(job["id"]) for job in jobs]
    for before, after in itertools.pairwise(ended):
        assert moment(before["completed_at"]) <= moment(after["started_at"])
    assert moment((await console.ended(other["id"]))["started_at"]) < moment(ended[-1]["started_at"])


async def test_higher_priority_goes_first(console: Console) -> None:
    first = await console.submit("count", lines=4, pause=0.1)
    low = await console.submit("say")
    answer = await console.http.post("/api/jobs", json={"command": "say", "priority": 5})
    high = answer.json()
    waiting = await console.job(low["id"])
    assert waiting["queue_position"] == 2
    await console.ended(first["id"])
    starts = [moment((await console.ended(job["id"]))["started_at"]) for job in (high, low)]
    assert starts[0] < starts[1]


async def test_cancel_while_waiting_and_while_running(console: Console) -> None:
    running = await console.submit("count", lines=1000, pause=0.1)
    waiting = await console.submit("say")
    await console.when(running["id"], lambda job: job["log_lines"] > 0)
    for job in (waiting, running):
        answer = await console.http.post(f"/api/jobs/{job['id']}/cancel")
        assert answer.json() == {"success": True, "job_id": job["id"]}
    for job in (waiting, running):
        ended = await console.ended(job["id"])
        assert (ended["status"], ended["cause"]) == ("cancelled", "cancelled")
        assert "admin@example.org" in ended["error"]
        again = await console.http.post(f"/api/jobs/{job['id']}/cancel")
        assert again.status_code == 400


@pytest.mark.parametrize("trigger", ["cancel", "cancel?force=true", "close", "time limit"])
async def test_every_way_to_stop_ends_the_whole_family(
    console: Console, trigger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P1, P2: a child that ignores TERM, its child, and a daemon that left the session."""
    monkeypatch.setattr(console.services.executor, "_grace", 0.5)
    limited = trigger == "time limit"
    job = await console.submit("limited_tree" if limited else "tree")
    await console.when(job["id"], lambda now: now["log_lines"] > 0)
    assert len(_processes_of(job["id"])) >= 4
    if not limited:
        assert (await console.http.post(f"/api/jobs/{job['id']}/{trigger}")).status_code == 200
    ended = await console.ended(job["id"])
    assert ended["cause"] == {"close": "lost", "time limit": "time_limit"}.get(trigger, "cancelled")
    await console.when(job["id"], lambda _: not console.services.jobs.queue.attempts.follows(job["id"]))
    assert ended["attempts"][0]["survivors"] == []
    assert _processes_of(job["id"]) == []


def _processes_of(job_id: str) -> list[str]:
    marker = f"CONSOLE_JOB={job_id}".encode()
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if marker in Path(f"/proc/{entry.name}/environ").read_bytes():
                    found.append(entry.name)
            except OSError:
                continue
    return found


async def test_retries_wait_outside_the_lane_and_keep_each_attempts_log(console: Console) -> None:
    """Q7, with a short delay: the jobs behind go ahead while the failed one waits."""
    console.services.jobs._limits = type(console.services.jobs._limits)(max_retries=2, pending=1000)
    console.services.jobs.queue.attempts.retry_delay = 0.4
    try:
        failing = await console.submit("fail", code=1)
        behind = await console.submit("say")
        waiting = await console.when(failing["id"], lambda job: job["retry_count"] == 1 and job["status"] == "pending")
        assert waiting["next_attempt_at"] is not None
        assert (await console.ended(behind["id"]))["status"] == "completed"
        ended = await console.ended(failing["id"])
    finally:
        console.services.jobs._limits = type(console.services.jobs._limits)(max_retries=0, pending=1000)
        console.services.jobs.queue.attempts.retry_delay = 0.05
    assert (ended["status"], ended["retry_count"], len(ended["attempts"])) == ("failed", 2, 3)
    assert [(a["first_line"], a["lines"]) for a in ended["attempts"]] == [(0, 1), (1, 1), (2, 1)]
    second = await console.http.get(f"/api/jobs/{ended['id']}/log?attempt=2")
    assert second.json()["lines"] == ["failing"]
    final = await console.run("fail", code=2)
    assert final["retry_count"] == 0


async def test_the_same_idempotency_key_makes_one_job(console: Console) -> None:
    """Q9."""
    headers = {"Idempotency-Key": "once"}
    body = {"command": "say", "parameters": {"text": "once"}}
    answers = await asyncio.gather(
        *(console.http.post("/api/jobs", json=body, headers=headers) for _ in range(50))
    )  # fmt: skip
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = await console.http.post("/api/jobs", json={"command": "say"}, headers=headers)
    assert other.status_code == 409


async def test_secrets_reach_the_child_and_are_masked_in_every_form(console: Console) -> None:
    secret = "hunter2/très+secret"
    missing = await console.http.post("/api/jobs", json={"command": "leak"})
    assert missing.status_code == 400
    assert "TEST_SECRET" in missing.json()["detail"]
    await console.http.post("/api/secrets", json={"key": "TEST_SECRET", "value": secret})
    job = await console.run("leak")
    text = "\n".join(job["logs"])
    assert "plain ***" in text
    assert "*** in pieces" in text
    for form in (secret, quote(secret, safe=""), base64.b64encode(b"x" + secret.encode()).decode()[4:-4]):
        assert form not in text
    environment = "\n".join((await console.run("environment"))["logs"])
    assert "TEST_SECRET=***" in environment
    assert "OTHER_SECRET" not in environment


async def test_the_childs_environment_is_ours_to_choose(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """P4: built from a list, nothing inherited."""
    monkeypatch.setenv("JWT_SECRET", "must not be seen by children")
    await console.http.post("/api/secrets", json={"key": "TEST_SECRET", "value": "some secret value"})
    names = {line.partition("=")[0] for line in (await console.run("environment"))["logs"]}
    assert names == {"PATH", "HOME", "LANG", "TERM", "CONSOLE_JOB", "TEST_SECRET"}


async def test_a_secret_parameter_is_never_shown(console: Console) -> None:
    job = await console.run("secret_parameter", pin="one-time-pin-4711")
    assert job["parameters"] == {"pin": "***"}
    assert job["logs"] == ["length 17", "***"]
    for pin in ("1234", "password", "     1"):  # these would stand in the log as they are
        body = {"command": "secret_parameter", "parameters": {"pin": pin}}
        refused = await console.http.post("/api/jobs", json=body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "parameters.pin"), pin


async def test_lists_are_paged_filtered_and_carry_no_log(console: Console) -> None:
    for _ in range(3):
        await console.run("say")
    first = (await console.http.get("/api/jobs?limit=2&command=say")).json()
    assert len(first) == 2
    assert all(job["logs"] == [] for job in first)
    following = (await console.http.get(f"/api/jobs?limit=2&command=say&before={first[-1]['id']}")).json()
    assert moment(following[0]["created_at"]) <= moment(first[-1]["created_at"])
    assert {job["status"] for job in (await console.http.get("/api/jobs?status=completed")).json()} == {"completed"}
    assert (await console.http.get("/api/jobs?status=odd")).status_code == 422


async def test_clearing_logs(console: Console) -> None:
    job = await console.run("say")
    assert (await console.http.delete(f"/api/jobs/{job['id']}/logs")).json() == {"success": True, "job_id": job["id"]}
    assert (await console.job(job["id"]))["logs"] == []
    running = await console.submit("count", lines=100, pause=0.1)
    await console.when(running["id"], lambda now: now["log_lines"] > 0)
    assert (await console.http.delete(f"/api/jobs/{running['id']}/logs")).status_code == 400
    cleared = (await console.http.delete("/api/jobs/logs")).json()
    assert cleared["success"] is True
    assert cleared["cleared"] >= 1
    assert (await console.job(running["id"]))["log_lines"] > 0
    await console.http.post(f"/api/jobs/{running['id']}/cancel")


async def test_unknown_ids_are_404(console: Console) -> None:
    for method, path in [
        ("GET", "/api/jobs/nope"), ("POST", "/api/jobs/nope/cancel"), ("DELETE", "/api/jobs/nope/logs"),
        ("GET", "/api/jobs/nope/output"), ("GET", "/api/jobs/nope/log"), ("GET", "/api/jobs/nope/log/download"),
        ("GET", "/api/jobs/nope/log/raw"), ("GET", "/api/commands/nope"), ("GET", "/api/nothing/here"),
        ("GET", "/api/jobs?before=nope"),
    ]:  # fmt: skip
        answer = await console.http.request(method, path)
        assert answer.status_code == 404, path
        assert answer.json()["detail"]


async def test_a_terminal_job_may_let_go_of_it(console: Console) -> None:
    """The kernel hangs up on a session when the last user of its terminal closes it: that must not be us."""
    job = await console.run("redirected_terminal")
    assert (job["cause"], job["exit_code"]) == ("exit_code", 3)


async def test_a_terminal_job_reaches_the_end_of_its_input(console: Console) -> None:
    job = await console.run("terminal_input")
    assert (job["status"], "".join(job["logs"])) == ("completed", "helloover")


async def test_what_a_job_leaves_behind_is_ended_and_named(console: Console) -> None:
    job = await console.run("daemon")
    assert job["status"] == "completed"
    assert [name.split()[1] for name in job["attempts"][0]["ended_leftovers"]] == ["sleep"]
    assert _processes_of(job["id"]) == []
