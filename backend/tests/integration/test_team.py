"""The team over HTTP, in front of a stand-in FPL API that fails in every way the real one is known to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from backend import __version__
from backend.config.keys import Keys
from backend.database import Mongo
from backend.errors import NotFound
from backend.fpl.team import Team
from backend.models.reports import PredictedPlayer, PredictionReport, ReportHead, StoredReport
from backend.providers.fpl import FplApi
from backend.providers.fpl_call import Patience
from backend.repositories.fpl_answers import FplAnswerRepository
from backend.tests.airsenal.answers import FixedAnswers, gameweek_24
from backend.tests.airsenal.fpl_api import StandInFplApi
from backend.tests.conftest import Console, running_console, test_settings

GAMEWEEK_24 = gameweek_24().answers
TEAM_ID = 742663
EVE = datetime(2026, 2, 5, 12, tzinfo=UTC)
# Whole seconds on a busy machine must not look like a fault; only where time is the fault it is short.
QUICK = Patience(pauses=(0.01, 0.01), max_bytes=1_000_000)
SHORT = Patience(connect=1.0, silence=0.3, whole=0.7, pauses=(0.01, 0.01))
PICKS = f"entry/{TEAM_ID}/event/24/picks"


@dataclass
class World:
    """A console whose FPL API and clock are in our hands."""

    console: Console
    api: StandInFplApi
    db: Mongo
    now: datetime = EVE
    newest: StoredReport | None = None

    def later(self, **times: float) -> None:
        self.now += timedelta(**times)

    def restart(self, patience: Patience = QUICK) -> None:
        """A team service that remembers nothing but what is in the database."""

        async def newest() -> StoredReport | None:
            return self.newest

        def clock() -> datetime:
            return self.now

        api = FplApi(self.api.url, clock, patience, failure_age=timedelta(0))
        self.console.services.team = Team(api, self.console.services.vault, FplAnswerRepository(self.db), newest, clock)

    async def current(self) -> httpx.Response:
        return await self.console.http.get("/api/team/current")

    async def good(self) -> dict[str, Any]:
        answer = await self.current()
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def forget(self) -> None:
        await self.db["fpl_answers"].delete_many({})

    @property
    def answers(self) -> dict[str, Any]:
        assert isinstance(self.api.answers, FixedAnswers)
        return self.api.answers.answers


@pytest.fixture(scope="module")
async def team_console(mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Console]:
    settings = test_settings(tmp_path_factory.mktemp("data"))
    async with running_console(mongo_url, settings, keys) as running:
        yield running


@pytest.fixture
def api() -> Iterator[StandInFplApi]:
    with StandInFplApi(gameweek_24()) as stand_in:
        yield stand_in


@pytest.fixture
async def world(team_console: Console, api: StandInFplApi, mongo_url: str) -> AsyncIterator[World]:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url)
    found = World(team_console, api, client[team_console.settings.db_name])
    await found.forget()
    await _set_team(found, str(TEAM_ID))
    before = team_console.services.team
    found.restart()
    yield found
    await team_console.services.team.close()
    team_console.services.team = before
    client.close()


async def _set_team(world: World, value: str) -> None:
    answer = await world.console.http.post("/api/secrets", json={"key": "FPL_TEAM_ID", "value": value})
    assert answer.status_code == 200, answer.text


async def test_the_contract_holds(world: World) -> None:
    team = await world.good()
    assert team["team_id"] == TEAM_ID
    assert datetime.fromisoformat(team["fetched_at"]) == EVE
    deadline = "2026-01-31T13:30:00Z"
    assert team["gameweek"] == {"id": 24, "name": "Gameweek 24", "deadline": deadline, "is_current": True}
    assert team["entry_summary"] == {
        "bank": 2.8, "team_value": 99.4, "total_points": 1194, "event_points": 62, "event_transfers": 1,
        "event_transfers_cost": 0, "points_on_bench": 7,
    }  # fmt: skip
    assert [player["position_slot"] for player in team["players"]] == list(range(1, 16))
    palmer = next(player for player in team["players"] if player["name"] == "Palmer")
    raw = next(row for row in GAMEWEEK_24["bootstrap-static"]["elements"] if row["web_name"] == "Palmer")
    contract = {
        "position_slot": 8, "player_id": 235, "name": "Palmer", "team": "CHE", "position": "MID", "multiplier": 2,
        "is_captain": True, "is_vice_captain": False, "now_cost": raw["now_cost"] / 10,
        "points_per_game": float(raw["points_per_game"]), "event_points": raw["event_points"],
    }  # fmt: skip
    assert contract.items() <= palmer.items()


async def test_what_is_added_to_the_contract(world: World) -> None:
    world.newest = _prediction("Haaland", "MCI", {25: 5.9, 26: 6.1})
    team = await world.good()
    assert (team["team_name"], team["manager"], team["stale"]) == ("AIrsenal", "Stub Manager", False)
    assert team["next_gameweek"]["id"] == 25
    by_name = {player["name"]: player for player in team["players"]}
    wieffer, cherki = by_name["Wieffer"], by_name["Cherki"]
    assert (wieffer["status"], wieffer["chance_of_playing"]) == ("injured", 0)
    assert wieffer["news"] == "Toe Injury - Unknown return date"
    assert (cherki["status"], cherki["chance_of_playing"]) == ("doubtful", 75)
    weeks = [fixture["gameweek"] for fixture in cherki["fixtures"]]
    assert weeks == sorted(weeks)
    assert set(weeks) <= {25, 26, 27, 28, 29}
    assert cherki["fixtures"][0] == {"gameweek": 25, "opponent": "LIV", "at_home": False, "difficulty": 4}
    assert by_name["Haaland"]["expected_points"] == 5.9
    assert by_name["Haaland"]["expected_by_gameweek"] == {"25": 5.9, "26": 6.1}
    assert by_name["Palmer"]["expected_points"] is None
    assert team["prediction"]["covers_next"] is True


def _prediction(name: str, club: str, by_gameweek: dict[int, float]) -> StoredReport:
    weeks = list(by_gameweek)
    player = PredictedPlayer(
        rank=1, player=name, position="FWD", club=club, price=None, expected_points=0, by_gameweek=by_gameweek
    )
    report = PredictionReport(
        generated_at=EVE, headline="", summary_text="", parser="test 1", season="2526", gameweeks=weeks,
        players=[player],
    )  # fmt: skip
    head = ReportHead(
        id="r", job_id="j", command="predict", type="prediction", completed_at=EVE, headline="", state="complete"
    )
    return StoredReport(head=head, report=report)


# Each way to fail, the code for programs, and what the sentence must say: what happened, and what to do about it.
FAILURES: list[tuple[str, Callable[[StandInFplApi], None], str, list[str]]] = [
    ("403", lambda api: api.fail("status", status=403), "fpl_blocked", ["refuses this machine (403)", "in a browser"]),
    ("429", lambda api: api.fail("status", status=429, retry_after="300"), "fpl_rate_limited",
     ["fewer requests (429)", "left alone for 5 min", "Try again after that"]),
    ("429 without a time", lambda api: api.fail("status", status=429, retry_after=None), "fpl_rate_limited",
     ["left alone for 60 s"]),
    ("429 with a date", lambda api: api.fail(
        "status", status=429, retry_after=format_datetime(EVE + timedelta(hours=2, minutes=10), usegmt=True)
    ), "fpl_rate_limited", ["left alone for 10 min"]),
    ("429 with a day", lambda api: api.fail("status", status=429, retry_after="86400"), "fpl_rate_limited",
     ["left alone for 15 min"]),
    ("500", lambda api: api.fail("status", status=500), "fpl_failed", ["failed by itself (status 500)", "Try again"]),
    ("404 for what is always there", lambda api: api.fail("status", status=404, path="bootstrap"), "fpl_failed",
     ["nothing at bootstrap-static (404)", "FPL_API_URL"]),
    ("404 for all", lambda api: api.fail("status", status=404), "fpl_failed", ["(404)", "FPL_API_URL"]),
    ("302", lambda api: api.fail("status", status=302), "fpl_failed", ["unexpected status 302"]),
    ("updating", lambda api: api.fail("html"), "fpl_updating", ["game is being updated", "Try again in half an hour"]),
    ("HTML", lambda api: api.fail("captcha"), "fpl_web_page", ["a web page in place of data", "in a browser"]),
    ("broken JSON", lambda api: api.fail("broken_json"), "fpl_not_json", ["not whole, or no JSON", "Try again"]),
    ("wrong shape", lambda api: api.fail("wrong_shape", path="bootstrap"), "fpl_wrong_shape",
     ["bootstrap-static", "(at events)", "newer console"]),
    ("slow drip", lambda api: api.fail("slow_drip", seconds=0.05), "fpl_timeout", ["within 0.7 s", "Try again"]),
    ("silence", lambda api: api.fail("hang", seconds=1.5), "fpl_timeout", ["did not answer within", "Try again"]),
    ("reset", lambda api: api.fail("reset"), "fpl_unreachable", ["broke off", "FPL_API_URL"]),
    ("closed", lambda api: api.fail("drop"), "fpl_unreachable", ["broke off"]),
    ("refused", lambda api: api.go_down(), "fpl_unreachable", ["nobody answers", "this machine's network"]),
    ("huge", lambda api: api.fail("huge"), "fpl_too_large", ["larger than 1 MB", "was not read"]),
    ("packed twice", lambda api: api.fail("packed_twice"), "fpl_not_json", ["damaged"]),
    ("a number of thirty digits", lambda api: api.answers.answers["bootstrap-static"]["elements"][0].update(  # type: ignore[attr-defined]
        total_points=10**30), "fpl_wrong_shape", ["(at elements.0.total_points)"]),
    ("contradiction", lambda api: api.answers.answers["bootstrap-static"]["elements"].clear()  # type: ignore[attr-defined]
     or api.answers.answers["bootstrap-static"]["elements"].append(  # type: ignore[attr-defined]
         GAMEWEEK_24["bootstrap-static"]["elements"][0]), "fpl_contradiction", ["do not fit together"]),
]  # fmt: skip


@pytest.mark.parametrize(("fail", "code", "words"), [row[1:] for row in FAILURES], ids=[row[0] for row in FAILURES])
async def test_each_failure_has_its_sentence_and_the_last_good_answer_is_shown(
    world: World, fail: Callable[[StandInFplApi], None], code: str, words: list[str]
) -> None:
    good = await world.good()
    world.later(hours=2)
    patience = SHORT if code == "fpl_timeout" else QUICK
    world.restart(patience)
    fail(world.api)
    stale = await world.good()
    assert stale["stale"] is True
    assert {**stale, "stale": False, "stale_reason": None} == good, "the last good answer, with its own age"
    for text in [*words, "Nothing was changed"]:
        assert text in stale["stale_reason"]

    await world.forget()
    world.restart(patience)
    answer = await world.current()
    assert (answer.status_code, answer.json()["code"]) == (502, code), answer.text
    for text in words:
        assert text in answer.json()["detail"]


async def test_asked_for_a_pause_it_leaves_the_api_alone(world: World) -> None:
    await world.good()
    world.later(minutes=3)  # picks and entry are too old by now, the rest is not
    world.api.fail("status", status=429, retry_after="90")
    assert "for 90 s" in (await world.good())["stale_reason"]
    asked = len(world.api.requests)
    world.later(seconds=60)
    assert "for 30 s" in (await world.good())["stale_reason"]
    assert (await world.console.http.get("/api/team/find/5")).status_code == 502
    assert (await world.console.http.get("/api/team/deadline")).json()["stale"] is False, "kept, and young enough"
    assert len(world.api.requests) == asked
    world.api.recover()
    world.later(seconds=31)
    assert (await world.good())["stale"] is False


async def test_of_two_pauses_the_longer_counts(world: World) -> None:
    world.api.fail("status", status=429, retry_after="10", path="entry")
    world.api.fail("status", status=429, retry_after="90", path="bootstrap")
    clock = lambda: world.now  # noqa: E731
    api = FplApi(world.api.url, clock, QUICK)
    await asyncio.gather(api.entry(1), api.bootstrap(), return_exceptions=True)
    world.later(seconds=11)
    with pytest.raises(Exception, match="for 79 s"):
        await api.fixtures()
    await api.close()


async def test_a_short_fault_is_not_seen_and_a_refusal_is_not_repeated(world: World) -> None:
    world.api.fail("status", status=500, path="bootstrap", times=2)
    assert (await world.good())["stale"] is False
    assert world.api.requests.count("GET bootstrap-static") == 3
    world.later(hours=2)
    world.api.requests.clear()
    world.api.fail("status", status=403, path="bootstrap")
    await world.good()
    assert world.api.requests.count("GET bootstrap-static") == 1


async def test_many_who_ask_at_once_cost_one_request_each_and_answers_are_kept(world: World) -> None:
    teams = await asyncio.gather(*(world.good() for _ in range(5)))
    assert all(team == teams[0] for team in teams)
    once = sorted(["GET bootstrap-static", "GET fixtures", f"GET entry/{TEAM_ID}", f"GET {PICKS}"])
    assert sorted(world.api.requests) == once
    world.later(minutes=3)
    await world.good()
    assert sorted(world.api.requests[4:]) == sorted([f"GET entry/{TEAM_ID}", f"GET {PICKS}"])
    world.later(minutes=8)
    refreshed = await world.good()
    assert world.api.requests[6:].count("GET bootstrap-static") == 1
    assert "GET fixtures" not in world.api.requests[6:]
    # What has not changed is not sent again, and is as new as the question.
    assert "bootstrap-static" in world.api.unchanged
    assert datetime.fromisoformat(refreshed["fetched_at"]) == world.now


async def test_a_failure_is_the_answer_for_a_moment(world: World) -> None:
    clock = lambda: world.now  # noqa: E731
    api = FplApi(world.api.url, clock, QUICK)
    world.api.fail("status", status=500)
    for _ in range(3):
        with pytest.raises(Exception, match="failed by itself"):
            await api.bootstrap()
    assert len(world.api.requests) == 3, "one call with its retries"
    world.later(seconds=6)
    world.api.recover()
    assert (await api.bootstrap()).value.events[0].id == 1
    await api.close()


async def test_no_team_a_wrong_one_and_an_unknown_one(world: World) -> None:
    await _set_team(world, "999")
    answer = await world.current()
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_team")
    assert "knows no team with the number 999" in answer.json()["detail"]
    assert (await world.console.http.get("/api/team/find/998")).json()["code"] == "no_such_team"
    # A value from before encryption and before this console's rules.
    await world.db["secrets"].update_one(
        {"key": "FPL_TEAM_ID"}, {"$set": {"value": "my team"}, "$unset": {"sealed": ""}}
    )
    answer = await world.current()
    assert (answer.status_code, answer.json()["code"]) == (404, "bad_team_id")
    assert "my team" not in answer.text
    await world.console.http.delete("/api/secrets/FPL_TEAM_ID")
    answer = await world.current()
    assert (answer.status_code, answer.json()["detail"]) == (404, "FPL team ID not configured")
    assert (answer.json()["code"], len(world.api.requests)) == ("no_team_id", 4)


async def test_before_the_season_and_before_the_first_own_gameweek(world: World) -> None:
    events = world.answers["bootstrap-static"]["events"]
    for event in events:
        event.update(is_current=False, is_next=event["id"] == 1, finished=False)
    world.now = datetime(2025, 8, 1, tzinfo=UTC)
    answer = await world.current()
    assert (answer.status_code, answer.json()["code"]) == (404, "no_squad_yet")
    assert "not public before Gameweek 1 begins (15 August 2025, 17:30 UTC)" in answer.json()["detail"]
    deadline = (await world.console.http.get("/api/team/deadline")).json()
    assert (deadline["season_state"], deadline["gameweek"]["id"]) == ("before", 1)

    world.answers.update(gameweek_24().answers)
    world.answers[f"entry/{TEAM_ID}"]["started_event"] = 25
    world.restart()
    answer = await world.current()
    assert "not public before Gameweek 25 begins" in answer.json()["detail"]

    world.answers[f"entry/{TEAM_ID}"]["started_event"] = 1
    del world.answers[PICKS]
    world.restart()
    answer = await world.current()
    assert "shows no squad of AIrsenal for Gameweek 24 yet" in answer.json()["detail"]


async def test_between_gameweeks_and_after_the_last(world: World) -> None:
    events = world.answers["bootstrap-static"]["events"]
    events[3 - 1]["finished"] = True
    assert events[2]["id"] == 24
    assert (await world.good())["next_gameweek"]["id"] == 25
    assert (await world.console.http.get("/api/team/deadline")).json()["season_state"] == "between"
    for event in events:
        event["is_next"] = False
    world.later(days=300)
    world.restart()
    over = await world.good()
    assert over["next_gameweek"] is None
    assert all(player["fixtures"] == [] and player["expected_points"] is None for player in over["players"])
    deadline = (await world.console.http.get("/api/team/deadline")).json()
    assert (deadline["season_state"], deadline["gameweek"]) == ("over", None)


async def test_the_deadline_outlives_the_api_and_a_restart(world: World) -> None:
    assert (await world.console.http.get("/api/team/deadline")).json() == {
        "gameweek": {"id": 25, "name": "Gameweek 25", "deadline": "2026-02-06T18:30:00Z", "is_current": False},
        "later": [{"id": 26, "name": "Gameweek 26", "deadline": "2026-02-10T18:00:00Z", "is_current": False}],
        "season_state": "running", "fetched_at": "2026-02-05T12:00:00Z", "stale": False,
    }  # fmt: skip
    world.api.go_down()
    world.later(hours=1)
    world.restart()
    stale = (await world.console.http.get("/api/team/deadline")).json()
    assert (stale["gameweek"]["id"], stale["stale"], stale["fetched_at"]) == (25, True, "2026-02-05T12:00:00Z")
    await world.forget()
    assert (await world.console.http.get("/api/team/deadline")).status_code == 502


async def test_what_an_older_console_kept_is_left_aside(world: World) -> None:
    await world.good()
    await world.db["fpl_answers"].update_many({}, {"$set": {"value": {"team": {"name": "of an older console"}}}})
    world.restart()
    world.api.fail("status", status=500)
    assert (await world.current()).status_code == 502
    assert (await world.console.http.get("/api/team/deadline")).status_code == 502


async def test_a_team_is_found_by_its_number(world: World) -> None:
    assert (await world.console.http.get(f"/api/team/find/{TEAM_ID}")).json() == {
        "team_id": TEAM_ID, "name": "AIrsenal", "manager": "Stub Manager", "total_points": 1194, "started_gameweek": 1,
    }  # fmt: skip
    answer = await world.console.http.get("/api/team/find/5")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_team")
    assert (await world.console.http.get("/api/team/find/0")).status_code == 422


async def test_chips_that_are_left(world: World) -> None:
    """As in 2025/26: one of each in either half of the season."""
    bootstrap, history = world.answers["bootstrap-static"], f"entry/{TEAM_ID}/history"
    halves = ((2, 19), (20, 38))
    rules = [{"name": name, "number": 1, "start_event": first, "stop_event": last}
             for name in ("wildcard", "freehit", "manager") for first, last in halves]  # fmt: skip
    bootstrap["chips"] = rules
    world.answers[history] = {
        "current": [],
        "chips": [{"name": "wildcard", "event": 9}, {"name": "freehit", "event": 24}],
    }
    team = world.console.services.team
    assert await team.chips_left() == {"wildcard": set(range(20, 39)), "free_hit": set(range(2, 20))}
    bootstrap["chips"] = [{"name": "wildcard", "from": 2}]
    world.restart()
    assert await world.console.services.team.chips_left() == {}, "rules in another shape say nothing, and break nothing"
    assert (await world.good())["team_id"] == TEAM_ID
    del bootstrap["chips"], world.answers[history]
    world.restart()
    with pytest.raises(NotFound):
        await world.console.services.team.chips_left()


async def test_the_team_number_is_opened_once_and_recorded(world: World) -> None:
    await _set_team(world, str(TEAM_ID))

    async def rows() -> int:
        found = await world.console.http.get("/api/audit", params={"kind": "secret.read"})
        assert all(row["subject"] == "FPL_TEAM_ID" and str(TEAM_ID) not in row["text"] for row in found.json())
        return len(found.json())

    before = await rows()
    await world.good()
    await world.good()
    assert await rows() == before + 1


async def test_it_says_who_it_is(world: World) -> None:
    await world.good()
    assert world.api.agents == {f"airsenal-ops-console/{__version__}"}
