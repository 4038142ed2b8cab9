"""What was mailed, each letter read by whom it is addressed to."""

from datetime import timedelta

from sqlalchemy import select

from app.core import clock
from app.core.jobs import Tools
from app.notifications.models import Letter
from app.notifications.notices.mailing import mail_notices
from tests.secrecy.building import World
from tests.secrecy.crawling import Walk, examine
from tests.secrecy.oracle import Person


async def mail(world: World, later: timedelta) -> Walk:
    """So much later the schedule comes by: what it has mailed is read, as long as things are as they are."""
    with clock.moved(later):
        await mail_notices(Tools(world.doors, world.settings))
    await world.run_jobs(later=later)
    by_address = {who.email: who for who in world.people.values()}
    found = Walk(Person("letters"))
    async with world.doors.reading() as db:
        for letter in await db.scalars(select(Letter).where(Letter.id > world.read_to)):
            who = by_address.get(letter.recipient, Person("guest"))
            content = f"{letter.subject}\n{letter.body_text}\n{letter.body_html}\n{letter.headers}"
            found.who, found.pages = who, found.pages + 1
            # Everybody has their own address written on it.
            examine(world, found, world.words.for_(who), content.encode(), letter.recipient)
            world.read_to = max(world.read_to, letter.id)
    return found
