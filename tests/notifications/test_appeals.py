"""Whose comment was removed appeals once, by the link in the letter or on its own page; another moderator answers."""

import re
from datetime import timedelta
from typing import NamedTuple

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.links import make_link
from app.accounts.models import LinkPurpose, ModerationMail, User
from app.accounts.queries import get_user
from app.core import clock
from app.discussions.models import Appeal, Comment, CommentStatus
from app.discussions.own import withdraw_own
from app.moderation.models import Decision
from app.settings import Settings
from app.web.comments.own_addresses import own_address
from app.work import Doors
from tests.agreement import disagreements
from tests.conftest import RunJobs, SignedIn
from tests.notifications.post_office import PostOffice, html_of, text_of
from tests.visiting import BASE_URL
from tests.world import a_comment, a_member, a_post, an_author_key

pytestmark = pytest.mark.anyio

SOON = timedelta(minutes=11)
WHY = "I only said what all say.\nRead it <b>again</b>, please."


class Scene(NamedTuple):
    """Ines has removed what Gwen wrote; Mo moderates, too. `link` stands in Gwen's letter."""

    comment_id: int
    link: str
    own: str
    ines: httpx.AsyncClient
    mo: httpx.AsyncClient


@pytest.fixture
async def scene(
    doors: Doors,
    settings: Settings,
    post_office: PostOffice,
    run_jobs: RunJobs,
    signed_in: SignedIn,
) -> Scene:
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines", roles=[Role.MODERATOR], moderation_mail="none")
        mo = await a_member(db, "Mo", roles=[Role.OWNER], moderation_mail="none")
        key = await an_author_key(db)
        comment = await a_comment(
            db, "My words", under=await a_post(db), at=clock.now(), author_key_id=key.id,
            author_email="gwen@example.org",
        )  # fmt: skip
    hers, his = await signed_in(user=ines), await signed_in(user=mo)
    await hers.post(f"/mod/comments/{comment.id}/removal", data={"reason": "attack"})
    await run_jobs()
    await run_jobs(later=SOON)
    (told,) = post_office.to("gwen@example.org")
    link = re.search(rf"{BASE_URL}(/appeal/\S+)", text_of(told))
    assert link
    assert f'href="{BASE_URL}{link[1]}"' in html_of(told)
    return Scene(comment.id, link[1], own_address(settings, comment.id), hers, his)


async def status_of(doors: Doors, scene: Scene) -> str:
    async with doors.reading() as db:
        query = select(Comment.status).where(Comment.id == scene.comment_id)
        return (await db.scalars(query)).one()


async def agrees(doors: Doors) -> bool:
    async with doors.reading() as db:
        return await disagreements(db) == []


async def test_an_appeal_by_the_link_stands_in_the_queue_with_its_text(
    doors: Doors, visitor: httpx.AsyncClient, scene: Scene
) -> None:
    form = await visitor.get(scene.link)
    assert form.status_code == 200
    assert "My words" in form.text
    assert '<textarea class="field__input field__input--text" id="appeal" name="text"' in form.text

    heard = await visitor.post(scene.link, data={"text": f"  {WHY} "})

    assert heard.status_code == 200
    assert "A moderator will read what you say" in heard.text
    queue = (await scene.mo.get("/mod/")).text
    assert f'id="case-{scene.comment_id}"' in queue
    assert "Its author appeals" in queue
    assert "Read it &lt;b&gt;again&lt;/b&gt;, please." in queue
    assert "Show it again" in queue
    assert "Leave it removed" in queue
    assert f'id="case-{scene.comment_id}"' in (await scene.mo.get("/mod/?reason=appealed")).text
    assert f'id="case-{scene.comment_id}"' not in (await scene.mo.get("/mod/?tab=removed")).text
    assert await status_of(doors, scene) == "removed"
    assert await agrees(doors)


async def test_an_appeal_is_made_on_the_comments_own_page_and_shown_there(
    visitor: httpx.AsyncClient, scene: Scene
) -> None:
    assert "Appeal against the removal" in (await visitor.get(scene.own)).text

    answer = await visitor.post(f"{scene.own}appeal", data={"text": WHY})

    assert (answer.status_code, answer.headers["location"]) == (303, scene.own)
    page = (await visitor.get(scene.own)).text
    assert "You have appealed. A moderator will look at it again." in page
    assert 'id="appeal"' not in page


@pytest.mark.parametrize(
    ("by_link", "again_by_link", "status"),
    [(True, True, 410), (True, False, 409), (False, False, 409), (False, True, 409)],
)
async def test_nobody_appeals_twice(
    doors: Doors,
    visitor: httpx.AsyncClient,
    scene: Scene,
    by_link: bool,
    again_by_link: bool,
    status: int,
) -> None:
    by_page = f"{scene.own}appeal"
    await visitor.post(scene.link if by_link else by_page, data={"text": WHY})

    again = await visitor.post(
        scene.link if again_by_link else by_page, data={"text": "Once more!"}
    )

    assert again.status_code == status
    async with doors.reading() as db:
        assert (await db.scalars(select(Appeal.text))).all() == [WHY]


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
async def test_no_text_and_too_long_a_one_are_asked_for_again_and_the_link_stays_good(
    visitor: httpx.AsyncClient, scene: Scene, text: str
) -> None:
    for address in (scene.link, f"{scene.own}appeal"):
        refused = await visitor.post(address, data={"text": text})
        assert refused.status_code == 422
        assert "An appeal has 1 to 2,000 characters." in refused.text
        assert text in refused.text

    assert (await visitor.post(scene.link, data={"text": "x" * 2000})).status_code == 200


async def test_after_two_weeks_it_is_too_late_and_an_altered_link_leads_nowhere(
    visitor: httpx.AsyncClient, scene: Scene
) -> None:
    with clock.moved(timedelta(days=14, minutes=1)):
        late = [
            await visitor.get(scene.link),
            await visitor.post(scene.link, data={"text": WHY}),
            await visitor.post(f"{scene.own}appeal", data={"text": WHY}),
        ]
        assert 'id="appeal"' not in (await visitor.get(scene.own)).text
    altered = await visitor.get(scene.link[:-2] + "x/")

    assert [answer.status_code for answer in late] == [410, 410, 410]
    assert altered.status_code == 404


@pytest.mark.parametrize("noun", ["approval", "removal", "hold", "spam"])
async def test_whoever_removed_it_does_not_answer_as_long_as_there_is_another(
    doors: Doors, visitor: httpx.AsyncClient, scene: Scene, noun: str
) -> None:
    await visitor.post(scene.link, data={"text": WHY})

    refused = await scene.ines.post(
        f"/mod/comments/{scene.comment_id}/{noun}", data={"back": "/mod/"}
    )

    assert refused.status_code == 403
    assert "You have a part in this: another moderator answers the appeal." in refused.text
    undone = await scene.ines.post("/mod/decisions/2/reversal", data={"back": "/mod/"})
    assert undone.status_code == 403
    assert await status_of(doors, scene) == "removed"


async def test_without_another_moderator_whoever_removed_it_answers(
    doors: Doors, visitor: httpx.AsyncClient, scene: Scene
) -> None:
    await visitor.post(scene.link, data={"text": WHY})
    async with doors.unit_of_work() as db:
        (await get_user(db, 2)).roles = ["author"]

    answer = await scene.ines.post(
        f"/mod/comments/{scene.comment_id}/approval", data={"back": "/mod/"}
    )

    assert answer.status_code == 303
    assert await status_of(doors, scene) == "approved"


async def test_a_moderator_does_not_answer_an_appeal_of_their_own(
    doors: Doors, scene: Scene
) -> None:
    async with doors.unit_of_work() as db:
        comment = await db.get_one(Comment, scene.comment_id)
        comment.user_id = 2
        users = await db.scalars(select(User.name).order_by(User.id))
        assert list(users) == ["Ines", "Mo"]
        await a_member(db, "Third", roles=[Role.MODERATOR], moderation_mail="none")
    await scene.mo.post(f"{scene.own}appeal", data={"text": WHY})

    answer = await scene.mo.post(
        f"/mod/comments/{scene.comment_id}/approval", data={"back": "/mod/"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("noun", "status", "subject", "says"),
    [
        ("approval", "approved", "is shown again", "It is shown again."),
        ("removal", "removed", "stays removed", "It stays removed."),
    ],
)
async def test_another_moderator_answers_and_the_author_is_told(
    doors: Doors,
    visitor: httpx.AsyncClient,
    scene: Scene,
    post_office: PostOffice,
    run_jobs: RunJobs,
    noun: str,
    status: str,
    subject: str,
    says: str,
) -> None:
    await visitor.post(scene.link, data={"text": WHY})

    answer = await scene.mo.post(
        f"/mod/comments/{scene.comment_id}/{noun}", data={"note": "I see.", "back": "/mod/"}
    )
    await run_jobs()
    await run_jobs(later=SOON)

    assert answer.status_code == 303
    assert await status_of(doors, scene) == status
    assert f'id="case-{scene.comment_id}"' not in (await scene.mo.get("/mod/")).text
    letters = post_office.to("gwen@example.org")
    assert len(letters) == 2
    assert letters[1]["Subject"].endswith(subject)
    assert says in " ".join(text_of(letters[1]).split())
    assert "They add: I see." in text_of(letters[1])
    own = (await visitor.get(scene.own)).text
    assert ("It stays removed." in own) == (status == "removed")
    again = await visitor.post(f"{scene.own}appeal", data={"text": "No!"})
    assert again.status_code == 409
    assert await agrees(doors)


@pytest.mark.parametrize("noun", ["approval", "removal"])
async def test_an_answer_that_is_taken_back_leaves_the_appeal_waiting_and_nobody_told(
    doors: Doors,
    visitor: httpx.AsyncClient,
    scene: Scene,
    post_office: PostOffice,
    run_jobs: RunJobs,
    noun: str,
) -> None:
    await visitor.post(scene.link, data={"text": WHY})
    answer = await scene.mo.post(f"/mod/comments/{scene.comment_id}/{noun}", data={"back": "/mod/"})
    done = re.search(r"done=(\d+)", answer.headers["location"])
    assert done

    await scene.mo.post(f"/mod/decisions/{done[1]}/reversal", data={"back": "/mod/"})
    await run_jobs()
    await run_jobs(later=SOON)

    assert await status_of(doors, scene) == "removed"
    assert "Its author appeals" in (await scene.mo.get("/mod/")).text
    assert len(post_office.to("gwen@example.org")) == 1
    assert await agrees(doors)
    async with doors.reading() as db:
        assert (await db.get_one(Comment, scene.comment_id)).status_before == "approved"


async def test_an_act_on_many_passes_appeals_by(
    doors: Doors, visitor: httpx.AsyncClient, scene: Scene, run_jobs: RunJobs
) -> None:
    await visitor.post(scene.link, data={"text": WHY})
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        await a_comment(db, "Another", under=post, status=CommentStatus.PENDING)

    await scene.mo.post("/mod/batches", data={"verb": "spam", "scope": "filter", "back": "/mod/"})
    await run_jobs()

    async with doors.reading() as db:
        statuses = (await db.scalars(select(Comment.status).order_by(Comment.id))).all()
    assert list(statuses) == ["removed", "spam"]


async def test_moderators_are_mailed_an_appeal_whatever_they_were_mailed_of_it_before(
    doors: Doors,
    visitor: httpx.AsyncClient,
    scene: Scene,
    post_office: PostOffice,
    run_jobs: RunJobs,
) -> None:
    async with doors.unit_of_work() as db:
        mo = await get_user(db, 2)
        mo.moderation_mail = ModerationMail.HOURLY
        await make_link(
            db, LinkPurpose.MODERATE, user_id=mo.id, subject_id=scene.comment_id, lifetime=SOON
        )
    await visitor.post(scene.link, data={"text": WHY})
    await run_jobs()

    (told,) = post_office.to(mo.email)
    assert "Its author appeals against its removal." in text_of(told)


async def test_a_comment_that_was_taken_back_or_was_spam_has_nothing_to_appeal_against(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, scene: Scene
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        mine = await a_comment(db, "Mine", under=post, status=CommentStatus.PENDING)
        await withdraw_own(db, mine.id)
        spam = await a_comment(db, "Spam", under=post, status=CommentStatus.SPAM)
    await scene.mo.post(f"/mod/comments/{spam.id}/removal", data={"back": "/mod/"})

    for comment in (mine, spam):
        own = own_address(settings, comment.id)
        assert 'id="appeal"' not in (await visitor.get(own)).text
        assert (await visitor.post(f"{own}appeal", data={"text": WHY})).status_code == 403
    async with doors.reading() as db:
        assert (await db.scalars(select(Decision.verb))).all()
        assert (await db.scalars(select(Appeal.id))).all() == []
