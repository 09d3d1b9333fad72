"""Bodies and answers of the HTTP API that no deeper floor knows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from backend.models.body import Body


class FieldProblem(BaseModel):
    field: str
    message: str


class ErrorAnswer(BaseModel):
    """The one shape of every error."""

    model_config = ConfigDict(json_schema_extra={"example": {"detail": "There is no job 3f2a."}})

    detail: str = Field(description="One sentence for the person who must act.")
    code: str | None = Field(None, description="`second_factor_needed`, `second_factor_refused`, "
                             "`second_factor_unreadable` (401); `step_up_needed` (403); `no_team_id`, `bad_team_id`, "
                             "`no_such_team`, `no_squad_yet` (404); `fpl_…` (502): how it failed.")  # fmt: skip
    errors: list[FieldProblem] | None = None
    request_id: str | None = None


class Login(Body):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"email": "admin@example.org", "password": "correct horse"}}
    )

    email: str = Field(max_length=254)
    password: str = Field(max_length=1_024)
    otp: str | None = Field(
        None, max_length=64, description="With two-step sign-in: a code of the authenticator app, or a recovery code."
    )


class Setup(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "setup_token": "from the printed link",
                "email": "admin@example.org",
                "password": "correct horse battery",
            }
        },
        extra="forbid",
    )

    setup_token: str = Field(max_length=200, description="From the link the console prints at its first start.")
    email: str = Field(max_length=254)
    password: str = Field(max_length=1_024)


class SetupState(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"setup_needed": False}})

    setup_needed: bool


class Check(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"email": "admin@example.org", "authenticated": True, "expires_at": "2026-02-06T00:00:00Z"}
        }
    )

    email: str
    authenticated: Literal[True] = True
    expires_at: datetime


class PasswordIn(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"password": "correct horse battery"}}, extra="forbid")

    password: str = Field(max_length=1_024)


class PasswordHash(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"hash": "$2b$12$..."}})

    hash: str


class Ticket(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"ticket": "5Yk...", "expires_at": "2026-02-05T12:00:30Z"}})

    ticket: str
    expires_at: datetime


class Done(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"success": True}})

    success: Literal[True] = True


class SecretIn(Body):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"key": "FPL_TEAM_ID", "value": "742663"}})

    key: str = Field(max_length=200)
    value: str = Field(max_length=70_000)


class SecretSaved(Done):
    model_config = ConfigDict(json_schema_extra={"example": {"success": True, "key": "FPL_TEAM_ID"}})

    key: str


class JobIn(Body):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"command": "predict", "parameters": {"weeks_ahead": 3}}}
    )

    command: str = Field(max_length=100)
    parameters: dict[str, Any] = Field(default_factory=dict)
    confirm: str | None = Field(None, max_length=200, description="The command's title, for irreversible ones.")
    priority: StrictInt = Field(0, ge=-100, le=100, description="Higher goes first within its lane.")


class ParametersIn(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"parameters": {"weeks_ahead": 3}}}, extra="forbid")

    parameters: dict[str, Any] = Field(default_factory=dict)


class ArgvPreview(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"argv": ["airsenal_run_prediction", "--weeks_ahead=3"]}})

    argv: list[str]


class PinIn(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"pinned": True}}, extra="forbid")

    pinned: StrictBool


class JobDone(Done):
    model_config = ConfigDict(
        json_schema_extra={"example": {"success": True, "job_id": "27b89d68-86da-4d40-8641-c5108446140e"}}
    )

    job_id: str


class LogsCleared(Done):
    model_config = ConfigDict(json_schema_extra={"example": {"success": True, "cleared": 12}})

    cleared: int


class JobOutput(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "27b89d68-86da-4d40-8641-c5108446140e",
                "command": "predict",
                "status": "completed",
                "parameters": {"weeks_ahead": 3},
                "completed_at": "2026-02-05T12:00:57Z",
                "output": None,
            }
        }
    )

    id: str
    command: str
    status: str
    parameters: dict[str, Any]
    completed_at: datetime | None
    output: dict[str, Any] | None


class LogLines(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "lines": ["Starting with 1 free transfers"],
                "numbers": None,
                "times": ["2026-02-05T12:00:01Z"],
                "from": 0,
                "next": 1,
                "total": 1,
                "complete": True,
            }
        }
    )

    lines: list[str]
    numbers: list[int] | None = Field(description="Line numbers of the matches, with `search`.")
    times: list[datetime]
    from_: int = Field(alias="from", description="Number of the first line looked at.")
    next: int = Field(description="`from` for the following page.")
    total: int = Field(description="Lines in the log now.")
    complete: bool = Field(description="True when the job has ended and nothing follows this page.")


class LogTimes(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"from": 0, "next": 131072, "marks": [[0, 1770292801000], [5120, 1770292801250]]}}
    )

    from_: int = Field(alias="from", description="First byte looked at.")
    next: int = Field(description="The byte behind the last one looked at.")
    marks: list[tuple[int, int]] = Field(description="First byte and milliseconds since 1970, in order.")


class Reports(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"prediction": None, "optimisation": None}})

    prediction: dict[str, Any] | None
    optimisation: dict[str, Any] | None


class Health(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"status": "ok", "python_version": "3.11.7", "python_version_valid": True, "version": "0.1.0"}
        }
    )

    status: Literal["ok"] = "ok"
    python_version: str
    python_version_valid: bool
    version: str


class ReadyCheck(BaseModel):
    ok: bool
    detail: str


class Readiness(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"status": "ok", "checks": {"database": {"ok": True, "detail": "The database answers."}}}
        }
    )

    status: Literal["ok", "unavailable"]
    checks: dict[str, ReadyCheck]


class Welcome(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"message": "AIrsenal Ops Console API", "version": "0.1.0"}}
    )

    message: str
    version: str
