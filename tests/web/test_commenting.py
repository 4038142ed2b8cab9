"""A guest's comment, from the form to its own page: by form or JSON, by either address, without script."""

from datetime import timedelta

import httpx
import pytest
from lxml import html
from sqlalchemy import select

from app.core import clock
from app.discussions.models import Comment, CommentStatus
from app.moderation.models import AuthorKey, Case, CaseCount, Check, Tab
from app.settings import Settings
from app.work import Doors
from tests.web.commenting import GWEN, a_visitor_with, all_comments, fields_of, hidden_fields, send
from tests.world import a_comment, a_post, the_site

pytestmark = pytest.mark.anyio


async def test_a_comment_waits_with_its_reasons_and_its_page_says_so(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    answer = await send(visitor, post)
    own = await visitor.get(answer.headers["location"])

    assert answer.status_code == 303
    assert "waits for a moderator" in own.text
    assert "It is green, not red." in own.text
    async with doors.reading() as db:
        comment = (await db.scalars(select(Comment))).one()
        case = (await db.scalars(select(Case))).one()
        author = (await db.scalars(select(AuthorKey))).one()
        count = (await db.scalars(select(CaseCount))).one()
    assert comment.status == CommentStatus.PENDING
    assert (comment.author_name, comment.author_email) == ("Gwen", "gwen@example.org")
    assert (case.tab, case.item_id, case.check_state) == (Tab.NEEDS, comment.id, Check.DONE)
    assert "first_time_author" in case.reason_codes
    assert all(reason["because"].endswith(".") for reason in case.reasons)
    assert (author.pending, author.approved) == (1, 0)
    assert (count.tab, count.number) == (Tab.NEEDS, 1)
    assert "It is green" not in (await visitor.get(post.path or "")).text


async def test_the_old_address_and_json_are_the_same_door(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        await the_site(db, title="x")

    by_form = await visitor.post(
        "/wp-comments-post.php", data={**GWEN, "comment_post_ID": str(post.id)}
    )
    with clock.moved(timedelta(minutes=1)):
        by_json = await visitor.post(
            "/wp-comments-post.php",
            json={**GWEN, "comment": "By JSON.", "comment_post_ID": post.id, "comment_parent": 0},
        )

    assert (by_form.status_code, by_json.status_code) == (303, 303)
    assert [one.body_source for one in await all_comments(doors)] == [GWEN["comment"], "By JSON."]


async def test_an_answer_stands_below_what_it_answers(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        first = await a_comment(db, under=post, by="Ada")

    page = (await visitor.get(f"{post.path}?replytocom={first.id}")).text
    answer = await visitor.post(f"{post.path}comment", data={**hidden_fields(page), **GWEN})

    assert "In answer to Ada." in page
    assert answer.status_code == 303
    said = (await all_comments(doors))[-1]
    assert (said.parent_id, said.depth) == (first.id, 2)
    assert said.place.startswith(first.place)


async def test_a_reply_link_to_what_is_not_there_leads_to_the_post(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    for number in ("4711", "abc", "-1", "9" * 30):
        answer = await visitor.get(f"{post.path}?replytocom={number}")
        assert (answer.status_code, answer.headers["location"]) == (301, post.path)


async def test_what_is_approved_at_once_stands_on_the_page_at_once(
    settings: Settings, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        await the_site(db, holds_first=False)

    async with a_visitor_with(settings) as visitor:
        before = (await visitor.get(post.path or "")).text
        sent = await send(visitor, post, **{"wp-comment-cookies-consent": "yes"})
        await _trust_everybody(doors)
        with clock.moved(timedelta(minutes=1)):
            answer = await send(
                visitor, post, comment="Once more.", **{"wp-comment-cookies-consent": "yes"}
            )
        visitor.cookies.clear()
        after = (await visitor.get(post.path or "")).text

    assert sent.headers["location"].startswith("/c/")
    said = (await all_comments(doors))[-1]
    assert answer.headers["location"] == f"{post.path}#comment-{said.id}"
    assert "Once more." not in before
    assert "Once more." in after
    assert "1 comment" in after


async def _trust_everybody(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        for author in await db.scalars(select(AuthorKey)):
            author.standing = "trusted"


async def test_a_form_from_the_cache_works_for_days_and_is_then_only_a_sign(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    fields = await fields_of(visitor, post)

    with clock.moved(timedelta(hours=71)):
        await visitor.post(f"{post.path}comment", data=fields)
    with clock.moved(timedelta(hours=73)):
        await visitor.post(f"{post.path}comment", data={**fields, "comment": "Late."})
    with clock.moved(timedelta(hours=74)):
        del fields["form_token"]
        await visitor.post(f"{post.path}comment", data={**fields, "comment": "Without."})

    async with doors.reading() as db:
        codes = list(await db.scalars(select(Case.reason_codes).order_by(Case.id)))
    assert [" stale_token " in each for each in codes] == [False, True, True]


async def test_a_cached_page_with_a_form_is_made_anew_after_a_day(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    first = await fields_of(visitor, post)
    again = await fields_of(visitor, post)
    with clock.moved(timedelta(hours=25)):
        late = await fields_of(visitor, post)

    assert again["form_token"] == first["form_token"]
    assert late["form_token"] != first["form_token"]


async def test_signs_of_a_robot_are_kept_and_refuse_nobody(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    answer = await send(visitor, post, your_subject="Cheap watches")

    assert answer.status_code == 303
    async with doors.reading() as db:
        case = (await db.scalars(select(Case))).one()
    assert case.tab == Tab.SPAM
    assert {"trap_field", "too_quick", "no_work"} <= set(case.reason_codes.split())
    assert case.doubt > 0


async def test_a_script_is_told_in_a_sentence(visitor: httpx.AsyncClient, doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    fields = await fields_of(visitor, post)
    answer = await visitor.post(f"{post.path}comment", data=fields, headers={"HX-Request": "true"})

    assert answer.status_code == 201
    assert "waits for a moderator" in answer.text
    assert "<html" not in answer.text


async def test_a_preview_keeps_what_was_typed_and_stores_nothing(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    answer = await send(visitor, post, comment="It *is* green.", preview="1")

    page = html.fromstring(answer.text)
    assert answer.status_code == 200
    assert page.xpath("//article//em/text()") == ["is"]
    assert page.xpath("//textarea/text()")[0].strip() == "It *is* green."
    assert page.xpath("//input[@name='author']/@value") == ["Gwen"]
    assert await all_comments(doors) == []


async def test_with_a_key_for_akismet_it_waits_to_be_checked(
    settings: Settings, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    async with a_visitor_with(settings, akismet_key="key") as visitor:
        answer = await send(visitor, post)
        own = await visitor.get(answer.headers["location"])

    assert "being checked" in own.text
    async with doors.reading() as db:
        case = (await db.scalars(select(Case))).one()
    assert case.check_state == Check.WAITING
