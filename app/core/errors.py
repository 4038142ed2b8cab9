"""What can go wrong, in the asker's words. Raised where the fact is known, caught in `web/errors.py` and the CLI."""

from collections.abc import Mapping
from datetime import datetime

from app.core.i18n import _, marked


class AppError(Exception):
    """A refusal with an HTTP status, a short title and one sentence for the person who asked."""

    status = 500
    title = marked("Something went wrong")

    def __init__(self, detail: str = "", *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.headers = dict(headers or {})


class BadRequest(AppError):
    """400: what was sent cannot be read at all."""

    status, title = 400, marked("That can't be read")


class TooLarge(AppError):
    """413: more was sent than is taken."""

    status, title = 413, marked("Too large")


class WrongType(AppError):
    """415: what was sent is of a type that is not taken here."""

    status, title = 415, marked("Not of a kind that is taken here")


class Invalid(AppError):
    """422: what was sent can be read, but not used."""

    status, title = 422, marked("That can't be used")

    def __init__(
        self,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail, headers=headers)
        # What is wrong with which field of a form.
        self.fields = dict(fields or {})


class WrongFields(Invalid):
    """422: what is wrong stands at the fields; a page says so in these words, the API in its own."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        says = _("All you typed is kept. Please look at what is marked below.")
        super().__init__(says, fields=fields)


class SignInNeeded(AppError):
    """401: nobody is signed in."""

    status, title = 401, marked("Please sign in")


class Forbidden(AppError):
    """403: known, and not allowed."""

    status, title = 403, marked("Not allowed")


class NotFound(AppError):
    """404: not there, or not for this reader to see."""

    status, title = 404, marked("Page not found")


class WrongMethod(AppError):
    """405: the address is right, the method is not; `headers` carry `Allow`."""

    status, title = 405, marked("That can't be done here")


class Conflict(AppError):
    """409: somebody else was first."""

    status, title = 409, marked("Somebody was faster")


class Gone(AppError):
    """410: it was here, and was taken away."""

    status, title = 410, marked("No longer here")


class Outdated(AppError):
    """412: it is not what the asker's condition (`If-Match`) says it is."""

    status, title = 412, marked("It has changed since")


class TooMany(AppError):
    """429: too often; `headers` carry `Retry-After`."""

    status, title = 429, marked("Too many requests")


class NotNow(TooMany):
    """429: not before the moment `at`. A job that raises it is put off until then, and has not failed."""

    def __init__(self, detail: str, at: datetime) -> None:
        super().__init__(detail)
        self.at = at


class Unreachable(AppError):
    """502: another server did not answer as it should."""

    status, title = 502, marked("Another server did not answer")


class NotReady(AppError):
    """503: the database is away, locked or at another schema; the sentence names the command to run."""

    status, title = 503, marked("Not ready")
