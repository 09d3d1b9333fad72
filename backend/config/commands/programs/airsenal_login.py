"""Signs in to the FPL site with AIrsenal's own code and says in plain words what happened.

Run by the Python that AIrsenal is installed in. Only its data fetcher is imported: the modules around it open the
database and ask the FPL API while they are imported. Prints two lines, an explanation and `FPL login: OUTCOME`;
exit code 0 means it works. Credentials come from the environment and are never printed, nor is any answer of the site.
"""

from __future__ import annotations

import json
import os
import re
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

NEEDED = ("FPL_TEAM_ID", "FPL_LOGIN", "FPL_PASSWORD")
TIMEOUT_SECONDS = 20
CAPTCHA = re.compile(r"captcha|turnstile|are you (a )?human|cf-challenge|challenge-platform", re.IGNORECASE)
REFUSED = re.compile(
    r"invalid.?credential|(incorrect|invalid|wrong)[^.]{0,40}(password|user|e-?mail|credential)"
    r"|(password|user|e-?mail)[^.]{0,40}(incorrect|invalid|wrong|not recogni[sz]ed)",
    re.IGNORECASE,
)
UPDATED = re.compile(r"game is being updated|maintenance", re.IGNORECASE)
GOES_ON = "AIrsenal goes on without it, on estimated selling prices and free transfers."


class Verdict(NamedTuple):
    outcome: str
    explanation: str


class Answer(NamedTuple):
    status: int
    text: str

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.text)
        except ValueError:
            return None


class Recorder:
    """A session of AIrsenal's that keeps the answer to the last request, None while there is none: AIrsenal's own words
    do not tell why a step failed."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.last: Answer | None = None

    def get(self, url: str, **options: Any) -> Any:
        return self._ask(self._session.get, url, options)

    def post(self, url: str, **options: Any) -> Any:
        return self._ask(self._session.post, url, options)

    def _ask(self, how: Callable[..., Any], url: str, options: dict[str, Any]) -> Any:
        self.last = None
        response = how(url, **{"timeout": TIMEOUT_SECONDS, **options})
        self.last = Answer(response.status_code, response.text)
        return response


def verdict_of_failure(step: str, answer: Answer | None) -> Verdict:
    """`step`: AIrsenal's own words for what failed, if it had any. `answer`: None when the site gave none."""
    if answer is None:
        return Verdict(
            "unreachable", "The FPL site cannot be reached from here: check the network and its proxy, then test again."
        )
    if CAPTCHA.search(answer.text):
        return Verdict(
            "captcha",
            "The FPL site asks for a captcha, which no program can solve. Sign in with a browser from the same "
            f"network, wait some hours, then test again. {GOES_ON}",
        )
    if answer.status in (403, 429):
        return Verdict(
            "blocked",
            f"The FPL site turned this machine away (HTTP {answer.status}), whatever the password: it does that to "
            "data centres, VPNs and to many tries in a row. Wait some hours, or run the console from a home network. "
            f"{GOES_ON}",
        )
    if answer.status >= 500 or UPDATED.search(answer.text):
        return Verdict(
            "unreachable",
            f"The FPL site is down or being updated (HTTP {answer.status}), as it is after every deadline. Test again "
            "later.",
        )
    if REFUSED.search(answer.text) or (answer.status in (400, 401) and "Post 2" in step):
        return Verdict(
            "wrong_password",
            "The FPL site does not accept this e-mail and password. Try them in a browser, then set FPL_LOGIN and "
            "FPL_PASSWORD again. A sign-in through Google, Apple or Facebook has no password that works here.",
        )
    return Verdict(
        "site_changed",
        f"The FPL site answered in a way that this AIrsenal does not know (“{step or 'no reason given'}”): its sign-in "
        f"has changed. Look for a newer AIrsenal release. {GOES_ON}",
    )


def verdict_of_player(answer: Answer | None, team_id: str) -> Verdict:
    """Signed in. `answer` is what the site says about who that is."""
    found = answer.json if answer else None
    player = found.get("player") if isinstance(found, dict) else None
    if not isinstance(player, dict) or player.get("entry") is None:
        return Verdict(
            "unknown",
            "The sign-in went through, but the FPL site shows no team of this login for this season: pick a team on "
            "the site first, or use the login of the team's owner.",
        )
    if str(player["entry"]) != team_id:
        return Verdict(
            "unknown",
            f"The e-mail and password are right, but they belong to team {player['entry']}, and FPL_TEAM_ID is "
            f"{team_id}. Set FPL_TEAM_ID to {player['entry']}, or use the login of team {team_id}.",
        )
    return Verdict("works", f"The FPL site accepts the login, and team {team_id} is its own.")


def sign_in() -> Verdict:
    try:
        from airsenal.framework.data_fetcher import FPLDataFetcher  # type: ignore[import-not-found]
        from curl_cffi import requests  # type: ignore[import-not-found]
    except ImportError as error:
        return Verdict("unknown", f"This AIrsenal has no sign-in that this test knows ({error}): install it again.")
    session = Recorder(requests.Session(impersonate="chrome"))
    fetcher = FPLDataFetcher(rsession=session)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            fetcher.login()
        # Whatever it trips over, the answer tells what it is; a traceback might show what was sent.
        except Exception as error:
            return verdict_of_failure(type(error).__name__, session.last)
    if not fetcher.logged_in:
        # The first line is AIrsenal's own text; what follows is a traceback.
        step = str(said[-1].message).strip().splitlines()[0] if said else ""
        return verdict_of_failure(step, session.last)
    return verdict_of_player(session.last, os.environ["FPL_TEAM_ID"])


def main() -> int:
    missing = [name for name in NEEDED if not os.environ.get(name)]
    verdict = Verdict("unknown", f"Set {' and '.join(missing)} first.") if missing else sign_in()
    print(verdict.explanation)
    print(f"FPL login: {verdict.outcome}", flush=True)
    return 0 if verdict.outcome == "works" else 1


if __name__ == "__main__":
    sys.exit(main())
