"""The probe of the FPL login: one closing line, and what it says before that."""

from __future__ import annotations

import re
from typing import get_args

from backend.fpl.parsers.rows import Drift
from backend.fpl.parsers.run import Run
from backend.models.reports import LoginReport

CLOSING = re.compile(r"FPL login: (\w+)\.?")
NEEDLE = "FPL login: "
OUTCOMES: tuple[str, ...] = get_args(LoginReport.model_fields["outcome"].annotation)
MOST_TEXT = 4000
HEADLINES = {
    "works": "The FPL login works",
    "wrong_password": "The FPL site refused the e-mail address or the password",
    "captcha": "The FPL site asks for a captcha, which AIrsenal cannot answer",
    "blocked": "The FPL site blocks logins from here",
    "site_changed": "The FPL site's login has changed and AIrsenal does not know the new one",
    "unreachable": "The FPL site could not be reached",
    "unknown": "The FPL login could not be confirmed",
}


def read_login(run: Run) -> LoginReport | None:
    row = run.log.last(CLOSING, NEEDLE)
    if row is None:
        return None
    found = CLOSING.fullmatch(row.text)
    assert found is not None
    if found[1] not in OUTCOMES:
        return run.not_understood(LoginReport, Drift(row.number, f"one of {', '.join(OUTCOMES)}", row.text))
    above = run.log.text(0, row.number).rpartition("\n\n")[2].splitlines()
    explanation = above[-1][:MOST_TEXT] if above else ""
    return LoginReport.model_validate({
        **run.head(),
        "headline": HEADLINES[found[1]],
        "summary_text": row.text,
        "outcome": found[1],
        "explanation": explanation,
    })  # fmt: skip
