"""`python -m backend.audit verify`: looks through the chain of the audit log, while the console runs or not."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from backend.audit.check import check_chain, head_of
from backend.config.settings import Settings, load_settings
from backend.database_session import DatabaseLost, database_of
from backend.errors import StartError
from backend.models.audit import Head
from backend.repositories.audit import AuditRepository
from backend.utils.logging import configure_logging

_NOTHING_SAID = "It only reads, so nothing was changed; whether the rows fit together is not known."
_AGAIN = "Put that right (does the database run? is this the console's own user?), then run it once more."


def main() -> int:
    """0: every row fits. 1: one does not, and the first of them is named. 2: it could not be looked at."""
    options = _parser().parse_args()
    os.umask(0o077)
    try:
        settings = load_settings(data_dir=options.data_dir.expanduser().absolute() if options.data_dir else None)
        configure_logging("WARNING", settings.log_format)
        # Else a new one would be made there, and its empty log would fit together.
        if settings.mongo_url is None and not (settings.data_dir / "database").is_dir():
            raise StartError(f"{settings.data_dir} is not a console's data folder: name it with --data-dir.")
        return asyncio.run(_verify(settings, options.noted))
    except StartError as error:
        print(f"The audit log cannot be looked at. {error}", file=sys.stderr)
    except DatabaseLost as error:
        print(f"Not looked through to its end: {error}. {_NOTHING_SAID} {_AGAIN}", file=sys.stderr)
    except OSError as error:
        where = f"{error.filename or 'a file'}: {error.strerror or error}"
        print(f"The audit log cannot be looked at. {where}. {_AGAIN}", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"Stopped by you. {_NOTHING_SAID}", file=sys.stderr)
    return 2


async def _verify(settings: Settings, noted: Head | None) -> int:
    async with database_of(settings) as database:
        state = await check_chain(AuditRepository(database.db), noted)
    if not state.ok:
        print(f"BROKEN at row {state.broken_at}: {state.problem}")
        print(f"The {state.rows} rows before it fit together.")
        return 1
    print(f"All {state.rows} rows fit together. Head: {state.rows}:{state.head}")
    if noted is None:
        print(
            "Rows cut off the end do not show in the chain itself: note the head somewhere else, and give it the next "
            "time with --noted."
        )
    return 0


def _head(text: str) -> Head:
    try:
        return head_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend.audit", description=__doc__)
    commands = parser.add_subparsers(required=True)
    verify = commands.add_parser("verify", help="name the first row that was changed, replaced or removed")
    verify.add_argument("--noted", type=_head, help="a head noted earlier, to see whether rows are missing at the end")
    verify.add_argument("--data-dir", type=Path, help="the console's data folder (DATA_DIR)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
