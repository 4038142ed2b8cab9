"""Whatever people type, a page shows it as text: never run, never a broken page."""

import json
from urllib.parse import quote

import httpx
import pytest
from lxml import html
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.markup import clean_comment, clean_post
from app.core.text import clean_text, one_line
from app.discussions.models import Comment, CommentStatus
from app.discussions.pages import rebuild_pages
from app.discussions.threading import place_of
from app.posts.models import Post
from app.work import Doors
from tests.shared import payloads
from tests.world import (
    FIRST_DAY,
    a_category,
    a_linkback,
    a_post,
    a_tag,
    an_author,
    the_site,
    thread_of,
)

pytestmark = pytest.mark.anyio

RUNS = ("javascript:", "data:", "vbscript:")
ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "poster", "srcset")


def assert_harmless(page: str) -> None:
    """No script but the facts, no handler, no address that runs; the facts are JSON."""
    document = html.document_fromstring(page)
    for script in document.xpath("//script"):
        if script.get("src", "").startswith("/static/js/"):
            assert not script.text
            continue
        assert script.get("type") == "application/ld+json"
        json.loads(script.text)
    assert not document.xpath(
        "//iframe | //object | //embed | //style | //base | //meta[@http-equiv]"
    )
    for element in document.iter("*"):
        for name, value in element.attrib.items():
            assert not name.startswith("on"), (element.tag, name)
            assert name != "style"
            if name in ADDRESSES:
                assert not value.strip().lower().startswith(RUNS), value


async def all_said(db: AsyncSession, post: Post, texts: list[str]) -> None:
    """Each text as a comment, as its author's name and as their address; at once, since there are many."""
    thread = await thread_of(db, post)
    for number, text in enumerate(texts, 1000):
        comment = Comment(
            id=number, thread_id=thread.id, guid=str(number), status=CommentStatus.APPROVED,
            author_name=one_line(text)[:300], author_url=text[:1000], body_html=clean_comment(text),
            created_at=FIRST_DAY, approved_at=FIRST_DAY, place=place_of(FIRST_DAY, number), is_shown=True,
        )  # fmt: skip
        db.add(comment)
    await db.flush()
    await rebuild_pages(db, thread.id)


@pytest.mark.parametrize("attack", ["xss", "naughty", "sqli"])
async def test_an_attack_anywhere_is_shown_as_text(
    visitor: httpx.AsyncClient, doors: Doors, attack: str
) -> None:
    texts = [clean_text(text) for text in payloads(attack)]
    async with doors.unit_of_work() as db:
        post = await a_post(db, "Attacked", html="".join(texts))
        await all_said(db, post, texts)
        await a_linkback(db, under=post, title=one_line(texts[0])[:300], source=texts[0][:1000])
    path = post.path or ""

    seen = 0
    for number in range(1, len(texts)):
        answer = await visitor.get(path if number == 1 else f"{path}comment-page-{number}/")
        if answer.status_code == 404:
            break
        assert_harmless(answer.text)
        seen += answer.text.count('<article class="comment')
    assert seen == len(texts)


@pytest.mark.parametrize("attack", ["xss", "naughty"])
async def test_names_and_titles_are_shown_as_text_everywhere(
    visitor: httpx.AsyncClient, doors: Doors, attack: str
) -> None:
    texts = [text for text in map(one_line, payloads(attack)) if text][:60]
    async with doors.unit_of_work() as db:
        await the_site(db, title=texts[0], tagline=texts[1], posts_per_page=100)
        for number, text in enumerate(texts):
            hostile = await an_author(
                db, text[:200], login=f"a{number}", slug=f"a{number}", website=text[:500],
                bio_html=clean_post(text), links=[{"label": text, "url": text}],
            )  # fmt: skip
            terms = [
                await a_category(db, text[:300], slug=f"c{number}", description=text),
                await a_tag(db, text[:300], slug=f"t{number}"),
            ]
            await a_post(db, text[:500], by=hostile, under=terms, slug=f"p{number}", excerpt=text)

    paths = ["/", *(f"/category/c{n}/" for n in range(0, 60, 10)), "/author/a3/", "/tag/t4/"]
    for path in [*paths, *(f"/p{n}/" for n in range(0, 60, 6))]:
        answer = await visitor.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        assert_harmless(answer.text)


async def test_hostile_addresses_are_answered_in_words(visitor: httpx.AsyncClient) -> None:
    # Every eighth, since each answer looks for near titles.
    for text in (payloads("traversal") + payloads("xss") + payloads("naughty"))[::8]:
        asked = httpx.URL("http://blog.example").copy_with(
            raw_path=b"/" + quote(text, errors="replace").encode()
        )
        answer = await visitor.get(asked)

        assert answer.status_code in (200, 301, 302, 404), text
        if answer.text:
            assert_harmless(answer.text)
