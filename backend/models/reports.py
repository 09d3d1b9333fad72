"""What AIrsenal's output says, in our words. Points are expected ones, money is in £m, a club is its short name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Position = Literal["GK", "DEF", "MID", "FWD"]
Chip = Literal["wildcard", "free_hit", "triple_captain", "bench_boost"]
Understood = Literal["complete", "not_understood"]


class Warning(BaseModel):
    """Something that makes the answer less certain than it looks. `code` is stable, `message` is for people."""

    code: Literal[
        "api_not_used", "login_failed", "no_login", "player_scores_missing", "attributes_missing", "new_team",
        "chip_by_hand", "data_check", "fork_after_threads", "predictions_old", "other",
    ]  # fmt: skip
    message: str
    line: int | None = Field(None, description="Number of the log's line that says so, counted from 0.")


class ReportBase(BaseModel):
    """Shared by all kinds. Not understood: everything but the head may be missing, and the raw log is the truth."""

    generated_at: datetime
    parameters: dict[str, Any] = Field(default_factory=dict)
    headline: str = Field(description="One sentence that says what to do or what came out.")
    summary_text: str
    state: Understood = "complete"
    not_understood_from: int | None = Field(None, description="The log's line, from 0, from which its wording is new.")
    not_understood_text: str = Field("", description="The raw lines from there on, at most 200.")
    parser: str = Field(description="Name and version of what read the log, e.g. `airsenal.prediction 1`.")
    warnings: list[Warning] = Field(default_factory=list)
    season: str | None = Field(None, description="As AIrsenal writes it: `2526`.")
    gameweeks: list[int] = Field(default_factory=list)


class PredictedPlayer(BaseModel):
    rank: int = Field(description="In its position group in the log, over all players once read from the database.")
    player: str
    player_id: int | None = Field(None, description="AIrsenal's own id; null while known from the log only.")
    position: Position
    club: str | None
    price: float | None = Field(description="£m; null when AIrsenal does not know it.")
    expected_points: float = Field(description="Summed over the gameweeks.")
    by_gameweek: dict[int, float] = Field(default_factory=dict)
    news: str | None = None


class PredictionReport(ReportBase):
    type: Literal["prediction"] = "prediction"
    tag: str | None = Field(None, description="AIrsenal's name of the run; null when read from the log only.")
    players: list[PredictedPlayer] = Field(default_factory=list)
    fixtures: dict[str, dict[int, list[str]]] = Field(
        default_factory=dict, description="By club and gameweek, e.g. `LEE (H)`; empty when read from the log only."
    )


class Transfer(BaseModel):
    """One row of a two-column table: what goes out and what comes in are lists, and a row is not a swap."""

    model_config = ConfigDict(populate_by_name=True)

    out: str | None
    in_: str | None = Field(alias="in")


class LineupPlayer(BaseModel):
    name: str
    club: str | None = None
    position_group: Position | None = Field(
        description="Null only on the bench, where AIrsenal prints none, until it is read from the database."
    )
    is_captain: bool = False
    is_vice_captain: bool = False
    expected_points: float | None = Field(
        None, description="In the first gameweek, not doubled for the captain; null when the prediction does not say."
    )


class GameweekPlan(BaseModel):
    gameweek: int
    transfers_out: list[str]
    transfers_in: list[str]
    clubs_out: list[str | None] = Field(
        default_factory=list, description="Of `transfers_out`, one each, from AIrsenal's database: short names repeat."
    )
    clubs_in: list[str | None] = Field(default_factory=list, description="Of `transfers_in`, likewise.")
    hit: int = Field(description="Points paid for extra transfers.")
    chip: Chip | None
    bank: float | None = Field(description="£m left.")
    expected_points: float = Field(description="Of this gameweek, undiscounted, the hit taken off.")


class OptimisationReport(ReportBase):
    """The best strategy. The flat fields are those of the first gameweek; `plan` has all of them."""

    type: Literal["optimisation"] = "optimisation"
    tag: str | None = None
    team_id: int | None = Field(None, description="Whose team it is for; null when AIrsenal does not print it.")
    new_squad: bool = Field(
        False, description="No team to optimise was found: a squad from scratch, bought as a whole."
    )
    transfers: list[Transfer] = Field(default_factory=list)
    captain: str | None = None
    vice_captain: str | None = None
    expected_points: float | None = None
    baseline_points: float | None = Field(None, description="Over all gameweeks without any transfer, later ones less.")
    best_points: float | None = Field(None, description="Over all gameweeks with the strategy, later ones less.")
    points_gain: float | None = None
    free_transfers: int | None = None
    chip: Chip | None = None
    hit: int = 0
    bank: float | None = None
    plan: list[GameweekPlan] = Field(default_factory=list)
    starting_lineup: list[LineupPlayer] = Field(default_factory=list)
    bench: list[LineupPlayer] = Field(default_factory=list, description="In bench order, the goalkeeper anywhere.")
    strategies: int | None = Field(None, description="How many were tried.")
    seconds: float | None = Field(None, description="How long the search took, for the cost of the next one.")


class DataCheck(BaseModel):
    name: str
    passed: bool
    errors: list[str]


class DataCheckReport(ReportBase):
    type: Literal["data_check"] = "data_check"
    passed: int = 0
    total: int = 0
    errors: int = 0
    checks: list[DataCheck] = Field(default_factory=list)


class DatabaseReport(ReportBase):
    """Of set-up and update: what was added."""

    type: Literal["database"] = "database"
    stages: list[str] = Field(default_factory=list, description="What it did, in order, in our words.")


class LoginReport(ReportBase):
    """Of the probe of the FPL login."""

    type: Literal["login"] = "login"
    outcome: Literal["works", "wrong_password", "captcha", "blocked", "site_changed", "unreachable", "unknown"] = (
        "unknown"
    )
    explanation: str = ""


Happened = Literal["yes", "no", "unknown"]


class SentTransfer(BaseModel):
    """One pair as it was sent, of the same position. Prices are those at which he is sold and bought."""

    model_config = ConfigDict(populate_by_name=True)

    out: str
    out_price: float
    in_: str = Field(alias="in")
    in_price: float


class TeamChange(BaseModel):
    """What a job did to the real team, as far as its log tells: the job's output. FPL's own page has the last word."""

    type: Literal["team_change"] = "team_change"
    generated_at: datetime
    parameters: dict[str, Any] = Field(default_factory=dict)
    headline: str
    parser: str
    warnings: list[Warning] = Field(default_factory=list)
    gameweek: int | None = None
    transfers: list[SentTransfer] | None = Field(
        default_factory=list, description="That were to be sent; null: the log lists them in words not known."
    )
    transfers_made: Happened | None = Field(description="Null: none were asked for.")
    lineup_set: Happened
    bank_before: float | None = Field(None, description="£m, as AIrsenal knew it before it sent anything.")
    bank_after: float | None = Field(None, description="£m, if the transfers are made at these prices.")
    agreed: str | None = Field(None, description="What was agreed to, with hit and captain, which no log tells.")
    report_id: str | None = Field(None, description="The optimisation that was shown then.")


AnyReport = Annotated[
    PredictionReport | OptimisationReport | DataCheckReport | DatabaseReport | LoginReport,
    Field(discriminator="type"),
]
ReportType = Literal["prediction", "optimisation", "data_check", "database", "login"]


_JOB = "27b89d68-86da-4d40-8641-c5108446140e"
EXAMPLE_HEAD: dict[str, Any] = {
    "id": f"{_JOB}-prediction",
    "job_id": _JOB,
    "command": "predict",
    "type": "prediction",
    "completed_at": "2026-02-05T12:00:57Z",
    "headline": "Gabriel is expected to score most in gameweeks 25 to 27: 20.87 points.",
    "state": "complete",
    "not_understood_from": None,
    "warnings": [],
    "season": "2526",
    "gameweeks": [25, 26, 27],
    "parameters": {"weeks_ahead": 3},
    "tag": "0a28ab83-99e1-418d-8ec6-63e4d2959f0b",
}
EXAMPLE_PLAYER: dict[str, Any] = {"player": "Gabriel", "player_id": 5, "position": "DEF", "club": "ARS"}


class ReportHead(BaseModel):
    """One row of the history. A pipeline makes two: a prediction and an optimisation."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE_HEAD})

    id: str = Field(description="Of the report; unlike the job's id it is one for each kind.")
    job_id: str
    command: str
    type: ReportType
    completed_at: datetime
    headline: str
    state: Understood
    not_understood_from: int | None = None
    warnings: list[Warning] = Field(default_factory=list)
    season: str | None = None
    gameweeks: list[int] = Field(default_factory=list)
    parameters: dict[str, Any] = Field(default_factory=dict)
    tag: str | None = None


class NewestReports(BaseModel):
    """Of the newest completed job that has one; null where there is none yet."""

    model_config = ConfigDict(json_schema_extra={"example": {"prediction": EXAMPLE_HEAD, "optimisation": None}})

    prediction: ReportHead | None
    optimisation: ReportHead | None


class StoredReport(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "head": EXAMPLE_HEAD,
                "report": {
                    "type": "prediction",
                    "generated_at": "2026-02-05T12:00:57Z",
                    "parameters": {"weeks_ahead": 3},
                    "headline": EXAMPLE_HEAD["headline"],
                    "summary_text": "DEF: 1. Gabriel, 20.87pts (£7.0m, ARS)",
                    "state": "complete",
                    "parser": "airsenal.prediction 1",
                    "season": "2526",
                    "gameweeks": [25, 26, 27],
                    "tag": EXAMPLE_HEAD["tag"],
                    "players": [
                        {
                            **EXAMPLE_PLAYER,
                            "rank": 1,
                            "price": 7.0,
                            "expected_points": 20.87,
                            "by_gameweek": {"25": 5.89, "26": 8.02, "27": 6.96},
                            "news": None,
                        }
                    ],
                    "fixtures": {"ARS": {"25": ["SUN (H)"], "26": ["BRE (A)", "WOL (A)"], "27": ["TOT (A)"]}},
                },
            }
        }
    )

    head: ReportHead
    report: AnyReport
