"""The pipeline's stages, by the lines it prints between them."""

from __future__ import annotations

from backend.fpl.parsers.rows import Log

CLOSING = "Pipeline finished OK!"
STAGES: tuple[tuple[str, str], ...] = (
    ("Setting up Database..", "Building the database"),
    ("Database setup complete..", "Database built"),
    ("Found pre-existing AIrsenal database.", "Database found"),
    ("Updating database..", "Updating the database"),
    ("Database update complete..", "Database updated"),
    ("Running prediction..", "Predicting"),
    ("Prediction complete..", "Predicted"),
    ("Running optimization..", "Optimising"),
    ("Generating a squad..", "Picking a squad"),
    ("Optimization complete..", "Optimised"),
    ("Applying suggested transfers...", "Applying the transfers"),
    ("Setting Lineup...", "Setting the line-up"),
    (CLOSING, "Finished"),
)
WORDS = dict(STAGES)


def read_stages(log: Log) -> list[str]:
    """In the order of the log. Rows are compared whole: `Running optimization with fpl_team_id` is none of them."""
    return [WORDS[text] for text in log.texts if text in WORDS]
