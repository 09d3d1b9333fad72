"""Answers of the FPL API: only what the console uses, unknown fields are ignored. Money is in tenths of £m here."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)  # fmt: skip

# Far above every number of FPL's, ids among them, and what MongoDB and a page's JavaScript still hold exactly.
MOST = 10**12
Number = Annotated[int, Field(ge=-MOST, le=MOST)]
# Averages come as text, and as null for a player who has not played yet.
Average = Annotated[float, Field(ge=-MOST, le=MOST), BeforeValidator(lambda value: 0 if value is None else value)]
# As a page shows it: who has to type a name cannot see that there are two spaces in it.
Spaced = Annotated[str, AfterValidator(lambda text: " ".join(text.split()))]


class Event(BaseModel):
    """A gameweek."""

    id: Number
    name: str
    deadline_time: AwareDatetime
    finished: bool
    is_current: bool
    is_next: bool


class Club(BaseModel):
    id: Number
    short_name: str


class Element(BaseModel):
    """A player of this season."""

    id: Number
    web_name: str
    first_name: str
    second_name: str
    team: Number
    element_type: Number
    now_cost: Number
    points_per_game: Average
    event_points: Number
    form: Average
    total_points: Number
    status: str
    chance_of_playing_next_round: Number | None = None
    news: str = ""


class ChipRule(BaseModel):
    """In which gameweeks a chip can be played, and how often. Each half of the season has its own."""

    name: str
    number: Number
    start_event: Number
    stop_event: Number


def _or_nothing(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Of what only a hint rests on: FPL may change it without all else being called damaged."""
    try:
        return read(value)
    except ValidationError:
        return []


class Bootstrap(BaseModel):
    """`bootstrap-static/`."""

    chips: Annotated[list[ChipRule], WrapValidator(_or_nothing)] = Field(default_factory=list)
    events: list[Event] = Field(min_length=1)
    teams: list[Club] = Field(min_length=1)
    elements: list[Element] = Field(min_length=1)


class Fixture(BaseModel):
    """One row of `fixtures/`. Without a gameweek: put off, and not set again yet."""

    event: Number | None
    kickoff_time: AwareDatetime | None
    team_h: Number
    team_a: Number
    team_h_difficulty: Number
    team_a_difficulty: Number


class Entry(BaseModel):
    """`entry/ID/`: a manager's team. Points are null before its first gameweek."""

    id: Number
    name: Spaced
    player_first_name: str = ""
    player_last_name: str = ""
    started_event: Number | None = None
    current_event: Number | None = None
    summary_overall_points: Number | None = None


class PlayedChip(BaseModel):
    name: str
    event: Number


class ChipsPlayed(BaseModel):
    """`entry/ID/history/`, of which only this is read."""

    chips: list[PlayedChip]


class EntryHistory(BaseModel):
    points: Number
    total_points: Number
    bank: Number
    value: Number
    event_transfers: Number
    event_transfers_cost: Number
    points_on_bench: Number


class Pick(BaseModel):
    element: Number
    position: Number
    multiplier: Number
    is_captain: bool
    is_vice_captain: bool


class Picks(BaseModel):
    """`entry/ID/event/GAMEWEEK/picks/`: public from that gameweek's deadline on."""

    active_chip: str | None = None
    entry_history: EntryHistory
    picks: list[Pick] = Field(min_length=1)
