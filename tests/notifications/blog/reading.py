"""People who follow the blog by mail, and authors who write to them."""

import re
from email.message import EmailMessage
from typing import Any

import httpx
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core import clock
from app.core.secrets import secrets_of
from app.notifications.blog.models import BlogFollower, PostMailing
from app.notifications.texts import refusal_key
from app.posts import actions
from app.posts.drafts import Draft
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.notifications.post_office import text_of
from tests.visiting import BASE_URL
from tests.world import the_site


def link_in(mail: EmailMessage, beginning: str) -> str:
    """The first link of a mail that begins so, as a path."""
    found = re.search(re.escape(BASE_URL + beginning) + r"\S*", text_of(mail))
    assert found, text_of(mail)
    return found[0].removeprefix(BASE_URL)


async def asks(visitor: httpx.AsyncClient, email: str, **fields: str) -> httpx.Response:
    """Somebody types an address into the form."""
    return await visitor.post("/follow/", data={"email": email, **fields})


async def they_follow(doors: Doors, settings: Settings, *emails: str) -> None:
    """These follow, confirmed and all."""
    now, secrets = clock.now(), secrets_of(settings)
    async with doors.unit_of_work() as db:
        db.add_all(
            BlogFollower(
                key=refusal_key(secrets, email), email=email, asked_at=now, confirmed_at=now
            )
            for email in emails
        )


async def published(doors: Doors, title: str = "A letter a week", **fields: Any) -> Post:
    """A post that goes to the followers."""
    fields = {"body": "Write to **one** person a week.", "mails_followers": True, **fields}
    async with doors.unit_of_work() as db:
        return await actions.add_post(
            db, OWNER_AT_THE_MACHINE, await the_site(db), Draft(title=title, **fields)
        )


async def edited(doors: Doors, post: Post, **fields: Any) -> None:
    """Its author changes it."""
    async with doors.unit_of_work() as db:
        await actions.edit_post(
            db, OWNER_AT_THE_MACHINE, await the_site(db), post.id, Draft(**fields)
        )


async def mailing_of(doors: Doors, post: Post) -> PostMailing | None:
    """How far its letters have got."""
    async with doors.reading() as db:
        return await db.get(PostMailing, post.id)


async def following(doors: Doors) -> list[str]:
    """The addresses that follow."""
    async with doors.reading() as db:
        query = select(BlogFollower.email).where(BlogFollower.confirmed_at.is_not(None))
        return list(await db.scalars(query.order_by(BlogFollower.email)))
