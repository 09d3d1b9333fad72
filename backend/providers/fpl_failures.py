"""The ways in which the FPL API fails, each in words: what happened, what is safe, what to do."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from backend.errors import UpstreamFailed

SAFE = "Nothing was changed."
LATER = f"{SAFE} Try again in a few minutes."
# What it says while a gameweek is being closed, with status 503 or 200, as a page or as text.
_UPDATING = b"game is being updated"
_NO_HINT_PAUSE = 60.0
_LONGEST_PAUSE = 15 * 60.0
# A block does not go away by asking, and may grow longer by it.
BLOCKED_PAUSE = 5 * 60.0


class PauseAsked(UpstreamFailed):
    """The FPL API does not want to be asked for a while. `{pause}` in the text stands for how long."""

    def __init__(self, text: str, code: str, seconds: float) -> None:
        self._text, self._code, self.seconds = text, code, seconds
        super().__init__(text.format(pause=_words(seconds)), code)

    def again(self, left: float) -> PauseAsked:
        """The same, told while the pause lasts."""
        return PauseAsked(self._text, self._code, left)


def timed_out(seconds: float) -> UpstreamFailed:
    return UpstreamFailed(f"The FPL API did not answer within {seconds:g} s. {LATER}", "fpl_timeout")


def unreachable(refused: bool) -> UpstreamFailed:
    what = "nobody answers at its address" if refused else "the connection broke off before the answer was whole"
    return UpstreamFailed(
        f"The FPL API cannot be reached: {what}. {SAFE} Check this machine's network (and FPL_API_URL, if you set it), "
        "then try again.",
        "fpl_unreachable",
    )


def too_large(limit: int) -> UpstreamFailed:
    return UpstreamFailed(
        f"The FPL API's answer is larger than {limit / 1e6:g} MB and was not read. {SAFE} Check FPL_API_URL, if you "
        "set it; else try again later.",
        "fpl_too_large",
    )


def missing(path: str) -> UpstreamFailed:
    return UpstreamFailed(
        f"The FPL API has nothing at {path} (404), where it always has something. {SAFE} Check FPL_API_URL, if you set "
        "it; else try again in a few minutes.",
        "fpl_failed",
    )


def not_json() -> UpstreamFailed:
    return UpstreamFailed(f"The FPL API's answer is damaged: it is not whole, or no JSON. {LATER}", "fpl_not_json")


def wrong_shape(path: str, field: str) -> UpstreamFailed:
    return UpstreamFailed(
        f"The FPL API's answer to {path} is not what this console knows (at {field}). {SAFE} It may have changed: look "
        "for a newer console, or try again later.",
        "fpl_wrong_shape",
    )


def updating() -> UpstreamFailed:
    return UpstreamFailed(
        "The FPL API answers that the game is being updated, as it does after each deadline and round of matches. "
        f"{SAFE} Try again in half an hour.",
        "fpl_updating",
    )


def of_answer(status: int, body: bytes, retry_after: str | None, now: datetime) -> UpstreamFailed | None:
    """What is wrong with an answer before it is read as JSON; None: nothing. 404 is the caller's to judge."""
    if status == 403:
        return _blocked()
    if status == 429:
        return _rate_limited(min(_seconds(retry_after, now) or _NO_HINT_PAUSE, _LONGEST_PAUSE))
    if _UPDATING in body[:10_000]:
        return updating()
    if status >= 500:
        return UpstreamFailed(f"The FPL API failed by itself (status {status}). {LATER}", "fpl_failed")
    if status == 200 and body.lstrip()[:1] == b"<":
        return UpstreamFailed(
            f"The FPL API answered with a web page in place of data. {SAFE} A proxy, a captcha or works at FPL may be "
            "in the way: open fantasy.premierleague.com in a browser on this network, and try again later.",
            "fpl_web_page",
        )
    if status not in (200, 304, 404):
        return UpstreamFailed(f"The FPL API answered with the unexpected status {status}. {LATER}", "fpl_failed")
    return None


def _rate_limited(seconds: float) -> PauseAsked:
    return PauseAsked(
        f"The FPL API asks for fewer requests (429): it is left alone for {{pause}}. {SAFE} Try again after that; jobs "
        "and other programs on this network count as well.",
        "fpl_rate_limited",
        seconds,
    )


def _blocked() -> PauseAsked:
    return PauseAsked(
        "The FPL API refuses this machine (403): it is blocked, or a captcha is in the way. It is left alone for "
        f"{{pause}}. {SAFE} Open fantasy.premierleague.com in a browser on the same network; addresses of cloud "
        "providers are often blocked, then HTTPS_PROXY or another network helps.",
        "fpl_blocked",
        BLOCKED_PAUSE,
    )


def _words(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 120 else f"{round(seconds / 60)} min"


def _seconds(retry_after: str | None, now: datetime) -> float | None:
    """RFC 9110 §10.2.3: whole seconds, or a date."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - now).total_seconds())
    except (TypeError, ValueError):
        return None
