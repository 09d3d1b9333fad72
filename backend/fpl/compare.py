"""Two predictions side by side: who rose, who fell, and why."""

from __future__ import annotations

from backend.fpl.enriched import by_name
from backend.fpl.gameweeks import span
from backend.fpl.season import in_words
from backend.models.comparisons import Change, Comparison
from backend.models.reports import PredictedPlayer, PredictionReport, ReportHead

Pair = tuple[PredictedPlayer | None, PredictedPlayer | None]
# Half of what two decimals can show.
_NOTHING = 0.005


def compared(
    before: ReportHead, old: PredictionReport, after: ReportHead, new: PredictionReport
) -> Comparison:  # fmt: skip
    gameweeks = _common(old, new)
    notes = _notes(old, new, gameweeks)
    partial = [name for name, report in (("earlier", old), ("later", new)) if report.tag is None]
    changes = []
    if gameweeks and (not partial or old.gameweeks == new.gameweeks):
        pairs = [pair for pair in _pairs(old.players, new.players) if not partial or all(pair)]
        changes = [change for pair in pairs if (change := _change(pair, old, new, gameweeks))]
    if partial:
        which = " and ".join(partial)
        notes.append(f"The {which} one holds only the best players its log names: only players in both are compared.")
    if gameweeks and partial and old.gameweeks != new.gameweeks:
        notes.append("A log gives no points for single gameweeks, so these two cannot be compared.")
        gameweeks = []
    changes.sort(key=lambda change: (-abs(change.difference), change.player))
    return Comparison(before=before, after=after, gameweeks=gameweeks, changes=changes, note=" ".join(notes) or None)


def _common(old: PredictionReport, new: PredictionReport) -> list[int]:
    same_season = old.season == new.season or old.season is None or new.season is None
    return sorted(set(old.gameweeks) & set(new.gameweeks)) if same_season else []


def _notes(old: PredictionReport, new: PredictionReport, gameweeks: list[int]) -> list[str]:
    if old.season and new.season and old.season != new.season:
        return [f"The seasons differ ({in_words(old.season)}, {in_words(new.season)}): there is nothing to compare."]
    spans = f"{span(old.gameweeks)} in the earlier, {span(new.gameweeks)} in the later one"
    if not gameweeks:
        return [f"The two have no gameweek in common ({spans}): there is nothing to compare."]
    if old.gameweeks != new.gameweeks:
        return [f"The gameweeks differ ({spans}): only {span(gameweeks)} is compared."]
    return []


def _pairs(old: list[PredictedPlayer], new: list[PredictedPlayer]) -> list[Pair]:
    """By AIrsenal's id as long as the name goes with it: a database that was set up anew counts from 1 again. Then by
    name and position, where only one has them."""
    pairs: list[Pair] = []
    waiting: dict[tuple[int | None, str], PredictedPlayer] = {
        (player.player_id, player.player): player for player in new if player.player_id is not None
    }
    rest_old = []
    for player in old:
        same = waiting.pop((player.player_id, player.player), None)
        if same:
            pairs.append((player, same))
        else:
            rest_old.append(player)
    rest_new = [*waiting.values(), *(player for player in new if player.player_id is None)]
    olds, news = by_name(rest_old), by_name(rest_new)
    for name in [*olds, *(name for name in news if name not in olds)]:
        left, right = olds.get(name, []), news.get(name, [])
        if len(left) == len(right) == 1:
            pairs.append((left[0], right[0]))
        else:
            pairs += [(player, None) for player in left] + [(None, player) for player in right]
    return pairs


def _change(pair: Pair, old: PredictionReport, new: PredictionReport, gameweeks: list[int]) -> Change | None:
    """None when nothing changed that can be seen."""
    before, after = pair
    player = after or before
    assert player
    points_before, points_after = _points(before, gameweeks), _points(after, gameweeks)
    difference = (points_after or 0.0) - (points_before or 0.0)
    reasons = _reasons(before, after, old, new, gameweeks)
    if abs(difference) < _NOTHING and not reasons:
        return None
    return Change(
        player=player.player, player_id=player.player_id, position=player.position, club=player.club,
        points_before=points_before, points_after=points_after, difference=difference,
        price_before=before.price if before else None, price_after=after.price if after else None,
        news_before=before.news if before else None, news_after=after.news if after else None, reasons=reasons,
    )  # fmt: skip


def _points(player: PredictedPlayer | None, gameweeks: list[int]) -> float | None:
    if player is None:
        return None
    if not player.by_gameweek:  # from a log: the sum is all there is
        return player.expected_points
    return sum(player.by_gameweek.get(gameweek, 0.0) for gameweek in gameweeks)


def _reasons(
    before: PredictedPlayer | None, after: PredictedPlayer | None, old: PredictionReport, new: PredictionReport,
    gameweeks: list[int],
) -> list[str]:  # fmt: skip
    if before is None or after is None:
        return ["Not in the earlier prediction." if before is None else "Not in the later prediction."]
    reasons = []
    if before.club and after.club and before.club != after.club:
        reasons.append(f"Moved from {before.club} to {after.club}.")
    elif after.club:
        reasons += _fixture_reasons(after.club, old, new, gameweeks)
    if before.price is not None and after.price is not None and (pounds := round(after.price - before.price, 1)):
        reasons.append(f"Price {'up' if pounds > 0 else 'down'} £{abs(pounds):.1f}m.")
    # A log has no news, so their absence there means nothing.
    if before.news != after.news and old.tag and new.tag:
        reasons.append(_news(before.news, after.news))
    return reasons


def _news(before: str | None, after: str | None) -> str:
    if not after:
        return f"News cleared (was: {before})."
    return f"News changed: {after} (was: {before})." if before else f"News: {after}."


def _fixture_reasons(club: str, old: PredictionReport, new: PredictionReport, gameweeks: list[int]) -> list[str]:
    if not old.fixtures or not new.fixtures:
        return []
    reasons = []
    for gameweek in gameweeks:
        was, now = (sorted(report.fixtures.get(club, {}).get(gameweek, [])) for report in (old, new))
        if was != now:
            reasons.append(f"Gameweek {gameweek}: {_matches(now)}, was {_matches(was)}.")
    return reasons


def _matches(matches: list[str]) -> str:
    return " and ".join(matches) or "no match"
