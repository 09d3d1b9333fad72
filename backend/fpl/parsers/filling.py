"""Set-up and update: which tables were filled, by lines that are printed once for each row of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.fpl.parsers.rows import Cursor, Drift
from backend.fpl.parsers.run import Run
from backend.fpl.season import in_words
from backend.models.reports import DatabaseReport

DONE = "DONE!"
FIRST_SQUAD = 15
# Matched at the start of a row. The names are looked at below.
KINDS = re.compile(
    r"Filling Teams table from data in .*teams_(?P<teams>\d{4})\.csv"
    r"|(?P<fixture>Creating new fixture)|(?P<result> ==> Filling fixture )"
    r"|PLAYER (?P<player>\d{4}) |ATTRIBUTES (?P<attributes>\d{4}) "
    r"|SCORES (?P<scores>\d{4}) |Adding player (?P<squad>.+) in GW\d+ for "
    r"|(?P<transaction>Adding transaction: gameweek: \d+ adding)|(?P<new>Adding player |Updating player (?!table))"
)
TEAM_LINES = {
    "Team is up-to-date": "Your team: nothing new",
    "Updating db with squad with fpl_team_id": "",
    "No transactions as season hasn't started": "Your team: the season has not started",
}
RESULT_LINES = {
    "Matches and player-scores already up-to-date": "Results and player scores: nothing new",
    "Updating results table": "Results and player scores brought up to date",
    "Skipping team and result updates - season hasn't started": "Results: the season has not started",
}


@dataclass
class Tables:
    """Rows by table and season, and where the last row of each table stands."""

    rows: dict[str, Counter[str]] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, season: str, row: int) -> None:
        self.rows.setdefault(table, Counter())[season] += 1
        self.last[table] = row

    def seasons(self, table: str) -> list[str]:
        """Newest first, whatever the order in the log."""
        return sorted(self.rows.get(table, ()), reverse=True)

    def count(self, table: str) -> int:
        return sum(self.rows.get(table, Counter()).values())


def read_tables(run: Run) -> Tables:
    tables = Tables()
    match = KINDS.match
    for number, text in enumerate(run.log.texts):
        found = match(text)
        if found and found.lastgroup:
            season = found[found.lastgroup]
            tables.add(found.lastgroup, season if season.isdigit() else "", number)
    return tables


def read_setup(run: Run) -> DatabaseReport | None:
    """None: it was not done."""
    done = run.log.where(DONE)
    if done is None:
        return None
    tables = read_tables(run)
    try:
        _check_setup(tables, done)
    except Drift as drift:
        return run.not_understood(DatabaseReport, drift)
    seasons = tables.seasons("teams")
    current = max(seasons)
    return DatabaseReport(
        **run.head(),
        headline=f"The database holds {len(seasons)} season{'s' * (len(seasons) > 1)}, {listed_seasons(seasons)}",
        summary_text="\n".join(_setup_stages(tables)),
        stages=_setup_stages(tables),
        season=current,
    )


def _check_setup(tables: Tables, done: int) -> None:
    """Every season has its teams, players and prices, and every one but the newest its player scores."""
    seasons = set(tables.seasons("teams"))
    past = seasons - {max(seasons, default="")}
    wanted = (("teams", seasons), ("player", seasons), ("attributes", seasons), ("scores", past))
    before = -1
    for table, least in wanted:
        found = set(tables.seasons(table))
        if not found or not least <= found <= seasons:
            raise Drift(min(before + 1, done), f"rows of the table `{table}` for {listed_seasons(sorted(least))}",
                        f"rows for {listed_seasons(sorted(found)) or 'none'}")  # fmt: skip
        before = tables.last[table]
    if tables.count("squad") not in (0, FIRST_SQUAD):
        raise Drift(
            tables.last["squad"], f"{FIRST_SQUAD} players of the first squad", f"{tables.count('squad')} players"
        )


def _setup_stages(tables: Tables) -> list[str]:
    stages = [f"Teams of {listed_seasons(tables.seasons('teams'))}"]
    if tables.count("fixture"):
        stages.append("Fixtures of this season")
    if tables.count("result"):
        stages.append("Results of past seasons")
    names = {"player": "Players", "attributes": "Prices and clubs", "scores": "Player scores"}
    for table, name in names.items():
        if seasons := tables.seasons(table):
            stages.append(f"{name} of {listed_seasons(seasons)}")
    squad = tables.count("squad")
    stages.append(f"Your first squad, {squad} players" if squad else "Your squad: nothing to add")
    return stages


def read_update(run: Run) -> DatabaseReport | None:
    """None: it never came to the team, which is the last it does."""
    checking = _first(run, TEAM_LINES)
    if checking is None:
        return None
    tables = read_tables(run)
    try:
        stages = list(_update_stages(run, tables))
    except Drift as drift:
        return run.not_understood(DatabaseReport, drift)
    seasons = tables.seasons("attributes")
    return DatabaseReport(
        **run.head(),
        headline="The database is up to date",
        summary_text="\n".join(stages),
        stages=stages,
        season=max(seasons) if seasons else None,
    )


def _update_stages(run: Run, tables: Tables) -> Iterator[str]:
    players = run.log.where("Updating player table")
    if players is None and run.log.where("Player table already up-to-date") is None:
        raise Cursor(run.log).drift("`Player table already up-to-date.` or `Updating player table...`")
    new = tables.count("new")
    yield f"Players: {new} new or changed" if players is not None else "Players: none new"
    if count := tables.count("attributes"):
        yield f"Prices and injuries of {count} players"
    elif (attributes := run.log.where("Updating attributes table")) is not None:
        raise Cursor(run.log, attributes + 1).drift("`ATTRIBUTES 2526 Raya`")
    fixtures = run.log.where("Updating fixture table")
    if fixtures is None:
        raise Cursor(run.log, tables.last.get("attributes", 0) + 1).drift("`Updating fixture table...`")
    yield "Fixtures brought up to date"
    results = _first(run, RESULT_LINES)
    if results is None:
        raise Cursor(run.log, fixtures + 1).drift("what became of the results")
    yield results
    yield _first(run, TEAM_LINES) or f"Your team: {tables.count('transaction')} transfers added"


def _first(run: Run, lines: dict[str, str]) -> str | None:
    return next((stage for text, stage in lines.items() if run.log.where(text) is not None), None)


def listed_seasons(seasons: list[str]) -> str:
    """`2526` is 2025/26."""
    return ", ".join(map(in_words, seasons))
