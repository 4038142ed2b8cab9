"""Axe on all pages around a comment: its form, its own page, where letters lead, and the console."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.async_api import Page

from app.accounts.actor import Role
from app.accounts.links import make_link
from app.accounts.models import LinkPurpose
from app.accounts.sessions import Whereabouts, start_session
from app.core import clock
from app.core.secrets import secrets_of
from app.discussions.appeals import appeal
from app.discussions.models import CommentStatus
from app.notifications.bounces import STOPPED_AFTER, count_bounce
from app.notifications.ending import Ends, ending_token
from app.notifications.models import Letter
from app.settings import Settings
from app.web.accounts.session_cookie import cookie_name
from app.web.comments.own_addresses import own_address
from app.work import Doors
from tests.browsers import WIDTHS
from tests.conftest import OpenPage
from tests.journeys.looking import troubles_by_day_and_night
from tests.visiting import Server
from tests.world import a_comment, a_member, a_post, an_author_key

pytestmark = pytest.mark.anyio

REASONS = [{"code": "links", "because": "3 links, where 2 are usual"}]


@dataclass(frozen=True)
class Scene:
    """A site with a comment in each state, and a moderator's session."""

    url: str
    post: str
    own: dict[str, str]
    waiting: int
    ending: str
    appealing: str
    session: str


@pytest.fixture
async def scene(server: Server, doors: Doors, settings: Settings) -> Scene:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        own, ids = {}, {}
        for status in CommentStatus:
            key = await an_author_key(db, f"{status}@example.org")
            one = await a_comment(
                db, f"It is *{status}*.", under=post, by=f"Gwen the {status}", status=status,
                author_key_id=key.id, author_email=f"{status}@example.org", at=clock.now(),
                case={"reasons": REASONS, "score": 0.5},
            )  # fmt: skip
            own[status.value] = own_address(settings, one.id)
            ids[status.value] = one.id
        ada = await a_member(db, "Ada", roles=[Role.OWNER])
        appealing = await make_link(
            db, LinkPurpose.APPEAL, subject_id=ids["removed"], lifetime=timedelta(days=1)
        )
        appealed = await a_comment(
            db, "It is green.", under=post, status=CommentStatus.REMOVED, at=clock.now()
        )
        await appeal(db, appealed.id, "Please read it again.\nIt is about the fence.")
        for _ in range(STOPPED_AFTER):
            await count_bounce(db, "gone@example.org", "550 5.1.1 No such mailbox")
        db.add(a_failed_letter())
        session = await start_session(db, ada, Whereabouts("203.0.113.9", "A browser"))
    ending = ending_token(secrets_of(settings), Ends.MODERATION, ada.id)
    return Scene(server.url, post.path or "", own, ids["pending"], ending, appealing, session)


def a_failed_letter() -> Letter:
    return Letter(
        recipient="gone@example.org", subject="News", body_text="News", message_id="<1@example.org>",
        created_at=clock.now(), failed_at=clock.now(), trouble="550 5.1.1 No such mailbox",
    )  # fmt: skip


async def refused(page: Page, scene: Scene) -> None:
    await page.goto(scene.url + scene.post)
    await page.get_by_label("E-mail").fill("nobody")
    await page.get_by_role("button", name="Send for reading").click()


async def preview(page: Page, scene: Scene) -> None:
    await page.goto(scene.url + scene.post)
    await page.get_by_label("Comment", exact=True).fill("It is *green*.")
    await page.get_by_role("button", name="Preview").click()


async def faster(page: Page, scene: Scene) -> None:
    """Somebody decided before this one pressed the button."""
    await page.goto(f"{scene.url}/mod/comments/{scene.waiting}/removal")
    await page.evaluate("document.querySelector('[name=version]').value = 99")
    await page.get_by_role("button", name="Attacks a person").click()


def at(address: str) -> Callable[[Page, Scene], Awaitable[object]]:
    return lambda page, scene: page.goto(scene.url + address.format(scene=scene))


FOR_READERS = {
    "refused": refused,
    "preview": preview,
    **{status.value: at(f"{{scene.own[{status.value}]}}") for status in CommentStatus},
    "unsubscribe": at("/unsubscribe/{scene.ending}/"),
    "appeal": at("/appeal/{scene.appealing}/"),
}
FOR_MODERATORS = {
    "queue": at("/mod/"),
    "mistakes": at("/mod/?tab=mistakes"),
    "spam": at("/mod/?tab=spam"),
    "one": at("/mod/comments/{scene.waiting}"),
    **{
        sheet: at(f"/mod/comments/{{scene.waiting}}/{sheet}")
        for sheet in ("answer", "block", "note")
    },
    "faster": faster,
    "log": at("/mod/log/"),
    "outbox": at("/mod/outbox/"),
    "account": at("/account/"),
    "people": at("/admin/people/?who=nobody"),
    "person": at("/admin/people/1/"),
    "links": at("/admin/links/"),
    "links of a post": at("/admin/links/1/"),
}


@pytest.mark.parametrize("width", WIDTHS)
async def test_axe_finds_nothing_on_any_page_around_a_comment(
    scene: Scene, settings: Settings, open_page: OpenPage, width: int
) -> None:
    page = await open_page(scene.url, width=width)
    found = {name: await trouble(page, scene, step) for name, step in FOR_READERS.items()}
    cookie = {"name": cookie_name(settings), "value": scene.session, "url": scene.url}
    await page.context.add_cookies([cookie])
    found |= {name: await trouble(page, scene, step) for name, step in FOR_MODERATORS.items()}

    assert {name: rules for name, rules in found.items() if rules} == {}


async def trouble(
    page: Page, scene: Scene, step: Callable[[Page, Scene], Awaitable[object]]
) -> list[str]:
    """What axe says of a page, and whether it is wider than its window."""
    await step(page, scene)
    rules = await troubles_by_day_and_night(page)
    too_wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*rules, "too wide"] if too_wide else rules
