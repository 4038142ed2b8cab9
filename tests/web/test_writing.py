"""Writing in a browser: the desk, the form, what is public of it, and who may write what."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.core import clock
from app.posts.drafts import TypedForWordPress
from app.posts.models import PostKind, PostStatus, Revision
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.web.writing import DESK, JSON, begun, opened, post_in, saved, sheet_of
from tests.world import a_category, a_member, a_page, a_post, the_site

pytestmark = pytest.mark.anyio


async def test_a_post_is_begun_saved_and_published_without_script(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    ada = await signed_in(Role.AUTHOR)
    empty = sheet_of(await ada.get(f"{DESK}new/"))

    kept = await ada.post(
        DESK, data=empty.fields | {"title": "A letter a week", "body": "Write *one*."}
    )

    assert kept.status_code == 303
    address = kept.headers["Location"].partition("?")[0]
    post_id = int(address.split("/")[2])
    assert (await post_in(doors, post_id)).status == PostStatus.DRAFT
    sheet = await opened(ada, post_id)
    assert sheet.fields["body"] == "Write *one*."
    assert (await saved(ada, sheet, post_id, do="publish")).status_code == 303
    post = await post_in(doors, post_id)
    assert post.status == PostStatus.PUBLISHED
    assert post.path
    assert "<em>one</em>" in (await visitor.get(post.path)).text


async def test_saving_again_what_was_not_changed_changes_no_word_and_no_date(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    async with doors.unit_of_work() as db:
        under = [await a_category(db, "Letters")]
        ines = await a_member(db, "Ines", roles=[Role.AUTHOR])
        post = await a_post(db, body="One.\r\nTwo.", by=ines, under=under, is_sticky=True)
    before = await post_in(doors, post.id)

    answer = await saved(nora, await opened(nora, post.id), post.id)

    after = await post_in(doors, post.id)
    assert answer.status_code == 303
    for name in (
        "title",
        "slug",
        "path",
        "body_source",
        "body_html",
        "published_at",
        "is_sticky",
        "summary",
    ):
        assert getattr(after, name) == getattr(before, name), name
    again = await opened(nora, post.id)
    assert again.fields[f"category_{under[0].id}"] == again.fields[f"author_{ines.id}"] == "1"


async def test_a_day_to_come_is_by_the_clock_of_the_site(
    doors: Doors, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, timezone="America/New_York")
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="Later.")
    tomorrow = (clock.now() + timedelta(days=1)).replace(hour=20, minute=5, second=0, microsecond=0)

    said = f"{tomorrow:%Y-%m-%dT%H:%M}"
    await saved(ada, await opened(ada, post_id), post_id, at=said, status="published")

    post = await post_in(doors, post_id)
    assert post.status == PostStatus.SCHEDULED
    assert post.published_at
    assert post.published_local
    assert f"{post.published_local:%Y-%m-%dT%H:%M}" == said
    assert post.published_at - tomorrow in (timedelta(hours=4), timedelta(hours=5))
    assert (await opened(ada, post_id)).fields["at"] == said


async def test_a_draft_follows_its_title_until_somebody_has_seen_its_address(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, title="")
    await saved(ada, await opened(ada, post_id), post_id, title="Letters in spring", do="publish")
    first = (await post_in(doors, post_id)).path

    await saved(ada, await opened(ada, post_id), post_id, title="Letters in summer")
    assert (await post_in(doors, post_id)).path == first
    await saved(ada, await opened(ada, post_id), post_id, slug="In summer")

    second = (await post_in(doors, post_id)).path
    assert first
    assert second
    assert first.endswith("/letters-in-spring/")
    assert second.endswith("/in-summer/")
    moved = await visitor.get(first)
    assert (moved.status_code, moved.headers["Location"]) == (301, second)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"at": "soon"}, "Please write a day and a time"),
        ({"slug": "!?"}, "The address needs a letter"),
        ({"trackbacks": "javascript:alert(1)"}, "Addresses begin with http"),
        ({"title": "x" * 501}, "A title has at most 500"),
        ({"closes_at": "0000-00-00T00:00"}, "Please write a day and a time"),
        ({"category_999": "1"}, '<a href="#category">There is no category or tag'),
        ({"tags": "x" * 201}, '<a href="#tags">A category or tag has a name of 1 to 200'),
    ],
)
async def test_what_is_wrong_is_said_and_all_that_was_typed_stays(
    doors: Doors, signed_in: SignedIn, fields: dict[str, str], says: str
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="Before.")
    typed = {"body": "Much <b>later</b>.", **fields}

    answer = await saved(ada, await opened(ada, post_id), post_id, **typed)

    again = sheet_of(answer)
    assert answer.status_code == 422
    assert says in again
    shown = {name: again.fields.get(name) for name in typed if not name.startswith("category")}
    assert shown == {name: text for name, text in typed.items() if not name.startswith("category")}
    assert (await post_in(doors, post_id)).body_source == "Before."


async def test_a_page_on_an_address_of_the_programs_own_is_refused(signed_in: SignedIn) -> None:
    nora = await signed_in(Role.EDITOR)
    empty = sheet_of(await nora.get(f"{DESK}new/?kind=page"))

    answer = await nora.post(DESK, data=empty.fields | {"title": "Write", "do": "publish"})

    assert answer.status_code == 422
    assert "an address of the program's own" in sheet_of(answer)


async def test_words_of_such_a_page_are_kept_until_it_has_another_title(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    empty = sheet_of(await nora.get(f"{DESK}new/?kind=page")).fields
    words = empty | {"title": "Events", "body": "On Thursdays.", "device": "laptop"}

    kept = await nora.post(DESK, data=words, headers=JSON)

    assert kept.status_code == 201
    post_id = kept.json()["id"]
    assert (await post_in(doors, post_id)).body_source == "On Thursdays."
    sheet = await opened(nora, post_id)
    assert (await saved(nora, sheet, post_id, do="publish")).status_code == 422
    assert (await saved(nora, sheet, post_id, do="publish", slug="what-is-on")).status_code == 303


@pytest.mark.parametrize("role", [None, Role.MODERATOR])
async def test_who_does_not_write_finds_no_desk(signed_in: SignedIn, role: Role | None) -> None:
    somebody = await signed_in(*([role] if role else []))

    assert (await somebody.get(DESK)).status_code == 403
    assert (await somebody.get(f"{DESK}new/")).status_code == 403
    assert (await somebody.post(DESK, data={"title": "x"})).status_code == 403


async def test_visitors_are_asked_to_sign_in_and_what_they_typed_goes_on_with_them(
    visitor: httpx.AsyncClient,
) -> None:
    answer = await visitor.post(f"{DESK}7/", data={"title": "x", "body": "word " * 20_000})

    assert answer.status_code == 401
    assert "word word word" in answer.text
    assert 'value="/write/7/"' in answer.text


async def test_an_author_changes_own_posts_and_no_others(doors: Doors, signed_in: SignedIn) -> None:
    ada = await signed_in(Role.AUTHOR)
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines", roles=[Role.AUTHOR])
        public = await a_post(db, by=ines)
        hidden = await a_post(db, "Hidden", by=ines, status=PostStatus.DRAFT)
        page = await a_page(db)

    statuses = [(await ada.get(f"{DESK}{one.id}/")).status_code for one in (public, hidden, page)]

    assert statuses == [403, 404, 403]
    assert "Hidden" not in (await ada.get(DESK)).text
    assert (await ada.post(DESK, data={"title": "x", "kind": "page"})).status_code == 403
    mine = await begun(ada)
    sheet = await opened(ada, mine)
    await saved(ada, sheet, mine, **{f"author_{ines.id}": "1", "is_sticky": "1"})
    post = await post_in(doors, mine)
    assert not post.is_sticky


async def test_the_desk_lists_by_state_and_pages_by_key(doors: Doors, signed_in: SignedIn) -> None:
    nora = await signed_in(Role.EDITOR)
    async with doors.unit_of_work() as db:
        for number in range(35):
            await a_post(db, f"Draft {number:02}", status=PostStatus.DRAFT)
        await a_post(db, "Public")
        await a_page(db, "About us")

    first = await nora.get(DESK)
    onward = first.text.rpartition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = await nora.get(onward.replace("&amp;", "&"))

    titles = [f"Draft {number:02}" for number in range(35)]
    shown = [title in first.text for title in titles], [title in second.text for title in titles]
    assert [sum(one) for one in shown] == [30, 5]
    assert all(a != b for a, b in zip(*shown, strict=True))
    assert "Public" not in first.text.partition("<h2")[2]
    assert "Public" in (await nora.get(DESK, params={"state": "published"})).text
    pages = await nora.get(DESK, params={"state": "published", "kind": "page"})
    assert "About us" in pages.text
    found = await nora.get(DESK, params={"q": "aft 07"})
    assert "Draft 07" in found.text
    assert "Draft 08" not in found.text
    for odd in ("x|1", "2024-01-01|2", "|", "2024-01-01T00:00+00:00|99999999999999999999"):
        assert (await nora.get(DESK, params={"before": odd})).status_code == 200


async def test_what_lies_in_the_trash_can_be_taken_out_again(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="Kept.")
    await saved(ada, await opened(ada, post_id), post_id, do="publish")
    path = (await post_in(doors, post_id)).path or ""

    await ada.post(f"{DESK}{post_id}/trash")
    assert (await visitor.get(path)).status_code == 410
    assert "A letter" in (await ada.get(DESK, params={"state": "trashed"})).text
    back = await ada.post(f"{DESK}{post_id}/restoration")

    assert back.status_code == 303
    post = await post_in(doors, post_id)
    assert (post.status, post.body_source) == (PostStatus.DRAFT, "Kept.")
    assert (await ada.post(f"{DESK}{post_id}/restoration")).status_code == 409


async def test_a_preview_is_safe_and_changes_nothing(doors: Doors, signed_in: SignedIn) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="Before.")
    hostile = (
        "*Hello* <script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))"
    )

    part = await ada.post(f"{DESK}preview", data={"id": post_id, "title": "<b>T", "body": hostile})
    whole = await ada.post(
        f"{DESK}preview",
        data=(await opened(ada, post_id)).fields | {"body": hostile, "whole": "1"},
    )

    for answer in (part, whole):
        assert answer.status_code == 200
        assert "<em>Hello</em>" in answer.text
        assert "<script>alert" not in answer.text.replace("&lt;script", "")
        assert (
            "onerror=" not in answer.text.partition('class="preview"')[2].partition("</article>")[0]
        )
    assert "<html" not in part.text
    assert "&lt;b&gt;T" in part.text
    assert sheet_of(whole).fields["body"] == hostile
    assert (await post_in(doors, post_id)).body_source == "Before."


async def test_a_script_makes_a_draft_and_is_told_where_it_is(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)

    answer = await ada.post(DESK, data={"title": "", "body": "First words"}, headers=JSON)

    told = answer.json()
    assert answer.status_code == 201
    assert told["address"] == f"/write/{told['id']}/"
    assert (await opened(ada, told["id"])).fields["base"] == told["base"]
    post = await post_in(doors, told["id"])
    assert (post.kind, post.status) == (PostKind.POST, PostStatus.DRAFT)


async def test_a_text_of_wordpress_stays_one(doors: Doors, signed_in: SignedIn) -> None:
    nora = await signed_in(Role.EDITOR)
    async with doors.unit_of_work() as db:
        post = await a_post(db, body=TypedForWordPress("One.\n\nTwo *stars*.", ("<p>One.</p>",)))

    await saved(nora, await opened(nora, post.id), post.id, body="Three.\r\n\r\nFour *stars*.")

    after = await post_in(doors, post.id)
    assert after.body_format == "wordpress"
    assert "<p>Three.</p>" in after.body_html
    assert "*stars*" in after.body_html
    async with doors.reading() as db:
        kept = await db.scalars(select(Revision.body_format).where(Revision.post_id == post.id))
        assert set(kept) == {"wordpress"}
