"""AIrsenal's commands as the console would start them, without the console: catalogue, environment, child, output."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backend.commands.catalogue import PACKS_FOLDER, PROGRAMS_FOLDER, Catalogue
from backend.tests.airsenal.fpl_api import PASSWORD

TEAM_ID = "742663"
LOGIN: Mapping[str, str] = {"FPL_LOGIN": "manager@example.org", "FPL_PASSWORD": PASSWORD}


@dataclass(frozen=True)
class Run:
    argv: list[str]
    exit_code: int
    output: str
    seconds: float


@dataclass
class AirsenalBox:
    """One data folder. `data_dir/tools/airsenal` is the environment that `airsenal_install` makes there."""

    data_dir: Path
    api_url: str = "http://127.0.0.1:9/api"
    secrets: dict[str, str] = field(default_factory=lambda: {"FPL_TEAM_ID": TEAM_ID})

    def __post_init__(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.catalogue = Catalogue.load(PACKS_FOLDER, None, self.builtins)

    @property
    def venv(self) -> Path:
        return self.data_dir / "tools" / "airsenal"

    @property
    def database(self) -> Path:
        return self.data_dir / "airsenal" / "data.db"

    @property
    def builtins(self) -> dict[str, str]:
        return {
            "data_dir": str(self.data_dir),
            "python": sys.executable,
            "path": os.environ["PATH"],
            "programs": str(PROGRAMS_FOLDER),
            "fpl_api_url": self.api_url,
            "local_db_path": str(self.database),
        }

    def run(
        self, command_id: str, parameters: Mapping[str, object] | None = None, *, program_help: bool = False
    ) -> Run:
        """Runs to the end, stdout and stderr together. Secrets go in only where the command names them."""
        command = self.catalogue.get(command_id)
        call = command.build(command.validate(parameters or {}), self.builtins)
        named = {key: self.secrets[key] for key in (*command.secrets, *command.optional_secrets) if key in self.secrets}
        environment = {"LANG": "C.UTF-8", "HOME": str(Path.home()), "PATH": os.environ["PATH"], **call.env, **named}
        argv = [call.argv[0], "--help"] if program_help else call.argv
        start = time.monotonic()
        done = subprocess.run(
            argv,
            env=environment,
            cwd=call.cwd,
            input=call.stdin or b"",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=1800,
            start_new_session=True,
            check=False,
        )
        output = done.stdout.decode("utf-8", errors="replace")
        return Run(argv, done.returncode, output, time.monotonic() - start)
