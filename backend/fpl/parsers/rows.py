"""The log as the grammars see it: numbered rows without colours, cursor moves and progress bars, and a cursor."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
# A frame of tqdm. It has no line end of its own, so the next real line may be glued to it.
FRAME = re.compile(
    r"(?:(?:strategy: [\w-]*|Total progress|REPLAY PROGRESS|warmup|sample): +|(?<! ) *)"
    r"\d{1,3}%\|[^|]*\| *[\d.]+/[\d.]+ \[[^\]]*\]? *"
)
# A person's: no digits, brackets or bullets, so that a new decoration is not taken for a name.
NAME = r"[^\W\d_](?:[^\W\d_]|[.'’`´-])*(?: (?:[^\W\d_]|[.'’`´-])+)*"
CLUB = r"[A-Z]{2,5}|None"
LONGEST = 4000  # AIrsenal's own lines end far before; a longer one is cut before any pattern sees it
LOG_ENDS = "but the log ends there."
# Lines that only frame others; AIrsenal draws them between the parts of everything.
RULE = re.compile(r"[ +=*-]{4,}")


@dataclass(frozen=True)
class Row:
    number: int
    text: str


class Drift(Exception):
    """The log is not worded as this grammar knows it. `at_end`: it just stops, as after a crash."""

    def __init__(self, row: int, expected: str, found: str | None) -> None:
        self.row, self.at_end = row, found is None
        seen = LOG_ENDS if found is None else f"but found `{found.strip()[:120]}`."
        super().__init__(f"Expected {expected}, {seen}")


def plain(raw: str) -> str:
    """Leading spaces stay: they tell a line of its own from the continuation of a warning."""
    text = raw
    if "\r" in text:
        text = text.rstrip("\r").rpartition("\r")[2]
    text = text[:LONGEST]
    if "\x1b" in text:
        text = ESCAPES.sub("", text)
    if "%|" in text:
        text = FRAME.sub("", text)
    return text.rstrip()


class Log:
    def __init__(self, rows: Iterable[str]) -> None:
        self.raw = list(rows)
        self.texts = [plain(row) for row in self.raw]
        self._joined = "\n".join(self.texts)
        if self._joined.count("\n") != len(self.texts) - 1:  # no log reader gives such rows
            self.texts = [text.replace("\n", " ") for text in self.texts]
            self._joined = "\n".join(self.texts)
        # Where each row begins: counting line ends up to every hit takes minutes when a log is full of hits.
        self._starts = list(accumulate((len(text) + 1 for text in self.texts), initial=0))

    def _row_at(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1

    def where(self, text: str, first: int = 0) -> int | None:
        """Number of the first row from `first` on that contains it. Fast on a log of megabytes."""
        at = self._joined.find(text, self._starts[first])
        return None if at < 0 else self._row_at(at)

    def search(self, pattern: re.Pattern[str], first: int = 0) -> re.Match[str] | None:
        return pattern.search(self._joined, self._starts[first])

    def last(self, pattern: re.Pattern[str], needle: str) -> Row | None:
        """The last row that is all `pattern`; `needle` is a text that each such row contains."""
        at = len(self._joined)
        while (at := self._joined.rfind(needle, 0, at)) >= 0:
            number = self._row_at(at)
            if pattern.fullmatch(self.texts[number]):
                return Row(number, self.texts[number])
        return None

    def stands_alone(self, number: int) -> bool:
        """Between two blank rows."""
        around = (self.texts[at] for at in (number - 1, number + 1) if 0 <= at < len(self.texts))
        return not any(around)

    def text(self, first: int, end: int) -> str:
        return "\n".join(self.texts[first:end]).strip("\n")


class Cursor:
    """Steps over rows that say something: blank ones and rules are passed over."""

    def __init__(self, log: Log, at: int = 0) -> None:
        self.log = log
        self.at = at

    def peek(self) -> Row | None:
        texts = self.log.texts
        while self.at < len(texts):
            text = texts[self.at]
            if text and not RULE.fullmatch(text):
                return Row(self.at, text)
            self.at += 1
        return None

    def accept(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        row = self.peek()
        found = pattern.fullmatch(row.text) if row else None
        if found:
            self.at += 1
        return found

    def take(self, pattern: re.Pattern[str], expected: str) -> re.Match[str]:
        return self.accept(pattern) or self.fail(expected)

    def fail(self, expected: str) -> re.Match[str]:
        raise self.drift(expected)

    def drift(self, expected: str) -> Drift:
        row = self.peek()
        return Drift(row.number if row else len(self.log.raw), expected, row.text if row else None)

    def skip_to(self, heads: re.Pattern[str], not_over: re.Pattern[str], expected: str) -> Row:
        """Passes over what other streams say in between, but never over rows that look like part of a block."""
        while (row := self.peek()) and not heads.fullmatch(row.text):
            if not_over.match(row.text):
                self.fail(expected)
            self.at += 1
        if row is None:
            self.fail(expected)
            raise AssertionError  # fail always raises; this is for the type checker
        return row
