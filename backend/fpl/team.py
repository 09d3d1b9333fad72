"""The manager's team, from the FPL API and the newest prediction."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

import structlog
from pydantic import BaseModel, ValidationError

from backend.errors import NotFound, UpstreamFailed
from backend.fpl.expected import with_expected_points
from backend.fpl.gameweeks import Gameweeks, info, season_of
from backend.fpl.squad import CHIP_NAMES, make_team
from backend.models.fpl import Bootstrap, ChipRule, Entry, PlayedChip
from backend.models.reports import Chip, StoredReport
from backend.models.team import CurrentTeam, Deadline, FoundTeam, KeptGameweeks, KeptTeam
from backend.providers.fpl import Fetched, FplApi
from backend.providers.fpl_failures import timed_out
from backend.repositories.fpl_answers import FplAnswerRepository
from backend.utils.clock import Clock
from backend.vault.service import Vault

log = structlog.get_logger(__name__)
Prediction = Callable[[], Awaitable[StoredReport | None]]
Kept = TypeVar("Kept", bound=BaseModel)


class NoTeam(NotFound):
    """`code`: `no_team_id`, `bad_team_id`, `no_such_team` or `no_squad_yet`."""

    def __init__(self, detail: str, code: str) -> None:
        self.code = code
        super().__init__(detail)


class Team:
    def __init__(
        self, api: FplApi, vault: Vault, answers: FplAnswerRepository, prediction: Prediction, now: Clock
    ) -> None:  # fmt: skip
        """`prediction`: the newest one that was understood."""
        self._api, self._vault, self._answers, self._prediction, self._now = api, vault, answers, prediction, now
        self._kept_at: dict[str, datetime] = {}

    async def close(self) -> None:
        await self._api.close()

    async def current(self) -> CurrentTeam:
        """NotFound without FPL_TEAM_ID, UpstreamFailed when the FPL API fails and there is no last good answer."""
        team_id = await self.team_id()
        name = f"team/{team_id}"
        try:
            async with asyncio.timeout(self._api.patience.whole):
                known = await self._fetch(team_id)
        except (UpstreamFailed, TimeoutError) as error:
            failure = error if isinstance(error, UpstreamFailed) else timed_out(self._api.patience.whole)
            if (last := await self._last_good(name, KeptTeam)) is None:
                raise failure from None
            known, marks = last, {"stale": True, "stale_reason": failure.detail}
            known = KeptTeam(season=last.season, team=last.team.model_copy(update=marks))
        else:
            await self._keep(name, known.team.fetched_at, known)
        return with_expected_points(known.team, known.season, await self._prediction())

    async def deadline(self) -> Deadline:
        stale = False
        try:
            bootstrap = await self._bootstrap()
            known = KeptGameweeks(events=bootstrap.value.events, at=bootstrap.at)
        except UpstreamFailed:
            if (last := await self._last_good("gameweeks", KeptGameweeks)) is None:
                raise
            known, stale = last, True
        weeks = Gameweeks(known.events, self._now())
        return Deadline(
            gameweek=weeks.next_info, later=[info(event) for event in weeks.later], season_state=weeks.state,
            fetched_at=known.at, stale=stale,
        )  # fmt: skip

    async def find(self, team_id: int) -> FoundTeam:
        entry = (await self._entry(team_id)).value
        return FoundTeam(
            team_id=entry.id, name=entry.name, manager=_manager(entry), total_points=entry.summary_overall_points,
            started_gameweek=entry.started_event,
        )  # fmt: skip

    async def chips_left(self) -> dict[Chip, set[int]]:
        """The gameweeks in which each chip can still be played; of a chip that FPL says nothing of there is no entry.
        NotFound without FPL_TEAM_ID, UpstreamFailed when the FPL API fails."""
        team_id = await self.team_id()
        bootstrap, played = await asyncio.gather(self._bootstrap(), self._api.chips_played(team_id))
        return chips_left(bootstrap.value.chips, played.value.chips)

    async def team_id(self) -> int:
        """The stored FPL_TEAM_ID. NotFound when it is not set, or no number."""
        value = await self._vault.identifier("FPL_TEAM_ID")
        if value is None:
            raise NoTeam("FPL team ID not configured", "no_team_id")
        if not re.fullmatch(r"[1-9]\d{0,9}", value.strip()):
            raise NoTeam(
                "The stored FPL_TEAM_ID is not a team's number. Set it again: it is the number in the address of your "
                "Points page.",
                "bad_team_id",
            )
        return int(value)

    async def _fetch(self, team_id: int) -> KeptTeam:
        bootstrap, fixtures, entry = await asyncio.gather(
            self._bootstrap(), self._api.fixtures(), self._entry(team_id)
        )  # fmt: skip
        weeks = Gameweeks(bootstrap.value.events, self._now())
        if weeks.current is None or (entry.value.started_event or 1) > weeks.current.id:
            raise _no_squad(entry.value, weeks)
        try:
            picks = await self._api.picks(team_id, weeks.current.id)
        except NotFound:
            raise _no_squad(entry.value, weeks) from None
        # Fixtures are left out: a list of an hour ago says nothing about the age of points and prices.
        at = min(bootstrap.at, entry.at, picks.at)
        team = make_team(bootstrap.value, fixtures.value, entry.value, picks.value, weeks, at)
        return KeptTeam(season=season_of(bootstrap.value.events), team=team)

    async def _bootstrap(self) -> Fetched[Bootstrap]:
        bootstrap = await self._api.bootstrap()
        await self._keep("gameweeks", bootstrap.at, KeptGameweeks(events=bootstrap.value.events, at=bootstrap.at))
        return bootstrap

    async def _keep(self, name: str, at: datetime, value: BaseModel) -> None:
        if self._kept_at.get(name) != at:
            await self._answers.put(name, value.model_dump(mode="json"))
            self._kept_at[name] = at

    async def _last_good(self, name: str, shape: type[Kept]) -> Kept | None:
        try:
            stored = await self._answers.get(name)
            return None if stored is None else shape.model_validate(stored)
        except ValidationError:
            return None  # kept by an older console, in another shape

    async def _entry(self, team_id: int) -> Fetched[Entry]:
        try:
            return await self._api.entry(team_id)
        except NotFound:
            await self._bootstrap()  # of an API that is not there, or has nothing at all, it is no word about the team
            raise NoTeam(
                f"FPL knows no team with the number {team_id}. Look at the address of your Points page: the number "
                "after /entry/ is the one; a new season gives you a new one.",
                "no_such_team",
            ) from None


def chips_left(rules: Sequence[ChipRule], played: Sequence[PlayedChip]) -> dict[Chip, set[int]]:
    found: dict[Chip, set[int]] = {}
    for rule in rules:
        if chip := CHIP_NAMES.get(rule.name):
            weeks = range(rule.start_event, rule.stop_event + 1)
            used = sum(one.name == rule.name and one.event in weeks for one in played)
            found.setdefault(chip, set()).update(weeks if used < rule.number else ())
    return found


def _manager(entry: Entry) -> str:
    return f"{entry.player_first_name} {entry.player_last_name}".strip()


def _no_squad(entry: Entry, weeks: Gameweeks) -> NoTeam:
    first = weeks.of(entry.started_event or 1)
    if weeks.current is not None and first is not None and first.id <= weeks.current.id:
        return NoTeam(
            f"FPL shows no squad of {entry.name} for {weeks.current.name} yet. It does so a while after the deadline; "
            "look again later.",
            "no_squad_yet",
        )
    when = f"{first.name} begins ({first.deadline_time:%-d %B %Y, %H:%M} UTC)" if first else "its season begins"
    return NoTeam(
        f"The squad of {entry.name} is not public before {when}: FPL shows nobody's before the deadline. There is "
        "nothing to do; it appears here by itself.",
        "no_squad_yet",
    )
