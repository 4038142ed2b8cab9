"""Invitations: handed out by members, used up, revoked; and who decides who may sign up."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.models import SignUpInvitation, SignUpMode, User
from app.core import clock
from app.notifications.models import Letter
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.web.signing_in import PASSWORD
from tests.web.test_sign_up import ask, opened
from tests.world import the_site

pytestmark = pytest.mark.anyio

MINE, ALL = "/account/invitations/", "/admin/members/"


async def token_made_by(client: httpx.AsyncClient, **fields: str) -> str:
    answer = await client.post(MINE, data={"note": "Gwen", "uses": "1", "days": "14", **fields})
    found = re.search(r"invitation=([\w-]+)", answer.text)
    assert answer.status_code == 201
    assert found
    return found[1]


async def links_mailed(doors: Doors) -> list[str]:
    async with doors.reading() as db:
        texts = await db.scalars(select(Letter.body_text).order_by(Letter.id))
        return [found for text in texts for found in re.findall(r"/account/sign-up/\S+", text)]


async def come_in(visitor: httpx.AsyncClient, link: str, handle: str) -> httpx.Response:
    chosen = {"name": handle, "handle": handle, "new_password": PASSWORD}
    return await visitor.post(link, data=chosen)


async def test_an_owner_decides_who_may_sign_up(
    signed_in: SignedIn, visitor: httpx.AsyncClient, doors: Doors
) -> None:
    owner, member = await signed_in(Role.OWNER), await signed_in()

    assert "/admin/members/" in (await owner.get("/account/")).text
    assert (await member.get(ALL)).status_code == 403
    assert (await member.post(f"{ALL}sign-up", data={"sign_up": "open"})).status_code == 403
    assert (await owner.post(f"{ALL}sign-up", data={"sign_up": "perhaps"})).status_code == 422
    assert (await visitor.get("/account/sign-up/")).status_code == 403
    assert (await member.get(MINE)).status_code == 403, "nobody to invite"

    done = await owner.post(f"{ALL}sign-up", data={"sign_up": "open"})

    assert done.headers["location"] == f"{ALL}?done=sign-up"
    assert (await visitor.get("/account/sign-up/")).status_code == 200
    assert "/account/sign-up/" in (await visitor.get("/account/sign-in")).text
    assert 'value="open" checked' in (await owner.get(ALL)).text


async def test_an_owner_lets_members_begin_groups(signed_in: SignedIn) -> None:
    owner, member = await signed_in(Role.OWNER), await signed_in()
    assert (await member.get("/groups/new/")).status_code == 403
    assert (
        await member.post(f"{ALL}groups", data={"members_found_groups": "1"})
    ).status_code == 403

    await owner.post(f"{ALL}groups", data={"members_found_groups": "1"})

    assert (await member.get("/groups/new/")).status_code == 200
    assert "checked" in (await owner.get(ALL)).text.partition('name="members_found_groups"')[2][:30]
    await owner.post(f"{ALL}groups", data={"": ""})
    assert (await member.get("/groups/new/")).status_code == 403


async def test_who_was_invited_comes_in_once(
    signed_in: SignedIn, visitor: httpx.AsyncClient, doors: Doors, run_jobs: RunJobs
) -> None:
    await opened(doors, SignUpMode.INVITATION)
    member, owner = await signed_in(), await signed_in(Role.OWNER)
    token = await token_made_by(member)
    page = await visitor.get(f"/account/sign-up/?invitation={token}")
    assert f'value="{token}"' in page.text

    await ask_by(visitor, token, "gwen@example.org")
    await run_jobs(later=timedelta(minutes=1))
    (link,) = await links_mailed(doors)
    made = await come_in(visitor, link, "gwen")
    visitor.cookies.clear()
    again = await ask_by(visitor, token, "other@example.org")

    assert made.status_code == 303
    assert again.status_code == 410
    assert "used 1 of 1 times" in (await member.get(MINE)).text
    assert "used 1 of 1 times" in (await owner.get(ALL)).text


async def ask_by(visitor: httpx.AsyncClient, token: str, email: str) -> httpx.Response:
    return await ask(visitor, email, invitation=token, page=f"/account/sign-up/?invitation={token}")


async def test_of_two_who_take_the_last_place_at_once_one_comes_in(
    signed_in: SignedIn, visitor: httpx.AsyncClient, doors: Doors, run_jobs: RunJobs
) -> None:
    await opened(doors, SignUpMode.INVITATION)
    token = await token_made_by(await signed_in())
    for email in ("gwen@example.org", "max@example.org"):
        await ask_by(visitor, token, email)
    await run_jobs(later=timedelta(minutes=1))
    one, other = await links_mailed(doors)

    answers = await asyncio.gather(come_in(visitor, one, "one"), come_in(visitor, other, "other"))

    assert sorted(answer.status_code for answer in answers) == [303, 410]
    async with doors.reading() as db:
        invitation = (await db.scalars(select(SignUpInvitation))).one()
        made = await db.scalars(select(User.slug).where(User.slug.in_(("one", "other"))))
        assert (invitation.uses, len(made.all())) == (1, 1)


@pytest.mark.parametrize("by", [MINE, ALL])
async def test_nobody_comes_in_by_a_revoked_one_not_even_whom_it_brought_this_far(
    signed_in: SignedIn, visitor: httpx.AsyncClient, doors: Doors, run_jobs: RunJobs, by: str
) -> None:
    await opened(doors, SignUpMode.INVITATION)
    member, owner = await signed_in(), await signed_in(Role.OWNER)
    token = await token_made_by(member)
    await ask_by(visitor, token, "gwen@example.org")
    await run_jobs(later=timedelta(minutes=1))
    (link,) = await links_mailed(doors)

    done = await (member if by == MINE else owner).post(f"{by}1/revocation")

    assert done.headers["location"] == f"{by}?done=invitation"
    assert (await come_in(visitor, link, "gwen")).status_code == 410
    assert (await visitor.get(f"/account/sign-up/?invitation={token}")).status_code == 403
    assert "revoked" in (await owner.get(ALL)).text


async def test_somebody_elses_invitation_is_not_there_for_a_member(
    signed_in: SignedIn, doors: Doors
) -> None:
    await opened(doors, SignUpMode.INVITATION)
    member, other = await signed_in(), await signed_in()
    await token_made_by(member)

    assert (await other.post(f"{MINE}1/revocation")).status_code == 404
    assert "Gwen" not in (await other.get(MINE)).text


@pytest.mark.parametrize(
    ("uses", "days"),
    [("0", "14"), ("11", "14"), ("1", "0"), ("1", "91"), ("x", "1"), ("9" * 30, "1")],
)
async def test_an_invitation_is_for_few_people_and_some_days(
    signed_in: SignedIn, doors: Doors, uses: str, days: str
) -> None:
    await opened(doors, SignUpMode.INVITATION)
    member = await signed_in()

    answer = await member.post(MINE, data={"note": "<Gwen>", "uses": uses, "days": days})

    assert answer.status_code == 422
    assert 'value="&lt;Gwen&gt;"' in answer.text


async def test_an_old_invitation_lets_nobody_in(
    signed_in: SignedIn, visitor: httpx.AsyncClient, doors: Doors
) -> None:
    await opened(doors, SignUpMode.INVITATION)
    token = await token_made_by(await signed_in(), days="3")

    with clock.moved(timedelta(days=3, minutes=1)):
        assert (await visitor.get(f"/account/sign-up/?invitation={token}")).status_code == 403


async def test_closing_the_door_counts_for_who_is_on_the_way(
    visitor: httpx.AsyncClient, doors: Doors, run_jobs: RunJobs
) -> None:
    await opened(doors)
    await ask(visitor)
    await run_jobs(later=timedelta(minutes=1))
    (link,) = await links_mailed(doors)
    async with doors.unit_of_work() as db:
        await the_site(db, sign_up=SignUpMode.CLOSED)

    assert (await come_in(visitor, link, "gwen")).status_code == 403
