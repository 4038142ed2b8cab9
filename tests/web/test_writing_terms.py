"""Categories and tags kept in order, in a browser: what their readers notice of it."""

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.models import AuditEntry
from app.posts.models import PostTerm, Term
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.writing import begun, opened, saved
from tests.world import a_category, a_post, a_tag

pytestmark = pytest.mark.anyio

TERMS = "/write/terms/"


async def term_in(doors: Doors, term_id: int) -> Term | None:
    async with doors.reading() as db:
        return await db.get(Term, term_id)


async def test_a_category_is_renamed_with_all_below_it_and_old_addresses_lead_on(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    nora = await signed_in(Role.EDITOR)
    async with doors.unit_of_work() as db:
        work = await a_category(db, "Work")
        letters = await a_category(db, "Letters", under=work)
        await a_post(db, under=[letters])
    assert (await visitor.get("/category/work/letters/")).status_code == 200

    form = {"name": "Working life", "slug": "working-life", "description": "What one does."}
    done = await nora.post(f"{TERMS}{work.id}/", data=form)

    assert done.status_code == 303
    new = await visitor.get("/category/working-life/letters/")
    assert new.status_code == 200
    assert "Working life" in new.text
    moved = await visitor.get("/category/work/letters/")
    assert (moved.status_code, moved.headers["Location"]) == (
        301,
        "/category/working-life/letters/",
    )
    feed = await visitor.get("/category/work/letters/feed/")
    assert feed.headers["Location"] == "/category/working-life/letters/feed/"
    # And back again: no address leads to itself.
    await nora.post(f"{TERMS}{work.id}/", data=form | {"slug": "work"})
    assert (await visitor.get("/category/work/letters/")).status_code == 200
    back = await visitor.get("/category/working-life/")
    assert back.headers["Location"] == "/category/work/"
    async with doors.reading() as db:
        entries = (await db.scalars(select(AuditEntry.what).order_by(AuditEntry.id))).all()
    assert list(entries)[-2:] == ["category changed", "category changed"]


async def test_merged_tags_have_all_posts_once_and_one_address(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    nora = await signed_in(Role.EDITOR)
    async with doors.unit_of_work() as db:
        one, two = await a_tag(db, "letter"), await a_tag(db, "letters")
        both = await a_post(db, "Both", under=[one, two])
        single = await a_post(db, "Single", under=[one])
    assert "letter<" in (await visitor.get(single.path or "")).text

    done = await nora.post(f"{TERMS}{one.id}/merger", data={"into": "letters"})

    assert done.status_code == 303
    async with doors.reading() as db:
        rows = (await db.execute(select(PostTerm.post_id, PostTerm.term_id))).all()
    assert sorted((row[0], row[1]) for row in rows) == [(both.id, two.id), (single.id, two.id)]
    assert await term_in(doors, one.id) is None
    moved = await visitor.get("/tag/letter/")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/tag/letters/")
    # Pages that were kept show it at once.
    assert "letters<" in (await visitor.get(single.path or "")).text


async def test_what_stood_under_a_merged_category_stands_under_the_other(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    async with doors.unit_of_work() as db:
        old, new = await a_category(db, "Old"), await a_category(db, "New")
        below = await a_category(db, "Letters", under=old)
        deeper = await a_category(db, "Of thanks", under=below)
        await a_category(db, "Letters", under=new)

    await nora.post(f"{TERMS}{old.id}/merger", data={"into": str(new.id)})

    moved, deepest = await term_in(doors, below.id), await term_in(doors, deeper.id)
    assert moved
    assert deepest
    assert (moved.path, moved.parent_id) == ("new/letters-2", new.id)
    assert deepest.path == "new/letters-2/of-thanks"


async def test_what_can_not_be_is_refused_with_what_was_typed(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    async with doors.unit_of_work() as db:
        top = await a_category(db, "Top")
        below = await a_category(db, "Below", under=top)
        tag = await a_tag(db, "letters")
        await a_tag(db, "letters in spring")
    wrong = [
        (f"{TERMS}{top.id}/", {"name": "Kept", "parent": str(below.id)}, "under itself"),
        (f"{TERMS}{top.id}/", {"name": "Kept", "parent": "99"}, "no category or tag"),
        (f"{TERMS}{top.id}/", {"name": "Kept" * 99}, "1 to 200"),
        (f"{TERMS}{tag.id}/", {"name": "Kept", "slug": "letters-in-spring"}, "address already"),
        (f"{TERMS}{top.id}/merger", {"into": str(below.id)}, "part of itself"),
        (f"{TERMS}{tag.id}/merger", {"into": str(top.id)}, "no category or tag"),
        (f"{TERMS}{tag.id}/merger", {"into": "nothing"}, "no tag of that name"),
        (TERMS, {"name": "", "description": "Kept", "kind": "tag"}, "1 to 200"),
    ]

    for url, typed, says in wrong:
        answer = await nora.post(url, data=typed)
        assert (answer.status_code, says in answer.text) == (422, True), (url, typed)
        assert "Kept" not in str(typed) or "Kept" in answer.text
    assert (await nora.post(f"{TERMS}{top.id}/removal")).status_code == 409
    assert (await nora.get(f"{TERMS}99/")).status_code == 404
    assert (await nora.post(f"{TERMS}{below.id}/removal")).status_code == 303
    assert await term_in(doors, below.id) is None


async def test_only_editors_keep_terms_and_whoever_writes_completes_tags(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada, member = await signed_in(Role.AUTHOR), await signed_in()
    async with doors.unit_of_work() as db:
        for name in ("spring letters", "letters", "let 100%_go", "other"):
            tag = await a_tag(db, name)

    assert (await ada.get(TERMS)).status_code == 403
    assert (await ada.post(f"{TERMS}{tag.id}/", data={"name": "x"})).status_code == 403
    assert (await member.get("/write/tags", params={"q": "l"})).status_code == 403
    found = await ada.get("/write/tags", params={"q": "LET"})
    assert found.json() == ["letters", "let 100%_go", "spring letters"]
    assert (await ada.get("/write/tags", params={"q": "0%_"})).json() == ["let 100%_go"]
    assert (await ada.get("/write/tags")).json() == []


async def test_a_tag_that_is_new_is_made_in_passing(doors: Doors, signed_in: SignedIn) -> None:
    ada = await signed_in(Role.AUTHOR)
    async with doors.unit_of_work() as db:
        await a_tag(db, "letters")
    post_id = await begun(ada)

    await saved(ada, await opened(ada, post_id), post_id, tags="Letters, , new one,new  one")

    assert (await opened(ada, post_id)).fields["tags"] == "letters, new one"


async def test_tags_are_listed_a_hundred_at_a_time(doors: Doors, signed_in: SignedIn) -> None:
    nora = await signed_in(Role.OWNER)
    async with doors.unit_of_work() as db:
        for number in range(120):
            await a_tag(db, f"tag {number:03}")

    first = await nora.get(TERMS, params={"kind": "tag"})
    onward = first.text.rpartition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = await nora.get(onward.replace("&amp;", "&"))

    assert [page.text.count('class="terms__name"') for page in (first, second)] == [100, 20]
    assert "tag 119" in second.text
