"""The planner: as many strategies as AIrsenal itself counts, and what they cost by what was measured here."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from backend.errors import UpstreamFailed
from backend.fpl.chips import ChipPlanner, measure
from backend.fpl.search_size import Limits, search_size
from backend.models.airsenal import ChipWeek, SearchCost
from backend.models.reports import Chip, OptimisationReport, PredictionReport, ReportHead, ReportType, StoredReport
from backend.models.team import Deadline, GameweekInfo

NOW = datetime(2026, 2, 5, 12, tzinfo=UTC)
LETTERS: dict[str, Chip] = {"W": "wildcard", "F": "free_hit", "T": "triple_captain", "B": "bench_boost"}
# Weeks from gameweek 25 on, free transfers, most transfers a week, largest hit, unused allowed, chips (W26: wildcard in
# 26, W0: in any), and what `count_expected_outputs` of AIrsenal 1.17.0 answered (0: it failed). The test of the real
# pack asks it again.
TABLE = [
    (1, 1, 2, 8, False, "", 3),
    (2, 1, 2, 8, False, "", 9),
    (3, 1, 2, 8, False, "", 26),
    (4, 1, 2, 8, False, "", 75),
    (5, 1, 2, 8, False, "", 216),
    (6, 1, 2, 8, False, "", 615),
    (1, 1, 2, 8, False, "W0 F0 T0 B0", 11),
    (2, 1, 2, 8, False, "W0 F0 T0 B0", 101),
    (3, 1, 2, 8, False, "W0 F0 T0 B0", 770),
    (4, 1, 2, 8, False, "W0 F0 T0 B0", 5035),
    (3, 0, 2, 8, False, "", 22),
    (3, 2, 2, 8, False, "", 27),
    (3, 3, 2, 8, False, "", 27),
    (3, 4, 2, 8, False, "", 23),
    (3, 5, 2, 8, False, "", 14),
    (3, 1, 0, 8, False, "", 1),
    (3, 1, 1, 8, False, "", 8),
    (3, 1, 3, 8, False, "", 42),
    (3, 1, 4, 8, False, "", 47),
    (3, 1, 5, 8, False, "", 48),
    (4, 1, 3, 0, False, "", 41),
    (4, 1, 3, 4, False, "", 83),
    (4, 1, 3, 8, False, "", 136),
    (4, 1, 3, 12, False, "", 182),
    (4, 1, 3, 100, False, "", 256),
    (3, 4, 2, 8, True, "", 27),
    (3, 4, 2, 0, False, "W26", 9),
    (1, 4, 0, 8, False, "", 1),
    (2, 4, 0, 8, False, "W0 F0 T0 B0", 15),
    (3, 5, 2, 8, True, "", 27),
    (3, 5, 2, 0, False, "W26", 6),
    (1, 5, 0, 8, False, "", 0),
    (2, 5, 0, 8, False, "W0 F0 T0 B0", 3),
    (3, 2, 2, 4, False, "", 26),
    (3, 2, 2, 4, False, "W0", 53),
    (3, 2, 2, 4, False, "F25", 10),
    (3, 2, 2, 4, False, "T26", 27),
    (3, 2, 2, 4, False, "B0", 104),
    (3, 2, 2, 4, False, "W0 F0 T0 B0", 770),
    (3, 2, 2, 4, False, "W25 B26", 10),
    (3, 2, 2, 4, False, "W26 T0", 28),
    (5, 5, 2, 4, False, "W0", 272),
    (6, 5, 2, 4, False, "W0", 843),
    (6, 0, 5, 0, True, "", 132),
    (2, 3, 5, 100, True, "W0 F0 T0 B0", 326),
]


def chips_of(text: str) -> dict[Chip, int]:
    played = {LETTERS[word[0]]: int(word[1:]) for word in text.split()}
    return {chip: played.get(chip, -1) for chip in get_args(Chip)}


@pytest.mark.parametrize(("weeks", "free", "most", "hit", "unused", "chips", "counted"), TABLE)
def test_it_counts_as_airsenal_does(
    weeks: int, free: int, most: int, hit: int, unused: bool, chips: str, counted: int
) -> None:
    size = search_size(range(25, 25 + weeks), chips_of(chips), free, Limits(most, hit, unused))
    assert size.strategies == counted


def test_ten_gameweeks_with_all_chips_are_counted_without_trying_them() -> None:
    start = time.process_time()
    size = search_size(range(25, 35), chips_of("W0 F0 T0 B0"), 1, Limits(5, 100, True))
    assert size.strategies > 10**10
    assert time.process_time() - start < 5


def test_a_new_squad_is_counted_apart_and_is_more_work_with_more_iterations() -> None:
    none = search_size(range(25, 28), chips_of(""), 1, Limits(2, 8, False))
    wildcard = search_size(range(25, 28), chips_of("W25"), 1, Limits(2, 8, False))
    assert (none.squads, wildcard.squads, wildcard.strategies) == (0, 9, 10)
    twice = search_size(range(25, 28), chips_of("W25"), 1, Limits(2, 8, False, num_iterations=200))
    assert (none.squad_work, twice.work, twice.squad_work) == (0, wildcard.work, 4 * wildcard.squad_work)


def _head(kind: ReportType, gameweeks: list[int], **parameters: object) -> ReportHead:
    return ReportHead(
        id=f"{kind}-1", job_id=f"job-{kind}", command="optimize", type=kind, completed_at=NOW, headline="",
        state="complete", gameweeks=gameweeks, parameters=parameters,
    )  # fmt: skip


def _optimisation(**changes: Any) -> OptimisationReport:
    shape: dict[str, Any] = {
        "generated_at": NOW, "headline": "", "summary_text": "", "parser": "", "gameweeks": [25, 26, 27],
        "free_transfers": 1, "strategies": 26, "seconds": 200.0,
    }  # fmt: skip
    return OptimisationReport(**{**shape, **changes})


class Known:
    """Reports and deadline as they were read elsewhere."""

    over = False
    left: dict[Chip, set[int]] | None = None

    def __init__(self, predicted: list[int] | None, *searches: StoredReport, gameweek: int | None = 25) -> None:
        self.searches, self.gameweek = searches, gameweek
        prediction = PredictionReport(generated_at=NOW, headline="", summary_text="", parser="")
        self.prediction = StoredReport(head=_head("prediction", predicted), report=prediction) if predicted else None

    async def newest(self, kind: ReportType) -> StoredReport | None:
        return self.prediction if kind == "prediction" else next(iter(self.searches), None)

    async def heads(self, _: ReportType, limit: int) -> list[ReportHead]:
        return [stored.head for stored in self.searches][:limit]

    async def report(self, report_id: str) -> StoredReport:
        return next(stored for stored in self.searches if stored.head.id == report_id)

    async def chips_left(self) -> dict[Chip, set[int]]:
        if self.left is None:
            raise UpstreamFailed("The FPL API does not answer.", "fpl_timeout")
        return self.left

    async def deadline(self) -> Deadline:
        if self.gameweek is None:
            raise UpstreamFailed("The FPL API does not answer.", "fpl_timeout")
        if self.over:
            return Deadline(gameweek=None, season_state="over", fetched_at=NOW, stale=False)
        week = GameweekInfo(id=self.gameweek, name=f"Gameweek {self.gameweek}", deadline=NOW, is_current=False)
        later = [week.model_copy(update={"id": number}) for number in range(self.gameweek + 1, 39)]
        return Deadline(gameweek=week, later=later, season_state="between", fetched_at=NOW, stale=False)

    def planner(self) -> ChipPlanner:
        return ChipPlanner(
            deadline=self.deadline, chips_left=self.chips_left, newest_report=self.newest, report_heads=self.heads,
            report=self.report, cores=2,
        )  # fmt: skip


async def cost(known: Known, weeks: int = 3, *, free: int | None = 1, threads: int = 2, **chips: int) -> SearchCost:
    chosen = [ChipWeek(chip=chip, week=chips.get(chip, -1)) for chip in get_args(Chip)]
    return await known.planner().cost(weeks, chosen, 2, 8, False, free, threads, 100)


async def test_it_takes_as_long_as_the_same_search_did_and_more_workers_than_cores_are_no_help() -> None:
    known = Known([25, 26, 27], StoredReport(head=_head("optimisation", [25], num_thread=2), report=_optimisation()))
    same = await cost(known)
    assert (same.strategies, same.measured_from) == (26, "job-optimisation")
    assert same.seconds == pytest.approx(200)
    assert same.seconds_per_strategy == pytest.approx(200 / 26)
    assert (same.problem, same.gameweeks, same.squads) == (None, [25, 26, 27], 0)
    assert (await cost(known, threads=1)).seconds == pytest.approx(400)
    assert (await cost(known, threads=8)).seconds == pytest.approx(200)
    assert ((await cost(known, wildcard=0)).seconds or 0) > 400


async def test_one_search_on_a_busy_machine_is_not_the_measure() -> None:
    def searched(number: int, seconds: float) -> StoredReport:
        head = _head("optimisation", [25], num_thread=2)
        head = head.model_copy(update={"id": f"optimisation-{number}", "job_id": f"job-{number}"})
        return StoredReport(head=head, report=_optimisation(seconds=seconds))

    found = await cost(Known([25, 26, 27], *map(searched, (1, 2, 3, 4), (320.0, 190.0, 200.0, 9000.0))))
    assert found.seconds == pytest.approx(200)
    assert found.measured_from == "job-3"
    two = await cost(Known([25, 26, 27], searched(1, 190.0), searched(2, 200.0)))
    assert two.seconds == pytest.approx(200)
    assert two.measured_from == "job-2"


def _with_a_wildcard(seconds: float, strategies: int = 10) -> StoredReport:
    """In gameweek 25, of three: nine of the ten strategies build a squad."""
    head = _head("optimisation", [25], num_thread=2, wildcard_week=25)
    head = head.model_copy(update={"id": "optimisation-2", "job_id": "job-wildcard"})
    return StoredReport(head=head, report=_optimisation(strategies=strategies, seconds=seconds))


async def test_what_a_new_squad_costs_is_measured_where_one_was_built() -> None:
    plain = StoredReport(head=_head("optimisation", [25], num_thread=2), report=_optimisation())
    guessed = await cost(Known([25, 26, 27], plain), wildcard=25)
    assert guessed.squads_measured_from is None
    assert guessed.seconds
    for seconds in (guessed.seconds * 0.9, guessed.seconds * 3):
        for searches in ([plain, _with_a_wildcard(seconds)], [_with_a_wildcard(seconds), plain]):
            known = Known([25, 26, 27], *searches)
            again = await cost(known, wildcard=25)
            assert again.seconds == pytest.approx(seconds)
            assert (again.measured_from, again.squads_measured_from) == ("job-optimisation", "job-wildcard")
            without = await cost(known)
            assert without.seconds == pytest.approx(200), "a dear squad says nothing of other searches"
    alone = await cost(Known([25, 26, 27], _with_a_wildcard(90.0)), wildcard=25)
    assert alone.seconds == pytest.approx(90)
    assert alone.measured_from == "job-wildcard"
    impossible = await cost(Known([25, 26, 27], plain, _with_a_wildcard(0.1)), wildcard=25)
    assert impossible.seconds
    assert impossible.seconds > 0


async def test_the_planner_knows_the_deadlines_of_its_gameweeks() -> None:
    found = await cost(Known([25, 26, 27]))
    assert [(week.id, week.deadline) for week in found.deadlines] == [(25, NOW), (26, NOW), (27, NOW)]
    assert (await cost(Known([25, 26, 27], gameweek=None))).deadlines == []


async def test_without_a_search_that_can_be_judged_the_time_is_not_known() -> None:
    assert (await cost(Known([25, 26, 27]))).seconds is None
    other = StoredReport(head=_head("optimisation", [25]), report=_optimisation(strategies=27))
    unknown = await cost(Known([25, 26, 27], other))
    assert (unknown.seconds, unknown.seconds_per_strategy, unknown.measured_from) == (None, None, None)


@pytest.mark.parametrize(
    "changes", [{"seconds": None}, {"free_transfers": None}, {"new_squad": True}, {"strategies": None}]
)
def test_what_does_not_tell_its_size_is_no_measure(changes: dict[str, Any]) -> None:
    assert measure(_head("optimisation", [25]), _optimisation(**changes), 2) is None


def test_a_search_without_two_transfers_measures_only_the_start_of_the_program() -> None:
    single = _optimisation(strategies=8)
    assert measure(_head("optimisation", [25], max_transfers=1), single, 2) is None


async def test_free_transfers_come_from_the_optimisation_of_this_gameweek() -> None:
    counted = StoredReport(head=_head("optimisation", [25]), report=_optimisation(free_transfers=3, strategies=27))
    assert (await cost(Known([25, 26, 27], counted), free=None)).free_transfers == 3
    assert (await cost(Known([26, 27, 28], counted, gameweek=26), free=None)).free_transfers == 1


@pytest.mark.parametrize(
    ("known", "chips", "problem"),
    [
        (Known([25, 26, 27]), {"wildcard": 26, "bench_boost": 26}, "Only one chip can be played in gameweek 26, not"),
        (
            Known([25, 26, 27]),
            {"free_hit": 28},
            "The free hit is set for gameweek 28, and the search covers gameweeks 25 to 27",
        ),
        (Known([25, 26]), {}, "The newest prediction lacks gameweek 27. Predict 3 gameweeks first."),
        (Known(None), {}, "There is no prediction yet. Predict 3 gameweeks first."),
        (Known(None, gameweek=None), {}, "Which gameweek comes next is not known"),
        (Known([25, 26, 27]), {"wildcard": 0, "free_hit": 0}, None),
    ],
)
async def test_what_cannot_run_is_said_before(known: Known, chips: dict[str, int], problem: str | None) -> None:
    found = (await cost(known, **chips)).problem
    assert (found or "").startswith(problem or "")
    assert bool(found) == bool(problem)


async def test_which_gameweeks_a_prediction_holds_that_was_not_understood_is_not_guessed() -> None:
    known = Known([25])
    assert known.prediction
    known.prediction.head.state, known.prediction.head.gameweeks = "not_understood", []
    assert (await cost(known)).problem is None


async def test_the_season_ends_with_gameweek_38() -> None:
    assert (await cost(Known([37, 38], gameweek=37))).gameweeks == [37, 38]


async def test_a_chip_that_is_used_up_is_said_before_the_search() -> None:
    known = Known([25, 26, 27])
    known.left = {"wildcard": set(), "free_hit": {26, 27, 38}, "triple_captain": {20}}
    assert (await cost(known)).problem is None
    assert (await cost(known, wildcard=26)).problem == (
        "Your team has no wildcard left for gameweek 26, as the FPL site counts."
    )
    assert "no triple captain left for gameweeks 25 to 27" in str((await cost(known, triple_captain=0)).problem)
    assert "no free hit left for gameweek 25" in str((await cost(known, free_hit=25)).problem)
    for fine in ({"free_hit": 27}, {"free_hit": 0}, {"bench_boost": 25}):
        assert (await cost(known, **fine)).problem is None, fine
    # Any week, at the turn of the season's halves: one of them has it no more.
    assert str((await cost(known, free_hit=0)).doubt).startswith(
        "AIrsenal may suggest the free hit in any of gameweeks 25 to 27, and your team has one left for gameweeks 26 to"
    )
    assert [(await cost(known, free_hit=week)).doubt for week in (-1, 27)] == [None, None]
    known.left = None
    assert (await cost(known, wildcard=26)).problem is None, "what is not known is no objection"


async def test_after_the_season_nothing_is_planned_for_its_gameweeks() -> None:
    """The newest prediction is still there, and FPL has no deadline any more."""
    known = Known([36, 37, 38])
    known.over = True
    found = await cost(known)
    assert (found.gameweeks, found.deadlines, found.problem) == ([], [], "The season has no further gameweek.")


async def test_the_newest_prediction_tells_the_gameweek_when_the_fpl_api_does_not_answer() -> None:
    assert (await cost(Known([25, 26, 27], gameweek=None))).gameweeks == [25, 26, 27]
