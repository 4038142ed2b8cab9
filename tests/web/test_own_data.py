"""Taking one's own data away, and having it forgotten."""

import io
import json
import zipfile
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.accounts.blocks import block
from app.accounts.models import Block, User, UserSession
from app.core import clock
from app.core.jobs import Tools
from app.discussions.models import Comment
from app.groups.profiles.models import Audience, Profile, ProfileWord
from app.notifications.models import Follow, Letter
from app.porting.personal.models import PersonalExport
from app.porting.personal.taking import forget_exports, takeaway_folder
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.groups.profiles.membership import FULL, a_profile, as_actor
from tests.web.signing_in import PASSWORD, is_signed_in, sign_in
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio

PAGE = "/account/data/"


async def ada_with_a_past(doors: Doors) -> User:
    """Somebody who said things, signed in and not, and has a profile, a follow and a block."""
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", email="ada@example.org", password=PASSWORD)
        await a_profile(db, ada, seen_by=Audience.PUBLIC, **FULL)
        bo = await a_member(db, "Bo")
        await block(db, as_actor(ada), bo.id, clock.now())
        post = await a_post(db, "A letter")
        mine = await a_comment(db, "Said as Ada", under=post, by="Ada", user_id=ada.id)
        await a_comment(
            db, "Said as a guest", under=post, by="A. L.", author_email="ada@example.org"
        )
        await a_comment(db, "Said by another", under=post, by="Bo", user_id=bo.id)
        follow = Follow(
            thread_id=mine.thread_id,
            user_id=ada.id,
            email="ada@example.org",
            created_at=clock.now(),
        )
        db.add(follow)
    return ada


async def test_all_of_it_comes_in_one_file_for_its_owner_alone(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    ada = await ada_with_a_past(doors)
    here, other = await signed_in(user=ada), await signed_in(Role.OWNER)

    asked = await here.post(PAGE)
    waiting = (await here.get(asked.headers["location"])).text
    await run_jobs()
    page = (await here.get(PAGE)).text
    file = await here.get(f"{PAGE}1/file")

    assert asked.status_code == 303
    assert "It is being made" in waiting
    assert f"{PAGE}1/file" in page
    assert (file.status_code, file.headers["cache-control"]) == (200, "no-store")
    assert (await other.get(f"{PAGE}1/file")).status_code == 404
    assert (await visitor.get(f"{PAGE}1/file")).status_code == 401
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        data = json.loads(archive.read("data.json"))
        html = archive.read("data.html").decode()
    assert data["account"][0]["email"] == "ada@example.org"
    assert data["profile"][0]["can_help"] == ["HELP"]
    assert {one["text"] for one in data["comments"]} == {"Said as Ada", "Said as a guest"}
    assert [one["handle"] for one in data["blocks"]] == ["bo"]
    assert len(data["follows"]) == 1
    assert "argon2" not in json.dumps(data)
    assert "Said as a guest" in html


async def test_a_file_is_gone_after_a_week(
    doors: Doors, settings: Settings, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    ada = await ada_with_a_past(doors)
    here = await signed_in(user=ada)
    await here.post(PAGE)
    await here.post(PAGE)
    await run_jobs()
    async with doors.reading() as db:
        (export,) = await db.scalars(select(PersonalExport))

    with clock.moved(timedelta(days=7, minutes=1)):
        assert (await here.get(f"{PAGE}{export.id}/file")).status_code == 404
        await forget_exports(Tools(doors, settings))

    assert takeaway_folder(settings).find(export.file) is None
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(PersonalExport)) == 0


@pytest.mark.parametrize("texts", ["stay", "go"])
async def test_who_goes_is_forgotten_and_their_words_do_as_they_chose(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient, run_jobs: RunJobs, texts: str
) -> None:
    ada = await ada_with_a_past(doors)
    here = await signed_in(user=ada)
    await here.post(PAGE)
    await run_jobs()
    assert "Said as Ada" in (await visitor.get("/2024/03/a-letter/")).text

    gone = await here.post("/account/erasing", data={"password": PASSWORD, "texts": texts})
    await run_jobs()

    assert (gone.status_code, gone.headers["location"]) == (303, "/account/erased/")
    assert not is_signed_in(here)
    assert (await visitor.get("/account/erased/")).status_code == 200
    assert (await visitor.get("/people/ada/")).status_code == 404
    assert (await sign_in(visitor, "ada@example.org")).status_code == 422
    post = (await visitor.get("/2024/03/a-letter/")).text
    assert ("Said as Ada" in post, "Former member" in post) == (texts == "stay",) * 2
    assert "A. L." not in post
    assert "Said by another" in post
    async with doors.reading() as db:
        row = await db.get(User, ada.id)
        assert row is not None
        assert (row.name, row.slug, row.email, row.password_hash) == (
            "Former member", f"former-{ada.id}", "", "",
        )  # fmt: skip
        for table in (Profile, ProfileWord, Follow, Block, PersonalExport):
            assert await db.scalar(select(func.count()).select_from(table)) == 0, table
        its = UserSession.user_id == ada.id
        assert (await db.scalars(select(UserSession).where(its))).all() == []
        names = set(await db.scalars(select(Comment.author_name)))
        assert names & {"Ada", "A. L."} == set()


async def test_nobody_is_erased_without_their_password_and_a_choice(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await ada_with_a_past(doors)
    here = await signed_in(user=ada)

    wrong = await here.post("/account/erasing", data={"password": "not it", "texts": "go"})
    unsaid = await here.post("/account/erasing", data={"password": PASSWORD, "texts": ""})

    assert (wrong.status_code, unsaid.status_code) == (422, 422)
    assert 'value="go" checked' in wrong.text
    assert (await here.get("/people/ada/")).status_code == 200


async def test_the_last_owner_stays(doors: Doors, signed_in: SignedIn) -> None:
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines", roles=[Role.OWNER], password=PASSWORD)
    here = await signed_in(user=ines)

    refused = await here.post("/account/erasing", data={"password": PASSWORD, "texts": "go"})
    async with doors.unit_of_work() as db:
        await a_member(db, "Max", roles=[Role.OWNER])
    gone = await here.post("/account/erasing", data={"password": PASSWORD, "texts": "go"})

    assert (refused.status_code, gone.status_code) == (409, 303)
    assert "last owner" in refused.text


async def test_an_author_who_goes_leaves_their_posts_and_not_their_name(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Adabel Lovelace", roles=[Role.AUTHOR], password=PASSWORD)
        await a_post(db, "A letter", by=ada)
    here = await signed_in(user=ada)
    assert "Adabel" in (await visitor.get("/2024/03/a-letter/")).text
    assert "A letter" in (await visitor.get("/search/?q=Adabel")).text

    await here.post("/account/erasing", data={"password": PASSWORD, "texts": "go"})
    await run_jobs()

    post = await visitor.get("/2024/03/a-letter/")
    assert post.status_code == 200
    assert "Former member" in post.text
    assert "Adabel" not in post.text
    assert "A letter" not in (await visitor.get("/search/?q=Adabel")).text
    assert (await visitor.get("/author/adabel-lovelace/")).status_code == 404


async def test_of_letters_those_are_listed_that_were_sent(
    doors: Doors, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    ada, now = await ada_with_a_past(doors), clock.now()
    async with doors.unit_of_work() as db:
        for subject, sent_at in (("Came", now), ("Waits", None)):
            letter = Letter(
                recipient="ada@example.org", subject=subject, body_text="Hello",
                message_id=f"<{subject}@blog.example>", created_at=now, sent_at=sent_at,
            )  # fmt: skip
            db.add(letter)
    here = await signed_in(user=ada)

    await here.post(PAGE)
    await run_jobs()

    with zipfile.ZipFile(io.BytesIO((await here.get(f"{PAGE}1/file")).content)) as archive:
        letters = json.loads(archive.read("data.json"))["letters"]
    # What waits may name what she must not read by the time it would go out.
    assert [one["subject"] for one in letters] == ["Came"]
