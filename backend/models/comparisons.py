"""A prediction beside another one, and beside what came of it. Numbers as in `reports`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from backend.models.reports import EXAMPLE_HEAD, EXAMPLE_PLAYER, Position, ReportHead


class Change(BaseModel):
    """One player in two predictions. A value is null on the side where the player is not there."""

    player: str
    player_id: int | None
    position: Position
    club: str | None
    points_before: float | None
    points_after: float | None
    difference: float = Field(description="Over the gameweeks that both predictions hold; sorted by its size.")
    price_before: float | None
    price_after: float | None
    news_before: str | None
    news_after: str | None
    reasons: list[str] = Field(description="In words: price, news, fixtures, club. Empty: the model alone.")


class Comparison(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "before": {**EXAMPLE_HEAD, "id": "c1f0-prediction"},
                "after": EXAMPLE_HEAD,
                "gameweeks": [25, 26, 27],
                "changes": [
                    {
                        **EXAMPLE_PLAYER,
                        "points_before": 16.1,
                        "points_after": 20.87,
                        "difference": 4.77,
                        "price_before": 6.9,
                        "price_after": 7.0,
                        "news_before": "Knock - 75% chance of playing",
                        "news_after": None,
                        "reasons": ["Price up £0.1m.", "News cleared (was: Knock - 75% chance of playing)."],
                    }
                ],
                "note": None,
            }
        }
    )

    before: ReportHead
    after: ReportHead
    gameweeks: list[int] = Field(description="That both hold; the only ones that are compared.")
    changes: list[Change]
    note: str | None = Field(None, description="Why the two can be compared in part only, or not at all.")


class PlayedPlayer(BaseModel):
    player: str
    player_id: int
    position: Position
    club: str | None
    gameweek: int
    expected_points: float
    points: int
    minutes: int


class Played(BaseModel):
    """Predicted against actual, for gameweeks of the prediction that have been played by now."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "report": EXAMPLE_HEAD,
                "gameweeks": [25],
                "players": [{**EXAMPLE_PLAYER, "gameweek": 25, "expected_points": 5.89, "points": 6, "minutes": 90}],
                "mean_error": 0.11,
                "mean_absolute_error": 0.11,
                "note": None,
            }
        }
    )

    report: ReportHead
    gameweeks: list[int]
    players: list[PlayedPlayer]
    mean_error: float | None = Field(description="Mean of (points - expected) over those who played.")
    mean_absolute_error: float | None
    note: str | None = Field(None, description="Why there is nothing yet.")
