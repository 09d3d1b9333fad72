"""What anyone may know about a stored secret: everything but its value."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class SecretInfo(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "key": "FPL_PASSWORD", "is_set": True, "masked_value": "***", "updated_at": "2026-02-05T12:00:00Z",
                "version": 2, "readable": True, "masked_in_logs": True, "description": "The password of your login.",
            }
        }
    )  # fmt: skip

    key: str
    is_set: bool
    masked_value: str = Field(description='"***" when it is set, else "". No call ever returns a value.')
    updated_at: datetime | None = None
    version: int = 0
    readable: bool = Field(True, description="False: sealed with a key that is not at hand. Set it again, or bring the "
                           "key back.")  # fmt: skip
    masked_in_logs: bool = Field(True, description="False for identifiers such as a team id, which are no secret.")
    description: str = ""
    last_used_at: datetime | None = Field(None, description="When a job was last given it.")
    last_used_by: str | None = Field(None, description="That job's id.")


class StoredSecret(BaseModel):
    """The record. `value` only in records of consoles from before encryption."""

    key: str
    sealed: str | None = None
    version: int = 0
    updated_at: datetime | None = None
    last_used_at: datetime | None = None
    last_used_by: str | None = None
    value: str | None = None
