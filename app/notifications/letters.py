"""The letter box: what is to be sent waits here, in the transaction that made it necessary, until a server has it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.db import Work
from app.core.jobs import Tools, enqueue, job
from app.core.logs import get_logger
from app.core.mail import (
    Bounced,
    Line,
    Mail,
    PutOff,
    Refused,
    ServerAway,
    connected,
    is_deliverable,
    read_server,
)
from app.moderation.authors import normalised_email
from app.notifications.bounces import count_bounce, mail_arrived, stopped
from app.notifications.models import IS_WAITING, Bounce, Letter, Refusal
from app.notifications.texts import NewLetter
from app.settings import Settings
from app.site.queries import get_site

log = get_logger()

# One line to the server takes so many; whoever has them has so long until others may try.
_TOGETHER = 20
_OURS_FOR = timedelta(minutes=15)
# After each answer that puts a letter off; the last one again and again.
_WAITS = tuple(timedelta(seconds=s) for s in (60, 600, 3600, 6 * 3600))
_GIVEN_UP_AFTER = timedelta(days=3)
# Until a server that takes no mail at all is asked again.
_SERVER_RESTS = timedelta(minutes=1)


async def write_letter(session: AsyncSession, letter: NewLetter) -> bool:
    """Put a letter into the box; False where it was there before, its reader wants none, or gets none.

    What somebody has asked for themselves is tried in any case.
    """
    known = select(Letter.id).where(Letter.message_id == letter.message_id)
    if await session.scalar(known) is not None or not is_deliverable(letter.recipient):
        return False
    if letter.refusal and await _goes_nowhere(session, letter):
        return False
    row = Letter(**_row(letter))
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # A job that was done twice because its worker died has just written the same one.
        return False
    await enqueue(session, send_letters, once="letters")
    return True


async def is_written(session: AsyncSession, about: str, to: str) -> bool:
    """Whether there is a letter about this to somebody: for whoever would make links for another in vain."""
    same = and_(Letter.about == about, func.lower(Letter.recipient) == normalised_email(to))
    return await session.scalar(select(Letter.id).where(same).limit(1)) is not None


async def _goes_nowhere(session: AsyncSession, letter: NewLetter) -> bool:
    if await session.get(Refusal, letter.refusal) is not None:
        return True
    return await stopped(session, letter.recipient) is not None


async def write_letters(session: AsyncSession, letters: Sequence[NewLetter]) -> set[str]:
    """Put many into the box, by as few statements as one; the message ids of those that are new in it."""
    fit = await _that_go_somewhere(session, letters)
    if not fit:
        return set()
    try:
        async with session.begin_nested():
            await session.execute(insert(Letter), [_row(letter) for letter in fit.values()])
    except IntegrityError:
        return {key for key, letter in fit.items() if await write_letter(session, letter)}
    await enqueue(session, send_letters, once="letters")
    return set(fit)


async def _that_go_somewhere(
    session: AsyncSession, letters: Sequence[NewLetter]
) -> dict[str, NewLetter]:
    """By message id those that are not there yet, and that their readers want and get."""
    ids = [letter.message_id for letter in letters]
    addresses = {letter.message_id: normalised_email(letter.recipient) for letter in letters}
    known = set(await session.scalars(select(Letter.message_id).where(Letter.message_id.in_(ids))))
    refusals = [letter.refusal for letter in letters if letter.refusal]
    refused = set(
        await session.scalars(select(Refusal.address).where(Refusal.address.in_(refusals)))
    )
    bounced = and_(Bounce.address.in_(set(addresses.values())), Bounce.stopped_at.is_not(None))
    unreachable = set(await session.scalars(select(Bounce.address).where(bounced)))
    return {
        letter.message_id: letter
        for letter in letters
        if letter.message_id not in known
        and is_deliverable(letter.recipient)
        and not (
            letter.refusal
            and (letter.refusal in refused or addresses[letter.message_id] in unreachable)
        )
    }


def _row(letter: NewLetter) -> dict[str, Any]:
    return {
        "recipient": letter.recipient,
        "subject": letter.subject,
        "body_text": letter.text,
        "body_html": letter.html,
        "headers": dict(letter.headers),
        "message_id": letter.message_id,
        "about": letter.about,
        "created_at": clock.now(),
    }


@job("send_letters")
async def send_letters(tools: Tools) -> None:
    """Hand over all that is due. Without a server it waits; with one that is away, too."""
    if not tools.settings.smtp_url:
        return
    while taken := await _take_some(tools.work):
        if not await _send_some(tools, taken):
            return


async def _take_some(work: Work) -> Sequence[Letter]:
    """The oldest that are due; nobody else takes them for a while."""
    now = clock.now()
    oldest = (
        select(Letter)
        .where(_is_due(now))
        .order_by(Letter.id)
        .limit(_TOGETHER)
        .with_for_update(skip_locked=True)
    )
    async with work.unit_of_work() as db:
        taken = (await db.scalars(oldest)).all()
        for letter in taken:
            letter.retry_at = now + _OURS_FOR
    return taken


def _is_due(at: datetime) -> ColumnElement[bool]:
    return and_(IS_WAITING, or_(Letter.retry_at.is_(None), Letter.retry_at <= at))


async def _send_some(tools: Tools, letters: Sequence[Letter]) -> bool:
    """Send them over one line; False where the server is away."""
    left = list(letters)
    sender, name = await _sender(tools)
    try:
        async with connected(read_server(tools.settings.smtp_url)) as line:
            while left:
                # Off the list before it is sent: what becomes of it is written down there.
                await _send_one(tools.work, line, left.pop(0), sender, name)
    except ServerAway as error:
        log.warning("mail server away", error=str(error))
        await _leave(tools.work, left, str(error))
        return False
    return True


async def _send_one(work: Work, line: Line, letter: Letter, sender: str, name: str) -> None:
    try:
        await line.send(_as_mail(letter, sender, name))
    except Refused as error:
        async with work.unit_of_work() as db:
            await _write_down(db, letter, trouble=str(error), failed_at=clock.now())
            if isinstance(error, Bounced):
                await count_bounce(db, letter.recipient, str(error))
    except (PutOff, ServerAway) as error:
        # A letter that breaks every line must not stand before the others for ever.
        await _put_off(work, letter, str(error))
        if isinstance(error, ServerAway):
            raise
    else:
        async with work.unit_of_work() as db:
            await _write_down(db, letter, trouble="", sent_at=clock.now(), retry_at=None)
            await mail_arrived(db, letter.recipient)


async def _put_off(work: Work, letter: Letter, trouble: str) -> None:
    now = clock.now()
    if now - (letter.resent_at or letter.created_at) > _GIVEN_UP_AFTER:
        await _note(work, letter, trouble=trouble, failed_at=now)
        return
    wait = _WAITS[min(letter.tries, len(_WAITS) - 1)]
    await _note(work, letter, trouble=trouble, tries=letter.tries + 1, retry_at=now + wait)


async def _leave(work: Work, letters: Sequence[Letter], trouble: str) -> None:
    for letter in letters:
        await _note(work, letter, trouble=trouble, retry_at=clock.now() + _SERVER_RESTS)


async def _note(work: Work, letter: Letter, **values: object) -> None:
    """Write down what became of a letter at once: what was sent must never be sent again."""
    async with work.unit_of_work() as db:
        await _write_down(db, letter, **values)


async def _write_down(session: AsyncSession, letter: Letter, **values: object) -> None:
    await session.execute(update(Letter).where(Letter.id == letter.id).values(**values))


async def _sender(tools: Tools) -> tuple[str, str]:
    async with tools.work.reading() as db:
        site = await get_site(db)
    return sender_of(tools.settings), site.letters_from or site.title


def sender_of(settings: Settings) -> str:
    """The address letters come from."""
    return f"rapport@{settings.base_host}"


def _as_mail(letter: Letter, sender: str, name: str) -> Mail:
    return Mail(
        sender=sender,
        sender_name=name,
        recipient=letter.recipient,
        subject=letter.subject,
        text=letter.body_text,
        html=letter.body_html,
        message_id=letter.message_id,
        at=letter.created_at,
        headers={str(key): str(value) for key, value in letter.headers.items()},
    )


async def trouble_with_server(url: str) -> str:
    """Why the mail server of a URL takes no mail just now; empty when it does."""
    try:
        async with asyncio.timeout(10), connected(read_server(url)):
            return ""
    except (ServerAway, ValueError) as error:
        return str(error)
    except TimeoutError:
        return "it does not answer"
