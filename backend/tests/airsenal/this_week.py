"""A gameweek that is always about to begin: a real one of 2025/26, cut down and moved to tomorrow.

For what looks at the real clock: deadlines, countdowns, the guard before the real team. `Season` (season.py) has all
players and the true dates; AIrsenal itself needs that one.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from backend.fpl.season import season_of
from backend.tests.airsenal.answers import FixedAnswers
from backend.tests.airsenal.database_file import DatabaseFile

Json = dict[str, Any]
SOURCE = Path(__file__).with_name("gameweek_25.json")
NEXT = 25
TEAM = 742663
TEAM_NAME = "AIrsenal"
POSITIONS = {1: "GK", 2: "DEF", 3: "MID", 4: "FWD"}


class ThisWeek:
    """`deadline`: of gameweek 25, 30 hours from now. Those before it lie a week apart, or closer in a young season."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or datetime.now(UTC)
        self.data: Json = json.loads(SOURCE.read_text(encoding="utf-8"))
        self.deadline = (self.now + timedelta(hours=30)).replace(minute=30, second=0, microsecond=0)
        self.season = season_of(self.now)
        self.clubs: dict[int, str] = {club["id"]: club["short_name"] for club in self.data["teams"]}
        starts = datetime(2000 + int(self.season[:2]), 6, 2, tzinfo=UTC)
        self._pace = min(timedelta(weeks=1), (self.deadline - starts) / NEXT)
        for event in self.data["events"]:
            event["deadline_time"] = _stamp(self.deadline + (event["id"] - NEXT) * self._pace)
        for fixture in self.data["fixtures"]:
            fixture["kickoff_time"] = _stamp(
                self.deadline + (fixture["event"] - NEXT) * self._pace + timedelta(hours=2)
            )

    def answers(self) -> FixedAnswers:
        data, entry = self.data, f"entry/{TEAM}"
        bootstrap = {name: data[name] for name in ("events", "teams", "element_types", "elements")}
        return FixedAnswers(
            {
                "bootstrap-static": bootstrap,
                "fixtures": data["fixtures"],
                entry: data["entry"],
                f"{entry}/event/{NEXT - 1}/picks": data["picks"],
                f"{entry}/transfers": [],
            }
        )

    def write_database(self, path: Path) -> None:
        """As after a set-up: players, prices, fixtures, and the scores of the gameweek just played."""
        file = DatabaseFile(path)
        ids = {one["id"]: file.player(one["web_name"], f"{one['first_name']} {one['second_name']}")
               for one in self.data["elements"]}  # fmt: skip
        for one in self.data["elements"]:
            for gameweek in (NEXT - 1, NEXT):
                file.attributes(
                    ids[one["id"]], gameweek, self.clubs[one["team"]], POSITIONS[one["element_type"]], one["now_cost"],
                    news=one["news"], season=self.season,
                )  # fmt: skip
        for fixture in self.data["fixtures"]:
            home, away = fixture["team_h"], fixture["team_a"]
            number = file.fixture(
                fixture["event"], self.clubs[home], self.clubs[away], season=self.season,
                played=fixture["event"] < NEXT, date=fixture["kickoff_time"],
            )  # fmt: skip
            if fixture["event"] == NEXT - 1:
                for one in self.data["elements"]:
                    if one["team"] in (home, away):
                        file.score(ids[one["id"]], number, one["event_points"], 90, self.clubs[one["team"]])


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
