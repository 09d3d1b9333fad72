"""One function a command: which reports its log gives, and whether it came to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backend.fpl.parsers.checking import CLOSING as CHECKED
from backend.fpl.parsers.checking import read_checks
from backend.fpl.parsers.filling import DONE, read_setup, read_update
from backend.fpl.parsers.login import read_login
from backend.fpl.parsers.optimisation import read_optimisation
from backend.fpl.parsers.parsed import Parsed
from backend.fpl.parsers.prediction import CLOSING as PREDICTED
from backend.fpl.parsers.prediction import read_prediction
from backend.fpl.parsers.reasons import probable_reason
from backend.fpl.parsers.rows import Cursor, Drift
from backend.fpl.parsers.run import Run, is_cut
from backend.fpl.parsers.sending import LINEUP_SET, TRANSFERS_MADE, read_lineup_sent, read_transfers_sent
from backend.fpl.parsers.stages import CLOSING as FINISHED
from backend.fpl.parsers.stages import read_stages
from backend.models.reports import AnyReport, DatabaseReport, OptimisationReport, PredictionReport, TeamChange, Warning

_SET = "the line-up was set"
CHECKING_TEAM = "Checking team"


def setup(run: Run) -> Parsed:
    return _one(run, read_setup(run), "The database was not built", DONE)


def update(run: Run) -> Parsed:
    report = read_update(run)
    at = run.log.where(CHECKING_TEAM)
    if report is None and at is not None and probable_reason(run.log) is None and len(run.log.raw) > at + 1:
        drift = Cursor(run.log, at + 1).drift("`Team is up-to-date` or `Updating db with squad`")
        report = run.not_understood(DatabaseReport, drift)
    return _one(run, report, "The database was not updated to its end", CHECKING_TEAM)


def prediction(run: Run) -> Parsed:
    return _one(run, read_prediction(run), "There is no prediction", PREDICTED)


def optimisation(run: Run) -> Parsed:
    return _one(run, read_optimisation(run), "There is no suggestion", "OPTIMUM STRATEGY")


def squad(run: Run) -> Parsed:
    return _one(run, read_optimisation(run), "There is no squad", "Optimised total score")


def check_data(run: Run) -> Parsed:
    return _one(run, read_checks(run), "The checks did not come to their end", CHECKED)


def login(run: Run) -> Parsed:
    return _one(run, read_login(run), "The test of the login did not come to its end", "FPL login: …")


def lineup(run: Run) -> Parsed:
    sent = read_lineup_sent(run)
    what = "Your line-up was not changed" if sent.lineup_set == "no" else f"It is not certain that {_SET}"
    return replace(
        _ended(run, missing=None if sent.lineup_set == "yes" else _missing(run, what, LINEUP_SET)), sent=sent
    )


def transfers(run: Run) -> Parsed:
    """AIrsenal sets the line-up after the transfers, and also when it made none."""
    sent = read_transfers_sent(run)
    return replace(_ended(run, missing=_not_sent(run, sent)), sent=sent)


def _not_sent(run: Run, sent: TeamChange) -> str | None:
    if sent.transfers_made == "yes":
        lineup = {"yes": "", "no": "but the line-up was not set", "unknown": f"but it is not certain that {_SET}"}
        what = f"The transfers were made {lineup[sent.lineup_set]}"
        return None if sent.lineup_set == "yes" else _missing(run, what, LINEUP_SET)
    what = "No transfers were made" if sent.transfers_made == "no" else "It is not certain that the transfers were made"
    return _missing(run, f"{what}, but {_SET}" if sent.lineup_set == "yes" else what, TRANSFERS_MADE)


def pipeline(run: Run) -> Parsed:
    stages = read_stages(run.log)
    finished = run.log.where(FINISHED) is not None
    predicted = read_prediction(run)
    whole = predicted if predicted and predicted.state == "complete" else None
    optimised = read_optimisation(run, whole)
    if finished:
        end = run.log.where(FINISHED) or 0
        predicted = predicted or run.not_understood(PredictionReport, _absent(run, "PREDICTED TOP", end))
        optimised = optimised or run.not_understood(OptimisationReport, _absent(run, "OPTIMUM STRATEGY", end))
        return _ended(run, [predicted, optimised], stages=stages)
    reached = f" while {stages[-1].lower()}" if stages and stages[-1].split()[0].endswith("ing") else ""
    what = f"The pipeline ended before its time{reached}"
    found = [report for report in (predicted, optimised) if report]
    return _ended(run, found, missing=_missing(run, what, FINISHED), stages=stages)


def _absent(run: Run, closing: str, end: int) -> Drift:
    """The whole block is new. It begins somewhere behind the stage before it, if the stages are still there."""
    marks = {"PREDICTED TOP": "Running prediction..", "OPTIMUM STRATEGY": "Running optimization.."}
    start = run.log.where(marks[closing])
    return Cursor(run.log, end if start is None else start + 1).drift(f"`{closing}` before `{FINISHED}`")


def _one(run: Run, report: AnyReport | None, what: str, closing: str) -> Parsed:
    if report is None:
        return _ended(run, missing=_missing(run, what, closing))
    cut = report.state == "not_understood" and is_cut(report)
    return _ended(run, [report], missing=_missing(run, what, closing, inside=True) if cut else None)


def _missing(run: Run, what: str, closing: str, inside: bool = False) -> str:
    reason = probable_reason(run.log)
    if reason:
        return f"{what}: {reason}."
    if inside:
        return f"{what}: the log ends in the middle of the result."
    return f"{what}: AIrsenal ended without its line `{closing}`."


def _ended(
    run: Run, reports: Sequence[AnyReport] = (), missing: str | None = None, stages: Sequence[str] = ()
) -> Parsed:  # fmt: skip
    """Warnings of the reports are those of the run and what each found itself; all are the run's."""
    warnings: list[Warning] = list(run.warnings)
    for report in reports:
        warnings += [warning for warning in report.warnings if warning not in warnings]
    return Parsed(list(reports), warnings, missing, list(stages))
