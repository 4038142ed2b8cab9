"""Whoever writes says in the editor whether those who follow by mail get it."""

import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.notifications.models import Letter
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.notifications.blog.reading import they_follow
from tests.web.writing import DESK, begun, opened, post_in, saved, sheet_of

pytestmark = pytest.mark.anyio


async def letters(doors: Doors) -> list[str]:
    """The subjects of all letters."""
    async with doors.reading() as db:
        return list(await db.scalars(select(Letter.subject)))


async def test_an_author_ticks_it_and_it_goes_out_when_it_is_published(
    doors: Doors, settings: Settings, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    await they_follow(doors, settings, "gwen@example.org", "ada@example.org")
    ines = await signed_in(Role.AUTHOR)
    assert "Mail this to 2 followers" in sheet_of(await ines.get(f"{DESK}new/"))
    post_id = await begun(ines, "A letter a week")
    await saved(ines, await opened(ines, post_id), post_id, mails_followers="1")
    await run_jobs()
    assert await letters(doors) == []

    sheet = await opened(ines, post_id)
    assert sheet.fields["mails_followers"] == "1"
    await saved(ines, sheet, post_id, do="publish")
    assert "It is on its way" in await opened(ines, post_id)
    await run_jobs()

    assert await letters(doors) == ["A letter a week"] * 2
    sheet = await opened(ines, post_id)
    assert "It was mailed to 2 followers." in sheet
    assert "mails_followers" not in sheet.fields
    # Another word is changed: that it was mailed stays so.
    await saved(ines, sheet, post_id, body="Better.")
    assert (await post_in(doors, post_id)).mails_followers
    assert "It was mailed to 2 followers." in await opened(ines, post_id)


async def test_it_is_not_ticked_by_itself_and_pages_are_not_mailed(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    new = sheet_of(await nora.get(f"{DESK}new/"))

    assert "Mail this to 0 followers" in new
    assert "mails_followers" not in new.fields
    assert "followers" not in sheet_of(await nora.get(f"{DESK}new/?kind=page"))


async def test_it_can_be_thought_better_of_until_then(
    doors: Doors, settings: Settings, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    await they_follow(doors, settings, "gwen@example.org")
    ines = await signed_in(Role.AUTHOR)
    post_id = await begun(ines, "A letter a week")
    await saved(ines, await opened(ines, post_id), post_id, mails_followers="1")
    sheet = await opened(ines, post_id)
    del sheet.fields["mails_followers"]

    await saved(ines, sheet, post_id, do="publish")
    await run_jobs()

    assert await letters(doors) == []
