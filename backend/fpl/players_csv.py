"""A prediction as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator

from backend.models.reports import PredictionReport
from backend.utils.csv_line import csv_line

_PIECE = 200


def rows(report: PredictionReport) -> Iterator[str]:
    """The head, then one line a player, in pieces of some lines."""
    head = ["rank", "player", "position", "club", "price", "expected_points"]
    piece = [csv_line([*head, *(f"gameweek_{gameweek}" for gameweek in report.gameweeks), "news"])]
    for player in report.players:
        points = [player.by_gameweek.get(gameweek, "") for gameweek in report.gameweeks]
        price = "" if player.price is None else player.price
        known = [player.rank, player.player, player.position, player.club or "", price, player.expected_points]
        piece.append(csv_line([*known, *points, player.news or ""]))
        if len(piece) >= _PIECE:
            yield "".join(piece)
            piece = []
    yield "".join(piece)
