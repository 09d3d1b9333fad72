"""One class per meaning. An error knows its HTTP status; `middleware.errors` is the only place that renders them."""

from __future__ import annotations

from dataclasses import dataclass


class StartError(Exception):
    """The console cannot start. The message is one sentence for the person who must act; no traceback is shown."""


@dataclass(frozen=True)
class FieldError:
    """One refused input field. `field` is a dotted path as the client sent it, e.g. `parameters.weeks_ahead`."""

    field: str
    message: str


class AppError(Exception):
    """Base of everything the API answers on purpose. `detail` is shown to the user as it is."""

    status = 500
    detail = "Something went wrong."
    # For programs, where one status has several meanings that they must tell apart.
    code: str | None = None

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or type(self).detail
        super().__init__(self.detail)


class NotFound(AppError):
    status = 404
    detail = "Not found."


class BadRequest(AppError):
    status = 400
    detail = "That cannot be done now."


class Conflict(AppError):
    status = 409
    detail = "That conflicts with something that exists already."


class NotAuthenticated(AppError):
    """Rendered with `WWW-Authenticate` (RFC 9110 §11.6.1)."""

    status = 401
    detail = "Not authenticated"


class Forbidden(AppError):
    status = 403
    detail = "That is not allowed."


class StepUpNeeded(Forbidden):
    """The session is alive, and was confirmed by its person too long ago for what was asked."""

    code = "step_up_needed"
    detail = "Confirm that it is you (POST /api/auth/confirm), then send this again."


class InvalidInput(AppError):
    """422 with one row per bad field."""

    status = 422

    def __init__(self, errors: list[FieldError], prefix: str = "") -> None:
        self.errors = [FieldError(prefix + error.field, error.message) for error in errors]
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in self.errors[:5]))


class TooManyRequests(AppError):
    """Rendered with `Retry-After`, in whole seconds."""

    status = 429

    def __init__(self, detail: str, retry_after: float) -> None:
        self.retry_after = max(1, round(retry_after + 0.5))
        super().__init__(detail)


class Unavailable(AppError):
    """Something the console needs does not answer; the same request may work in a moment."""

    status = 503
    detail = "The database does not answer. Nothing was changed; try again in a moment."


class DamagedRecord(AppError):
    """A stored record cannot be understood; what can be done about it is in `detail`."""

    status = 409


class SecretUnreadable(AppError):
    """A stored secret does not open with the keys at hand, or was moved between records."""

    status = 409
    detail = "A stored secret cannot be read with the present ENCRYPTION_KEY."


class UpstreamFailed(AppError):
    """A service that the console asks, such as the FPL API, failed. `code` says how, for programs."""

    status = 502

    def __init__(self, detail: str, code: str) -> None:
        self.code = code
        super().__init__(detail)
