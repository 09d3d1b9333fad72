"""The manager's team, from the FPL API and the newest prediction."""

from __future__ import annotations

from backend.models.team import CurrentTeam, Deadline, FoundTeam


class Team:
    async def current(self) -> CurrentTeam:
        """NotFound without FPL_TEAM_ID, UpstreamFailed when the FPL API fails and there is no last good answer."""
        raise NotImplementedError

    async def deadline(self) -> Deadline:
        raise NotImplementedError

    async def find(self, team_id: int) -> FoundTeam:
        raise NotImplementedError
