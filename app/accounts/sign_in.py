"""Signing in: count the try, compare the password outside any transaction, ask for a code, begin a session.

Whoever is wrong gets the same answer after the same work, whether the name is known or not.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from itsdangerous import BadSignature
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.models import User
from app.accounts.passwords import check_password
from app.accounts.queries import find_user, get_user
from app.accounts.sessions import Whereabouts, end_session_of, start_session
from app.accounts.throttle import count_try, forget_tries
from app.accounts.totp import step_of
from app.core import clock
from app.core.db import Work
from app.core.errors import Gone, Invalid, TooMany
from app.core.i18n import _, marked, ngettext
from app.core.secrets import Secrets

# How long the page that asks for a code may stand open.
CODE_WITHIN = timedelta(minutes=10)
_PURPOSE = "second factor"
_WRONG = marked("This e-mail address and this password do not belong together.")
_TOO_OLD = marked("That took too long. Please sign in again.")


@dataclass(frozen=True)
class Credentials:
    """What was typed, and from where. `name` is an e-mail address or a login."""

    name: str
    password: str
    place: Whereabouts
    # The token of the session that this browser has had until now: it ends.
    former_token: str = ""


@dataclass(frozen=True)
class Outcome:
    """Either a session's token, or a signed note to hand in together with a code."""

    token: str = ""
    half_way: str = ""


async def sign_in(work: Work, secrets: Secrets, typed: Credentials) -> Outcome:
    """A session for whoever knows the password. Raises TooMany, or Invalid without a hint at what is wrong."""
    await _count(work, secrets, "sign-in", typed.name, typed.place)
    async with work.reading() as session:
        user = await find_user(session, typed.name)
    verdict = await check_password(typed.password, user.password_hash if user else "")
    if user is None or not verdict.is_right:
        raise Invalid(_(_WRONG))
    async with work.unit_of_work() as session:
        now_kept = await get_user(session, user.id, locked=True)
        if now_kept.password_hash != user.password_hash:
            # It was changed while we compared.
            raise Invalid(_(_WRONG))
        now_kept.password_hash = verdict.new_hash or now_kept.password_hash
        await forget_tries(session, secrets, "sign-in", typed.name)
        if now_kept.totp_secret:
            note = secrets.signer(_PURPOSE).dumps([user.id, _print_of(secrets, now_kept)])
            return Outcome(half_way=str(note))
        return Outcome(token=await begin(session, now_kept, typed.place, typed.former_token))


async def sign_in_by_code(
    work: Work, secrets: Secrets, half_way: str, code: str, place: Whereabouts, former_token: str
) -> Outcome:
    """The second half. Raises TooMany, Invalid for a wrong or used code, Gone for a note that is too old."""
    user_id, password_print = _read_note(secrets, half_way)
    await _count(work, secrets, "code", str(user_id), place)
    async with work.unit_of_work() as session:
        user = await get_user(session, user_id, locked=True)
        if _print_of(secrets, user) != password_print:
            raise Gone(_(_TOO_OLD))
        step = step_of(user.totp_secret, code, clock.now(), after=user.totp_step)
        if user.totp_secret and step is None:
            raise Invalid(
                _("That code is not right, or it was used before. Wait for the next one.")
            )
        user.totp_step = step or user.totp_step
        await forget_tries(session, secrets, "code", str(user_id))
        return Outcome(token=await begin(session, user, place, former_token))


async def count_proof(work: Work, secrets: Secrets, user_id: int, place: Whereabouts) -> None:
    """Count that somebody signed in is about to say their password once more. Raises TooMany."""
    await _count(work, secrets, "proof", str(user_id), place)


async def begin(session: AsyncSession, user: User, place: Whereabouts, former_token: str) -> str:
    """A new session for somebody who has proved who they are; the browser's former one ends."""
    if former_token:
        await end_session_of(session, former_token)
    record_audit(session, Actor(user_id=user.id), "signed in", f"user:{user.id}")
    return await start_session(session, user, place)


async def _count(work: Work, secrets: Secrets, what: str, name: str, place: Whereabouts) -> None:
    async with work.unit_of_work() as session:
        wait = await count_try(session, secrets, what, name, place.address, clock.now())
    if wait is not None:
        raise too_many(wait)


def too_many(wait: timedelta) -> TooMany:
    """The refusal of one try too many, with the minutes until the next."""
    seconds = ceil(wait.total_seconds())
    minutes = ceil(seconds / 60)
    sentence = ngettext(
        "That was tried too often. Try again in %(num)d minute.",
        "That was tried too often. Try again in %(num)d minutes.",
        minutes,
    )
    return TooMany(sentence % {"num": minutes}, headers={"Retry-After": str(seconds)})


def _read_note(secrets: Secrets, half_way: str) -> tuple[int, str]:
    try:
        user_id, password_print = secrets.signer(_PURPOSE).loads(
            half_way, max_age=int(CODE_WITHIN.total_seconds())
        )
    except BadSignature:
        raise Gone(_(_TOO_OLD)) from None
    return int(user_id), str(password_print)


def _print_of(secrets: Secrets, user: User) -> str:
    """Changes with the password, so that a note from before is worth nothing."""
    return secrets.keyed_hash(_PURPOSE, f"{user.id}:{user.password_hash}")
