"""What a search for the best transfers costs before it runs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from backend.errors import AppError
from backend.fpl.search_size import ANY_WEEK, Limits, search_size
from backend.models.airsenal import ChipWeek, SearchCost
from backend.models.reports import Chip, OptimisationReport, ReportHead, ReportType, StoredReport
from backend.models.team import Deadline

LAST_GAMEWEEK = 38
_LOOKED_AT = 10
# Below one search for two transfers the start of the program is most of what was measured.
_LEAST_WORK = 1.0
CHIPS: tuple[Chip, ...] = get_args(Chip)


@dataclass(frozen=True)
class Measured:
    job_id: str
    seconds_per_work: float
    """Of one worker process."""


class ChipPlanner:
    def __init__(
        self,
        *,
        deadline: Callable[[], Awaitable[Deadline]],
        newest_report: Callable[[ReportType], Awaitable[StoredReport | None]],
        report_heads: Callable[[ReportType, int], Awaitable[list[ReportHead]]],
        report: Callable[[str], Awaitable[StoredReport]],
        cores: int | None = None,
    ) -> None:
        self._deadline, self._newest_report = deadline, newest_report
        self._report_heads, self._report = report_heads, report
        self._cores = cores or len(os.sched_getaffinity(0))

    async def cost(
        self, weeks_ahead: int, chips: list[ChipWeek], max_transfers: int, max_hit: int, allow_unused: bool,
        free_transfers: int | None, num_thread: int, num_iterations: int,
    ) -> SearchCost:  # fmt: skip
        """Never fails: what is not known is null or said in `problem`."""
        weeks = {chip.chip: chip.week for chip in chips}
        prediction = await self._newest_report("prediction")
        predicted = _predicted(prediction)
        first = await self._coming() or (predicted[0] if predicted else None)
        window = list(range(first or 1, min((first or 1) + weeks_ahead, LAST_GAMEWEEK + 1)))
        free = free_transfers if free_transfers is not None else await self._free_transfers(first)
        limits = Limits(max_transfers, max_hit, allow_unused, num_iterations)
        size = await asyncio.to_thread(search_size, window, weeks, free, limits)
        measured = await self._measured()
        seconds = None
        if measured and size.strategies:
            seconds = size.work * measured.seconds_per_work / min(num_thread, self._cores)
        return SearchCost(
            strategies=size.strategies,
            seconds=seconds,
            seconds_per_strategy=seconds / size.strategies if seconds is not None else None,
            measured_from=measured.job_id if measured else None,
            squads=size.squads,
            problem=_problem(weeks, window if first else None, predicted, size.strategies),
            gameweeks=window if first else [],
            free_transfers=free,
        )

    async def _coming(self) -> int | None:
        try:
            gameweek = (await self._deadline()).gameweek
        except AppError:
            return None
        return gameweek.id if gameweek else None

    async def _free_transfers(self, gameweek: int | None) -> int:
        """As the newest optimisation of this gameweek counted them; 1 is what AIrsenal falls back to."""
        newest = await self._newest_report("optimisation")
        report = newest.report if newest else None
        if isinstance(report, OptimisationReport) and gameweek in report.gameweeks[:1]:
            return report.free_transfers if report.free_transfers is not None else 1
        return 1

    async def _measured(self) -> Measured | None:
        """From the newest search whose size can be told."""
        for head in await self._report_heads("optimisation", _LOOKED_AT):
            try:
                stored = await self._report(head.id)
            except AppError:
                continue
            if isinstance(stored.report, OptimisationReport) and (
                found := await asyncio.to_thread(measure, head, stored.report, self._cores)
            ):
                return found
        return None


def measure(head: ReportHead, report: OptimisationReport, cores: int) -> Measured | None:
    """None for a search whose number of strategies is not the one its parameters make: then its work is not known."""
    if not report.seconds or report.free_transfers is None or not report.gameweeks or report.new_squad:
        return None
    given = head.parameters
    weeks = {chip: _number(given, f"{chip}_week", -1) for chip in CHIPS}
    limits = Limits(
        _number(given, "max_transfers", 2), _number(given, "max_hit", 8), bool(given.get("allow_unused")),
        _number(given, "num_iterations", 100),
    )  # fmt: skip
    size = search_size(report.gameweeks, weeks, report.free_transfers, limits)
    if size.strategies != report.strategies or size.work < _LEAST_WORK:
        return None
    threads = min(_number(given, "num_thread", cores), cores)
    return Measured(head.job_id, report.seconds * threads / size.work)


def _number(given: Mapping[str, Any], name: str, default: int) -> int:
    value = given.get(name)
    return value if isinstance(value, int) else default


def _problem(
    weeks: Mapping[Chip, int], window: list[int] | None, predicted: list[int] | None, strategies: int
) -> str | None:
    if window is None:
        return "Which gameweek comes next is not known: the FPL API does not answer, and there is no prediction."
    if not window:
        return "The season has no further gameweek."
    fixed: dict[int, Chip] = {}
    for chip, week in weeks.items():
        if week > ANY_WEEK and week not in window:
            return f"The {_name(chip)} is set for gameweek {week}, and the search covers {_listed(window)}."
        if week > ANY_WEEK and week in fixed:
            return f"Only one chip can be played in gameweek {week}, not {_name(fixed[week])} and {_name(chip)}."
        fixed[week] = chip
    if predicted == []:
        return f"There is no prediction yet. Predict {len(window)} gameweeks first."
    if missing := [week for week in window if predicted and week not in predicted]:
        return f"The newest prediction lacks gameweek {_listed(missing)}. Predict {len(window)} gameweeks first."
    if not strategies:
        return "No strategy is left to try: with five free transfers and none allowed, one would be wasted."
    return None


def _predicted(newest: StoredReport | None) -> list[int] | None:
    """The gameweeks of the newest prediction; None: it was not understood, so they are not known."""
    if newest is None:
        return []
    return newest.head.gameweeks if newest.head.state == "complete" else None


def _name(chip: Chip) -> str:
    return chip.replace("_", " ")


def _listed(weeks: list[int]) -> str:
    return str(weeks[0]) if len(weeks) == 1 else f"{', '.join(map(str, weeks[:-1]))} and {weeks[-1]}"
