"""The two keys of the console: taken from the settings, or generated once into the data folder."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet

from backend.config.settings import Settings
from backend.errors import StartError


@dataclass(frozen=True)
class Keys:
    jwt_secret: str = field(repr=False)
    encryption_keys: tuple[str, ...] = field(repr=False)
    fresh: Callable[[], tuple[str, ...] | None] = field(default=lambda: None, repr=False, compare=False)
    """The encryption keys when their file has changed since it was last read, else None."""


class KeyFile:
    """The encryption keys in a file, newest first, separated by commas: what a rotation writes and consoles re-read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen = self._look()

    def _look(self) -> tuple[int, int, int] | None:
        try:
            about = self.path.stat()
        except OSError:
            return None
        return about.st_mtime_ns, about.st_ino, about.st_size

    def fresh(self) -> tuple[str, ...] | None:
        """One stat in the usual case. A file that is gone or damaged changes nothing: the keys in use stay."""
        now = self._look()
        if now is None or now == self._seen:
            return None
        try:
            keys = _checked(self.path.read_text(encoding="ascii"), str(self.path))
        except (OSError, UnicodeDecodeError, StartError):
            return None
        self._seen = now
        return keys

    def write(self, keys: Sequence[str]) -> None:
        """Whole or not at all, and on the disk before it counts: no record may be sealed with a key that gets lost."""
        draft = self.path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(",".join(keys))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def load_or_create_keys(settings: Settings) -> Keys:
    """Explicit keys win. Otherwise `<data_dir>/keys/*` (mode 0600), made on the first start and read ever after.

    Raises StartError in production without explicit keys, and when a key is damaged: a damaged key is never replaced,
    since that would orphan every secret sealed with it.
    """
    folder = settings.data_dir / "keys"
    explicit_jwt, explicit_encryption = settings.jwt_secret, settings.encryption_key
    if settings.environment == "production":
        for name, value in (("JWT_SECRET", explicit_jwt), ("ENCRYPTION_KEY", explicit_encryption)):
            if value is None:
                raise StartError(f"{name} environment variable is required")
    file = KeyFile(folder / "encryption_key")
    jwt_secret = (
        explicit_jwt.get_secret_value()
        if explicit_jwt
        else _read_or_create(folder / "jwt_secret", lambda: secrets.token_urlsafe(48))
    )
    encryption = (
        explicit_encryption.get_secret_value()
        if explicit_encryption
        else _read_or_create(folder / "encryption_key", lambda: Fernet.generate_key().decode())
    )
    source = "ENCRYPTION_KEY" if explicit_encryption else str(folder / "encryption_key")
    if len(jwt_secret) < 32:
        raise StartError(f"{folder / 'jwt_secret'} is damaged: delete it to get a new one (everybody signs in again).")
    checked = _checked(encryption, source)
    return Keys(jwt_secret, checked) if explicit_encryption else Keys(jwt_secret, checked, file.fresh)


def _checked(text: str, source: str) -> tuple[str, ...]:
    keys = tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        keys = ()
    if not keys:
        raise StartError(
            f"{source} is not a Fernet key (44 characters of URL-safe base64). Restore it from your copy; "
            "nothing was changed."
        )
    return keys


def _read_or_create(path: Path, make: Callable[[], str]) -> str:
    try:
        if path.exists():
            return path.read_text(encoding="ascii").strip()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Written aside and moved into place: a crash half-way leaves no empty key that would later be trusted.
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"The key file {path} cannot be read or written ({error}).") from None
