"""`python -m backend.audit verify`: looks through the chain of the audit log, while the console runs or not."""

from __future__ import annotations

import argparse
import asyncio
import sys

from backend.audit.check import check_chain, head_of
from backend.command_frame import Words, data_dir_option, run_command
from backend.config.settings import Settings
from backend.database_session import database_of
from backend.models.audit import Head
from backend.repositories.audit import AuditRepository

_WORDS = Words(
    "The audit log cannot be looked at.",
    "It only reads, so nothing was changed; whether the rows fit together is not known.",
    "run it once more",
)


def main() -> int:
    """0: every row fits. 1: one does not, and it is named. 2: it could not be looked at. 130: somebody stopped it."""
    options = _parser().parse_args()
    return run_command(
        options.data_dir, _WORDS, lambda settings: asyncio.run(_verify(settings, options.noted)),
        of_a_console=_has_database, failed=2,
    )  # fmt: skip


def _has_database(settings: Settings) -> bool:
    """A new one would be made, and its empty log would fit together."""
    return settings.mongo_url is not None or (settings.data_dir / "database").is_dir()


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
    data_dir_option(verify)
    return parser


if __name__ == "__main__":
    sys.exit(main())
