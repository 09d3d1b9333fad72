"""What to do when AIrsenal, the season or the database has moved on under a set-up that was done."""

from __future__ import annotations

from backend.fpl.season import in_words, season_of
from backend.fpl.setup_facts import KNOWN_SEASONS, WANTED_VERSION, Facts
from backend.models.airsenal import Guidance


def guidance_of(facts: Facts) -> list[Guidance]:
    """Most urgent first."""
    rules = [_damaged_database(facts), _season_unsupported(facts), _upgrade(facts), _new_season(facts)]
    return [found for found in [*rules, _player_scores(facts)] if found]


def _damaged_database(facts: Facts) -> Guidance | None:
    if facts.database.integrity != "damaged":
        return None
    return Guidance(
        kind="damaged_database",
        title="The database is damaged",
        detail=(
            f"The check of the file says: {facts.database.integrity_detail or 'it is not whole'}. What AIrsenal makes "
            "of it cannot be trusted. Earlier states are kept as copies."
        ),
        steps=[
            "Restore the newest copy that passed its check; the page says what it lacks.",
            "Update the data: what came in since then is fetched again.",
            "When there is no good copy, build the database anew with a clean start.",
        ],
    )


def _season_unsupported(facts: Facts) -> Guidance | None:
    season, version = season_of(facts.now), facts.installed.version if facts.installed else WANTED_VERSION
    known = KNOWN_SEASONS.get(version)
    if known is None or known == season or (version != WANTED_VERSION and KNOWN_SEASONS[WANTED_VERSION] == season):
        return None
    return Guidance(
        kind="season_unsupported",
        title=f"AIrsenal {version} does not know the season {in_words(season)}",
        detail=(
            f"It has the clubs' numbers of {in_words(known)} built in, and files the data of any other season under "
            "the wrong clubs, without a word. A database that is built or updated now would be wrong."
        ),
        steps=[
            "Do not build or update the database until then; what you have stays as it is.",
            f"Wait for an AIrsenal release for {in_words(season)}; it comes in the summer.",
            "Update this console, which then asks to upgrade AIrsenal here.",
        ],
    )


def _upgrade(facts: Facts) -> Guidance | None:
    if facts.installed is None or facts.installed.version == WANTED_VERSION:
        return None
    return Guidance(
        kind="upgrade",
        title=f"AIrsenal {WANTED_VERSION} is ready to be installed",
        detail=(
            f"Version {facts.installed.version} is installed, and this console is made for {WANTED_VERSION}: with "
            "another one, reports may not be understood. Your database, copies and settings stay."
        ),
        steps=[
            f"Install AIrsenal {WANTED_VERSION} in its place: about a minute, 450 MB to download.",
            "Update the data and predict again, so that results are those of the new version.",
        ],
        command="airsenal_install",
        parameters={"again": True},
    )


def _new_season(facts: Facts) -> Guidance | None:
    held, season = facts.database.season, season_of(facts.now)
    if held is None or held >= season or not facts.database.exists:
        return None
    known = KNOWN_SEASONS.get(WANTED_VERSION)
    behind = facts.installed is not None and facts.installed.version != WANTED_VERSION
    steps = [
        "Build the database anew with a clean start. The present one is kept as a copy until newer ones replace it.",
        "Predict points, then make a squad: before the first gameweek there is none to optimise.",
    ]
    if behind:
        steps.insert(0, f"Upgrade AIrsenal to {WANTED_VERSION} first.")
    if known != season:
        steps.insert(0, "Wait until AIrsenal knows the new season, as said above.")
    ready = known == season and not behind
    return Guidance(
        kind="new_season",
        title=f"The season {in_words(season)} has begun",
        detail=(
            f"The database ends with {in_words(held)}. AIrsenal counts a season from 1 June; the FPL site opens its "
            "own some weeks later, and there is nothing to build from before that."
        ),
        steps=steps,
        command="setup_db" if ready else None,
        parameters={"clean": True} if ready else {},
    )


def _player_scores(facts: Facts) -> Guidance | None:
    if not facts.database.player_scores_missing:
        return None
    return Guidance(
        kind="player_scores",
        title="Predictions are badly wrong: this season's player scores are missing",
        detail=(
            "Matches of this season are in the database, and not one player's score of them. AIrsenal 1.17.0 skips the "
            "scores of a gameweek whose results it has already, so it predicts as if nobody had played: its best "
            "forwards get two points a game. Do not act on a prediction or a suggestion made from this database."
        ),
        steps=[
            "If a kept copy still has scores of this season, restore it: it predicts well until more is played.",
            "Else build the database with a clean start in the hours when all matches of a gameweek are final and the "
            "FPL site has not yet marked the gameweek as finished: only then this release fetches the scores.",
            "Or wait for an AIrsenal release after 1.17.0, where the mistake is mended (its pull request 839): "
            "upgrade, then build with a clean start.",
        ],
    )
