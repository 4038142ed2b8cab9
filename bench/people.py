"""People who write: commenters without end, each somebody else, and the moderator who taught the filter."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import count, islice
from time import time_ns
from typing import TypeAlias

import httpx
from sqlalchemy import select

from app.accounts.actor import Actor, Role
from app.accounts.sessions import Whereabouts, start_session
from app.core.db import open_database
from app.core.freshness.news import open_news
from app.discussions import actions
from app.discussions.models import Comment
from app.work import Doors
from bench.load import request_for
from bench.loading import LoadedSite
from bench.pages import TAKEN_IN
from bench.site import plan
from bench.words import Words
from tests.world import a_member

# The filter says nothing before it has seen twenty of each.
LESSONS = 25
# So many posts are talked about at once.
_POSTS = 20
_TOKEN = re.compile(r'name="form_token"\s+value="([^"]+)"')
_SPAM = "Buy cheap pills at our casino now. "
# Where a form is sent, and its fields.
Sent: TypeAlias = tuple[str, Mapping[str, str]]
# Nobody says the same twice within a day: each run begins where none was before.
_numbers = count(time_ns() // 1000)


class Commenters:
    """Whoever writes under the newest posts of a site, in the forms that stand there."""

    def __init__(self, server: str, site: LoadedSite) -> None:
        self._words = Words(next(_numbers))
        paths = [post.path for post in plan(site.size)[-_POSTS:]]
        with httpx.Client(base_url=server, trust_env=False, timeout=60) as reader:
            self._forms = [(server + path, _TOKEN.findall(reader.get(path).text)) for path in paths]

    def comments(self, opening: str = "") -> Iterator[Sent]:
        """Always by somebody else, who says something else."""
        for number in _numbers:
            url, (token, *_) = self._words.chance.choice(self._forms)
            yield (
                f"{url}comment",
                {
                    "author": self._words.name(),
                    "email": f"reader{number}@bench.example",
                    "comment": opening + self._words.paragraph(3, rich=True),
                    "form_token": token,
                },
            )


def trackbacks(server: str, site: LoadedSite) -> Iterator[Sent]:
    """One from another page each, to the newest posts. The pages can't be asked for, which the worker sees at once."""
    words = Words(next(_numbers))
    paths = [post.path for post in plan(site.size)[-_POSTS:]]
    for number in _numbers:
        yield (
            f"{server}{words.chance.choice(paths)}trackback/",
            {
                "url": f"http://127.0.0.1/{number}/",
                "title": words.title(),
                "excerpt": words.paragraph(2),
                "blog_name": words.name(),
            },
        )


def on_the_wire(forms: Iterable[Sent], to: str = "", cookie: str = "") -> Iterator[bytes]:
    """The same as a browser or a blog sends them; all to one URL, if that is given."""
    headers = {"accept": "text/html"} | ({"cookie": cookie} if cookie else {})
    for url, fields in forms:
        yield request_for(to or url, headers, fields)


def teach(server: str, site: LoadedSite) -> None:
    """Have a person decide about so much spam and so much else that the filter has an opinion of all that follows."""
    commenters = Commenters(server, site)
    openings: dict[str, str] = {}
    with httpx.Client(trust_env=False, timeout=60) as client:
        for opening in (_SPAM, ""):
            for url, fields in islice(commenters.comments(opening), LESSONS):
                answer = client.post(url, data=dict(fields))
                if answer.status_code != TAKEN_IN:
                    raise SystemExit(f"{url} answers {answer.status_code} to a comment")
                openings[fields["email"]] = opening
    asyncio.run(_decide(site, openings))


async def _decide(site: LoadedSite, openings: Mapping[str, str]) -> None:
    async with doors_to(site) as doors, doors.unit_of_work() as db:
        person = await a_member(db, "Who taught it", roles=[Role.MODERATOR])
        actor = Actor(user_id=person.id, name=person.name, roles=frozenset({Role.MODERATOR}))
        written = select(Comment.id, Comment.author_email).where(Comment.author_email.in_(openings))
        for comment_id, email in (await db.execute(written.order_by(Comment.id))).all():
            decide = actions.mark_as_spam if openings[email] else actions.approve
            await decide(db, actor, comment_id)


def moderators_cookie(site: LoadedSite) -> str:
    """What the browser of a moderator sends who is signed in."""
    return f"session={asyncio.run(_sign_in(site))}"


async def _sign_in(site: LoadedSite) -> str:
    async with doors_to(site) as doors, doors.unit_of_work() as db:
        person = await a_member(db, "Who looks on", roles=[Role.MODERATOR])
        return await start_session(db, person, Whereabouts("127.0.0.1", "A browser"))


@asynccontextmanager
async def doors_to(site: LoadedSite) -> AsyncIterator[Doors]:
    """The doors to its database, beside the server's."""
    database, news = open_database(site.database_url), open_news(site.database_url)
    yield Doors(database, news)
    await news.close()
    await database.close()
