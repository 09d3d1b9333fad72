"""What the catalogue says about commands, as the other floors and the browser see it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Touches = Literal["reads", "writes", "irreversible"]
ParameterType = Literal["int", "float", "bool", "text", "choice", "secret"]
ParameterValue = bool | int | float | str


class Parameter(BaseModel):
    """One typed input of a command: enough to draw a form field and to check a value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: ParameterType
    label: str
    help: str = ""
    default: ParameterValue | None = None
    required: bool = False
    min: int | float | None = Field(None, description="Smallest value, for int and float.")
    max: int | float | None = Field(None, description="Largest value, for int and float.")
    pattern: str | None = Field(None, description="Regular expression (Rust syntax) that the whole text must match.")
    max_length: int | None = Field(None, description="Longest text in characters, for text and secret.")
    choices: tuple[str, ...] | None = None
    not_given: ParameterValue | None = Field(
        None, description="A value that means 'leave it out', beside null and absent, which always mean that."
    )


class SecretNeed(BaseModel):
    """A stored secret that a command's environment gets."""

    model_config = ConfigDict(frozen=True)

    key: str
    required: bool
    is_set: bool


class CommandInfo(BaseModel):
    """A command as `GET /api/commands` shows it."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "example": {
                "id": "predict", "title": "Predict points", "description": "Expected points of every player.",
                "pack": "AIrsenal", "touches": "writes", "lane": "airsenal", "time_limit": 7200,
                "silence_limit": 1800, "retries": 2,
                "repeatable": True, "pty": False, "parameters": [], "secrets": [], "available": False,
                "unavailable_reason": "AIrsenal is not installed yet: run Install AIrsenal first.",
            }
        },
    )  # fmt: skip

    id: str
    title: str
    description: str
    pack: str
    touches: Touches
    lane: str
    time_limit: int | None = Field(None, description="Seconds; null means no limit.")
    silence_limit: int | None = Field(None, description="Seconds without a byte of output; null means no limit.")
    retries: int
    repeatable: bool
    pty: bool
    parameters: tuple[Parameter, ...]
    secrets: tuple[SecretNeed, ...]
    available: bool
    unavailable_reason: str | None = None
    guard: str | None = Field(None, description="Who must let it through: `POST /api/jobs` refuses it then.")


class CatalogueProblem(BaseModel):
    """Something wrong in an operator's command file, and what to do about it."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "example": {"file": "backup.yaml", "line": 7, "message": "'titel' is not a key of a command"}
        },
    )

    file: str
    line: int | None = Field(None, description="Counted from 1; null when the problem is the file or folder itself.")
    message: str


class Invocation(BaseModel):
    """What to start: ready for `execve`, without the secrets, which the executor adds to the environment."""

    model_config = ConfigDict(frozen=True)

    argv: list[str]
    env: dict[str, str]
    cwd: str
    stdin: bytes | None = None
