"""Comments come in at a site that asks Akismet: builders for the tests of what follows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from app.accounts.actor import VISITOR, Actor
from app.core import clock
from app.core.markup import markdown_comment
from app.core.secrets import secrets_of
from app.discussions.models import Comment, CommentStatus
from app.discussions.own import edit_own
from app.discussions.replying import Target, reply
from app.moderation.akismet import client
from app.moderation.authors import author_of_key, key_of_member
from app.moderation.models import Case, Check, Standing
from app.moderation.submission import submission_of
from app.settings import Settings
from app.site.queries import get_site
from app.work import Doors
from tests.world import a_post, an_author


@contextmanager
def impatient() -> Iterator[None]:
    """Nobody in here waits five seconds for an answer that does not come."""
    patience, client.SECONDS = client.SECONDS, 0.3
    try:
        yield
    finally:
        client.SECONDS = patience


class Site:
    """A post and what is said under it, each in a transaction of its own."""

    def __init__(self, doors: Doors, settings: Settings, post_id: int) -> None:
        self._doors = doors
        self._settings = settings
        self.post_id = post_id

    async def says(
        self, text: str = "It is green, not red.", *, by: Actor = VISITOR, **fields: Any
    ) -> int:
        """Somebody comments; the id of the comment."""
        given = {"name": "Gwen", "email": "gwen@example.org", "address": "192.0.2.7", **fields}
        given |= {"user_id": by.user_id}
        async with self._doors.unit_of_work() as db:
            site = await get_site(db)
            target = Target(self.post_id)
            comment = await reply(
                db, by, self._settings, site, target, submission_of(text, **given)
            )
        return comment.id

    async def edits(self, comment_id: int, text: str) -> None:
        """Whoever wrote a comment says it otherwise."""
        async with self._doors.unit_of_work() as db:
            site, html = await get_site(db), markdown_comment(text)
            await edit_own(db, site, comment_id, text, html, asks_others=True)

    async def comment(self, comment_id: int) -> Comment:
        """A comment as it is now."""
        async with self._doors.reading() as db:
            return await db.get_one(Comment, comment_id)

    async def case(self, comment_id: int) -> Case:
        """Its case as it is now."""
        async with self._doors.reading() as db:
            return (await db.scalars(select(Case).where(Case.item_id == comment_id))).one()

    async def state(self, comment_id: int) -> tuple[CommentStatus, Check, str]:
        """Status, whether it still is to be checked, and what Akismet said."""
        comment, case = await self.comment(comment_id), await self.case(comment_id)
        return comment.status, case.check_state, case.akismet


async def a_site_with_a_post(doors: Doors, settings: Settings) -> Site:
    """A site on which one can comment."""
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    return Site(doors, settings, post.id)


async def somebody_trusted(doors: Doors, settings: Settings, name: str = "Ada") -> Actor:
    """A member whom a moderator trusts: what they write is published as soon as nobody minds."""
    async with doors.unit_of_work() as db:
        user = await an_author(db, name)
        key = key_of_member(secrets_of(settings), user.id)
        author = await author_of_key(db, key, clock.now())
        author.standing, author.user_id = Standing.TRUSTED, user.id
    return Actor(user_id=user.id, name=name, proved_key=key)
