"""Copied into AIrsenal's environment by `hook.py`. Standard library only.

Rewrites a few lines of five of AIrsenal's modules while they are loaded; nothing on disk changes. A line that is not
found is an error, so that another release of AIrsenal cannot pass half-hooked.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from urllib.parse import urlsplit

CLOCK = ""
SEASON = ""
API = os.environ.get("FPL_API_URL", "").rstrip("/")
BASE = API.removesuffix("/api")
STARTED = time.monotonic()

NOW = ("datetime.now(", "__import__('fpl_stand_in_hook').now(")
REWRITES: dict[str, list[tuple[str, str]]] = {
    "airsenal.framework.season": [NOW],
    "airsenal.framework.utils": [NOW],
    "airsenal.framework.data_fetcher": [
        ('"https://fantasy.premierleague.com/api"', repr(API)),
        ('"https://account.premierleague.com"', repr(f"{BASE}/login")),
    ],
    # AIrsenal knows the club numbers of one season only: each release those of its own.
    "airsenal.framework.mappings": [
        (
            "alternative_team_names = {",
            "alternative_team_names = __import__('fpl_stand_in_hook').Numbered(__file__) | {",
        )
    ],
    "airsenal.scripts.fill_playerscore_table": [
        ('"https://raw.githubusercontent.com/alan-turing-institute/AIrsenal/refs/"', repr(f"{BASE}/")),
        ('f"heads/main/airsenal/data/player_', 'f"data/player_'),
    ],
}


def now(tz: tzinfo | None = None) -> datetime:
    moment = datetime.fromisoformat(CLOCK) + timedelta(seconds=time.monotonic() - STARTED)
    return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)


class Numbered:
    """Puts the club numbers of the season into `{"ARS": ["1", "Arsenal", …]}`, in place of those of the release."""

    def __init__(self, module_file: str) -> None:
        teams = Path(module_file).parent.parent / "data" / f"teams_{SEASON}.csv"
        rows = [line.split(",") for line in teams.read_text(encoding="utf-8").splitlines()[1:]]
        self.ids = {row[0]: row[3] for row in rows}

    def __or__(self, names: dict[str, list[str]]) -> dict[str, list[str]]:
        return {
            short: ([self.ids[short]] if short in self.ids else []) + [name for name in known if not name.isdigit()]
            for short, known in names.items()
        }


class Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        """Compiled each time: the cache on disk belongs to the real module."""
        source = self.get_data(self.path).decode("utf-8")
        for old, new in REWRITES[fullname]:
            if old not in source:
                raise ImportError(f"The stand-in's hook does not know this {fullname}: it has no {old}")
            source = source.replace(old, new)
        return compile(source, self.path, "exec", dont_inherit=True)


class Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in REWRITES:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = Loader(fullname, spec.origin)
        return spec


if urlsplit(API).hostname in ("127.0.0.1", "::1", "localhost"):
    sys.meta_path.insert(0, Finder())
