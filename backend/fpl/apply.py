"""The guard in front of the two commands that change the real team."""

from __future__ import annotations

from backend.models.airsenal import ApplyPreview, ApplyRequest
from backend.models.jobs import JobView


class Guard:
    async def preview(self, command: str) -> ApplyPreview:
        raise NotImplementedError

    async def apply(self, command: str, request: ApplyRequest, by: str) -> JobView:
        """The job. BadRequest when a check says stop, the name differs or the suggestion is not this one any more."""
        raise NotImplementedError
