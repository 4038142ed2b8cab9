"""What owners see of those who follow the blog by mail."""

import csv
import io

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.models import AuditEntry
from app.core.secrets import secrets_of
from app.notifications.texts import refusal_key
from app.settings import Settings
from app.site.queries import get_site
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.notifications.blog.reading import following, they_follow

pytestmark = pytest.mark.anyio

FOLLOWERS = "/admin/followers/"
GWEN, ADA = "gwen@example.org", "ada@example.org"


async def log(doors: Doors) -> list[str]:
    """What owners did, as the log has it."""
    async with doors.reading() as db:
        return list(await db.scalars(select(AuditEntry.what).order_by(AuditEntry.id)))


@pytest.mark.parametrize("role", [Role.EDITOR, Role.MODERATOR, Role.AUTHOR])
async def test_nobody_but_owners_sees_or_changes_them(
    doors: Doors, settings: Settings, signed_in: SignedIn, role: Role
) -> None:
    await they_follow(doors, settings, GWEN)
    browser = await signed_in(role)

    assert (await browser.get(FOLLOWERS)).status_code == 403
    for act in ("text", "export", f"{refusal_key(secrets_of(settings), GWEN)}/removal"):
        assert (await browser.post(FOLLOWERS + act, data={})).status_code == 403
    assert await following(doors) == [GWEN]


async def test_an_owner_removes_one_and_the_log_does_not_keep_the_address(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    await they_follow(doors, settings, GWEN, ADA)
    owner = await signed_in(Role.OWNER)
    assert "2 people are mailed" in (await owner.get(FOLLOWERS)).text
    removal = f"{FOLLOWERS}{refusal_key(secrets_of(settings), GWEN)}/removal"

    done = await owner.post(removal)

    assert done.headers["Location"] == f"{FOLLOWERS}?done=removed"
    assert await following(doors) == [ADA]
    assert (await owner.post(removal)).status_code == 404
    assert (await log(doors))[-1] == "follower removed"
    async with doors.reading() as db:
        kept = [
            f"{one.thing} {one.before} {one.after}" for one in await db.scalars(select(AuditEntry))
        ]
    assert GWEN not in " ".join(kept)


async def test_many_are_listed_page_by_page_with_as_few_queries(
    doors: Doors, settings: Settings, signed_in: SignedIn, count_queries: CountQueries
) -> None:
    owner = await signed_in(Role.OWNER)
    await they_follow(doors, settings, "first@example.org")
    # What stands around every page is read once.
    await owner.get(FOLLOWERS)
    with count_queries() as few:
        await owner.get(FOLLOWERS)
    await they_follow(doors, settings, *[f"reader{n:03}@example.org" for n in range(120)])
    with count_queries() as many:
        page = await owner.get(FOLLOWERS)

    seen = page.text.count("/removal")
    while 'href="/admin/followers/?before=' in page.text:
        at = page.text.split('href="/admin/followers/?before=')[1].split('"')[0]
        page = await owner.get(f"{FOLLOWERS}?before={at}")
        seen += page.text.count("/removal")

    assert seen == 121
    assert "first@example.org" in page.text
    assert len(many) == len(few)


async def test_the_list_is_taken_away_as_csv(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    crowd = [f"reader{n:04}@example.org" for n in range(1100)]
    await they_follow(doors, settings, *crowd, "=cmd@example.org")
    owner = await signed_in(Role.OWNER)

    taken = await owner.post(f"{FOLLOWERS}export")

    head, *rows = csv.reader(io.StringIO(taken.text))
    assert head == ["email", "since"]
    assert [row[0] for row in rows] == [*crowd, "'=cmd@example.org"]
    assert taken.headers["Cache-Control"] == "no-store"
    assert "attachment" in taken.headers["Content-Disposition"]
    assert (await log(doors))[-1] == "followers exported"


async def test_an_owner_chooses_what_the_letters_hold(doors: Doors, signed_in: SignedIn) -> None:
    owner = await signed_in(Role.OWNER)

    await owner.post(f"{FOLLOWERS}text", data={"whole": "1"})

    async with doors.reading() as db:
        assert (await get_site(db)).mails_full_text
    assert (await log(doors))[-1] == "text of mailed posts chosen"


async def test_every_page_leads_to_the_form(visitor: httpx.AsyncClient) -> None:
    assert 'href="/follow/"' in (await visitor.get("/")).text
    form = await visitor.get("/follow/")
    assert form.status_code == 200
    assert 'action="/follow/"' in form.text
