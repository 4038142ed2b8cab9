"""An address that three letters in a row could not reach gets no more, until somebody tries once more."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.models import AuditEntry
from app.discussions.events import CommenterErased
from app.notifications.letters import write_letter
from app.notifications.models import Bounce, Letter
from app.notifications.retention import forget_address
from app.notifications.texts import Envelope, PlainPage, compose, desk_of, sheet_of
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.notifications.notices.telling import notices_of
from tests.notifications.post_office import PostOffice
from tests.world import a_member

pytestmark = pytest.mark.anyio

GONE = "gone@example.org"
NO_MAILBOX = "550 5.1.1 No such mailbox"


async def a_letter(
    doors: Doors, settings: Settings, about: str, *, to: str = GONE, is_asked_for: bool = False
) -> bool:
    """Write a letter; whether it went into the box."""
    async with doors.unit_of_work() as db:
        desk = await desk_of(db, settings)
        envelope = Envelope(to, about, "news", is_asked_for=is_asked_for)
        page = PlainPage(sheet_of(desk, about, "Because.", to=to), ("Something happened.",))
        return await write_letter(db, compose(desk, "plain", page, envelope))


async def letters(doors: Doors) -> Sequence[Letter]:
    async with doors.reading() as db:
        return (await db.scalars(select(Letter).order_by(Letter.id))).all()


@pytest.fixture
async def bounced(
    doors: Doors, settings: Settings, post_office: PostOffice, run_jobs: RunJobs
) -> PostOffice:
    """A post office that has refused three letters to an address."""
    post_office.to_recipient[GONE] = NO_MAILBOX
    for number in range(3):
        assert await a_letter(doors, settings, f"news:{number}")
        await run_jobs()
    return post_office


async def test_after_three_refusals_in_a_row_nothing_is_written_to_an_address_but_what_it_asks_for(
    doors: Doors, settings: Settings, bounced: PostOffice, run_jobs: RunJobs
) -> None:
    assert not await a_letter(doors, settings, "news:4")
    assert not await a_letter(doors, settings, "news:5", to="GONE@example.org")
    assert await a_letter(doors, settings, "news:6", to="gwen@example.org")

    del bounced.to_recipient[GONE]
    assert await a_letter(doors, settings, "password", is_asked_for=True)
    await run_jobs()

    assert [mail["Subject"] for mail in bounced.to(GONE)] == ["password"]
    # That one was taken: mail reaches them again.
    assert await a_letter(doors, settings, "news:7")


@pytest.mark.parametrize(
    ("door", "says"),
    [
        ("to_recipient", "451 4.7.1 Greylisted"),
        ("to_recipient", "550 5.7.1 We do not relay for you"),
        ("to_mail", "554 5.6.0 We do not like these words"),
    ],
)
async def test_what_is_not_about_the_address_does_not_count_against_it(
    doors: Doors,
    settings: Settings,
    post_office: PostOffice,
    run_jobs: RunJobs,
    door: str,
    says: str,
) -> None:
    getattr(post_office, door)[GONE] = says
    for number in range(4):
        await a_letter(doors, settings, f"news:{number}")
        await run_jobs()

    assert await a_letter(doors, settings, "news:9")


async def test_a_letter_that_was_taken_in_between_begins_the_count_anew(
    doors: Doors, settings: Settings, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    for number, answer in enumerate([NO_MAILBOX, NO_MAILBOX, "", NO_MAILBOX, NO_MAILBOX]):
        post_office.to_recipient = {GONE: answer} if answer else {}
        await a_letter(doors, settings, f"news:{number}")
        await run_jobs()

    assert await a_letter(doors, settings, "news:9")


async def test_the_owner_sees_such_an_address_and_has_it_written_to_again(
    doors: Doors, settings: Settings, bounced: PostOffice, signed_in: SignedIn
) -> None:
    owner = await signed_in(Role.OWNER)
    page = (await owner.get("/mod/outbox/")).text
    assert "Addresses that get no more letters" in page
    assert f"<td>{GONE}</td><td>{NO_MAILBOX}</td>" in page

    answer = await owner.post("/mod/outbox/addresses/return", data={"address": GONE})

    assert (answer.status_code, answer.headers["location"]) == (303, "/mod/outbox/")
    assert "Addresses that get no more letters" not in (await owner.get("/mod/outbox/")).text
    assert await a_letter(doors, settings, "news:4")
    again = await owner.post("/mod/outbox/addresses/return", data={"address": GONE})
    assert again.status_code == 404


async def test_somebody_whose_letters_come_back_is_told_on_their_account_page(
    doors: Doors, bounced: PostOffice, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        gone, ada = await a_member(db, "Gone", email=GONE), await a_member(db, "Ada")

    assert NO_MAILBOX in (await (await signed_in(user=gone)).get("/account/")).text
    assert "come back" not in (await (await signed_in(user=ada)).get("/account/")).text


async def test_a_letter_that_failed_is_sent_again_by_a_button_once(
    doors: Doors, bounced: PostOffice, run_jobs: RunJobs, signed_in: SignedIn
) -> None:
    moderator = await signed_in(Role.MODERATOR)
    assert (await moderator.get("/mod/outbox/")).text.count("/sending") == 3
    del bounced.to_recipient[GONE]

    answers = [await moderator.post("/mod/outbox/2/sending") for _ in range(2)]
    await run_jobs()

    assert [answer.status_code for answer in answers] == [303, 409]
    assert [mail["Subject"] for mail in bounced.to(GONE)] == ["news:1"]
    assert [bool(letter.sent_at) for letter in await letters(doors)] == [False, True, False]
    assert (await moderator.post("/mod/outbox/2/sending")).status_code == 409
    assert (await moderator.post("/mod/outbox/99/sending")).status_code == 404
    async with doors.reading() as db:
        entries = (await db.scalars(select(AuditEntry.thing))).all()
    assert "letter:2" in entries


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.EDITOR])
async def test_only_moderators_send_letters_again(
    bounced: PostOffice, signed_in: SignedIn, role: Role
) -> None:
    client = await signed_in(role)

    assert (await client.post("/mod/outbox/1/sending")).status_code == 403


async def test_whoever_is_erased_leaves_no_address_here(doors: Doors, bounced: PostOffice) -> None:
    async with doors.unit_of_work() as db:
        await forget_address(db, CommenterErased(email=GONE))

    async with doors.reading() as db:
        assert (await db.scalars(select(Bounce.address))).all() == []


async def test_one_complaint_is_enough_and_is_not_forgotten_when_a_letter_arrives(
    doors: Doors,
    settings: Settings,
    post_office: PostOffice,
    run_jobs: RunJobs,
    signed_in: SignedIn,
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", email="Ada@example.org")
    moderator, member = await signed_in(Role.MODERATOR), await signed_in(user=ada)
    assert "Somebody complained" in (await moderator.get("/mod/outbox/")).text

    for _twice in range(2):
        answer = await moderator.post(
            "/mod/outbox/addresses/complaint", data={"address": "ada@example.org"}
        )
        assert answer.status_code == 303
    assert await a_letter(doors, settings, "asked", to="ada@example.org", is_asked_for=True)
    await run_jobs()

    assert len(post_office.mails) == 1
    assert not await a_letter(doors, settings, "news", to="Ada@example.org")
    assert len(await notices_of(doors, ada)) == 1
    assert "reported as unwanted" in (await member.get("/inbox/")).text
    for page in ("/account/", "/account/notices/"):
        assert "reported as unwanted, so none are sent" in (await member.get(page)).text
    assert (
        "<td>A letter was reported as unwanted</td>" in (await moderator.get("/mod/outbox/")).text
    )
    await moderator.post("/mod/outbox/addresses/return", data={"address": "ada@example.org"})
    assert await a_letter(doors, settings, "news", to="ada@example.org")


async def test_a_complaint_names_an_address_and_is_noted_by_moderators(
    signed_in: SignedIn,
) -> None:
    moderator, author = await signed_in(Role.MODERATOR), await signed_in(Role.AUTHOR)
    path = "/mod/outbox/addresses/complaint"

    assert (await author.post(path, data={"address": GONE})).status_code == 403
    for wrong in ("", "nobody", "a@b.example, c@d.example"):
        assert (await moderator.post(path, data={"address": wrong})).status_code == 422
