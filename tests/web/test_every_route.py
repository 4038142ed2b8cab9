"""All addresses the program knows, walked through: what reads changes nothing, what writes is shut to other sites."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE, Actor, Role
from app.accounts.application_passwords import add_application_password
from app.accounts.links import make_link
from app.accounts.models import LinkPurpose
from app.core import clock
from app.core.secrets import secrets_of
from app.discussions.batches import start_batch
from app.discussions.deciding import decide
from app.discussions.models import CommentStatus
from app.moderation.models import SavedFilter
from app.notifications.follows import ask_to_follow
from app.notifications.models import Letter
from app.notifications.notices.telling import tell
from app.resources.addresses import leave_address
from app.resources.models import Access, ResourceVersion
from app.resources.queries import Listed
from app.settings import Settings
from app.tables import TABLES
from app.web.comments.own_addresses import own_address
from app.web.routers import ROUTERS
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.notifications.notices.telling import news
from tests.resources.lending import a_resource
from tests.world import a_category, a_comment, a_member, a_post, a_tag, an_author_key, an_upload

pytestmark = [pytest.mark.anyio, pytest.mark.each_case]

EVIL = "https://evil.example"
FROM_ELSEWHERE: Sequence[dict[str, str]] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Origin": EVIL},
    {"Origin": "null"},
)
# Other people's servers and mail programs write here; nobody else's browser may write anywhere else.
FOR_STRANGERS = {
    "/xmlrpc.php", "/webmention", "/webmention/", "/{path:path}/trackback/", "/{path:path}/trackback",
    "/wp-trackback.php", "/wp-trackback.php/{number}", "/unsubscribe/{token}/",
}  # fmt: skip
MAILED = ("/confirm/", "/unsubscribe/", "/mod/by-", "/resources/confirm/")
PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")


def routes(routers: Sequence[Any] = ROUTERS) -> Iterator[tuple[str, frozenset[str]]]:
    """Every address as it was written down, with its methods."""
    for router in routers:
        for route in router.routes:
            inner = getattr(route, "original_router", None)
            if inner is not None:
                yield from routes([inner])
            else:
                yield route.path, frozenset(route.methods)


READ = [path for path, methods in routes() if "GET" in methods]
WRITE = [
    (method, path)
    for path, methods in routes()
    for method in sorted(methods - {"GET", "HEAD", "OPTIONS"})
]


@dataclass
class Scene:
    """A site where every kind of address leads to something."""

    values: dict[str, str]
    # Whole addresses with secrets, as they were mailed.
    mailed: list[str] = field(default_factory=list)

    def address(self, written: str) -> str:
        """An address with something real at each of its places."""
        own = {"slug": "a-calendar-of-letters"} if written.startswith("/resources/") else {}
        return PLACE.sub(lambda place: {**self.values, **own}.get(place[1], "x"), written)


@pytest.fixture
async def scene(doors: Doors, settings: Settings, run_jobs: RunJobs) -> Scene:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", roles=[Role.MODERATOR], password="correct horse")
        under = [await a_category(db), await a_tag(db)]
        post = await a_post(db, by=ada, under=under)
        key = await an_author_key(db)
        said = await a_comment(
            db, under=post, author_key_id=key.id, author_email="gwen@example.org",
            status=CommentStatus.PENDING, at=clock.now(),
        )  # fmt: skip
        await ask_to_follow(
            db, thread_id=said.thread_id, comment_id=said.id, email="gwen@example.org"
        )
        upload = await an_upload(db, is_stored=True)
        await add_application_password(db, OWNER_AT_THE_MACHINE, ada.id, "Editor")
        db.add(SavedFilter(user_id=ada.id, name="Mine", query="links=some"))
        await tell(db, ada.id, news("one"))
        reset = await make_link(
            db, LinkPurpose.PASSWORD, user_id=ada.id, lifetime=timedelta(hours=1)
        )
    resource = await a_resource(doors, settings, access=Access.ADDRESS)
    listed = Listed(resource, ResourceVersion())
    async with doors.unit_of_work() as db:
        await leave_address(
            db,
            secrets_of(settings),
            listed,
            email="gwen@example.org",
            may_be_mailed=True,
            network="",
        )
    moderator = Actor(ada.id, ada.name, frozenset({Role.MODERATOR}))
    async with doors.unit_of_work() as db:
        _, decision = await decide(db, OWNER_AT_THE_MACHINE, said.id, "approve")
        await start_batch(db, moderator, "hold", {"ids": [said.id]})
    await run_jobs()
    assert decision is not None
    values = {
        "comment_id": str(said.id), "decision_id": str(decision.id), "author_id": str(key.id),
        "secret": own_address(settings, said.id).split("/")[3], "batch_id": "1", "filter_id": "1",
        "session_id": "1", "token": reset, "verb": "approve", "written": "atom", "year": "2024",
        "month": "3", "day": "1", "rest": "03/a-letter-a-week/", "slug": "letters", "number": "1",
        "words": "letter", "kind": "posts", "first": "1", "name": "css/main.css",
        "letter_id": "1", "user_id": str(ada.id), "password_id": "1",
        "notice_id": "1", "resource_id": str(resource.id), "address_id": "1",
        "post_id": str(post.id), "revision_id": "1", "term_id": str(under[0].id),
        "upload_id": str(upload.id),
    }  # fmt: skip
    return Scene(values, [*await mailed(doors, settings), f"/account/password/{reset}/"])


async def mailed(doors: Doors, settings: Settings) -> list[str]:
    """The links in all letters that were written."""
    async with doors.reading() as db:
        texts = list(await db.scalars(select(Letter.body_text)))
    found = re.findall(re.escape(settings.base_url) + r"(/\S+)", "\n".join(texts))
    links = [link for link in found if link.startswith(MAILED)]
    assert any(link.startswith("/confirm/") for link in links)
    assert any(link.startswith("/resources/confirm/") for link in links)
    return links


async def everything(doors: Doors) -> dict[str, list[Any]]:
    """All rows of all tables."""
    async with doors.reading() as db:
        return {
            table.__tablename__: [
                tuple(row) for row in await db.execute(select(*table.__table__.columns))
            ]
            for table in TABLES
        }


def changed(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> set[str]:
    """The tables that are not as they were."""
    return {
        name for name in before if sorted(map(repr, before[name])) != sorted(map(repr, after[name]))
    }


async def test_reading_any_address_changes_nothing(
    doors: Doors, scene: Scene, signed_in: SignedIn
) -> None:
    owner = await signed_in(Role.OWNER)
    before = await everything(doors)
    failed = {}

    for path in [*map(scene.address, READ), *scene.mailed]:
        for method in ("GET", "HEAD"):
            answer = await owner.request(method, path)
            if answer.status_code >= 500 and path != "/readyz":
                failed[path] = answer.status_code

    assert failed == {}
    assert changed(before, await everything(doors)) == set()


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=lambda headers: str(headers))
async def test_another_site_can_write_nowhere_but_at_the_doors_for_strangers(
    doors: Doors, scene: Scene, signed_in: SignedIn, headers: dict[str, str]
) -> None:
    owner = await signed_in(Role.OWNER)
    before = await everything(doors)
    let_in = set()

    for method, path in WRITE:
        address = scene.address(path)
        if path in FOR_STRANGERS:
            address = address.replace(scene.values["token"], "made-up")
        answer = await owner.request(method, address, data={"comment": "x"}, headers=headers)
        if answer.status_code != 403:
            let_in.add(path)

    assert let_in == FOR_STRANGERS
    assert changed(before, await everything(doors)) == set()


async def test_a_moderator_changes_no_post_at_any_address(
    doors: Doors, scene: Scene, signed_in: SignedIn
) -> None:
    moderator = await signed_in(Role.MODERATOR)
    before = await everything(doors)
    fields = {
        "title": "Taken over", "body": "All mine", "slug": "mine", "status": "draft", "text": "Mine",
        "post_id": "1", "version": "1", "verb": "remove", "chosen": "1", "reason": "rude",
    }  # fmt: skip

    for method, path in WRITE:
        if path != "/account/sign-out":
            await moderator.request(method, scene.address(path), data=fields)
    for method in ("PUT", "PATCH", "DELETE", "POST"):
        for address in ("/2024/03/a-letter-a-week/", "/?p=1", "/write/1/", "/api/v1/posts/1"):
            answer = await moderator.request(method, address, data=fields)
            assert answer.status_code in (401, 404, 405), (method, address)

    after = await everything(doors)
    assert "comments" in changed(before, after)
    of_posts = {"posts", "post_authors", "post_terms", "revisions", "terms", "redirects"}
    assert of_posts <= set(before)
    assert changed(before, after) & of_posts == set()


@pytest.mark.parametrize("digits", [19, 5000])
@pytest.mark.parametrize("path", [path for path in READ if ":int}" in path])
async def test_a_number_longer_than_any_row_has_leads_nowhere(
    signed_in: SignedIn, path: str, digits: int
) -> None:
    owner = await signed_in(Role.OWNER)
    number = re.compile(r"\{\w+:int\}")

    answer = await owner.get(PLACE.sub("x", number.sub("9" * digits, path)))

    assert answer.status_code == 404
