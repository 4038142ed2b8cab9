"""Revisions in a browser: listed, beside each other, and back to one."""

import re
from html import unescape

import pytest
from sqlalchemy import select, update

from app.accounts.actor import Role
from app.posts.drafts import TypedForWordPress
from app.posts.models import Post, Revision
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.writing import DESK, autosaved, begun, opened, post_in, saved
from tests.world import a_post

pytestmark = pytest.mark.anyio


async def revisions(doors: Doors, post_id: int) -> list[tuple[int, str]]:
    async with doors.reading() as db:
        query = select(Revision.id, Revision.body_source).where(Revision.post_id == post_id)
        return [(row[0], row[1]) for row in await db.execute(query.order_by(Revision.id))]


async def test_each_save_is_listed_and_two_stand_beside_each_other(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="A <b>red</b> door.\n\nThe same.\n\nThe end.")
    changed = "A <b>green</b> door.\n\nThe same.\n\nThe end."
    await saved(ada, await opened(ada, post_id), post_id, title="Another letter", body=changed)
    (first, _), (second, _) = await revisions(doors, post_id)
    url = f"{DESK}{post_id}/revisions/"

    listed = await ada.get(url)
    side = await ada.get(f"{url}compare/", params={"from": first, "to": second})
    inline = await ada.get(f"{url}compare/", params={"from": first, "view": "inline"})

    assert listed.text.count("/revisions/") > 2
    assert "what it says now" in listed.text
    for page in (side, inline):
        assert page.status_code == 200
        assert re.findall(r"<(?:del|ins) [^>]*>([^<]*)<", page.text)[-2:] == ["red", "green"]
        # The text is shown, never meant.
        assert "<b>" not in page.text.partition("<main")[2]
        assert "lines that are alike" in page.text
    assert "<table" in side.text
    assert "<table" not in inline.text


async def test_going_back_is_a_change_and_nothing_is_lost_by_it(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="First.")
    await saved(ada, await opened(ada, post_id), post_id, body="Second.")
    first = (await revisions(doors, post_id))[0][0]
    page = await ada.get(f"{DESK}{post_id}/revisions/{first}/")
    base = re.search(r'name="base" value="([^"]*)"', page.text)
    assert base

    done = await ada.post(f"{DESK}{post_id}/revisions/{first}/restoration", data={"base": base[1]})
    again = await ada.post(f"{DESK}{post_id}/revisions/{first}/restoration", data={"base": base[1]})

    assert (done.status_code, again.status_code) == (303, 409)
    assert (await post_in(doors, post_id)).body_source == "First."
    assert [text for _, text in await revisions(doors, post_id)] == ["First.", "Second.", "First."]


async def test_what_came_from_wordpress_goes_back_as_such(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    async with doors.unit_of_work() as db:
        post = await a_post(db, body=TypedForWordPress("One *star*.", ("<p>One *star*.</p>",)))
    await saved(nora, await opened(nora, post.id), post.id, body="Two.")
    first = (await revisions(doors, post.id))[0][0]

    await nora.post(f"{DESK}{post.id}/revisions/{first}/restoration", data={"as": "is"})

    after = await post_in(doors, post.id)
    assert (after.body_format, str(after.body_html).strip()) == ("wordpress", "<p>One *star*.</p>")


async def test_an_imported_post_keeps_how_it_came_whatever_was_typed_before(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    async with doors.unit_of_work() as db:
        post = await a_post(db, body="As it came.")
        await db.execute(update(Post).where(Post.id == post.id).values(legacy_id=7))
        await db.execute(Revision.__table__.delete())  # type: ignore[attr-defined]
    assert "None yet" in (await nora.get(f"{DESK}{post.id}/revisions/")).text
    base = (await opened(nora, post.id)).fields["base"]
    await autosaved(nora, post.id, "Given up", base=base)
    left = {"base": (await opened(nora, post.id)).fields["base"]}
    await nora.post(f"{DESK}{post.id}/autosave/dismissal", data=left)

    await saved(nora, await opened(nora, post.id), post.id, body="Changed.")

    texts = [text for _, text in await revisions(doors, post.id)]
    assert texts == ["Given up", "As it came.", "Changed."]
    assert "never saved" in (await nora.get(f"{DESK}{post.id}/revisions/")).text


async def test_revisions_are_for_whoever_may_write_the_post(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada, ben = await signed_in(Role.AUTHOR), await signed_in(Role.AUTHOR)
    post_id, other = await begun(ada, body="Secret."), await begun(ben)
    first = (await revisions(doors, post_id))[0][0]
    mine = (await revisions(doors, other))[0][0]

    for url in (
        f"{DESK}{post_id}/revisions/", f"{DESK}{post_id}/revisions/{first}/",
        f"{DESK}{post_id}/revisions/compare/?from={first}&to={first}",
        # Of another post than one's own, by one's own number.
        f"{DESK}{other}/revisions/{first}/", f"{DESK}{other}/revisions/compare/?from={first}&to={mine}",
    ):  # fmt: skip
        answer = await ben.get(url)
        assert answer.status_code == 404, url
        assert "Secret." not in unescape(answer.text)
    restored = await ben.post(f"{DESK}{other}/revisions/{first}/restoration", data={"as": "is"})
    assert restored.status_code == 404
