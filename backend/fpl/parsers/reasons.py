"""Why a closing line did not come: the probable reason, by what else the log says."""

from __future__ import annotations

import re

from backend.fpl.parsers.rows import Log

TAIL = 400
# The first that fits counts: what asks for another thing to be done comes before the error it ends in.
REASONS: tuple[tuple[str, str], ...] = (
    (r"AIrsenal database already exists",
     "there is a database already, and it was left as it is. To build it anew, run this again with a clean start"),
    (r"Database is empty, run 'airsenal_setup_initial_db'", "the database is empty. Build it first"),
    (r"FPL_TEAM_ID and FPL_LEAGUE_ID must be valid integers",
     "the team id (the secret FPL_TEAM_ID) is not a whole number"),
    (r"fpl_team_id must be set as|FPL team ID must be specified|FPL Team ID not provided",
     "there is no team id. Enter it as the secret FPL_TEAM_ID"),
    (r"No predicted points in database",
     "there are no predictions in the database, or the database is empty. Predict points first"),
    (r"Database does not contain predictions for all the specified",
     "not all of these gameweeks are predicted. Predict at least as many gameweeks first"),
    (r"zero-size array to reduction operation", "the database holds no results, it must be empty. Build it first"),
    (r"No gameweeks in specified range",
     "the season has no such gameweek any more. After the last one, build the database anew for the new season"),
    (r"database is locked", "another program holds the database (`database is locked`). Run it again when that ended"),
    (r"database disk image is malformed|file is not a database", "the database file is damaged. Restore a kept copy"),
    (r"No space left on device|database or disk is full", "the disk is full"),
    (r"No transfer suggestions found for GW (\d+)", "there is no suggestion for gameweek {0}. Optimise first"),
    (r"No such file or directory: '[^']*airsopt|FileNotFoundError.*airsopt",
     "its working folder was emptied by another optimisation. Run one at a time"),
    (r"Failed to find a strategy!", "no strategy fits these limits. Allow a larger hit or more transfers"),
    (r"Cannot (?:play \w+ and \w+ in the same week|allow \[.*in the same week)", "two chips are set for one gameweek"),
    (r"best_squad is None", "no squad fits the budget and the predictions"),
    (r"No transactions in database",
     "the database holds no squad of this team. Check the team id and update the database"),
    (r"(\{.*non_(?:form|field)_errors.*\})", "FPL refused it: `{0}`"),
    (r"has no attribute '_teams_dict'", "the random match model does not work in this release. Choose another"),
    (r"Do you want to continue\? \[y/n\]",
     "the database could not be updated because {api}, and going on with old data was {answer}"),
    (r"Not applying transfers\.", "the question whether to apply the transfers was answered with no"),
    (r"Not proceeding with lineup update", "the question whether to change the line-up was answered with no"),
    (r"Apply Transfers\? There is no turning back!|Apply changes to lineup\?|Would you like to login to the FPL API\?"
     r"|Please enter FPL (?:login|password)", "{question}"),
    (r"Failed to set transfers\..*?: (HTTP Error \d+[^{]*)",
     "FPL refused the transfers ({0}). Look at your team on the FPL site before you try again"),
    (r"Failed to set lineup.*?: (HTTP Error \d+[^{]*)", "FPL refused the line-up ({0}). Check the FPL login"),
    (r"team_id (\d+): HTTP Error 404", "the FPL API does not know a team {0}. Check the team id"),
    (r"Unable to access FPL .*?API", "{api}"),
    (r"exceptions\.Timeout|curl: \(28\)", "the FPL API did not answer in time"),
    (r"Unexpected error in _get_request .*code=(\d+)", "the FPL API answered with the unexpected code {0}"),
    (r"JSONDecodeError", "the FPL API answered with something that is no data, perhaps a page about maintenance"),
    (r"(?:invalid choice|invalid \w+ value|unrecognized arguments|the following arguments are required"
     r"|Error: (?:Invalid|No such)).*", "AIrsenal did not take its options ({all})"),
    (r"No module named '([^']+)'", "the installation lacks the module {0}. Install AIrsenal again"),
    (r"EOF when reading a line|^Aborted!", "it asked a question that nobody could answer"),
)  # fmt: skip
PATTERNS = [(re.compile(pattern, re.MULTILINE), reason) for pattern, reason in REASONS]
API = re.compile(r"(?:Unable to access FPL|Database updated failed).*?(HTTP Error \d+(?:: [\w ]+)?)")
QUESTION_FAILED = re.compile(r"EOF when reading a line|^Aborted!", re.MULTILINE)
ERROR = re.compile(r"^(?:[A-Za-z_][\w.]*\.)?([A-Z]\w*(?:Error|Exception|Exit|Interrupt|Warning)?)(?:: (.+))?$")
ERROR_NAME = re.compile(r"(?:Error|Exception|Exit|Interrupt)$")


def probable_reason(log: Log) -> str | None:
    """Half a sentence without its full stop, or None when the log gives no hint."""
    tail = "\n".join(log.texts[-TAIL:])
    for pattern, reason in PATTERNS:
        found = pattern.search(tail)
        if found is None:
            continue
        if reason == "{question}" and not QUESTION_FAILED.search(tail):
            continue
        return _worded(reason, found, tail)
    return _last_error(log.texts[-TAIL:])


def _worded(reason: str, found: re.Match[str], tail: str) -> str:
    if reason == "{question}":
        return f"it asked `{found[0]}` and nobody could answer"
    values = [value.strip(" .:")[:300] for value in found.groups() if value]
    answer = "a question that nobody could answer" if QUESTION_FAILED.search(tail) else "answered with no"
    return (
        reason.replace("{api}", _api(tail))
        .replace("{answer}", answer)
        .replace("{all}", found[0][:200])
        .replace("{0}", values[0] if values else "")
    )


def _api(tail: str) -> str:
    found = API.search(tail)
    return f"the FPL API answered `{found[1]}`" if found else "the FPL API could not be reached"


def _last_error(texts: list[str]) -> str | None:
    if not any(text.startswith("Traceback (most recent call last)") for text in texts):
        return None
    for text in reversed(texts):
        found = ERROR.match(text)
        if found and ERROR_NAME.search(found[1]):
            return f"it ended with the error `{text[:300]}`"
    return None
