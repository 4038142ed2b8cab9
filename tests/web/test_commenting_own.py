"""What somebody may do with a comment of their own: come back to it, change it, take it back, be remembered."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.core import clock
from app.discussions.actions import approve, mark_as_spam
from app.discussions.models import Comment, CommentEdit, CommentStatus
from app.discussions.waits import waits_of_late
from app.moderation.models import AuthorKey, Case, Tab
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.commenting import GWEN, a_visitor_with, all_comments, send
from tests.world import a_member, a_post, an_author, the_site

pytestmark = pytest.mark.anyio

REMEMBER = {"wp-comment-cookies-consent": "yes"}


async def sent_under_a_post(visitor: httpx.AsyncClient, doors: Doors) -> tuple[Post, str]:
    """A post, and the address of the page of a comment that waits under it."""
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    return post, (await send(visitor, post)).headers["location"]


async def decide(doors: Doors, verb: object) -> None:
    """A moderator decides about every comment."""
    async with doors.unit_of_work() as db:
        for comment in await db.scalars(select(Comment.id)):
            await verb(db, OWNER_AT_THE_MACHINE, comment)  # type: ignore[operator]


async def test_its_page_is_for_nobody_else_and_for_no_search_engine(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    _post, own = await sent_under_a_post(visitor, doors)

    answer = await visitor.get(own)

    assert answer.headers["cache-control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in answer.text
    altered = own[:-2] + ("0/" if own[-2] != "0" else "1/")
    for other in (altered, own[:-3] + "/", own.replace("/c/1/", "/c/2/"), f"{own[:-1]}00/"):
        assert (await visitor.get(other)).status_code == 404
    assert (await visitor.post(f"{altered}withdrawal")).status_code == 404


async def test_its_page_tells_what_became_of_it(visitor: httpx.AsyncClient, doors: Doors) -> None:
    _post, own = await sent_under_a_post(visitor, doors)

    await decide(doors, approve)
    assert "is published" in (await visitor.get(own)).text
    await decide(doors, mark_as_spam)
    spam = (await visitor.get(own)).text
    assert "was not published" in spam
    assert "Withdraw" not in spam


async def test_what_waits_can_be_said_otherwise(visitor: httpx.AsyncClient, doors: Doors) -> None:
    _post, own = await sent_under_a_post(visitor, doors)

    answer = await visitor.post(f"{own}text", data={"comment": "It is blue."})

    assert (answer.status_code, answer.headers["location"]) == (303, own)
    said = (await all_comments(doors))[0]
    assert (said.body_source, said.status, said.edited_at) == ("It is blue.", "pending", None)
    async with doors.reading() as db:
        before = (await db.scalars(select(CommentEdit))).one()
    assert (before.body_source, before.is_waiting) == (GWEN["comment"], False)


async def test_a_new_text_that_cannot_be_taken_is_shown_again(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    _post, own = await sent_under_a_post(visitor, doors)

    answer = await visitor.post(f"{own}text", data={"comment": "x" * 20_001})

    assert answer.status_code == 422
    assert "x" * 20_001 in answer.text


async def test_of_what_is_shown_the_old_text_stays_while_the_new_one_waits(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    post, own = await sent_under_a_post(visitor, doors)
    await decide(doors, approve)

    await visitor.post(f"{own}text", data={"comment": "It is blue."})
    page, mine = (await visitor.get(post.path or "")).text, (await visitor.get(own)).text

    assert "It is green" in page
    assert "It is blue" not in page
    assert "Your new text waits" in mine
    assert "It is blue." in mine
    async with doors.reading() as db:
        case = (await db.scalars(select(Case))).one()
    assert case.tab == Tab.NEEDS


async def test_after_a_quarter_of_an_hour_what_is_shown_stays(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    _post, own = await sent_under_a_post(visitor, doors)
    await decide(doors, approve)

    with clock.moved(timedelta(minutes=16)):
        answer = await visitor.post(f"{own}text", data={"comment": "It is blue."})
        withdrawn = await visitor.post(f"{own}withdrawal")

    assert answer.status_code == 403
    assert "15 minutes" in answer.text
    assert withdrawn.status_code == 403
    assert (await all_comments(doors))[0].body_source == GWEN["comment"]


async def test_what_is_withdrawn_is_gone_at_once(visitor: httpx.AsyncClient, doors: Doors) -> None:
    post, own = await sent_under_a_post(visitor, doors)
    await decide(doors, approve)
    assert "It is green" in (await visitor.get(post.path or "")).text

    answer = await visitor.post(f"{own}withdrawal")

    assert answer.status_code == 303
    assert "It is green" not in (await visitor.get(post.path or "")).text
    async with doors.reading() as db:
        case = (await db.scalars(select(Case))).one()
    assert case.tab == Tab.REMOVED


async def test_a_member_changes_and_withdraws_from_the_post_itself(
    visitor: httpx.AsyncClient, doors: Doors, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        post, gwen = await a_post(db), await a_member(db, "Gwen")
    member, another = await signed_in(user=gwen), await signed_in()
    await send(member, post)
    at = post.path or ""
    # Both while it waits and once it is shown.
    assert "withdrawal" in (await member.get(at)).text
    await decide(doors, approve)

    mine, others = (await member.get(at)).text, (await another.get(at)).text
    ways = re.findall(r'href="(/c/[^"]+)"', mine)
    own = ways[0].partition("#")[0]

    assert ways == [f"{own}#change-name", f"{own}withdrawal"]
    assert "/c/" not in others + (await visitor.get(at)).text
    question = await member.get(ways[1])
    assert "It is green" in question.text
    assert question.headers["cache-control"] == "no-store"
    assert "It is green" in (await visitor.get(at)).text
    assert (await member.post(ways[1])).status_code == 303
    assert "It is green" not in (await visitor.get(at)).text
    assert (await member.get(ways[1])).status_code == 403
    altered = ways[1].replace("/c/1/", "/c/1/0")
    assert (await visitor.get(altered)).status_code == 404


async def test_after_a_quarter_of_an_hour_a_member_is_offered_neither(
    doors: Doors, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        post, gwen = await a_post(db), await a_member(db, "Gwen")
    member = await signed_in(user=gwen)
    await send(member, post)
    await decide(doors, approve)

    assert "/c/" in (await member.get(post.path or "")).text
    with clock.moved(timedelta(minutes=16)):
        assert "/c/" not in (await member.get(post.path or "")).text


async def test_the_log_says_that_a_guest_withdrew_and_takes_them_for_nobody_else(
    visitor: httpx.AsyncClient, doors: Doors, signed_in: SignedIn
) -> None:
    _post, own = await sent_under_a_post(visitor, doors)
    owner = await signed_in(Role.OWNER)

    await visitor.post(f"{own}withdrawal")

    assert "Its author withdrew this" in (await owner.get("/mod/log/?verb=withdraw")).text
    for nobody in ("machine", "program"):
        assert "Its author withdrew" not in (await owner.get(f"/mod/log/?by={nobody}")).text
    assert "Its author has withdrawn it." in (await owner.get("/mod/?tab=removed")).text
    async with doors.reading() as db:
        # No moderator has made anybody wait.
        assert await waits_of_late(db, clock.now()) == []


async def test_a_reader_is_remembered_only_if_that_was_ticked(
    settings: Settings, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    async with a_visitor_with(settings, rate_limits="off") as visitor:
        without = await send(visitor, post)
        ticked = await send(visitor, post, comment="Another.", **REMEMBER)
        page = (await visitor.get(post.path or "")).text

    assert "set-cookie" not in without.headers
    cookie = ticked.headers["set-cookie"]
    assert cookie.startswith("commenter-session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=31536000" in cookie
    assert 'value="gwen@example.org"' in page


async def test_who_is_remembered_sees_in_place_what_waits_and_nobody_else_does(
    settings: Settings, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    async with a_visitor_with(settings) as visitor:
        before = await visitor.get(post.path or "")
        await send(visitor, post, **REMEMBER)
        mine = await visitor.get(post.path or "")
        visitor.cookies.clear()
        others = await visitor.get(post.path or "")

    assert "comment--waits" in mine.text
    assert "Waiting for a moderator." in mine.text
    assert mine.headers["cache-control"] == "no-store"
    assert "It is green" not in others.text
    assert others.text.count("comment") == before.text.count("comment")


async def test_a_cookie_proves_its_browser_and_nobodys_address(
    settings: Settings, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        await the_site(db)

    async with a_visitor_with(settings, rate_limits="off") as visitor:
        await send(visitor, post, comment="One.", **REMEMBER)
        await send(visitor, post, comment="Two.", **REMEMBER)
        await send(visitor, post, comment="Three.", email="ada@example.org")
        visitor.cookies.clear()
        await send(visitor, post, comment="Four.", **REMEMBER)
        visitor.cookies.clear()
        await send(visitor, post, comment="Five.")
        await send(visitor, post, comment="Six.")

    said = await all_comments(doors)
    keys = [one.author_key_id for one in said]
    async with doors.reading() as db:
        proved = list(await db.scalars(select(Case.is_proved).order_by(Case.id)))
    assert keys[0] == keys[1]
    assert len({keys[0], keys[2], keys[3], keys[4]}) == 4
    assert keys[4] == keys[5]
    assert proved == [False, True, False, False, False, False]


async def test_an_altered_cookie_is_no_cookie(visitor: httpx.AsyncClient, doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    for value in ("x", "e30.x.y", "session=1"):
        visitor.cookies.set("commenter-session", value)
        answer = await visitor.get(post.path or "")
        assert answer.status_code == 200
        assert "remembered" not in answer.text


async def test_the_address_of_somebody_with_an_account_is_held_and_they_are_asked(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        await an_author(db, "Gwen Thomas", email="gwen@example.org")
        await the_site(db, holds_first=False)

    await send(visitor, post, email="Gwen@Example.org")

    async with doors.reading() as db:
        case = (await db.scalars(select(Case))).one()
        author = (await db.scalars(select(AuthorKey))).one()
    assert "members_address" in case.reason_codes
    assert author.user_id is None
    assert (await all_comments(doors))[0].status == CommentStatus.PENDING
