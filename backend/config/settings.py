"""Every setting of the console: environment variables, or `.env` beside run.py. The only reader of the environment."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from backend.errors import StartError

PROJECT_FOLDER = Path(__file__).resolve().parents[2]
# Secrets that may come from a file named by `<NAME>_FILE`, as container platforms mount them.
FILE_SETTINGS = ("JWT_SECRET", "ENCRYPTION_KEY", "MONGO_URL", "APP_ADMIN_PASSWORD_HASH")

CommaList = Annotated[list[str], NoDecode]


class Settings(BaseSettings):
    """Field names are the environment variables in lower case; descriptions feed the README's table."""

    model_config = SettingsConfigDict(
        env_file=PROJECT_FOLDER / ".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True,
        hide_input_in_errors=True,
    )  # fmt: skip

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8001, ge=0, le=65535, description="Port to listen on; the next free one when it is taken.")
    data_dir: Path = Field(Path("data"), description="Everything the console writes: database, keys, logs, tools.")
    commands_dir: Path | None = Field(None, description="Folder with your own command files (`*.yaml`).")
    mongo_url: SecretStr | None = Field(
        None, description="Your own MongoDB server or replica set; empty: a private one is started."
    )
    db_name: str = Field("airsenal_console", pattern=r"^[A-Za-z0-9_-]{1,63}$", description="Database name.")
    jwt_secret: SecretStr | None = Field(
        None, min_length=32, description="Signs session tokens, at least 32 characters; empty: generated once."
    )
    encryption_key: SecretStr | None = Field(
        None, description="Fernet key for secrets, or several separated by commas, newest first; empty: generated once."
    )
    cors_origins: CommaList = Field(
        default_factory=list, description="Other origins that may call the API, separated by commas."
    )
    trusted_proxies: CommaList = Field(
        default_factory=list, description="Proxies whose `X-Forwarded-For` is believed, addresses or networks."
    )
    allowed_hosts: CommaList = Field(
        default_factory=list,
        description="Names of the console beside `localhost`, addresses, local names and PASSKEY_HOSTS.",
    )
    allow_plain_http: bool = Field(
        False,
        description="Listen beyond this machine without a proxy in TRUSTED_PROXIES: passwords travel unencrypted.",
    )
    session_idle_minutes: int = Field(
        240,
        ge=5,
        le=720,
        description="A browser that sent nothing for so long must sign in again; at most 12 h anyway.",
    )
    passkey_hosts: CommaList = Field(
        default_factory=list, description="Host names at which passkeys work over https; `localhost` always does."
    )
    rate_limit_enabled: bool = Field(True, description="Limit requests per token or address.")
    rate_limit_per_minute: int = Field(600, ge=1, le=1_000_000, description="Requests a minute before 429.")
    max_job_retries: int = Field(3, ge=0, le=100, description="Retries of a failed job where its command sets none.")
    job_retry_delay_seconds: float = Field(
        60, ge=0, le=86_400, description="Wait before the first retry; doubles each time, at most one hour."
    )
    job_queue_limit: int = Field(1_000, ge=1, le=1_000_000, description="Waiting jobs before a submit answers 429.")
    job_log_max_bytes: int = Field(
        2 * 1024**3, ge=16 * 1024**2, description="Log kept per job; beyond it the middle is dropped and marked."
    )
    log_keep_days: int = Field(90, ge=1, le=36_500, description="Logs of ended jobs are deleted after this many days,")
    log_keep_jobs: int = Field(10_000, ge=1, description="or when there are more of them than this,")
    log_keep_bytes: int = Field(
        20 * 1024**3, ge=16 * 1024**2, description="or more text than this together; oldest first, pinned ones never."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")
    log_format: Literal["json", "text"] = Field("text", description="Log lines as JSON or as coloured text.")
    persistent_db_path: Path | None = Field(
        None, description="Where AIrsenal's SQLite file is kept between jobs; empty: inside the data folder."
    )
    local_db_path: Path | None = Field(
        None, description="Where AIrsenal works on its SQLite file; empty: inside the data folder."
    )
    airsenal_copies: int = Field(10, ge=1, le=1_000, description="Earlier states of AIrsenal's database that are kept.")
    fpl_api_url: str = Field(
        "https://fantasy.premierleague.com/api", pattern=r"^https?://", description="Base address of the FPL API."
    )
    environment: Literal["development", "production"] = Field(
        "development", description="`production` demands explicit JWT_SECRET and ENCRYPTION_KEY."
    )
    app_admin_email: str | None = Field(None, description="First start: make this admin without the link.")
    app_admin_password_hash: SecretStr | None = Field(None, description="bcrypt hash that goes with it.")

    @field_validator("cors_origins", "trusted_proxies", "passkey_hosts", "allowed_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for number, name in enumerate(value, 1):
            try:
                ipaddress.ip_network(name, strict=False)
            except ValueError:
                raise ValueError(f"entry {number} is neither an address nor a network such as 10.0.0.0/8") from None
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("data_dir", "commands_dir", "persistent_db_path", "local_db_path")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        # Relative to the project, not to wherever the shell stood: the same data is found from anywhere.
        return None if value is None else (PROJECT_FOLDER / value.expanduser()).resolve()

    @model_validator(mode="after")
    def _admin_pair(self) -> Self:
        if (self.app_admin_email is None) != (self.app_admin_password_hash is None):
            raise ValueError("APP_ADMIN_EMAIL and APP_ADMIN_PASSWORD_HASH go together: set both or neither")
        return self

    @property
    def airsenal_kept_path(self) -> Path:
        return self.persistent_db_path or self.data_dir / "airsenal-kept" / "data.db"

    @property
    def airsenal_db_path(self) -> Path:
        return self.local_db_path or self.data_dir / "airsenal" / "data.db"


def load_settings(**overrides: object) -> Settings:
    """Settings from environment and `.env`, command-line `overrides` on top.

    Raises StartError naming each bad setting; values are never repeated, they may be secrets.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    for name in FILE_SETTINGS:
        if (path := os.environ.get(f"{name}_FILE")) and name.lower() not in given:
            try:
                given[name.lower()] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise StartError(f"{name}_FILE names a file that cannot be read ({error}).") from None
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"{PROJECT_FOLDER / '.env'} cannot be read ({error}): save it as UTF-8 text.") from None
    except ValidationError as error:
        rows = ", ".join(
            f"{'.'.join(str(part) for part in row['loc']).upper() or 'settings'} ({row['msg']})"
            for row in error.errors(include_input=False)
        )
        raise StartError(f"Bad settings in the environment or .env: {rows}.") from None


def search_path() -> str:
    """Where children look for programs: the console's own PATH, the one thing they share with its environment."""
    return os.environ.get("PATH", os.defpath)
