"""Everything that a change of the real team rests on, as it is at one moment."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal

from backend.fpl.suggestions import Suggestion
from backend.models.jobs import Job, JobStatus
from backend.models.reports import GameweekPlan, LineupPlayer, OptimisationReport, ReportHead, StoredReport
from backend.models.secrets import SecretInfo
from backend.models.team import Deadline, FoundTeam, GameweekInfo

ApplyCommand = Literal["make_transfers", "set_lineup"]
# The chips with which a whole squad is exchanged.
NEW_SQUAD_CHIPS = ("wildcard", "free_hit")

_FAILED = (JobStatus.FAILED, JobStatus.CANCELLED)


def has_made_transfers(job: Job) -> bool:
    """Also of a job that failed afterwards: its output tells what the FPL site said."""
    if job.command != "make_transfers":
        return False
    return job.status is JobStatus.COMPLETED or (job.output or {}).get("transfers_made") == "yes"


@dataclass(frozen=True)
class Facts:
    """`problem` beside a value says why it is not known."""

    command: ApplyCommand
    title: str
    now: datetime
    blocked: str | None = None
    """Why the command cannot run at all, secrets apart."""
    secrets: dict[str, SecretInfo] = field(default_factory=dict)
    team_id: int | None = None
    team: FoundTeam | None = None
    team_problem: str | None = None
    deadline: Deadline | None = None
    deadline_problem: str | None = None
    optimisation: StoredReport | None = None
    prediction: ReportHead | None = None
    login: StoredReport | None = None
    suggestion: Suggestion | None = None
    """The rows that AIrsenal would take: those of its newest run that moved anybody, if it was for this team."""
    newest_tag: str | None = None
    """Of the newest prediction in the database, which is the one that AIrsenal chooses a line-up by."""
    own_gameweek: int | None = None
    """The gameweek for which AIrsenal would act; None: not known."""
    database_problem: str | None = None
    applied: list[Job] = field(default_factory=list)
    """Newest first: earlier changes of the real team."""
    updated_at: datetime | None = None
    busy: str | None = None
    """What else of AIrsenal runs or waits."""

    @property
    def coming(self) -> GameweekInfo | None:
        return self.deadline.gameweek if self.deadline else None

    @property
    def report(self) -> OptimisationReport | None:
        """The newest optimisation, when all of it was understood."""
        found = self.optimisation.report if self.optimisation else None
        return found if isinstance(found, OptimisationReport) and found.state == "complete" else None

    @property
    def gameweek(self) -> int | None:
        """The first gameweek that the newest optimisation is about."""
        weeks = [plan.gameweek for plan in self.report.plan] or self.report.gameweeks if self.report else []
        return min(weeks) if weeks else None

    @property
    def is_of_coming(self) -> bool:
        return self.coming is not None and self.gameweek == self.coming.id

    @property
    def plan(self) -> GameweekPlan | None:
        """Of that first gameweek. None for a squad from scratch."""
        plans = self.report.plan if self.report else []
        return next((plan for plan in plans if plan.gameweek == self.gameweek), None)

    @property
    def moves_somebody(self) -> bool:
        """Whether the optimisation moves anybody in its first gameweek."""
        plan = self.plan
        return bool(self.report and self.report.new_squad) or bool(plan and (plan.transfers_in or plan.transfers_out))

    @property
    def is_of_team(self) -> bool:
        """Whether the optimisation was made for this team, as it says itself; else as far as its parameters and the
        secret's age tell."""
        if self.report and self.report.team_id is not None:
            return self.report.team_id == self.team_id
        if self.optimisation is None or self.optimisation.head.parameters.get("fpl_team_id") not in (
            None,
            self.team_id,
        ):
            return False
        changed = self.secrets["FPL_TEAM_ID"].updated_at if "FPL_TEAM_ID" in self.secrets else None
        return changed is None or changed <= self.optimisation.head.completed_at

    @property
    def shown(self) -> OptimisationReport | None:
        """The report, when what it says is meant for this team's next gameweek."""
        return self.report if self.is_of_coming and self.is_of_team else None

    @property
    def lineup(self) -> list[LineupPlayer]:
        return [*self.shown.starting_lineup, *self.shown.bench] if self.shown else []

    def fingerprint(self) -> str | None:
        """Of exactly what is shown. None while it is not known for whom or for when it would be."""
        if self.team_id is None or self.coming is None:
            return None
        shown = {
            "command": self.command,
            "team": self.team_id,
            "gameweek": self.coming.id,
            "rows": asdict(self.suggestion) if self.suggestion and self.command == "make_transfers" else None,
            "optimisation": self.optimisation.head.id if self.optimisation else None,
            "plan": self.plan.model_dump() if self.shown and self.plan else None,
            "lineup": [player.model_dump() for player in self.lineup],
            "prediction": [self.prediction.id, self.newest_tag] if self.prediction else None,
            # A try that failed in the meantime may have reached the FPL site, and nobody has been told so yet.
            "failed": [job.id for job in self.applied if job.attempts and job.status in _FAILED][:1],
        }
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()
