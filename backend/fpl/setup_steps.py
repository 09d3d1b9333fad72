"""The seven steps of the set-up, each from the facts alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from backend.fpl.season import in_words, season_of
from backend.fpl.setup_facts import OPEN, WANTED_VERSION, Facts
from backend.models.airsenal import Step, StepName, StepState
from backend.models.jobs import Job, JobStatus

TITLES: dict[StepName, str] = {
    "install": "Install AIrsenal",
    "team": "Your team",
    "login": "FPL login",
    "database": "Build the database",
    "update": "Update the data",
    "predict": "Predict points",
    "optimise": "Optimise transfers",
}
COMMANDS: dict[StepName, str | None] = {
    "install": "airsenal_install",
    "team": None,
    "login": "test_login",
    "database": "setup_db",
    "update": "update_db",
    "predict": "predict",
    "optimise": "optimize",
}
# Prices and injury news change every night.
FRESH = timedelta(hours=24)
_NEXT: dict[StepName, str] = {
    "install": "Mend what it names, then install again: a half-made installation is replaced.",
    "login": "AIrsenal works without it, on estimated selling prices and free transfers.",
    "database": "Nothing else was touched. Build it again with a clean start.",
    "update": "The database is as it was before. Try again; when the FPL site is down, later.",
    "predict": "Earlier predictions are still there. Its log says more.",
    "optimise": "Your team is as it was. Its log says more.",
}


def steps_of(facts: Facts) -> list[Step]:
    rules: list[Callable[[Facts], Step]] = [_install, _team, _login, _database, _update, _predict, _optimise]
    steps = [rule(facts) for rule in rules]
    for step in steps:
        # Only where it is not said already by a step before.
        if step.name == next_of(steps) and step.state == "to_do":
            step.detail = facts.blocked.get(step.command or "") or step.detail
    return steps


def next_of(steps: list[Step]) -> StepName | None:
    """The first that holds the others up. A login is a choice, and what is only old can be used."""
    waiting = (step.name for step in steps if step.name != "login" and step.state in ("to_do", "failed", "running"))
    return next(waiting, None)


def _install(facts: Facts) -> Step:
    if active := _active(facts, "install"):
        return active
    if facts.installed is None:
        return _failed(facts, "install") or _step("install", "to_do", "Downloads 450 MB, takes about a minute.")
    version, at = facts.installed.version, facts.installed.at
    if version != WANTED_VERSION:
        text = f"AIrsenal {version} is installed; this console is made for {WANTED_VERSION}."
        return _step("install", "attention", text, at=at)
    return _step("install", "done", f"AIrsenal {version} is installed.", at=at)


def _team(facts: Facts) -> Step:
    if not facts.is_set("FPL_TEAM_ID"):
        return _step("team", "to_do", "Tell whose team it is: AIrsenal needs its id, not your password.")
    at = facts.secrets["FPL_TEAM_ID"].updated_at
    if facts.team_id is None:
        text = "The stored team id cannot be read with the present encryption key. Set it again."
        return _step("team", "failed", text, at=at)
    if facts.team_wrong:
        return _step("team", "failed", f"The FPL site knows no team {facts.team_id}. Correct the id.", at=at)
    if facts.team is None:
        why = facts.team_problem or "The FPL site was not asked yet."
        return _step("team", "done", f"Team {facts.team_id}. Its name could not be checked now: {why}", at=at)
    return _step("team", "done", f"{facts.team.name}, managed by {facts.team.manager} (team {facts.team_id}).", at=at)


def _login(facts: Facts) -> Step:
    keys = ("FPL_LOGIN", "FPL_PASSWORD")
    given = [key for key in keys if facts.is_set(key)]
    if not given:
        text = "Not given. AIrsenal then estimates your selling prices and free transfers, and cannot change your team."
        return _step("login", "optional", text)
    if active := _active(facts, "login"):
        return active
    if len(given) == 1:
        has, lacks = ("e-mail", "password") if given == ["FPL_LOGIN"] else ("password", "e-mail")
        half = _step("login", "attention", f"Only the {has} is stored: AIrsenal needs the {lacks}, too.")
        return half.model_copy(update={"command": None})  # there is nothing to test yet
    if not all(facts.is_readable(key) for key in keys):
        text = "It cannot be read with the present encryption key. Set e-mail and password again."
        return _step("login", "failed", text)
    return _tested(facts, [facts.secrets[key].updated_at for key in keys])


def _tested(facts: Facts, changed: list[datetime | None]) -> Step:
    job = facts.jobs.last("test_login")
    if job is None or job.completed_at is None or job.status is JobStatus.CANCELLED:
        return _step("login", "attention", "Stored, and never tested.")
    if any(moment and moment > job.created_at for moment in changed):
        return _step("login", "attention", "Changed since it was tested last.", job)
    if job.status is JobStatus.COMPLETED:
        return _step("login", "done", "It works: tested with the FPL site.", job, at=job.completed_at)
    explanation = (job.output or {}).get("explanation")
    return _step("login", "failed", explanation or f"{job.error or 'It failed.'} {_NEXT['login']}", job)


def _database(facts: Facts) -> Step:
    if active := _active(facts, "database", *([] if facts.database.exists else ["pipeline"])):
        return active
    state, at = facts.database, facts.database.changed_at
    if not state.exists or not state.season:
        return _failed(facts, "database") or _step(
            "database", "to_do", "Past seasons and this one: one to two minutes."
        )
    if state.integrity == "damaged":
        why = state.integrity_detail or "SQLite finds it damaged"
        return _step("database", "failed", f"The file is damaged ({why}). Restore a copy of it.", at=at)
    if state.season < season_of(facts.now):
        text = f"It ends with {in_words(state.season)}; the season is {in_words(season_of(facts.now))} now."
        return _step("database", "attention", text, at=at)
    ahead = f", gameweek {state.next_gameweek} is next" if state.next_gameweek else ""
    return _step("database", "done", f"Season {in_words(state.season)}{ahead}.", at=at)


def _update(facts: Facts) -> Step:
    if active := _active(facts, "update", "pipeline"):
        return active
    at = facts.updated_at
    if not facts.database.exists:
        return _step("update", "to_do", "After the database is built: the latest prices, injuries and results.")
    if failed := _failed(facts, "update", since=at):
        return failed
    if at is None:
        return _step("update", "to_do", "Fetches the latest prices, injuries, results and your transfers.")
    if facts.gameweek_played is not None:
        text = f"Gameweek {facts.gameweek_played} has been played since the last update."
        return _step("update", "attention", text, at=at)
    if facts.now - at > FRESH:
        text = "The last update is over a day old: prices and injuries have changed."
        return _step("update", "attention", text, at=at)
    return _step("update", "done", "Prices, injuries, results and your transfers are of the last 24 hours.", at=at)


def _predict(facts: Facts) -> Step:
    if active := _active(facts, "predict", "pipeline"):
        return active
    head = facts.prediction
    at = head.completed_at if head else _ended(facts.jobs.completed("predict", "pipeline"))
    if failed := _failed(facts, "predict", since=at):
        return failed
    if not facts.database.predictions:
        return _step("predict", "to_do", "Every player's points in the coming gameweeks: about a minute.")
    if at and facts.updated_at and at < facts.updated_at:
        return _step("predict", "attention", "Made before the last update: predict again.", at=at)
    ahead, weeks = facts.database.next_gameweek, head.gameweeks if head else []
    if ahead and weeks and ahead not in weeks:
        return _step("predict", "attention", f"It says nothing of gameweek {ahead}, which is next.", at=at)
    newest = facts.database.newest_tag
    if head and head.tag and newest and head.tag != newest:
        text = "AIrsenal's database does not hold it as its newest, as after a restore: predict again."
        return _step("predict", "attention", text, at=at)
    return _step("predict", "done", head.headline if head else "The database holds predictions.", at=at)


def _optimise(facts: Facts) -> Step:
    if active := _active(facts, "optimise", "pipeline", "make_squad"):
        return active
    head = facts.optimisation
    at = head.completed_at if head else _ended(facts.jobs.completed("optimize", "pipeline", "make_squad"))
    if failed := _failed(facts, "optimise", since=at):
        return failed
    if at is None:
        return _step("optimise", "to_do", "The best transfers, captain and line-up. It suggests only.")
    chosen = facts.secrets["FPL_TEAM_ID"].updated_at if facts.is_set("FPL_TEAM_ID") else None
    if chosen and at < chosen:
        return _step("optimise", "attention", "Made before your team was set: optimise again.", at=at)
    predicted = facts.prediction.completed_at if facts.prediction else None
    if predicted and at < predicted:
        return _step("optimise", "attention", "Made from an older prediction: optimise again.", at=at)
    return _step("optimise", "done", head.headline if head else "Done once. Its log has the result.", at=at)


def _step(
    name: StepName, state: StepState, detail: str, job: Job | None = None, *, at: datetime | None = None
) -> Step:  # fmt: skip
    return Step(
        name=name, title=TITLES[name], state=state, detail=detail, command=COMMANDS[name],
        job_id=job.id if job else None, at=at,
    )  # fmt: skip


def _active(facts: Facts, name: StepName, *also: str) -> Step | None:
    """The step while a job that does it waits or runs. `also`: commands that do more than this step."""
    job = facts.jobs.open(*filter(None, (COMMANDS[name],)), *also)
    if job is None:
        return None
    what = "" if job.command == COMMANDS[name] else f" as a part of “{job.title}”"
    text = f"It is running now{what}." if job.status is JobStatus.RUNNING else f"It waits for its turn{what}."
    return _step(name, "running", text, job)


def _failed(facts: Facts, name: StepName, since: datetime | None = None) -> Step | None:
    """The step when its last job failed, and nothing has done it since."""
    job = facts.jobs.last(*filter(None, (COMMANDS[name],)))
    if job is None or job.status is not JobStatus.FAILED or (since and (_ended(job) or since) <= since):
        return None
    error = (job.error or "It failed.").rstrip()
    # A program's last words may have no full stop.
    error = error if error.endswith((".", "!", "?")) else f"{error}."
    return _step(name, "failed", f"{error} {_NEXT.get(name, '')}".strip(), job)


def _ended(job: Job | None) -> datetime | None:
    return job.completed_at if job and job.status not in OPEN else None
