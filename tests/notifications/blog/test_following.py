"""Somebody wants new posts by mail, and the form tells nobody who else does."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.accounts.events import MemberErased
from app.core import clock
from app.core.events import record
from app.core.jobs import Tools
from app.discussions.events import CommenterErased
from app.notifications.blog.models import BlogFollower
from app.notifications.blog.retention import tidy_followers
from app.notifications.models import Letter
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.notifications.blog.reading import (
    asks,
    following,
    link_in,
    published,
    they_follow,
)
from tests.notifications.post_office import PostOffice, text_of
from tests.world import a_member

pytestmark = pytest.mark.anyio

GWEN = "gwen@example.org"


async def test_a_guest_confirms_gets_the_next_post_and_ends_it_with_one_click(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    assert (await asks(visitor, " Gwen@Example.org ")).status_code == 200
    await run_jobs()
    (asked,) = post_office.mails
    link = link_in(asked, "/confirm/blog/")
    assert (await visitor.get(link)).status_code == 200
    assert await following(doors) == []

    assert (await visitor.post(link)).status_code == 200
    assert (await visitor.post(link)).status_code == 410
    post = await published(doors)
    await run_jobs()

    news = post_office.mails[-1]
    assert (news["To"], news["Subject"]) == (GWEN, "A letter a week")
    assert "Write to one person a week." in text_of(news)
    assert link_in(news, post.path or "?")
    assert news["List-Id"] == "A new site <posts.blog.example>"
    assert news["Auto-Submitted"] == "auto-generated"
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    ending = str(news["List-Unsubscribe"]).strip("<>")
    # RFC 8058: from a mail program, without a cookie, from anywhere.
    ended = await visitor.post(
        ending, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example"}
    )
    assert ended.status_code == 200
    assert await following(doors) == []
    await published(doors, "Another")
    await run_jobs()
    assert len(post_office.mails) == 2


async def test_everybody_is_answered_the_same(
    doors: Doors, visitor: httpx.AsyncClient, settings: Settings, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", email="ada@example.org")
    await they_follow(doors, settings, GWEN)

    answers = {
        (answer.status_code, answer.text.replace(email, "WHOM"))
        for email in (GWEN, "ada@example.org", "nobody@example.org", "nobody@example.org")
        for answer in [await asks(visitor, email)]
    }
    answers |= {
        (robot.status_code, robot.text.replace("robot@example.org", "WHOM"))
        for robot in [await asks(visitor, "robot@example.org", your_subject="Cheap")]
    }

    assert len(answers) == 1
    await run_jobs()
    assert await written_to(doors) == ["ada@example.org", GWEN, "nobody@example.org"]


async def test_one_address_gets_one_letter_a_day_and_one_network_asks_for_five_an_hour(
    doors: Doors, visitor: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    for _time in range(5):
        assert (await asks(visitor, GWEN)).status_code == 200

    refused = await asks(visitor, "ada@example.org")

    assert refused.status_code == 429
    assert 3500 < int(refused.headers["Retry-After"]) <= 3601
    assert 'value="ada@example.org"' in refused.text
    await run_jobs()
    assert await written_to(doors) == [GWEN]


@pytest.mark.parametrize("typed", ["", "gwen", "gwen@example.org, ada@example.org", "x" * 300])
async def test_what_is_no_address_is_shown_again_with_what_is_wrong(
    visitor: httpx.AsyncClient, typed: str
) -> None:
    refused = await asks(visitor, typed)

    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    assert f'value="{typed}"' in refused.text


async def test_who_follows_already_is_told_so_by_letter(
    doors: Doors,
    visitor: httpx.AsyncClient,
    settings: Settings,
    post_office: PostOffice,
    run_jobs: RunJobs,
) -> None:
    await they_follow(doors, settings, GWEN)

    await asks(visitor, GWEN)
    await run_jobs()

    (told,) = post_office.mails
    assert "already" in told["Subject"]
    await visitor.post(link_in(told, "/unsubscribe/"))
    assert await following(doors) == []


async def test_a_link_leads_nowhere_once_its_address_was_forgotten(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    await asks(visitor, GWEN)
    await run_jobs()
    link = link_in(post_office.mails[0], "/confirm/blog/")
    async with doors.unit_of_work() as db:
        record(db, CommenterErased(email=GWEN))
    await asks(visitor, "ada@example.org")

    assert (await visitor.get(link)).status_code == 410
    assert (await visitor.post(link)).status_code == 410
    assert await following(doors) == []


async def test_a_member_follows_with_one_click_and_ends_it_with_another(
    doors: Doors, signed_in: SignedIn, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", email="Ada@example.org")
    browser = await signed_in(user=ada)
    assert "Mail me new posts" in (await browser.get("/account/")).text

    done = await browser.post("/follow/mine", data={"follow": "1"})

    assert done.headers["Location"] == "/follow/?done=on"
    assert "Mail me no more posts" in (await browser.get("/account/")).text
    assert await following(doors) == ["ada@example.org"]
    await published(doors)
    await run_jobs()
    assert [mail["To"] for mail in post_office.mails] == ["ada@example.org"]
    await browser.post("/follow/mine", data={"follow": "0"})
    assert await following(doors) == []


async def test_a_member_whose_address_nobody_confirmed_is_asked_by_letter(
    doors: Doors, signed_in: SignedIn, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", email="ada@example.org", email_confirmed_at=None)
    browser = await signed_in(user=ada)

    done = await browser.post("/follow/mine", data={"follow": "1"})

    assert done.headers["Location"] == "/follow/?done=asked"
    assert await following(doors) == []
    await run_jobs()
    await browser.post(link_in(post_office.mails[0], "/confirm/blog/"))
    assert await following(doors) == ["ada@example.org"]


async def test_nobody_signed_in_can_click_it(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.post("/follow/mine", data={"follow": "1"})).status_code == 401


async def test_who_wants_no_letters_at_all_gets_no_posts_either(
    doors: Doors,
    visitor: httpx.AsyncClient,
    post_office: PostOffice,
    settings: Settings,
    run_jobs: RunJobs,
) -> None:
    await asks(visitor, GWEN)
    await run_jobs()
    (asked,) = post_office.mails
    await visitor.post(link_in(asked, "/confirm/blog/"))

    # At the foot of that letter stands the way to end all.
    await visitor.post(link_in(asked, "/unsubscribe/"))

    assert await following(doors) == []


async def test_what_nobody_confirms_is_forgotten(
    doors: Doors, visitor: httpx.AsyncClient, settings: Settings
) -> None:
    await asks(visitor, GWEN)
    await they_follow(doors, settings, "ada@example.org")

    with clock.moved(timedelta(days=8)):
        await tidy_followers(Tools(doors, settings))

    async with doors.reading() as db:
        assert list(await db.scalars(select(BlogFollower.email))) == ["ada@example.org"]


async def test_who_is_erased_follows_no_more_and_what_waits_for_them_goes(
    doors: Doors, settings: Settings, run_jobs: RunJobs, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", email="ada@example.org")
    await (await signed_in(user=ada)).post("/follow/mine", data={"follow": "1"})
    await they_follow(doors, settings, GWEN, "kurt@example.org")
    await published(doors)
    # No server takes them, so they wait.
    await run_jobs()
    assert len(await written_to(doors)) == 3

    async with doors.unit_of_work() as db:
        record(db, CommenterErased(email=GWEN))
        record(db, MemberErased(user_id=ada.id, email="ada@example.org", texts_go=False))

    assert await following(doors) == ["kurt@example.org"]
    assert await written_to(doors) == ["kurt@example.org"]


async def written_to(doors: Doors) -> list[str]:
    """Whom the letters in the box are for."""
    async with doors.reading() as db:
        return sorted(await db.scalars(select(Letter.recipient)))
