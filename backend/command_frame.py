"""What `python -m backend.vault` and `python -m backend.audit` have in common: how they begin, and what they say when
they cannot begin or are stopped in the middle."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend.config.settings import Settings, load_settings
from backend.database_session import DatabaseLost
from backend.errors import StartError
from backend.utils.logging import configure_logging

INTERRUPTED = 130


@dataclass(frozen=True)
class Words:
    """`refused` stands before the reason why it did not begin. `safe` is true at every moment of its work. `again` is
    how to go on afterwards: "run it once more"."""

    refused: str
    safe: str
    again: str


def data_dir_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-dir", type=Path, help="the console's data folder (DATA_DIR)")


def run_command(
    data_dir: Path | None, words: Words, work: Callable[[Settings], int], *, of_a_console: Callable[[Settings], bool],
    failed: int = 1,
) -> int:  # fmt: skip
    """The exit code: what `work` returns, `failed` when it could not be done, INTERRUPTED when somebody stopped it.

    `of_a_console`: whether the data folder is one; else a new one would be made at a misspelt name.
    """
    os.umask(0o077)
    try:
        settings = load_settings(data_dir=data_dir.expanduser().absolute() if data_dir else None)
        configure_logging("WARNING", settings.log_format)
        if not of_a_console(settings):
            raise StartError(f"{settings.data_dir} is not a console's data folder: name it with --data-dir.")
        return work(settings)
    except StartError as error:
        text = f"{words.refused} {error}"
    except DatabaseLost as error:
        text = f"Stopped: {error}. {words.safe} See that it runs, then {words.again}."
    except OSError as error:
        what = f"{error.filename or 'a file'}: {error.strerror or error}"
        text = f"Stopped: {what}. {words.safe} Put that right (is this the console's own user?), then {words.again}."
    except KeyboardInterrupt:
        print(f"Stopped by you. {words.safe} To go on, {words.again}.", file=sys.stderr)
        return INTERRUPTED
    print(text, file=sys.stderr)
    return failed
