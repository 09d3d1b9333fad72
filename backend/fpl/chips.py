"""What a search for the best transfers costs before it runs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, get_args

from backend.errors import AppError
from backend.fpl.gameweeks import named
from backend.fpl.search_size import ANY_WEEK, Limits, SearchSize, search_size
from backend.models.airsenal import ChipWeek, SearchCost
from backend.models.reports import Chip, OptimisationReport, ReportHead, ReportType, StoredReport
from backend.models.team import Deadline, GameweekInfo

LAST_GAMEWEEK = 38
_LOOKED_AT = 10
# Below one search for two transfers the start of the program is most of what was measured.
_LEAST_WORK = 1.0
_MOST_APART = 10
CHIPS: tuple[Chip, ...] = get_args(Chip)


@dataclass(frozen=True)
class Measured:
    """One search that was done here. `seconds`: of all its worker processes together."""

    job_id: str
    seconds: float
    size: SearchSize


@dataclass(frozen=True)
class Pace:
    """Seconds of one worker process for a unit of work, and for one of work on new squads."""

    plain: float
    squads: float
    measured_from: Measured
    squads_from: Measured | None


class ChipPlanner:
    def __init__(
        self,
        *,
        deadline: Callable[[], Awaitable[Deadline]],
        chips_left: Callable[[], Awaitable[Mapping[Chip, set[int]]]],
        newest_report: Callable[[ReportType], Awaitable[StoredReport | None]],
        report_heads: Callable[[ReportType, int], Awaitable[list[ReportHead]]],
        report: Callable[[str], Awaitable[StoredReport]],
        cores: int | None = None,
    ) -> None:
        self._deadline, self._chips_left, self._newest_report = deadline, chips_left, newest_report
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
        ahead, left = await asyncio.gather(self._ahead(), self._left(weeks))
        first = _first(ahead, predicted)
        window = list(range(first or 1, min((first or 1) + weeks_ahead, LAST_GAMEWEEK + 1)))
        free = free_transfers if free_transfers is not None else await self._free_transfers(first)
        limits = Limits(max_transfers, max_hit, allow_unused, num_iterations)
        size = await asyncio.to_thread(search_size, window, weeks, free, limits)
        pace = pace_of(await self._measured())
        seconds = None
        if pace and size.strategies:
            seconds = (size.work * pace.plain + size.squad_work * pace.squads) / min(num_thread, self._cores)
        return SearchCost(
            strategies=size.strategies,
            seconds=seconds,
            seconds_per_strategy=seconds / size.strategies if seconds is not None else None,
            measured_from=pace.measured_from.job_id if pace else None,
            squads_measured_from=pace.squads_from.job_id if pace and pace.squads_from else None,
            squads=size.squads,
            problem=_problem(weeks, window if first else None, predicted, size.strategies)
            or _used_up(weeks, window, left),
            doubt=_partly_used_up(weeks, window, left),
            gameweeks=window if first else [],
            deadlines=[gameweek for gameweek in ahead or [] if gameweek.id in window],
            free_transfers=free,
        )

    async def _ahead(self) -> list[GameweekInfo] | None:
        """None: not known. Empty: the season is over."""
        try:
            deadline = await self._deadline()
        except AppError:
            return None
        return [deadline.gameweek, *deadline.later] if deadline.gameweek else []

    async def _left(self, weeks: Mapping[Chip, int]) -> Mapping[Chip, set[int]]:
        """Empty while nobody asks for a chip, and while it is not known."""
        if all(week < ANY_WEEK for week in weeks.values()):
            return {}
        try:
            return await self._chips_left()
        except AppError:
            return {}

    async def _free_transfers(self, gameweek: int | None) -> int:
        """As the newest optimisation of this gameweek counted them; 1 is what AIrsenal falls back to."""
        newest = await self._newest_report("optimisation")
        report = newest.report if newest else None
        if isinstance(report, OptimisationReport) and gameweek in report.gameweeks[:1]:
            return report.free_transfers if report.free_transfers is not None else 1
        return 1

    async def _measured(self) -> list[Measured]:
        """The newest searches whose size can be told, newest first."""
        found = []
        for head in await self._report_heads("optimisation", _LOOKED_AT):
            with suppress(AppError):
                report = (await self._report(head.id)).report
                if isinstance(report, OptimisationReport):
                    found.append(await asyncio.to_thread(measure, head, report, self._cores))
        return [one for one in found if one]


def pace_of(searches: list[Measured]) -> Pace | None:
    """From the newest searches without new squads and the newest with some. While there is only one of the two kinds,
    the other is reckoned by what AIrsenal's own two searches cost beside each other."""
    plain = _middle([one for one in searches if not one.size.squad_work])
    squads = next((one for one in searches if one.size.squad_work), None)
    if plain is None:
        if squads is None:
            return None
        both = squads.seconds / (squads.size.work + squads.size.squad_work)
        return Pace(both, both, squads, squads)
    pace = plain.seconds / plain.size.work
    if squads is None:
        return Pace(pace, pace, plain, None)
    rest = squads.seconds - squads.size.work * pace
    # On a machine that was busy during one of the two the rest may be nothing, or next to it.
    return Pace(pace, max(rest / squads.size.squad_work, pace / _MOST_APART), plain, squads)


def _middle(searches: list[Measured]) -> Measured | None:
    """Of the newest three the one of middle pace, of two the slower: a busy machine made one and the same search take
    1.6 times as long."""
    by_pace = sorted(searches[:3], key=lambda one: one.seconds / one.size.work)
    return by_pace[len(by_pace) // 2] if by_pace else None


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
    if size.strategies != report.strategies or size.work + size.squad_work < _LEAST_WORK:
        return None
    threads = min(_number(given, "num_thread", cores), cores)
    return Measured(head.job_id, report.seconds * threads, size)


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
            return f"The {_name(chip)} is set for gameweek {week}, and the search covers {named(window)}."
        if week > ANY_WEEK and week in fixed:
            return f"Only one chip can be played in gameweek {week}, not {_name(fixed[week])} and {_name(chip)}."
        fixed[week] = chip
    if predicted == []:
        return f"There is no prediction yet. Predict {len(window)} gameweeks first."
    if missing := [week for week in window if predicted and week not in predicted]:
        return f"The newest prediction lacks {named(missing)}. Predict {len(window)} gameweeks first."
    if not strategies:
        return "No strategy is left to try: with five free transfers and none allowed, one would be wasted."
    return None


def _used_up(weeks: Mapping[Chip, int], window: list[int], left: Mapping[Chip, set[int]]) -> str | None:
    """AIrsenal would suggest a chip that its team has not got any more."""
    for chip, week in weeks.items():
        asked = window if week == ANY_WEEK else [week] if week > ANY_WEEK else []
        if asked and chip in left and not left[chip] & set(asked):
            return f"Your team has no {_name(chip)} left for {named(asked)}, as the FPL site counts."
    return None


def _partly_used_up(weeks: Mapping[Chip, int], window: list[int], left: Mapping[Chip, set[int]]) -> str | None:
    """Each half of a season has its own chips, which AIrsenal does not know: it tries any week of them all."""
    for chip, week in weeks.items():
        there = sorted(left[chip] & set(window)) if week == ANY_WEEK and chip in left else []
        if there and len(there) < len(window):
            return (
                f"AIrsenal may suggest the {_name(chip)} in any of {named(window)}, and your team has one left for "
                f"{named(there)} only, as the FPL site counts. Set its gameweek to be sure."
            )
    return None


def _first(ahead: list[GameweekInfo] | None, predicted: list[int] | None) -> int | None:
    """The gameweek that comes next. Without FPL's word the newest prediction tells it; None: neither does."""
    if ahead is None:
        return predicted[0] if predicted else None
    return ahead[0].id if ahead else LAST_GAMEWEEK + 1


def _predicted(newest: StoredReport | None) -> list[int] | None:
    """The gameweeks of the newest prediction; None: it was not understood, so they are not known."""
    if newest is None:
        return []
    return newest.head.gameweeks if newest.head.state == "complete" else None


def _name(chip: Chip) -> str:
    return chip.replace("_", " ")
