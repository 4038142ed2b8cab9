"""A change is done in one unit of work; and, where its caller named a key for it, once and never again."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from math import ceil

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_answers import LONGEST_KEY, ApiAnswer, claim_key
from app.api.answering import Done, dressed, etag_of
from app.api.calling import Call
from app.core import clock
from app.core.errors import Invalid, TooMany
from app.core.i18n import _
from app.core.limits import Limit, take

Change = Callable[[AsyncSession], Awaitable[Done]]

# What one token may change, however many processes there are.
CHANGES = (Limit(120, timedelta(minutes=1)),)
KEY = "Idempotency-Key"
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")
_JSON = "application/json"


async def done(call: Call, change: Change) -> Response:
    """Do a change that may be asked for any number of times: to change something, or take it away."""
    async with call.doors.unit_of_work() as db:
        await count_change(call, db)
        what = await change(db)
    return answer_of(call, what)


async def done_once(call: Call, change: Change, content: bytes | None = None) -> Response:
    """Do a change for a POST: once for all calls of one token with one Idempotency-Key within a day.

    `content` stands for the body where that is no JSON. Raises Invalid for a key that is none, or was
    used for something else; and whatever the change raises: then nothing is kept of the call.
    """
    key = key_of(call)
    asked = await _fingerprint(call, content) if key else ""
    async with call.doors.unit_of_work() as db:
        kept = await claimed(call, db, key, asked)
        if kept is not None and kept.status:
            return told_again(call, kept)
        await count_change(call, db)
        what = await change(db)
        keep_answer(kept, what)
    return answer_of(call, what)


async def claimed(call: Call, db: AsyncSession, key: str, asked: str) -> ApiAnswer | None:
    """The answer to a call that named a key, kept or to be filled in; None where it named none."""
    if not key:
        return None
    return await claim_key(db, call.token_id or 0, key, asked, clock.now())


def keep_answer(kept: ApiAnswer | None, what: Done) -> None:
    """Write down what is answered, beside what was changed."""
    if kept is not None:
        kept.status, kept.headers = what.status, dict(what.headers)
        kept.body = (what.kept or what.model).model_dump_json()


def told_again(call: Call, kept: ApiAnswer) -> Response:
    """What was answered before."""
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    body = kept.body.encode()
    return dressed(call.request, Response(body, kept.status, headers, _JSON), etag_of(body))


def answer_of(call: Call, what: Done) -> Response:
    """What a change came to, as JSON."""
    body = what.model.model_dump_json().encode()
    response = Response(body, what.status, dict(what.headers), _JSON)
    return dressed(call.request, response, etag_of(body))


def key_of(call: Call) -> str:
    """The key that a call names; empty for none. Raises Invalid."""
    key = call.request.headers.get(KEY)
    if key is None:
        return ""
    if not _KEY.fullmatch(key):
        says = _("A key has 1 to 200 letters, digits and signs of ASCII, and no blank.")
        raise Invalid(says, fields={KEY: says})
    return key


async def count_change(call: Call, db: AsyncSession) -> None:
    """Once more. Raises TooMany with the seconds to wait."""
    if call.settings.rate_limits == "off":
        return
    wait = await take(db, f"api:{call.token_id}", CHANGES, clock.now())
    if wait is not None:
        seconds = ceil(wait.total_seconds())
        words = _("That was too often. Try again in %(seconds)d seconds.") % {"seconds": seconds}
        raise TooMany(words, headers={"Retry-After": str(seconds)})


async def _fingerprint(call: Call, content: bytes | None) -> str:
    request = call.request
    body = await request.body() if content is None else content
    told = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(told + body).hexdigest()
