"""The manager's team as the FPL API knows it. Money is in £m, points are FPL points, times are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.models.fpl import Event
from backend.models.reports import Chip, Position


class GameweekInfo(BaseModel):
    id: int
    name: str
    deadline: datetime
    is_current: bool


class NextFixture(BaseModel):
    gameweek: int
    opponent: str = Field(description="Short name of the club.")
    at_home: bool
    difficulty: int = Field(description="1 easy to 5 hard, as FPL rates it.")


class TeamPlayer(BaseModel):
    """Figures as in the FPL API's bootstrap-static. Of `position_slot` 1 to 11 start, 12 to 15 are the bench."""

    position_slot: int
    player_id: int = Field(description="The FPL API's element id of this season.")
    name: str = Field(description="The short one that FPL shows.")
    full_name: str
    team: str
    position: Position
    multiplier: int
    is_captain: bool
    is_vice_captain: bool
    now_cost: float
    points_per_game: float
    event_points: int
    form: float
    total_points: int
    status: Literal["available", "doubtful", "injured", "suspended", "unavailable", "not_in_squad"]
    chance_of_playing: int | None = Field(description="Percent for the next gameweek; null: no news.")
    news: str
    fixtures: list[NextFixture] = Field(
        description="Of the next five gameweeks; two in one week are two, none is none."
    )
    expected_points: float | None = Field(description="Next gameweek, from the newest prediction; null: not in it.")
    expected_by_gameweek: dict[int, float] = Field(default_factory=dict)


class EntrySummary(BaseModel):
    bank: float
    team_value: float
    total_points: int
    event_points: int
    event_transfers: int
    event_transfers_cost: int
    points_on_bench: int


class PredictionUsed(BaseModel):
    report_id: str
    completed_at: datetime
    gameweeks: list[int]
    covers_next: bool = Field(
        description="Whether it holds the gameweek to come; if not, no expected points are shown."
    )


class CurrentTeam(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "team_id": 742663, "team_name": "AIrsenal", "manager": "Ada Example",
                "fetched_at": "2026-02-05T12:00:00Z", "stale": False, "stale_reason": None,
                "gameweek": {"id": 24, "name": "Gameweek 24", "deadline": "2026-01-31T13:30:00Z", "is_current": True},
                "next_gameweek": {
                    "id": 25, "name": "Gameweek 25", "deadline": "2026-02-06T18:30:00Z", "is_current": False,
                },
                "active_chip": None,
                "players": [{
                    "position_slot": 9, "player_id": 430, "name": "Haaland", "full_name": "Erling Haaland",
                    "team": "MCI", "position": "FWD", "multiplier": 2, "is_captain": True, "is_vice_captain": False,
                    "now_cost": 15.1, "points_per_game": 7.2, "event_points": 2, "form": 4.5, "total_points": 172,
                    "status": "available", "chance_of_playing": None, "news": "",
                    "fixtures": [{"gameweek": 25, "opponent": "LIV", "at_home": False, "difficulty": 4}],
                    "expected_points": 5.9, "expected_by_gameweek": {"25": 5.9},
                }],
                "entry_summary": {
                    "bank": 2.8, "team_value": 99.4, "total_points": 1194, "event_points": 62, "event_transfers": 1,
                    "event_transfers_cost": 0, "points_on_bench": 7,
                },
                "prediction": {
                    "report_id": "8f0b-prediction", "completed_at": "2026-02-05T11:58:00Z", "gameweeks": [25],
                    "covers_next": True,
                },
            }
        }
    )  # fmt: skip

    team_id: int
    team_name: str
    manager: str
    fetched_at: datetime
    stale: bool = Field(description="The FPL API failed just now: this is the last good answer.")
    stale_reason: str | None
    gameweek: GameweekInfo = Field(description="Whose picks these are: the current one, before the season the first.")
    next_gameweek: GameweekInfo | None = Field(description="Null after the last one.")
    active_chip: Chip | None = Field(
        description="Played in this gameweek. After a free hit the squad goes back to the one before it."
    )
    players: list[TeamPlayer]
    entry_summary: EntrySummary
    prediction: PredictionUsed | None


class Deadline(BaseModel):
    """For the countdown. Null fields after the season's last deadline."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "gameweek": {"id": 25, "name": "Gameweek 25", "deadline": "2026-02-06T18:30:00Z", "is_current": False},
                "later": [
                    {"id": 26, "name": "Gameweek 26", "deadline": "2026-02-10T18:00:00Z", "is_current": False},
                ],
                "season_state": "between", "fetched_at": "2026-02-05T12:00:00Z", "stale": False,
            }
        }
    )  # fmt: skip

    gameweek: GameweekInfo | None
    later: list[GameweekInfo] = Field(default_factory=list, description="Those after it, as far as FPL lists them.")
    season_state: Literal["before", "running", "between", "over"]
    fetched_at: datetime
    stale: bool


class FoundTeam(BaseModel):
    """A team id checked against the FPL API."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "team_id": 742663, "name": "AIrsenal", "manager": "Ada Example", "total_points": 1194,
                "started_gameweek": 1,
            }
        }
    )  # fmt: skip

    team_id: int
    name: str
    manager: str
    total_points: int | None
    started_gameweek: int | None


class KeptTeam(BaseModel):
    """The last good answer as it is stored, without expected points."""

    season: str
    team: CurrentTeam


class KeptGameweeks(BaseModel):
    events: list[Event]
    at: datetime
