"""What the editor offers to choose from is bounded; what is chosen already is never left out of it."""

import pytest

from app.accounts.actor import Role
from app.accounts.models import User
from app.posts.models import PostKind
from app.posts.queries import authors_of
from app.posts.signing import MOST_OFFERED
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.writing import opened, post_in, saved
from tests.world import a_member, a_post

pytestmark = pytest.mark.anyio


async def test_a_page_stays_where_it_stands_among_more_pages_than_are_offered(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    async with doors.unit_of_work() as db:
        for number in range(MOST_OFFERED):
            await a_post(db, f"A page {number}", kind=PostKind.PAGE)
        above = await a_post(db, "The yard", kind=PostKind.PAGE)
        page = await a_post(db, "The hive", kind=PostKind.PAGE, parent_id=above.id)

    sheet = await opened(nora, page.id)
    assert (await saved(nora, sheet, page.id, body="It hums.")).status_code == 303

    assert (await post_in(doors, page.id)).parent_id == above.id


async def test_an_author_stays_among_more_people_than_are_offered(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    async with doors.unit_of_work() as db:
        for number in range(MOST_OFFERED):
            db.add(User(login=f"a{number}", slug=f"a{number}", name="A", roles=[Role.AUTHOR]))
        zoe = await a_member(db, "Zoe", roles=[Role.AUTHOR])
        post = await a_post(db, "The hive", by=zoe)

    sheet = await opened(nora, post.id)
    assert (await saved(nora, sheet, post.id, body="It hums.")).status_code == 303

    async with doors.reading() as db:
        assert [one.id for one in (await authors_of(db, [post.id]))[post.id]] == [zoe.id]
