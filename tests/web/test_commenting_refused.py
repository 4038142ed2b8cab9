"""What a comment that can't be taken gets: a reason, and the form with all that was typed."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from lxml import html

from app.core import clock
from app.discussions.models import CommentStatus
from app.posts.models import PostStatus
from app.work import Doors
from tests.shared import payloads
from tests.web.commenting import GWEN, all_comments, send
from tests.web.test_pages_hostile_text import assert_harmless
from tests.world import a_comment, a_post, the_site

pytestmark = pytest.mark.anyio

WRONG: list[tuple[str, str, str]] = [
    ("author", "", "fill this in"),
    ("author", "  \u200b\0 ".replace("\u200b", ""), "fill this in"),
    ("author", "x" * 81, "80 characters"),
    ("email", "", "fill this in"),
    ("email", "gwen", "not an e-mail address"),
    ("email", "gwen@x", "not an e-mail address"),
    ("email", "a@" + "b" * 260 + ".example", "254 characters"),
    ("url", "javascript:alert(1)", "begins with http"),
    ("url", "ftp://example.org", "begins with http"),
    ("url", "https://example.org/" + "x" * 500, "500 characters"),
    ("comment", " \n\t ", "fill this in"),
    ("comment", "x" * 20_001, "20000 characters"),
]


@pytest.mark.parametrize(("field", "typed", "says"), WRONG)
async def test_what_is_wrong_is_said_at_the_top_and_at_the_field(
    visitor: httpx.AsyncClient, doors: Doors, field: str, typed: str, says: str
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    answer = await send(visitor, post, **{"follow_replies": "yes", field: typed})

    page = html.fromstring(answer.text)
    assert answer.status_code == 422
    assert says in page.get_element_by_id("errors").text_content()
    assert page.xpath("//*[@id='errors']//a/@href") == [f"#{field}"]
    assert says in page.get_element_by_id(f"{field}-error").text_content()
    assert page.get_element_by_id(field).get("aria-invalid") == "true"
    assert page.xpath("//input[@name='follow_replies']/@checked")
    if field != "comment":
        assert GWEN["comment"] in page.xpath("//textarea")[0].text_content()
    assert await all_comments(doors) == []


async def test_a_program_hears_of_wrong_fields_by_name(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    answer = await visitor.post(f"{post.path}comment", json={**GWEN, "email": "gwen"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == ["email"]


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"comments_open": False}, 403, "Comments on this post are closed."),
        ({"status": PostStatus.PRIVATE}, 404, "nothing here"),
        ({"status": PostStatus.DRAFT}, 404, "nothing here"),
        ({"at": clock.now() + timedelta(days=3)}, 404, "nothing here"),
        ({"at": clock.now() - timedelta(days=31), "days": 30}, 403, "closed"),
        ({"site_open": False}, 403, "takes no comments"),
    ],
)
async def test_what_may_not_be_answered_says_why_and_gives_the_text_back(
    visitor: httpx.AsyncClient, doors: Doors, fields: dict[str, Any], status: int, says: str
) -> None:
    async with doors.unit_of_work() as db:
        days, site_open = fields.get("days", 0), fields.get("site_open", True)
        await the_site(db, comments_close_after=days, comments_open=site_open)
        known = {name: fields[name] for name in ("status", "at") if name in fields}
        post = await a_post(db, slug="here", **known)
        post.comments_open = fields.get("comments_open", True)

    answer = await visitor.post(
        "/wp-comments-post.php", data={**GWEN, "comment_post_ID": str(post.id)}
    )

    assert answer.status_code == status
    assert says in answer.text
    assert GWEN["comment"] in answer.text
    assert await all_comments(doors) == []


async def test_no_post_at_all_is_not_found_and_gives_the_text_back(
    visitor: httpx.AsyncClient,
) -> None:
    for where, number in (("/2012/01/nothing/comment", "1"), ("/wp-comments-post.php", "99"),
                          ("/wp-comments-post.php", ""), ("/2012/comment", "x")):  # fmt: skip
        answer = await visitor.post(where, data={**GWEN, "comment_post_ID": number})

        assert answer.status_code == 404
        assert GWEN["comment"] in answer.text


async def test_an_answer_to_what_is_gone_may_be_sent_to_the_post_instead(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post, other = await a_post(db), await a_post(db, "Another")
        parents = [
            await a_comment(db, under=other),
            await a_comment(db, under=post, status=CommentStatus.PENDING),
            await a_comment(db, under=post, status=CommentStatus.REMOVED),
        ]

    for parent in [*(parent.id for parent in parents), 4711]:
        answer = await send(visitor, post, comment_parent=str(parent))

        assert answer.status_code == 422
        assert "The comment you answer is gone." in answer.text
        assert GWEN["comment"] in answer.text
        assert html.fromstring(answer.text).xpath("//input[@name='comment_parent']/@value") == ["0"]
    assert len(await all_comments(doors)) == 3


async def test_an_answer_to_a_number_of_thousands_of_digits_answers_nobody(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    answer = await send(visitor, post, comment_parent="9" * 5000, comment="")

    assert answer.status_code == 422
    assert html.fromstring(answer.text).xpath("//input[@name='comment_parent']/@value") == ["0"]


async def test_what_no_text_can_hold_is_dropped(visitor: httpx.AsyncClient, doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    answer = await visitor.post(
        f"{post.path}comment",
        content=b'{"author": "Gw\\u0000en\\ud800", "email": "gwen@example.org",'
        b' "comment": "It \\u0007is\\udfff green.\\u0000"}',
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 303
    said = (await all_comments(doors))[0]
    assert (said.author_name, said.body_source) == ("Gwen", "It is green.")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"comment=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b'{"comment": ', "application/json", 400),
        (b"[]", "application/json", 400),
        (b"x=1", "text/plain", 415),
        (b"x=1", "multipart/form-data; boundary=x", 415),
        (b"comment=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
    ],
)
async def test_what_cannot_be_read_is_refused_before_it_is_parsed(
    visitor: httpx.AsyncClient, doors: Doors, content: bytes, kind: str, status: int
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    answer = await visitor.post(
        f"{post.path}comment", content=content, headers={"Content-Type": kind}
    )

    assert answer.status_code == status


async def test_other_methods_hear_which_one_is_right(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    for method, path in (("PUT", f"{post.path}comment"), ("DELETE", "/wp-comments-post.php"),
                         ("GET", "/wp-comments-post.php")):  # fmt: skip
        answer = await visitor.request(method, path)
        assert answer.status_code == 405
        assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize("attack", ["xss", "naughty", "sqli"])
async def test_an_attack_in_any_field_is_shown_as_text(
    visitor: httpx.AsyncClient, doors: Doors, attack: str
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    for text in payloads(attack)[::4]:
        for field in ("author", "email", "url", "comment", "comment_parent", "form_token", "work"):
            typed = {**GWEN, field: text, "preview": "1" if field == "comment" else ""}
            answer = await visitor.post(
                f"{post.path}comment", json=typed, headers={"Accept": "text/html"}
            )
            assert answer.status_code in (200, 303, 409, 422, 429), (field, text)
            if answer.headers.get("content-type", "").startswith("text/html") and answer.text:
                assert_harmless(answer.text)
