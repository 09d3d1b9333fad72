"""`python -m benchmarks.soak --minutes 20`: kills console, runners, their host and the database at random under load.

At its end it proves: every accepted job is recorded and has ended; no log line is missing or doubled in any job that
was not lost; every lost job's log is a beginning of what it should be; no process and no spool folder is left behind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from backend.jobs.processes import all_pids
from backend.tests.console_process import ConsoleProcess

COMMANDS = """
pack: Soak
commands:
  - {id: quick, title: Quick, touches: reads, argv: [seq, "0", "{last}"], lane: "quick",
     parameters: [{name: last, type: int, required: true}]}
  - {id: slow, title: Slow, touches: reads, lane: slow, repeatable: true,
     argv: [sh, -c, 'i=0; while [ $i -le $0 ]; do echo $i; i=$((i+1)); sleep 0.05; done', "{last}"],
     parameters: [{name: last, type: int, required: true}]}
  - {id: large, title: Large, touches: reads, lane: large, argv: [seq, "0", "{last}"],
     parameters: [{name: last, type: int, required: true}]}
"""
ENDED = ("completed", "failed", "cancelled")


class Soak:
    def __init__(self, folder: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        (folder / "commands").mkdir()
        (folder / "commands" / "soak.yaml").write_text(COMMANDS)
        self.console = ConsoleProcess(
            folder / "data", COMMANDS_DIR=str(folder / "commands"), LOG_LEVEL="WARNING", MAX_JOB_RETRIES="2",
            JOB_RETRY_DELAY_SECONDS="0.2", JOB_QUEUE_LIMIT="100000",
        )  # fmt: skip
        self.accepted: dict[str, int] = {}
        self.kills = {"console": 0, "runner": 0, "runner host": 0, "database": 0, "database paused": 0}

    def submit_some(self) -> None:
        for _ in range(self.dice.randint(1, 6)):
            command = self.dice.choice(["quick", "quick", "quick", "slow", "large"])
            last = {"quick": 5, "slow": 40, "large": 200_000}[command]
            with suppress(httpx.HTTPError):
                body = {"command": command, "parameters": {"last": last}}
                answer = self.console.http.post("/api/jobs", json=body)
                if answer.status_code == 200:
                    self.accepted[answer.json()["id"]] = last

    def kill_something(self) -> None:
        what = self.dice.choice(["console", "console", "runner", "runner host", "database", "database paused"])
        if what == "database paused":
            self._pause_database()
        elif what == "console":
            self.console.kill()
            time.sleep(self.dice.random())
            self.console.start(60)
        else:
            pids = self._pids(what)
            if not pids:
                return
            with suppress(ProcessLookupError):
                os.kill(self.dice.choice(pids), signal.SIGKILL)
        self.kills[what] += 1

    def _pids(self, what: str) -> list[int]:
        if what == "runner":
            return self._runners()
        return [self.console.database_pid()] if what == "database" else self.console.console_pids()[1:]

    def _pause_database(self) -> None:
        """Stopped, not dead: it takes connections and never answers. Once in ten for a whole minute."""
        pid = self.console.database_pid()
        os.kill(pid, signal.SIGSTOP)
        time.sleep(60 if self.dice.random() < 0.1 else self.dice.uniform(1, 8))
        os.kill(pid, signal.SIGCONT)

    def _runners(self) -> list[int]:
        found = []
        # Not glob("*/runner"): the note is a link to nowhere, which glob takes for absent.
        for folder in (self.console.data_dir / "spool").iterdir():
            with suppress(OSError):
                found.append(int(str((folder / "runner").readlink()).split()[0]))
        return found

    def run(self, minutes: float) -> dict[str, object]:
        self.console.start()
        until = time.monotonic() + minutes * 60
        while time.monotonic() < until:
            self.submit_some()
            time.sleep(self.dice.uniform(0.1, 1.5))
            if self.dice.random() < 0.3:
                self.kill_something()
        result = self.verdict()
        self.console.stop()
        result["processes left"] = self._left()
        return result

    def verdict(self) -> dict[str, object]:
        states: dict[str, int] = {}
        wrong_logs = []
        deadline = time.monotonic() + 600
        for job_id, last in self.accepted.items():
            job = self._ended(job_id, deadline)
            states[job["status"]] = states.get(job["status"], 0) + 1
            if not self._log_is_right(job, last):
                wrong_logs.append(job_id)
        time.sleep(2)
        spools = [entry.name for entry in (self.console.data_dir / "spool").iterdir()]
        return {
            "accepted": len(self.accepted), "recorded": sum(states.values()), **states, "kills": self.kills,
            "wrong logs": wrong_logs, "spool folders left": spools,
        }  # fmt: skip

    def _ended(self, job_id: str, deadline: float) -> dict[str, Any]:
        while True:
            with suppress(httpx.HTTPError):
                answer = self.console.http.get(f"/api/jobs/{job_id}?logs=false")
                if answer.status_code == 200 and answer.json()["status"] in ENDED:
                    return dict(answer.json())
                assert answer.status_code != 404, f"{job_id} was accepted and is gone"
            assert time.monotonic() < deadline, f"{job_id} has not ended"
            time.sleep(0.2)

    def _log_is_right(self, job: dict[str, object], last: int) -> bool:
        """Each attempt's lines count from 0 without a hole; a completed job's last attempt reaches its last number."""
        whole = self.console.http.get(f"/api/jobs/{job['id']}/log/download").content
        attempts = job["attempts"]
        assert isinstance(attempts, list)
        for attempt in attempts:
            text = whole[attempt["first_byte"] : attempt["first_byte"] + attempt["bytes"]]
            expected = b"".join(b"%d\n" % number for number in range(last + 1))
            if attempt["cause"] == "exit_code" and attempt["exit_code"] == 0:
                if text != expected:
                    return False
            elif not expected.startswith(text):
                return False
        return True

    def _left(self) -> list[str]:
        """Processes that belong to this console's data folder, or still carry a job's mark."""
        found = []
        for pid in all_pids():
            with suppress(OSError):
                environment = Path(f"/proc/{pid}/environ").read_bytes()
                if any(f"CONSOLE_JOB={job_id}".encode() in environment for job_id in self.accepted):
                    found.append(f"{pid} {Path(f'/proc/{pid}/comm').read_text().strip()}")
        return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    soak = Soak(folder, options.seed)
    try:
        result = soak.run(options.minutes)
    finally:
        soak.console.stop()
    print(json.dumps({"seed": options.seed, "minutes": options.minutes, **result}, indent=2))
    good = result["accepted"] == result["recorded"] and not (
        result["wrong logs"] or result["spool folders left"] or result["processes left"]
    )
    shutil.rmtree(folder, ignore_errors=True)
    raise SystemExit(0 if good else f"the soak failed with seed {options.seed}")


if __name__ == "__main__":
    main()
