"""What the stand-in says to each GET: from a rewound season, or from a few answers given by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from backend.tests.airsenal.season import Season


class Answers(Protocol):
    def get(self, path: str, *, logged_in: bool) -> Any | None:
        """The answer to `path` (below `/api/`, without slashes at its ends); None: 404; `NEEDS_LOGIN`: 403."""


NEEDS_LOGIN = {"detail": "Authentication credentials were not provided."}
_NUMBERED = re.compile(r"(element-summary|event)/(\d+)(/picks)?")


class SeasonAnswers:
    def __init__(self, season: Season) -> None:
        self.season = season

    def get(self, path: str, *, logged_in: bool) -> Any | None:
        season = self.season
        entry = f"entry/{season.entry_id}"
        if path.startswith("my-team/"):
            return NEEDS_LOGIN if not logged_in else season.my_team() if path == f"my-team/{season.entry_id}" else None
        if match := _NUMBERED.fullmatch(path.removeprefix(f"{entry}/")):
            return (season.picks if match[3] else season.summaries).get(int(match[2]))
        player = {"entry": season.entry_id, "first_name": "Stand-in"} if logged_in else None
        fixed: dict[str, Any] = {
            "bootstrap-static": season.bootstrap,
            "fixtures": season.fixtures,
            "event-status": {"status": [], "leagues": "Updated"},
            "me": {"player": player, "watched": []},
            entry: season.entry(),
            f"{entry}/history": season.history,
            f"{entry}/transfers": season.transfers,
        }
        return fixed.get(path)


class FixedAnswers:
    """For tests that need no season."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = dict(answers)

    def get(self, path: str, *, logged_in: bool) -> Any | None:
        if path.startswith("my-team/") and not logged_in:
            return NEEDS_LOGIN
        return self.answers.get(path)


def gameweek_24() -> FixedAnswers:
    """A real team in a real gameweek: its players, all clubs, the fixtures of the six gameweeks that follow."""
    return FixedAnswers(json.loads(Path(__file__).with_name("gameweek_24.json").read_text(encoding="utf-8")))
