"""`python -m backend.vault`: a new encryption key, while the console runs."""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from backend.command_frame import Words, data_dir_option, run_command
from backend.config.keys import KeyFile, load_or_create_keys
from backend.config.settings import Settings
from backend.database import Database
from backend.database_session import database_of
from backend.errors import StartError
from backend.models.audit import AuditEntry
from backend.repositories.audit import AuditRepository
from backend.repositories.secrets import FactorSecretRepository, JobSecretRepository, SecretRepository
from backend.utils.clock import utc_now
from backend.utils.encryption import Sealer, key_id
from backend.vault.rotation import (
    FactorSecrets,
    JobSecrets,
    Rotation,
    RotationStopped,
    SealedPlace,
    StoredSecrets,
)

# True at every moment of both commands: a rotation adds its key before it uses it, and `retire` looks before it takes.
_SAFE = "Nothing is lost: every value stays readable with the keys that are there, and no key was taken away."


def main() -> int:
    """0: done, or nothing to do. 1: it was not done, and why. 130: somebody stopped it."""
    options = _parser().parse_args()
    words = Words("Nothing was changed.", _SAFE, f"run `{options.what}` once more; it goes on where it stopped")

    def work(settings: Settings) -> int:
        # The lock before anything else: keys that were read without it may be out of date when they are written back.
        with _alone(settings.data_dir):
            return asyncio.run(_retire(settings) if options.what == "retire" else _rotate(settings, options.dry_run))

    try:
        return run_command(options.data_dir, words, work, of_a_console=lambda its: (its.data_dir / "keys").is_dir())
    except RotationStopped as error:
        print(error, file=sys.stderr)
        return 1


async def _rotate(settings: Settings, dry_run: bool) -> int:
    keys, file = _present_keys(settings)
    async with database_of(settings) as database:
        rotation = _of(database, keys)
        if bad := await rotation.unreadable():
            raise StartError(f"No key at hand opens {', '.join(bad[:10])}: bring its key back, or set it again, first.")
        unfinished = await rotation.waiting() if len(keys) > 1 else 0
        if not unfinished:
            keys = _with_new_key(file, keys, dry_run)
            rotation = _of(database, keys)
        waiting = await rotation.waiting()
        print(f"{'Goes on: ' if unfinished else ''}{waiting} values to seal with key {key_id(keys[0])}.")
        if dry_run:
            print("Nothing was changed (dry run).")
            return 0
        await _note(database, f"Begun with key {key_id(keys[0])}, {waiting} values.")
        done = 0
        async for name in rotation.run():
            done += 1
            print(f"{done}/{waiting} {name}", flush=True)
        await _note(database, f"Ended with key {key_id(keys[0])}, {done} values.")
    print("Every value is sealed with the new key. The former key stays readable; copy the new one to a safe place,")
    print("and when no backup needs the former any more, take it away with `python -m backend.vault retire`.")
    return 0


def _present_keys(settings: Settings) -> tuple[list[str], KeyFile | None]:
    """The keys, and the file they can be changed in. Never makes one: it would open nothing that is stored."""
    path = settings.data_dir / "keys" / "encryption_key"
    if settings.encryption_key is None and not path.exists():
        raise StartError(
            f"There is no key in {path}. Bring your copy of it back; a new console makes one as it starts."
        )
    file = None if settings.encryption_key else KeyFile(path)
    return list(load_or_create_keys(settings).encryption_keys), file


def _with_new_key(file: KeyFile | None, keys: list[str], dry_run: bool) -> list[str]:
    """The keys with a new one first, on the disk before anything is sealed with it. A running console re-reads them."""
    new = Fernet.generate_key().decode()
    if file is None:
        raise StartError(
            "The key comes from ENCRYPTION_KEY, which only you can change: put a new key in front of the present one "
            "(ENCRYPTION_KEY=new,present), restart the console, and run this again with the same ENCRYPTION_KEY. "
            "This makes a key: head -c 32 /dev/urandom | base64 | tr '+/' '-_'"
        )
    if not dry_run:
        file.write([new, *keys])
    return [new, *keys]


async def _retire(settings: Settings) -> int:
    if settings.encryption_key:
        raise StartError("The keys come from ENCRYPTION_KEY: take the former ones out of it and restart the console.")
    keys, file = _present_keys(settings)
    async with database_of(settings) as database:
        if waiting := await _of(database, keys).waiting():
            raise StartError(f"{waiting} values are still sealed with a former key: run `rotate` first.")
        await _note(database, f"{len(keys) - 1} former keys taken away, {key_id(keys[0])} stays.")
        if file is not None:
            file.write(keys[:1])
    print(f"{len(keys) - 1} former keys were taken away. Backups from before the rotation need them.")
    return 0


def _of(database: Database, keys: list[str] | tuple[str, ...]) -> Rotation:
    places: list[SealedPlace] = [
        StoredSecrets(SecretRepository(database.db)),
        JobSecrets(JobSecretRepository(database.db)),
        FactorSecrets(FactorSecretRepository(database.db)),
    ]
    return Rotation(places, Sealer(keys))


async def _note(database: Database, text: str) -> None:
    """In the audit log, before the deed: what cannot be recorded does not happen."""
    who = f"{getpass.getuser()} (command line)"
    await AuditRepository(database.db).append([AuditEntry(utc_now(), "key.rotate", text, who=who)])


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Two rotations at once would each make a key."""
    with (data_dir / "keys" / "rotation.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError("Another rotation is at work.") from None
        yield


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend.vault", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="what")
    rotate = commands.add_parser("rotate", help="make a new key and seal everything with it; also goes on after a kill")
    rotate.add_argument("--dry-run", action="store_true", help="check that everything can be read, and change nothing")
    retire = commands.add_parser("retire", help="take former keys away when nothing is sealed with them any more")
    for command in (rotate, retire):
        data_dir_option(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
