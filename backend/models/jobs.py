"""A job and its attempts, as stored in MongoDB and as shown by the API."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class JobStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED})


class Cause(StrEnum):
    """Why an attempt, and with it the job, ended."""

    EXIT_CODE = "exit_code"
    SIGNAL = "signal"
    TIME_LIMIT = "time_limit"
    CANCELLED = "cancelled"
    LOST = "lost"
    COULD_NOT_START = "could_not_start"
    ASKED_FOR_INPUT = "asked_for_input"
    OUT_OF_MEMORY = "out_of_memory"
    NO_RESULT = "no_result"


class Outcome(BaseModel):
    """What the runner reports at the end of an attempt. Written atomically beside the spool; read by the console."""

    cause: Cause
    exit_code: int | None = None
    signal: int | None = None
    error: str | None = None
    started_at: datetime
    ended_at: datetime
    bytes: int = Field(0, description="Masked bytes of output, all attempts counted apart.")
    sha256: str = ""
    survivors: list[str] = Field(default_factory=list, description="Processes that could not be ended, `pid name`.")
    ended_leftovers: list[str] = Field(default_factory=list, description="Processes left behind by the child, ended.")

    @property
    def succeeded(self) -> bool:
        return self.cause is Cause.EXIT_CODE and self.exit_code == 0


class Progress(BaseModel):
    """How far a running attempt is, by what it prints."""

    label: str = Field(description="What is being done, e.g. `Trying strategies`.")
    done: int
    total: int
    unit: str = Field(description="What is counted: `strategies`, `samples`, `seasons`.")
    started_at: datetime | None = Field(None, description="When this was first counted; the time left follows from it.")
    ends_at: datetime | None = Field(None, description="Estimate; null while there is too little to go by.")


class Attempt(BaseModel):
    """One run of the command. Lines and bytes are positions in the job's one continuous log."""

    number: int
    started_at: datetime
    ended_at: datetime | None = None
    cause: Cause | None = None
    exit_code: int | None = None
    signal: int | None = None
    error: str | None = None
    first_line: int = 0
    lines: int = 0
    first_byte: int = 0
    bytes: int = 0
    sha256: str = ""
    survivors: list[str] = Field(default_factory=list, description="Processes that could not be ended, `pid name`.")
    ended_leftovers: list[str] = Field(default_factory=list, description="Processes the command left behind, ended.")


class Consent(BaseModel):
    """What somebody agreed to, for a command with a guard. Looked at again right before the attempt starts."""

    suggestion: str = Field(description="Fingerprint of exactly what was shown.")
    gameweek: int
    deadline: datetime
    agreed: str | None = Field(None, description="What was shown, in words.")
    report_id: str | None = Field(None, description="The optimisation that was shown.")


class Job(BaseModel):
    """The stored job. Fields below the line are the queue's own and never leave the server."""

    id: str
    command: str
    title: str
    touches: str
    parameters: dict[str, Any]
    status: JobStatus = JobStatus.PENDING
    cause: Cause | None = None
    error: str | None = None
    exit_code: int | None = None
    signal: int | None = None
    output: dict[str, Any] | None = None
    warnings: list[str] = Field(default_factory=list)
    progress: Progress | None = None
    retry_count: int = 0
    max_retries: int = 0
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    cancelled_by: str | None = None
    submitted_by: str
    lane: str = "default"
    priority: int = 0
    attempts: list[Attempt] = Field(default_factory=list)
    log_lines: int = 0
    log_bytes: int = 0
    pinned: bool = False
    # --- the queue's own ---
    sequence: int = 0
    not_before: datetime | None = None
    sealed_parameters: dict[str, str] = Field(default_factory=dict)
    node: str | None = None
    owner: str | None = None
    beat_at: datetime | None = None
    notify: bool = False
    consent: Consent | None = None

    @property
    def attempt(self) -> int:
        return len(self.attempts)


class QueueState(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"draining": False, "running": [], "waiting": 3, "limit": 1000}}
    )

    draining: bool = Field(description="Nothing is started any more; what runs goes on to its end.")
    running: list[str] = Field(description="Ids of the jobs that run here.")
    waiting: int
    limit: int = Field(description="Waiting jobs before a submit answers 429.")


JOB_EXAMPLE: dict[str, Any] = {
    "id": "27b89d68-86da-4d40-8641-c5108446140e",
    "command": "predict",
    "title": "Predict points",
    "touches": "writes",
    "lane": "airsenal",
    "priority": 0,
    "parameters": {"weeks_ahead": 3},
    "status": "completed",
    "cause": "exit_code",
    "error": None,
    "exit_code": 0,
    "signal": None,
    "logs": ["PREDICTED TOP 5 PLAYERS FOR GAMEWEEK(S) [25, 26, 27]:"],
    "output": None,
    "warnings": [],
    "progress": None,
    "retry_count": 0,
    "max_retries": 2,
    "created_at": "2026-02-05T12:00:00Z",
    "started_at": "2026-02-05T12:00:00.004Z",
    "completed_at": "2026-02-05T12:00:57Z",
    "next_attempt_at": None,
    "cancel_requested_at": None,
    "submitted_by": "admin@example.org",
    "queue_position": None,
    "log_lines": 1,
    "log_bytes": 54,
    "pinned": False,
    "attempts": [],
}


class JobView(BaseModel):
    """A job as the API shows it."""

    model_config = ConfigDict(json_schema_extra={"example": JOB_EXAMPLE})

    id: str
    command: str
    title: str
    touches: Literal["reads", "writes", "irreversible"]
    lane: str
    priority: int
    parameters: dict[str, Any]
    status: JobStatus
    cause: Cause | None
    error: str | None = Field(description="Why it failed, in words.")
    exit_code: int | None
    signal: int | None
    logs: list[str] = Field(description="The last 2,000 lines in the single job; always empty in lists.")
    output: dict[str, Any] | None = Field(description="Parsed result, when the command has a parser.")
    warnings: list[str] = Field(description="What makes a result less certain than its state says.")
    progress: Progress | None = Field(description="While it runs, when its output tells.")
    retry_count: int
    max_retries: int
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    next_attempt_at: datetime | None = Field(description="When a waiting retry starts.")
    cancel_requested_at: datetime | None
    submitted_by: str
    queue_position: int | None = Field(description="1 = next in its lane; only while it waits.")
    log_lines: int
    log_bytes: int
    pinned: bool = Field(description="Its log is kept whatever its age.")
    attempts: list[Attempt]

    @classmethod
    def of(cls, job: Job, *, logs: list[str] | None = None, queue_position: int | None = None) -> JobView:
        # By attribute: dumping the job and reading the dump would take apart each attempt and make it anew.
        shared = {name: getattr(job, name) for name in _SHARED}
        return cls(
            # Of an ended job it would only say how far it once was.
            **shared | ({} if job.status is JobStatus.RUNNING else {"progress": None}),
            logs=logs or [],
            next_attempt_at=job.not_before if job.status is JobStatus.PENDING and job.retry_count else None,
            queue_position=queue_position,
        )


_SHARED = JobView.model_fields.keys() & Job.model_fields.keys()
