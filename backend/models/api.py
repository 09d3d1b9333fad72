"""Bodies and answers of the HTTP API that no deeper floor knows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """A request body: unknown fields are refused, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class FieldProblem(BaseModel):
    field: str
    message: str


class ErrorAnswer(BaseModel):
    """The one shape of every error."""

    model_config = ConfigDict(json_schema_extra={"example": {"detail": "There is no job 3f2a."}})

    detail: str = Field(description="One sentence for the person who must act.")
    errors: list[FieldProblem] | None = None
    request_id: str | None = None


class Login(Body):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"email": "admin@example.org", "password": "correct horse"}}
    )

    email: str = Field(max_length=254)
    password: str = Field(max_length=1_024)


class Setup(Body):
    setup_token: str = Field(max_length=200, description="From the link the console prints at its first start.")
    email: str = Field(max_length=254)
    password: str = Field(max_length=1_024)


class SetupState(BaseModel):
    setup_needed: bool


class Check(BaseModel):
    email: str
    authenticated: Literal[True] = True
    expires_at: datetime


class PasswordIn(Body):
    password: str = Field(max_length=1_024)


class PasswordHash(BaseModel):
    hash: str


class Ticket(BaseModel):
    ticket: str
    expires_at: datetime


class Done(BaseModel):
    success: Literal[True] = True


class SecretIn(Body):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"key": "FPL_TEAM_ID", "value": "742663"}})

    key: str = Field(max_length=200)
    value: str = Field(max_length=70_000)


class SecretSaved(Done):
    key: str


class JobIn(Body):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"command": "predict", "parameters": {"weeks_ahead": 3}}}
    )

    command: str = Field(max_length=100)
    parameters: dict[str, Any] = Field(default_factory=dict)
    confirm: str | None = Field(None, max_length=200, description="The command's title, for irreversible ones.")
    priority: int = Field(0, ge=-100, le=100, description="Higher goes first within its lane.")


class ParametersIn(Body):
    parameters: dict[str, Any] = Field(default_factory=dict)


class ArgvPreview(BaseModel):
    argv: list[str]


class JobDone(Done):
    job_id: str


class LogsCleared(Done):
    cleared: int


class JobOutput(BaseModel):
    id: str
    command: str
    status: str
    parameters: dict[str, Any]
    completed_at: datetime | None
    output: dict[str, Any] | None


class LogLines(BaseModel):
    lines: list[str]
    numbers: list[int] | None = Field(description="Line numbers of the matches, with `search`.")
    times: list[datetime]
    from_: int = Field(alias="from", description="Number of the first line looked at.")
    next: int = Field(description="`from` for the following page.")
    total: int = Field(description="Lines in the log now.")
    complete: bool = Field(description="True when the job has ended and nothing follows this page.")


class Reports(BaseModel):
    prediction: dict[str, Any] | None
    optimisation: dict[str, Any] | None


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    python_version: str
    python_version_valid: bool
    version: str


class ReadyCheck(BaseModel):
    ok: bool
    detail: str


class Readiness(BaseModel):
    status: Literal["ok", "unavailable"]
    checks: dict[str, ReadyCheck]


class Welcome(BaseModel):
    message: str
    version: str
