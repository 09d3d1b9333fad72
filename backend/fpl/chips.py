"""What a search for the best transfers costs before it runs."""

from __future__ import annotations

from backend.models.airsenal import ChipWeek, SearchCost


class ChipPlanner:
    async def cost(
        self, weeks_ahead: int, chips: list[ChipWeek], max_transfers: int, max_hit: int, allow_unused: bool,
        free_transfers: int | None, num_thread: int, num_iterations: int,
    ) -> SearchCost:  # fmt: skip
        raise NotImplementedError
