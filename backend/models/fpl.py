"""Answers of the FPL API: only what the console uses, unknown fields are ignored. Money is in tenths of £m here."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field

# Averages come as text, and as null for a player who has not played yet.
Average = Annotated[float, BeforeValidator(lambda value: 0 if value is None else value)]


class Event(BaseModel):
    """A gameweek."""

    id: int
    name: str
    deadline_time: AwareDatetime
    finished: bool
    is_current: bool
    is_next: bool


class Club(BaseModel):
    id: int
    short_name: str


class Element(BaseModel):
    """A player of this season."""

    id: int
    web_name: str
    first_name: str
    second_name: str
    team: int
    element_type: int
    now_cost: int
    points_per_game: Average
    event_points: int
    form: Average
    total_points: int
    status: str
    chance_of_playing_next_round: int | None = None
    news: str = ""


class Bootstrap(BaseModel):
    """`bootstrap-static/`."""

    events: list[Event] = Field(min_length=1)
    teams: list[Club] = Field(min_length=1)
    elements: list[Element] = Field(min_length=1)


class Fixture(BaseModel):
    """One row of `fixtures/`. Without a gameweek: put off, and not set again yet."""

    event: int | None
    kickoff_time: AwareDatetime | None
    team_h: int
    team_a: int
    team_h_difficulty: int
    team_a_difficulty: int


class Entry(BaseModel):
    """`entry/ID/`: a manager's team. Points are null before its first gameweek."""

    id: int
    name: str
    player_first_name: str = ""
    player_last_name: str = ""
    started_event: int | None = None
    current_event: int | None = None
    summary_overall_points: int | None = None


class EntryHistory(BaseModel):
    points: int
    total_points: int
    bank: int
    value: int
    event_transfers: int
    event_transfers_cost: int
    points_on_bench: int


class Pick(BaseModel):
    element: int
    position: int
    multiplier: int
    is_captain: bool
    is_vice_captain: bool


class Picks(BaseModel):
    """`entry/ID/event/GAMEWEEK/picks/`: public from that gameweek's deadline on."""

    active_chip: str | None = None
    entry_history: EntryHistory
    picks: list[Pick] = Field(min_length=1)
