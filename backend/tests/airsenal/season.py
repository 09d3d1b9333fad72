"""A finished season of the Fantasy Premier League, wound back to the eve of a gameweek.

The source is the data folder of an installed AIrsenal. What lies ahead of the next gameweek is taken out, and what the
API would have shown that day (prices, injuries, form, totals) is put in from the daily log and from each match played.

Not in any dump, and therefore made up: `status` (follows from the chance of playing), the manager's name, and in
`my_team` the prices, chips and free transfers.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

Json = dict[str, Any]

COUNTED = (
    "minutes",
    "goals_scored",
    "assists",
    "clean_sheets",
    "goals_conceded",
    "own_goals",
    "penalties_saved",
    "penalties_missed",
    "yellow_cards",
    "red_cards",
    "saves",
    "bonus",
    "bps",
    "starts",
    "clearances_blocks_interceptions",
    "recoveries",
    "tackles",
    "defensive_contribution",
)
MEASURED = (
    "influence",
    "creativity",
    "threat",
    "ict_index",
    "expected_goals",
    "expected_assists",
    "expected_goal_involvements",
    "expected_goals_conceded",
)
RENAMED = {"gameweek": "round", "points": "total_points", "goals": "goals_scored", "conceded": "goals_conceded"}
OURS_ONLY = {"played_for", "opponent", "position"}
NOT_PLAYED: Json = {
    "finished": False,
    "finished_provisional": False,
    "started": False,
    "minutes": 0,
    "stats": [],
    "team_h_score": None,
    "team_a_score": None,
}
OPEN_EVENT: Json = {
    "average_entry_score": 0,
    "ranked_count": 0,
    "transfers_made": 0,
    "chip_plays": [],
    "highest_score": None,
    "highest_scoring_entry": None,
    "most_selected": None,
    "most_transferred_in": None,
    "most_captained": None,
    "most_vice_captained": None,
    "top_element": None,
    "top_element_info": None,
}
CHIPS = ("wildcard", "freehit", "bboost", "3xc")
FIRST_HALF_ENDS = 19  # each chip may be played once in either half of the season
FORM_GAMEWEEKS = 4


class Season:
    """Everything the stand-in answers from, built once (about two seconds)."""

    def __init__(self, data: Path, season: str = "2526", next_gameweek: int = 25) -> None:
        self.data, self.season, self.next_gameweek = data, season, next_gameweek
        self.bootstrap: Json = self._load("FPL")
        self.fixtures: list[Json] = self._load("fixture_data")
        self._short = {team["id"]: team["short_name"] for team in self.bootstrap["teams"]}
        self._team_ids = {short: id_ for id_, short in self._short.items()}
        deadline = next(e["deadline_time"] for e in self.bootstrap["events"] if e["id"] == next_gameweek)
        day = datetime.fromisoformat(deadline).date() - timedelta(days=1)
        self.now = datetime.combine(day, time(12), UTC)
        """Noon of the day before the deadline: what AIrsenal's clock must be pinned to."""
        self._rewind_events()
        self._rewind_fixtures()
        self.summaries: dict[int, Json] = {}
        self._rewind_players()
        self._rewind_entry()

    def _load(self, name: str) -> Any:
        return json.loads((self.data / f"{name}_{self.season}.json").read_text(encoding="utf-8"))

    def is_ahead(self, fixture: Json) -> bool:
        return (fixture["event"] or 99) >= self.next_gameweek

    def _rewind_events(self) -> None:
        """The gameweek just played stays open: AIrsenal 1.17.0 skips the player scores once it is closed."""
        for event in self.bootstrap["events"]:
            done = event["id"] < self.next_gameweek - 1
            event.update(
                finished=done,
                data_checked=done,
                is_previous=event["id"] == self.next_gameweek - 2,
                is_current=event["id"] == self.next_gameweek - 1,
                is_next=event["id"] == self.next_gameweek,
            )
            if event["id"] >= self.next_gameweek:
                event.update(OPEN_EVENT)

    def _rewind_fixtures(self) -> None:
        for fixture in filter(self.is_ahead, self.fixtures):
            fixture.update(NOT_PLAYED)

    def _log_rows(self) -> tuple[list[str], list[dict[str, str]]]:
        path = self.data / f"player_attributes_history_{self.season}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = [row for row in reader if row["timestamp"][:10] <= self.now.date().isoformat()]
        return list(reader.fieldnames or ()), rows

    def attributes_csv(self) -> bytes:
        """The daily log up to today; AIrsenal's set-up fetches it from the project's repository."""
        names, rows = self._log_rows()
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, names)
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue().encode()

    def _rewind_players(self) -> None:
        """Only players of the last daily list exist: later signings are not known yet."""
        log = {row["opta_code"]: row for row in self._log_rows()[1]}
        newest = max(row["timestamp"] for row in log.values())
        details: dict[str, list[Json]] = self._load("player_details")
        todo = self._fixtures_ahead()
        listed = []
        for player in self.bootstrap["elements"]:
            today = log.get(player["opta_code"])
            if today is None or today["timestamp"] != newest:
                continue
            history = [
                self._match(player["id"], record)
                for record in details.get(player["opta_code"], [])
                if record["gameweek"] < self.next_gameweek
            ]
            player.update(self._attributes(player, today, history), **self._totals(player, history))
            listed.append(player)
            ahead = [self._seen_from(fixture, player["team"]) for fixture in todo[player["team"]]]
            self.summaries[player["id"]] = {"fixtures": ahead, "history": history, "history_past": []}
        self.bootstrap["elements"] = listed

    def _fixtures_ahead(self) -> dict[int, list[Json]]:
        found: dict[int, list[Json]] = defaultdict(list)
        for fixture in filter(self.is_ahead, self.fixtures):
            found[fixture["team_h"]].append(fixture)
            found[fixture["team_a"]].append(fixture)
        return found

    @staticmethod
    def _seen_from(fixture: Json, team: int) -> Json:
        home = fixture["team_h"] == team
        return {
            **fixture,
            "is_home": home,
            "event_name": f"Gameweek {fixture['event']}",
            "difficulty": fixture["team_h_difficulty" if home else "team_a_difficulty"],
        }

    def _match(self, player: int, record: Json) -> Json:
        """One match of a player, in the words of the API."""
        own, other = self._team_ids.get(record["played_for"]), self._team_ids.get(record["opponent"])
        fixture: Json = next(
            (
                f
                for f in self.fixtures
                if f["event"] == record["gameweek"] and {f["team_h"], f["team_a"]} == {own, other}
            ),
            {},
        )
        known = {RENAMED.get(key, key): value for key, value in record.items() if key not in OURS_ONLY}
        return {
            **known,
            "element": player,
            "fixture": fixture.get("id"),
            "opponent_team": other,
            "was_home": fixture.get("team_h") == own,
            "team_h_score": fixture.get("team_h_score"),
            "team_a_score": fixture.get("team_a_score"),
            "modified": False,
        }

    def _attributes(self, player: Json, today: dict[str, str], history: list[Json]) -> Json:
        team, price = self._team_ids[today["team"]], int(today["price"])
        codes = {entry["id"]: entry["code"] for entry in self.bootstrap["teams"]}
        said = today["chance_of_playing_next_round"]
        chance = int(float(said)) if said else None
        return {
            "team": team,
            "team_code": codes[team],
            "now_cost": price,
            "cost_change_start": price - (history[0]["value"] if history else price),
            "news": today["news"],
            "chance_of_playing_next_round": chance,
            "status": "a" if chance in (None, 100) else "d" if chance else "i",
            "transfers_in": int(today["transfers_in"]),
            "transfers_out": int(today["transfers_out"]),
            "selected_by_percent": f"{100 * int(today['selected']) / self.bootstrap['total_players']:.1f}",
        }

    def _totals(self, player: Json, history: list[Json]) -> Json:
        points = sum(match["total_points"] for match in history)
        played = sum(match["minutes"] > 0 for match in history)
        last = self.next_gameweek - 1
        recent = [match["total_points"] for match in history if match["round"] > last - FORM_GAMEWEEKS]
        totals: Json = {
            "total_points": points,
            "event_points": sum(match["total_points"] for match in history if match["round"] == last),
            "points_per_game": f"{points / max(played, 1):.1f}",
            "form": f"{sum(recent) / max(len(recent), 1):.1f}",
        }
        totals |= {name: sum(match[name] for match in history) for name in COUNTED if name in player}
        totals |= {name: f"{sum(float(match[name]) for match in history):.2f}" for name in MEASURED if name in player}
        return totals

    def _rewind_entry(self) -> None:
        gameweeks: list[Json] = self._load("airsenal_gw")
        self.entry_id: int = next(g["automatic_subs"][0]["entry"] for g in gameweeks if g["automatic_subs"])
        self.picks = {
            g["entry_history"]["event"]: g for g in gameweeks if g["entry_history"]["event"] < self.next_gameweek
        }
        self.history: Json = self._load("airsenal_history")
        for key in ("current", "chips"):
            self.history[key] = [row for row in self.history[key] if row["event"] < self.next_gameweek]
        oldest_first: list[Json] = self._load("airsenal_transfer")
        self.transfers = [move for move in reversed(oldest_first) if move["event"] < self.next_gameweek]
        """Newest first, as the API lists them."""

    def entry(self) -> Json:
        last = self.history["current"][-1]
        return {
            "id": self.entry_id,
            "name": "AIrsenal",
            "player_first_name": "Stand-in",
            "player_last_name": "Manager",
            "started_event": 1,
            "current_event": self.next_gameweek - 1,
            "summary_overall_points": last["total_points"],
            "summary_overall_rank": last["overall_rank"],
            "summary_event_points": last["points"],
            "last_deadline_bank": last["bank"],
            "last_deadline_value": last["value"],
        }

    def my_team(self) -> Json:
        """The squad that goes into the next gameweek, with what each player cost and would sell for."""
        last = self.history["current"][-1]
        second_half = self.next_gameweek > FIRST_HALF_ENDS
        played = {chip["name"] for chip in self.history["chips"] if (chip["event"] > FIRST_HALF_ENDS) == second_half}
        return {
            "picks": [self._priced(pick) for pick in self.picks[self.next_gameweek - 1]["picks"]],
            "chips": [
                {
                    "name": name,
                    "status_for_entry": "played" if name in played else "available",
                    "number": 1,
                    "played_by_entry": [],
                }
                for name in CHIPS
            ],
            "picks_last_updated": None,
            "transfers": {
                "cost": 4,
                "status": "cost",
                "limit": 1,
                "made": 0,
                "bank": last["bank"],
                "value": last["value"],
            },
        }

    def _priced(self, pick: Json) -> Json:
        """FPL pays half of a rise, rounded down, and takes the whole of a fall."""
        player = pick["element"]
        cost = next(entry["now_cost"] for entry in self.bootstrap["elements"] if entry["id"] == player)
        bought = next((move["element_in_cost"] for move in self.transfers if move["element_in"] == player), None)
        if bought is None:
            matches = self.summaries[player]["history"]
            bought = matches[0]["value"] if matches else cost
        sold = bought + (cost - bought) // 2 if cost > bought else cost
        return {**pick, "purchase_price": bought, "selling_price": sold}
