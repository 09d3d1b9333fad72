"""What was sent to the FPL site: the transfers that AIrsenal lists before it sends them, and what became of them.

With `--confirm` it prints neither line-up nor captain nor what the transfers cost: what was agreed to tells those.
"""

from __future__ import annotations

import re

from backend.fpl.parsers.rows import NAME, Cursor, Drift, Log
from backend.fpl.parsers.run import Run
from backend.models.reports import Happened, SentTransfer, TeamChange

TRANSFERS_MADE, LINEUP_SET = "Transfers made!", "Lineup set!"
PAYLOAD, LINEUP_BEGUN = "'transfers': [{", "fpl_team_id is "
REFUSED = re.compile(r"Failed to set transfers\..*HTTP Error 4\d\d|non_(?:form|field)_errors")
LINEUP_REFUSED = re.compile(
    r"Failed to set lineup.*HTTP Error 4\d\d|non_(?:form|field)_errors|Unable to access FPL API"
    r"|Not proceeding with lineup"
)
HEAD_TEXT = "Transfers to apply for fpl_team_id: "
HEAD = re.compile(rf"{HEAD_TEXT}\d+ for gameweek: (\d{{1,2}})")
BANK = re.compile(r"Bank Balance (?:Before|After) transfers is: £(-?\d{1,4}(?:\.\d{1,2})?)")
TABLE = re.compile(r"\| +Status +\| +Name +\| +Price +\|")
OUT, IN = (re.compile(rf"\| +{status} +\| +({NAME}) +\| +£(\d{{1,3}}(?:\.\d{{1,2}})?) +\|") for status in ("OUT", "IN"))


def read_transfers_sent(run: Run) -> TeamChange:
    made = _happened(run.log, TRANSFERS_MADE, PAYLOAD, REFUSED)
    change = TeamChange(**run.head(), headline="", transfers_made=made, lineup_set=_lineup(run.log))
    try:
        listed = _read_listed(run.log)
    except Drift:
        listed = {"transfers": None}
    change = change.model_copy(update=listed)
    return change.model_copy(update={"headline": _headline(change)})


def read_lineup_sent(run: Run) -> TeamChange:
    change = TeamChange(**run.head(), headline="", transfers_made=None, lineup_set=_lineup(run.log))
    return change.model_copy(update={"headline": _headline(change)})


def _lineup(log: Log) -> Happened:
    return _happened(log, LINEUP_SET, LINEUP_BEGUN, LINEUP_REFUSED)


def _happened(log: Log, done: str, begun: str, refused: re.Pattern[str]) -> Happened:
    """What was begun and neither done nor refused may have reached the FPL site."""
    if log.where(done) is not None:
        return "yes"
    start = log.where(begun)
    return "no" if start is None or log.search(refused, start) else "unknown"


def _read_listed(log: Log) -> dict[str, object]:
    start = log.where(HEAD_TEXT)
    if start is None:
        return {}
    cursor = Cursor(log, start)
    gameweek = int(cursor.take(HEAD, f"`{HEAD_TEXT}742663 for gameweek: 25`")[1])
    before = cursor.accept(BANK)  # not said before a team's first deadline
    cursor.take(TABLE, "the table of transfers")
    transfers = []
    while out := cursor.accept(OUT):
        come = cursor.take(IN, "who comes for him")
        transfers.append(SentTransfer(out=out[1], out_price=float(out[2]), in_=come[1], in_price=float(come[2])))
    if not transfers:
        cursor.fail("`|  OUT   |  Keane   |  £4.6 |`")
    after = cursor.take(BANK, "the bank after the transfers") if before else None
    return {
        "gameweek": gameweek, "transfers": transfers, "bank_before": float(before[1]) if before else None,
        "bank_after": float(after[1]) if after else None,
    }  # fmt: skip


def _headline(change: TeamChange) -> str:
    lineup = {"yes": "the line-up was set", "no": "the line-up was not set",
              "unknown": "whether the line-up was set is not known"}[change.lineup_set]  # fmt: skip
    if change.transfers_made is None:
        return f"{lineup[0].upper()}{lineup[1:]}."
    count = len(change.transfers or [])
    number = f"{count} transfer{'s' * (count != 1)}" if count else "The transfers"
    week = f" for gameweek {change.gameweek}" if change.gameweek else ""
    made = {
        "yes": f"{number}{week} {'was' if count == 1 else 'were'} made",
        "no": "No transfers were made",
        "unknown": f"Whether the transfers{week} were made is not known: look at your team on the FPL site",
    }[change.transfers_made]
    return f"{made}; {lineup}."
