"""How far a running command is, by the newest rows of its log."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from backend.fpl.parsers.bars import SAMPLES, STRATEGIES
from backend.fpl.parsers.stages import WORDS
from backend.jobs.companion import ProgressReader
from backend.models.jobs import Progress

Parameters = Mapping[str, Any]


class Silent:
    """Of commands that do not say how far they are."""

    def __init__(self, parameters: Parameters) -> None: ...

    def feed(self, rows: list[str]) -> Progress | None:  # noqa: ARG002
        return None


class Reader(ABC):
    """Remembers what it said last: None is no news. A row that is still growing may be fed again and again."""

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self._last: Progress | None = None

    def feed(self, rows: list[str]) -> Progress | None:
        now = self.read(rows)
        if now is None or now == self._last:
            return None
        self._last = now
        return now

    @abstractmethod
    def read(self, rows: list[str]) -> Progress | None: ...

    def number(self, name: str, otherwise: int) -> int:
        value = self.parameters.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else otherwise


def _progress(label: str, done: int, total: int, unit: str) -> Progress:
    """More may be done than was expected; then that is the total."""
    return Progress(label=label, done=done, total=max(total, done), unit=unit)


class Sampling(Reader):
    """The match model's sampling, the longest part of a prediction; with `sampling` the player model follows."""

    _fitting = "the match model"

    def read(self, rows: list[str]) -> Progress | None:
        text = "\n".join(rows)
        if "Calculating fixture score probabilities" in text:
            self._fitting = "the player model"
        frames = list(SAMPLES.finditer(text))
        if not frames:
            return None
        return _progress(f"Fitting {self._fitting}", int(frames[-1][2]), int(frames[-1][3]), "samples")


GENERATION = re.compile(r"(\d{1,6}) *\t\d+ *\t")


class Generations(Reader):
    """The search for a squad from scratch: one row a generation, numbered from 0."""

    parameter = "num_generations"

    def read(self, rows: list[str]) -> Progress | None:
        for row in reversed(rows):
            if found := GENERATION.match(row):
                return _progress("Picking a squad", int(found[1]), self.number(self.parameter, 100), "generations")
        return None


class Strategies(Generations):
    parameter = "num_iterations"
    _total = 0

    def read(self, rows: list[str]) -> Progress | None:
        frames = list(STRATEGIES.finditer("\n".join(rows)))
        if not frames:
            return super().read(rows)
        done, total, beyond, _ = frames[-1].groups()
        self._total = max(self._total, int(total or 0))
        return _progress("Trying strategies", int(done or beyond), self._total, "strategies")


TABLE = re.compile(r"(PLAYER|ATTRIBUTES|SCORES) (\d{4}) ")
AFTER_TABLES = ("ABSENCES ", "Getting initially selected players", "DONE!")


class Seasons(Reader):
    """Each season is passed over three times: for its players, their prices and their scores."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__(parameters)
        current = 0 if parameters.get("no_current_season") else 1
        self._total = 3 * (self.number("n_previous", 3) + current)
        self._begun: list[tuple[str, str]] = []
        self._past_tables = False

    def read(self, rows: list[str]) -> Progress | None:
        match, before = TABLE.match, self._begun[-1] if self._begun else None
        for row in rows:
            found = match(row)
            if found and (now := (found[1], found[2])) != before:
                before = now
                if now not in self._begun:
                    self._begun.append(now)
            elif found is None and row.startswith(AFTER_TABLES):
                self._past_tables = True
        done = self._total if self._past_tables else len(self._begun) - 1
        return _progress("Filling the tables, season by season", done, self._total, "tables") if self._begun else None


UPDATE = (
    ("Player table already up-to-date", "Updating player table"),
    ("Updating attributes table",),
    ("Updating fixture table",),
    ("Checking team", "No transactions as season"),
)


class Steps(Reader):
    """Players, their prices and injuries, fixtures with results, and the team."""

    def read(self, rows: list[str]) -> Progress | None:
        done = self._last.done if self._last else -1
        text = "\n".join(rows)
        for number, lines in enumerate(UPDATE):
            if any(line in text for line in lines):
                done = max(done, number)
        return _progress("Bringing the tables up to date", done, len(UPDATE), "steps") if done >= 0 else None


CHECK = re.compile(r"Checking .+\.\.\.")
CHECKS = 8


class Checks(Reader):
    _begun: frozenset[str] = frozenset()

    def read(self, rows: list[str]) -> Progress | None:
        self._begun |= {row for row in rows if CHECK.fullmatch(row.rstrip())}
        done = CHECKS if any(row.startswith("SUMMARY") for row in rows) else len(self._begun) - 1
        done = max(done, self._last.done if self._last else 0)
        return _progress("Checking the data", done, CHECKS, "checks") if self._begun else None


INNER: Mapping[str, Callable[[Parameters], Reader]] = {
    "Building the database": Seasons,
    "Updating the database": Steps,
    "Predicting": Sampling,
    "Optimising": Strategies,
    "Picking a squad": Generations,
}
ORDER = ("Building the database", "Updating the database", "Predicting", "Optimising")


class Stages(Reader):
    """The pipeline's stage, and within it what the command of its own would say."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__(parameters)
        self._stage: str | None = None
        self._inner: Reader | None = None

    def read(self, rows: list[str]) -> Progress | None:
        fresh: Progress | None = None
        start = 0
        for number, row in enumerate(rows):
            stage = WORDS.get(row.rstrip())
            if stage and stage in INNER and stage != self._stage:
                self._stage, self._inner = stage, INNER[stage](self.parameters)
                start, fresh = number + 1, _progress(_named(stage, stage), _place(stage), len(ORDER), "stages")
        inner = self._inner.feed(rows[start:]) if self._inner else None
        if inner is None or self._stage is None:
            return fresh
        return inner.model_copy(update={"label": _named(self._stage, inner.label)})


def _place(stage: str) -> int:
    return ORDER.index("Optimising" if stage == "Picking a squad" else stage)


def _named(stage: str, label: str) -> str:
    return f"{_place(stage) + 1} of {len(ORDER)}: {label}"


READERS: Mapping[str, Callable[[Parameters], ProgressReader]] = {
    "airsenal.setup": Seasons,
    "airsenal.update": Steps,
    "airsenal.prediction": Sampling,
    "airsenal.optimisation": Strategies,
    "airsenal.squad": Generations,
    "airsenal.check_data": Checks,
    "airsenal.pipeline": Stages,
}
