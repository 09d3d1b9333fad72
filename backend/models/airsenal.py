"""The state of AIrsenal beside its jobs: set-up, the care of its database, the cost of a search, the guard of apply."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.models.body import Body
from backend.models.reports import Chip, LineupPlayer, Warning
from backend.models.team import FoundTeam, GameweekInfo

StepState = Literal["done", "to_do", "running", "failed", "attention", "optional"]
StepName = Literal["install", "team", "login", "database", "update", "predict", "optimise"]


class Step(BaseModel):
    """One step of the wizard, and of the state at a glance afterwards."""

    name: StepName
    title: str
    state: StepState
    detail: str = Field(description="One sentence: how things stand, or what went wrong and what to do.")
    command: str | None = Field(description="The command that does it; null for steps done by hand.")
    job_id: str | None = Field(None, description="The job that runs, or ran last, for this step.")
    at: datetime | None = Field(None, description="When it was last done.")


class DatabaseState(BaseModel):
    """Of the kept copy, which is the one that counts. Null: not known, or there is none."""

    exists: bool
    path: str = Field(description="Below the data folder as `DATA_DIR/…`, else the whole path.")
    bytes: int | None = None
    season: str | None = Field(None, description="The newest with players in it, e.g. `2526`.")
    season_is_current: bool | None = None
    seasons: list[str] = Field(default_factory=list)
    next_gameweek: int | None = None
    changed_at: datetime | None = None
    updated_at: datetime | None = Field(None, description="Newest prices or results in it, by the last update job.")
    integrity: Literal["ok", "damaged", "unknown"] = "unknown"
    integrity_detail: str | None = None
    checked_at: datetime | None = None
    players: int | None = None
    predictions: int | None = None
    newest_tag: str | None = None
    player_scores_missing: bool = Field(
        False, description="AIrsenal's score bug: played gameweeks and no score of one."
    )


_STATE: dict[str, Any] = {
    "exists": True, "path": "DATA_DIR/airsenal-kept/data.db", "bytes": 18_000_000, "season": "2627",
    "season_is_current": True, "seasons": ["2627", "2526"], "next_gameweek": 12,
    "changed_at": "2026-11-21T12:00:00Z", "updated_at": "2026-11-21T12:00:00Z", "integrity": "ok",
    "integrity_detail": None, "checked_at": "2026-11-21T12:00:00Z", "players": 700, "predictions": 3,
    "newest_tag": "0a28ab83-99e1-418d-8ec6-63e4d2959f0b", "player_scores_missing": False,
}  # fmt: skip
_COPY: dict[str, Any] = {
    "id": "20260205T120000Z-update_db", "made_at": "2026-02-05T12:00:00Z", "bytes": 18_000_000,
    "made_before": "update_db", "job_id": "27b89d68-86da-4d40-8641-c5108446140e", "season": "2526",
    "next_gameweek": 25, "predictions": 2, "integrity": "ok",
}  # fmt: skip


class KeptCopy(BaseModel):
    id: str = Field(description="Its name, e.g. `20260205T120000Z-update_db`.")
    made_at: datetime
    bytes: int
    made_before: str = Field(description="The job whose success replaced this state: the command's id, or `restore`.")
    job_id: str | None
    season: str | None
    next_gameweek: int | None
    predictions: int | None
    integrity: Literal["ok", "damaged", "unknown"]


class DatabaseCare(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"state": _STATE, "copies": [_COPY], "keep": 10, "busy": False}}
    )

    state: DatabaseState
    copies: list[KeptCopy] = Field(description="Newest first.")
    keep: int = Field(description="How many are kept.")
    busy: bool = Field(description="A job of AIrsenal's lane runs: nothing can be restored now.")


class RestorePreview(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"copy": _COPY, "lost": ["1 prediction (gameweeks 25 to 27)."]}}
    )

    copy_: KeptCopy = Field(alias="copy")
    lost: list[str] = Field(description="What the present database has and the copy has not, in words.")


class RestoreRequest(Body):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"id": "20260205T120000Z-update_db"}})

    id: str = Field(max_length=100)


class Guidance(BaseModel):
    """A path to go when AIrsenal or the season has moved on."""

    kind: Literal["new_season", "upgrade", "player_scores", "damaged_database", "season_unsupported"]
    title: str
    detail: str
    steps: list[str] = Field(description="In order, each a sentence.")
    command: str | None = None
    parameters: dict[str, bool | int | str] = Field(default_factory=dict)


STATUS_EXAMPLE: dict[str, Any] = {
    "version": "1.17.0",
    "wanted_version": "1.17.0",
    "season": "2627",
    "team": {
        "team_id": 742663, "name": "AIrsenal", "manager": "Ada Lovelace", "total_points": 1412, "started_gameweek": 1,
    },
    "steps": [
        {
            "name": "install", "title": "Install AIrsenal", "state": "done", "detail": "AIrsenal 1.17.0 is installed.",
            "command": "airsenal_install", "job_id": None, "at": "2026-11-21T13:10:02Z",
        },
    ],
    "next_step": None,
    "guidance": [],
    "database": _STATE,
}  # fmt: skip


class AirsenalStatus(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": STATUS_EXAMPLE})

    version: str | None = Field(description="Of the installed AIrsenal; null: not installed.")
    wanted_version: str = Field(description="That this console is made for.")
    season: str | None
    team: FoundTeam | None
    steps: list[Step]
    next_step: StepName | None
    guidance: list[Guidance]
    database: DatabaseState


class ChipWeek(BaseModel):
    chip: Chip
    week: int = Field(ge=-1, le=38, description="-1 not played, 0 any week, N gameweek N.")


class SearchCost(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "strategies": 26, "seconds": 219.0, "seconds_per_strategy": 8.42, "squads": 0,
                "measured_from": "27b89d68-86da-4d40-8641-c5108446140e", "gameweeks": [25, 26, 27], "free_transfers": 1,
                "squads_measured_from": None, "problem": None, "doubt": None, "deadlines": [
                    {"id": 25, "name": "Gameweek 25", "deadline": "2026-02-06T18:30:00Z", "is_current": False},
                ],
            }
        }
    )  # fmt: skip

    strategies: int
    seconds: float | None = Field(description="Estimate for this machine; null while no search was measured here.")
    seconds_per_strategy: float | None
    measured_from: str | None = Field(description="The job it was measured in.")
    squads_measured_from: str | None = Field(
        None, description="The job in which new squads were; null: theirs is reckoned from the other searches."
    )
    squads: int = Field(description="Strategies that build a whole new squad (wildcard, free hit), the slow ones.")
    problem: str | None = Field(None, description="Why this search cannot run, e.g. two chips in one gameweek.")
    doubt: str | None = Field(
        None, description="Why what it finds may be impossible, e.g. a chip that is used up then."
    )
    gameweeks: list[int] = Field(default_factory=list, description="That the search covers; empty: not known.")
    deadlines: list[GameweekInfo] = Field(default_factory=list, description="Of these gameweeks, as far as known.")
    free_transfers: int = Field(1, description="With how many it was counted, when none were given.")


class Check(BaseModel):
    name: Literal[
        "installed", "team", "login", "suggestion", "gameweek", "newer", "deadline", "chip", "lane", "database", "hit"
    ]
    state: Literal["ok", "warning", "stop"]
    detail: str


class ApplyPreview(BaseModel):
    """What `make_transfers` or `set_lineup` would send, and whether it may."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "command": "make_transfers", "allowed": True, "team_name": "AIrsenal FC",
                "checks": [{"name": "hit", "state": "warning", "detail": "It costs 4 points."}],
                "gameweek": {"id": 25, "name": "Gameweek 25", "deadline": "2026-02-06T18:30:00Z", "is_current": False},
                "transfers_out": ["Foden (MCI)"], "transfers_in": ["B.Fernandes (MUN)"], "hit": 4, "bank": 1.5,
                "chip": None, "captain": "Gabriel", "vice_captain": "B.Fernandes", "starting_lineup": [], "bench": [],
                "warnings": [], "report_id": "27b89d68-86da-4d40-8641-c5108446140e-1",
                "suggested_at": "2026-02-05T12:03:40Z", "suggestion": "9ab3" * 16,
            }
        }
    )  # fmt: skip

    command: Literal["make_transfers", "set_lineup"]
    allowed: bool = Field(description="No check says stop.")
    checks: list[Check]
    team_name: str | None = Field(description="To be typed by who applies it.")
    gameweek: GameweekInfo | None
    transfers_out: list[str] = Field(default_factory=list)
    transfers_in: list[str] = Field(default_factory=list)
    hit: int | None = None
    bank: float | None = None
    chip: Chip | None = None
    captain: str | None = None
    vice_captain: str | None = None
    starting_lineup: list[LineupPlayer] = Field(default_factory=list)
    bench: list[LineupPlayer] = Field(default_factory=list)
    warnings: list[Warning] = Field(default_factory=list)
    report_id: str | None = None
    suggested_at: datetime | None = None
    suggestion: str | None = Field(description="Fingerprint of exactly this; sent back when it is applied.")


class ApplyRequest(Body):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"team_name": "AIrsenal FC", "suggestion": "9ab3" * 16}}
    )

    team_name: str = Field(max_length=200, description="Typed by hand, as the preview shows it.")
    suggestion: str = Field(max_length=128, description="The preview's fingerprint.")
