"""Letters wait until a server has them: none is lost, and each goes out once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import mail
from app.core.jobs import Tools, enqueue
from app.notifications.ending import Ending, Ends, end_letters
from app.notifications.letters import send_letters, write_letter
from app.notifications.models import Letter, Refusal
from app.notifications.queries import outbox
from app.notifications.texts import Envelope, NewLetter, PlainPage, compose, desk_of, sheet_of
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs
from tests.notifications.post_office import PostOffice, html_of, open_office, text_of
from tests.shared import payloads
from tests.world import the_site

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


async def a_letter(
    doors: Doors,
    settings: Settings,
    to: str = "gwen@example.org",
    *,
    about: str = "news:1",
    subject: str = "News",
    says: str = "Something happened.",
    is_asked_for: bool = False,
) -> NewLetter:
    async with doors.unit_of_work() as db:
        desk = await desk_of(db, settings)
        sheet = sheet_of(desk, subject, "Because.", to=to)
        envelope = Envelope(to, about, "news", thread_id=7, is_asked_for=is_asked_for)
        letter = compose(desk, "plain", PlainPage(sheet, (says,)), envelope)
        await write_letter(db, letter)
    return letter


async def letters(doors: Doors) -> Sequence[Letter]:
    async with doors.reading() as db:
        return (await db.scalars(select(Letter).order_by(Letter.id))).all()


async def test_a_letter_goes_out_with_all_that_mail_programs_want(
    doors: Doors, settings: Settings, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, title="Follow-up, “the” <blog>")
    await a_letter(doors, settings, says="It's <b>bold</b> & brave.")

    await run_jobs()

    (received,) = post_office.mails
    assert received["To"] == "gwen@example.org"
    assert received["From"].addresses[0].addr_spec == "rapport@blog.example"
    assert received["From"].addresses[0].display_name == "Follow-up, “the” <blog>"
    assert received["List-Id"] == "Follow-up, “the” blog <news.blog.example>"
    assert received["List-Unsubscribe"].startswith("<http://blog.example/unsubscribe/a")
    assert received["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert received["References"] == received["In-Reply-To"] == "<thread-7@blog.example>"
    assert "It's <b>bold</b> & brave." in text_of(received)
    assert "It&#39;s &lt;b&gt;bold" in html_of(received) or "It's &lt;b&gt;" in html_of(received)
    assert "style=" in html_of(received)


async def test_the_same_letter_is_written_once(
    doors: Doors, settings: Settings, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    await a_letter(doors, settings)
    await a_letter(doors, settings)
    await run_jobs()
    await a_letter(doors, settings)
    await run_jobs()

    assert len(post_office.mails) == 1


async def test_two_who_write_the_same_letter_at_once_write_it_once(
    doors: Doors, settings: Settings
) -> None:
    letter = replace(await a_letter(doors, settings), message_id="<at-once@blog.example>")

    async def write() -> bool:
        async with doors.unit_of_work() as db:
            is_new = await write_letter(db, letter)
            # Where others may write meanwhile, they do.
            await asyncio.sleep(0.2)
            return is_new

    assert sorted(await asyncio.gather(write(), write())) == [False, True]
    assert len(await letters(doors)) == 2


async def test_without_a_server_letters_wait_and_the_outbox_shows_them(
    doors: Doors, settings: Settings, post_office: PostOffice
) -> None:
    await a_letter(doors, settings)
    await send_letters(Tools(doors, settings.model_copy(update={"smtp_url": ""})))

    async with doors.reading() as db:
        (waiting,) = await outbox(db)
    assert (waiting.recipient, waiting.subject, waiting.failed_at) == (
        "gwen@example.org",
        "News",
        None,
    )
    assert post_office.mails == []


async def test_a_server_that_is_away_loses_nothing_and_gets_each_letter_once(
    doors: Doors, settings: Settings, office: PostOffice, run_jobs: RunJobs
) -> None:
    for number in range(3):
        await a_letter(doors, settings, f"reader{number}@example.org")
    await run_jobs()

    assert all(letter.trouble for letter in await letters(doors))
    async with open_office(office):
        for _ in range(2):
            await run_on(doors, run_jobs, later=2 * MINUTE)

    assert sorted(m["To"] for m in office.mails) == [f"reader{n}@example.org" for n in range(3)]
    assert all(letter.sent_at and not letter.trouble for letter in await letters(doors))


async def test_a_server_that_hangs_is_given_up_on_and_asked_again(
    doors: Doors,
    settings: Settings,
    post_office: PostOffice,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail, "PATIENCE", 0.2)
    await a_letter(doors, settings)
    post_office.is_hanging = True
    await run_jobs()

    (letter,) = await letters(doors)
    assert letter.trouble
    assert letter.sent_at is None
    post_office.is_hanging = False
    await run_on(doors, run_jobs, later=2 * MINUTE)

    assert len(post_office.mails) == 1


async def test_a_letter_that_is_put_off_is_tried_again_over_hours(
    doors: Doors, settings: Settings, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    post_office.to_recipient["grey@example.org"] = "451 4.7.1 Greylisted"
    await a_letter(doors, settings, "grey@example.org")
    await a_letter(doors, settings, "gwen@example.org")
    await run_jobs()
    assert [m["To"] for m in post_office.mails] == ["gwen@example.org"]

    await run_on(doors, run_jobs, later=2 * MINUTE)
    put_off = (await letters(doors))[0]
    assert (put_off.tries, put_off.trouble) == (2, "451 4.7.1 Greylisted")
    del post_office.to_recipient["grey@example.org"]
    await run_on(doors, run_jobs, later=5 * MINUTE)
    assert len(post_office.mails) == 1
    await run_on(doors, run_jobs, later=15 * MINUTE)

    assert len(post_office.to("grey@example.org")) == 1


async def test_a_letter_that_is_put_off_for_days_is_given_up(
    doors: Doors, settings: Settings, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    post_office.to_mail["full@example.org"] = "452 Mailbox full"
    await a_letter(doors, settings, "full@example.org")
    await run_jobs()
    await run_on(doors, run_jobs, later=timedelta(days=4))

    (letter,) = await letters(doors)
    assert letter.failed_at is not None
    assert letter.trouble == "452 Mailbox full"


@pytest.mark.parametrize("door", ["to_recipient", "to_mail"])
async def test_a_letter_that_is_refused_fails_with_its_reason_and_the_next_goes_out(
    doors: Doors, settings: Settings, post_office: PostOffice, run_jobs: RunJobs, door: str
) -> None:
    getattr(post_office, door)["nobody@example.org"] = "550 5.1.1 No such mailbox"
    await a_letter(doors, settings, "nobody@example.org")
    await a_letter(doors, settings, "gwen@example.org")

    await run_jobs()

    refused, sent = await letters(doors)
    assert (refused.trouble, bool(refused.failed_at)) == ("550 5.1.1 No such mailbox", True)
    assert sent.sent_at is not None
    async with doors.reading() as db:
        assert [letter.recipient for letter in await outbox(db)] == ["nobody@example.org"]


async def test_two_workers_never_send_the_same_letter(
    doors: Doors, settings: Settings, post_office: PostOffice
) -> None:
    for number in range(50):
        await a_letter(doors, settings, f"reader{number}@example.org")
    tools = Tools(doors, settings)

    await asyncio.gather(*(send_letters(tools) for _ in range(3)))

    assert len({m["To"] for m in post_office.mails}) == len(post_office.mails) == 50


async def test_whoever_refused_all_letters_gets_only_what_they_ask_for(
    doors: Doors, settings: Settings, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    letter = await a_letter(doors, settings, about="first")
    async with doors.unit_of_work() as db:
        await end_letters(db, Ending(Ends.ALL, letter.refusal))
    await a_letter(doors, settings, "Gwen@Example.org", about="second")
    await a_letter(doors, settings, about="password", is_asked_for=True, subject="A password")

    await run_jobs()

    assert [m["Subject"] for m in post_office.mails] == ["News", "A password"]


async def test_all_letters_are_refused_twice_at_once(doors: Doors, settings: Settings) -> None:
    letter = await a_letter(doors, settings)

    async def refuse() -> None:
        async with doors.unit_of_work() as db:
            await end_letters(db, Ending(Ends.ALL, letter.refusal))
            # On PostgreSQL the others have looked by now, too.
            await asyncio.sleep(0.2)

    await asyncio.gather(refuse(), refuse(), refuse())

    async with doors.reading() as db:
        assert len((await db.scalars(select(Refusal))).all()) == 1


async def test_attacks_in_names_and_words_stay_words(
    doors: Doors, settings: Settings, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    attacks = [*payloads("crlf"), *payloads("xss")[:40]]
    for number, words in enumerate(attacks):
        await a_letter(doors, settings, about=f"news:{number}", subject=words, says=words)

    await run_jobs()

    assert len(post_office.mails) == len(attacks)
    assert {tuple(m.keys()) for m in post_office.mails} == {tuple(post_office.mails[0].keys())}
    for received in post_office.mails:
        html = html_of(received).lower()
        assert "<script" not in html
        assert "<img" not in html
        assert received["To"] == "gwen@example.org"


async def run_on(doors: Doors, run_jobs: RunJobs, *, later: timedelta) -> None:
    """What the schedule will have done by then."""
    async with doors.unit_of_work() as db:
        await enqueue(db, send_letters)
    await run_jobs(later=later)
