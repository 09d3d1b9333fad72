"""What must hold before the line-up is set."""

from __future__ import annotations

from datetime import timedelta

from backend.fpl.apply_facts import Facts, has_made_transfers
from backend.fpl.check_states import PREDICT, ok, other_gameweek, stop, warning
from backend.fpl.gameweeks import named
from backend.fpl.season import in_words, season_of
from backend.models.airsenal import Check
from backend.models.jobs import JobStatus

OLD_PREDICTION = timedelta(days=3)


def predicted(facts: Facts) -> Check:
    """AIrsenal chooses at run time, by its newest prediction: without one of the gameweek it would choose blindly."""
    prediction, coming = facts.prediction, facts.coming
    if coming is None:
        return stop("gameweek", "Which gameweek comes next is not known.")
    if other := other_gameweek(facts, coming):
        return other
    if prediction is None:
        return stop("gameweek", 'There is no prediction to choose by. Run "Predict points" first.')
    if prediction.state == "not_understood":
        return stop("gameweek", "The newest prediction was not understood, so which gameweeks it holds is not known. "
                     f"{PREDICT}, or set the line-up on the FPL site.")  # fmt: skip
    if coming.id not in prediction.gameweeks:
        about = named(prediction.gameweeks)
        return stop("gameweek", f"The newest prediction is about {about}, and {coming.name} is next. {PREDICT}.")
    if prediction.tag and prediction.tag != facts.newest_tag:
        return stop("gameweek", f"AIrsenal's database does not hold the newest prediction as its newest. {PREDICT}.")
    if prediction.season and prediction.season != season_of(coming.deadline):
        return stop("gameweek", f"The newest prediction is of the season {in_words(prediction.season)}. Predict again.")
    return ok("gameweek", f"The newest prediction holds {coming.name}, the next one.")


def lineup(facts: Facts) -> Check:
    by_itself = "AIrsenal chooses the line-up when it runs, by the newest prediction, from the squad you have then."
    if not facts.lineup:
        return warning("suggestion", f"{by_itself} No optimisation of this gameweek tells what it will be.")
    if facts.optimisation and facts.prediction and facts.prediction.completed_at > facts.optimisation.head.completed_at:
        return warning("suggestion", f"{by_itself} The one shown rests on an earlier prediction and may differ.")
    if facts.moves_somebody and not _transfers_made(facts):
        return warning("suggestion", f"{by_itself} The one shown counts on the suggested transfers: "
                        "if you have not made them, it will differ.")  # fmt: skip
    return ok("suggestion", f"{by_itself} The newest optimisation expects the one shown.")


def _transfers_made(facts: Facts) -> bool:
    made = facts.optimisation.head.completed_at if facts.optimisation else None
    return any(has_made_transfers(job) and made and job.created_at > made for job in facts.applied)


def lineup_newer(facts: Facts) -> Check:
    prediction = facts.prediction
    if prediction is None:
        return stop("newer", "There is no prediction whose age could be told.")
    if facts.updated_at and facts.updated_at > prediction.completed_at:
        return warning("newer", f"Prices and news were updated after the newest prediction. {PREDICT} to use them.")
    if facts.now - prediction.completed_at > OLD_PREDICTION:
        return warning("newer", f"The newest prediction is {(facts.now - prediction.completed_at).days} days old.")
    for job in facts.applied:
        if job.status is JobStatus.COMPLETED and job.completed_at and job.completed_at > prediction.completed_at:
            return warning("newer", f"The line-up was set by this prediction already (job {job.id[:8]}).")
    return ok("newer", "The newest prediction is newer than your last line-up.")
