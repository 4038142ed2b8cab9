"""Members, promises, introductions, messages and resources are reported, and moderators answer."""

import re
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.accounts.leaving import erase_account
from app.accounts.models import User
from app.core import clock
from app.groups.profiles.models import Audience, Profile
from app.moderation.models import Case, Decision
from app.moderation.personal import own_reports_taken
from app.moderation.report_models import Report
from app.networking.conversations.actions import open_conversation, write
from app.networking.conversations.models import Message, OwnerKind
from app.networking.introductions.answering import pass_on
from app.networking.promises.figures import count_promises
from tests.agreement import disagreements
from tests.groups.building import a_place, begin
from tests.networking.introductions.meeting import asked, three_people
from tests.networking.promises.promising import a_kept_one, an_open_one, as_, two_people
from tests.resources.lending import a_resource
from tests.web.test_mod_queue import names_in
from tests.world import SECRETS, a_member

pytestmark = pytest.mark.anyio

RUDE = "Something rude."
REPORTED = "/mod/?tab=reported"


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


@dataclass
class Reportable:
    """Something that `here` may report and `stranger` may not see, and its words."""

    kind: str
    id: int
    here: httpx.AsyncClient
    words: str


async def report(client, kind, number, reason="attack", note="Look."):
    form = {"kind": kind, "id": str(number), "reason": reason, "note": note}
    return await client.post("/report/", data=form)


async def states(doors):
    async with doors.reading() as db:
        return list(await db.scalars(select(Report.state).order_by(Report.id)))


async def the_case(doors, kind):
    async with doors.reading() as db:
        return (await db.scalars(select(Case).where(Case.kind == kind))).one()


async def a_promise(doors, signed_in):
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        promise = await an_open_one(db, ada, bo, text=RUDE)
    return Reportable("promise", promise.id, await signed_in(user=bo), RUDE)


async def an_introduction(doors, signed_in):
    async with doors.unit_of_work() as db:
        three = await three_people(db)
        introduction = await asked(db, three, why=RUDE)
    return Reportable("introduction", introduction.id, await signed_in(user=three.bo), RUDE)


async def a_message(doors, signed_in):
    async with doors.unit_of_work() as db:
        ada, bo = await a_member(db, "Ada Brown"), await a_member(db, "Bo Carter")
        await open_conversation(db, OwnerKind.PROMISE, 7, [ada.id, bo.id])
        await write(db, as_(ada), 1, "Something of no concern.")
        message = await write(db, as_(bo), 1, RUDE)
    return Reportable("message", message.id, await signed_in(user=ada), RUDE)


PRIVATE = [a_promise, an_introduction, a_message]


@pytest.mark.parametrize("a_thing", PRIVATE)
async def test_of_something_private_a_moderator_reads_what_was_reported_and_the_log_says_so(
    doors, signed_in, a_thing
):
    it = await a_thing(doors, signed_in)
    moderator, owner = await signed_in(Role.MODERATOR), await signed_in(Role.OWNER)

    assert (await it.here.get(f"/report/?kind={it.kind}&id={it.id}")).status_code == 200
    assert (await report(it.here, it.kind, it.id)).status_code == 303
    queue = await moderator.get(REPORTED)
    assert len(names_in(queue)) == 1
    assert it.words not in queue.text
    case = (await the_case(doors, it.kind)).id
    here = f"/mod/cases/{case}/"
    assert it.words not in (await moderator.get(here)).text
    read = await moderator.post(f"{here}reading", data={"back": REPORTED})

    assert read.headers["location"] == here
    page = (await moderator.get(here)).text
    assert it.words in page
    assert "of no concern" not in page
    assert it.words not in (await owner.get(here)).text
    assert "read what was reported" in (await owner.get("/mod/log/")).text
    async with doors.reading() as db:
        assert await disagreements(db) == []


@pytest.mark.parametrize("a_thing", PRIVATE)
async def test_nobody_reports_what_they_may_not_read(doors, signed_in, visitor, a_thing):
    it = await a_thing(doors, signed_in)

    for client in (visitor, await signed_in(), await signed_in(Role.OWNER)):
        assert (await report(client, it.kind, it.id)).status_code == 404
    assert (await report(it.here, it.kind, 99)).status_code == 404
    assert (await report(it.here, "joining", 1)).status_code == 404
    assert await states(doors) == []


async def test_a_conversation_stays_closed_to_moderators_whatever_is_reported(doors, signed_in):
    it = await a_message(doors, signed_in)
    await report(it.here, it.kind, it.id)

    assert "A moderator will look at this." in (await it.here.get("/conversations/1/")).text
    for role in (Role.MODERATOR, Role.OWNER):
        assert (await (await signed_in(role)).get("/conversations/1/")).status_code == 404
    async with doors.reading() as db:
        own = await db.scalar(select(func.min(Message.id)))
    assert (await report(it.here, it.kind, own)).status_code == 422


async def test_a_member_and_a_resource_are_reported_by_whoever_reads_them(
    doors, signed_in, visitor, settings
):
    resource = await a_resource(doors, settings)
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada")
    moderator = await signed_in(Role.MODERATOR)
    profile = f"/report/?kind=profile&amp;id={ada.id}"

    assert profile in (await visitor.get("/people/ada/")).text
    assert profile not in (await (await signed_in(user=ada)).get("/people/ada/")).text
    assert (
        f"kind=resource&amp;id={resource.id}"
        in (await visitor.get(f"/resources/{resource.slug}/")).text
    )
    for kind, number in (("profile", ada.id), ("resource", resource.id)):
        assert (await report(visitor, kind, number)).status_code == 303
        assert (await report(await signed_in(), kind, number)).status_code == 303

    queue = await moderator.get(REPORTED)
    assert sorted(names_in(queue)) == ["A calendar of letters", "Ada"]
    assert "Reported by 2 readers" in queue.text
    assert "Attacks a person (a visitor): Look." in queue.text


async def test_the_form_tells_nobody_what_its_own_page_would_not(doors, signed_in, visitor):
    async with doors.unit_of_work() as db:
        three = await three_people(db)
        introduction = await asked(db, three, why=RUDE)
        await pass_on(db, as_(three.bo), introduction.id, "Between us: she is good.")
        profile = Profile(user_id=three.ada.id, headline="I mill flour.")
        profile.headline_seen_by = Audience.MEMBERS
        db.add(profile)
    hers = await signed_in(user=three.ada)
    assert "I mill flour." in (await (await signed_in()).get(f"/people/{three.ada.slug}/")).text

    for client, form in (
        (visitor, f"/report/?kind=profile&id={three.ada.id}"),
        (hers, f"/report/?kind=introduction&id={introduction.id}"),
    ):
        page = await client.get(form)
        assert page.status_code == 200
        assert "I mill flour." not in page.text
        assert "Between us" not in page.text


async def test_a_discussion_is_reported_as_what_it_begins_with(doors, signed_in):
    place = await a_place(doors, signed_in, visibility="hidden")
    topic = (await begin(place.member, place)).headers["location"]
    number = re.search(r"/d/(\d+)", topic)[1]

    assert (await report(await signed_in(), "topic", number)).status_code == 404
    assert (await report(place.owner, "topic", number)).status_code == 303
    assert names_in(await place.owner.get(REPORTED)) == ["Mika"]


async def test_without_a_reason_the_form_comes_again_and_nobody_reports_without_end(
    doors, signed_in, settings
):
    it = await a_promise(doors, signed_in)
    again = await report(it.here, it.kind, it.id, "nonsense", "My words.")
    assert again.status_code == 422
    assert "My words." in again.text
    assert await states(doors) == []

    settings.__dict__["rate_limits"] = "on"
    answers = [(await report(it.here, it.kind, it.id)).status_code for _ in range(11)]

    assert answers == [303] * 10 + [429]
    assert await states(doors) == ["open"] + ["duplicate"] * 9


@pytest.mark.parametrize(
    ("noun", "state", "says"),
    [("removal", "upheld", "Moderators agreed"), ("approval", "dismissed", "and left it")],
)
async def test_the_reporter_alone_hears_what_became_of_it_and_undo_takes_that_back(
    doors, signed_in, noun, state, says
):
    it = await a_message(doors, signed_in)
    await report(it.here, it.kind, it.id)
    async with doors.reading() as db:
        bo = await db.scalar(select(User).where(User.name == "Bo Carter"))
    moderator, reported = await signed_in(Role.MODERATOR), await signed_in(user=bo)
    case = await the_case(doors, it.kind)

    done = await moderator.post(
        f"/mod/cases/{case.id}/{noun}", data={"version": str(case.version), "back": REPORTED}
    )

    assert await states(doors) == [state]
    assert names_in(await moderator.get(REPORTED)) == []
    inbox, own = (await it.here.get("/inbox/")).text, (await it.here.get("/report/own/")).text
    assert says in inbox
    assert says in own
    assert "Moderators" not in (await reported.get("/inbox/")).text
    assert "You have reported nothing" in (await reported.get("/report/own/")).text
    decision = re.search(r"done=(\d+)", done.headers["location"])[1]
    assert "Undo" in (await moderator.get(done.headers["location"])).text
    await moderator.post(f"/mod/decisions/{decision}/reversal", data={"back": "/mod/"})
    assert await states(doors) == ["open"]
    assert says not in (await it.here.get("/inbox/")).text
    assert len(names_in(await moderator.get(REPORTED))) == 1
    async with doors.reading() as db:
        assert await disagreements(db) == []


async def test_the_second_of_two_moderators_is_told_who_was_faster(doors, signed_in):
    it = await a_promise(doors, signed_in)
    await report(it.here, it.kind, it.id)
    case = await the_case(doors, it.kind)
    first, second = await signed_in(Role.MODERATOR), await signed_in(Role.OWNER)
    form = {"version": str(case.version), "back": REPORTED}
    await first.post(f"/mod/cases/{case.id}/removal", data=form)

    late = await second.post(f"/mod/cases/{case.id}/approval", data=form)

    assert late.status_code == 409
    assert "agreed with the reports of this" in late.text
    assert await states(doors) == ["upheld"]
    assert (await first.post(f"/mod/cases/{case.id}/reading", data=form)).status_code == 409


async def test_whoever_has_a_part_in_it_neither_decides_nor_learns_who_reported_it(
    doors, signed_in
):
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines", roles=[Role.MODERATOR])
        await a_member(db, "Mo", roles=[Role.OWNER])
        gwen = await a_member(db, "Gwen")
    hers, here = await signed_in(user=ines), await signed_in(user=gwen)
    await report(here, "profile", ines.id, note="She did this to me.")
    case = (await the_case(doors, "profile")).id

    queue = (await hers.get(REPORTED)).text
    refused = await hers.post(f"/mod/cases/{case}/approval", data={"back": "/mod/"})

    assert "another moderator decides about it" in queue
    assert "Gwen" not in queue
    assert "She did this to me." not in queue
    assert refused.status_code == 403
    assert await states(doors) == ["open"]


async def test_the_only_moderator_there_is_decides_about_themselves_and_learns_no_names(
    doors, signed_in
):
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines", roles=[Role.OWNER])
        gwen = await a_member(db, "Gwen")
    hers = await signed_in(user=ines)
    await report(await signed_in(user=gwen), "profile", ines.id)
    case = (await the_case(doors, "profile")).id

    queue = (await hers.get(REPORTED)).text
    done = await hers.post(f"/mod/cases/{case}/removal", data={"back": "/mod/"})

    assert f"/mod/cases/{case}/removal" in queue
    assert "Gwen" not in queue
    assert done.status_code == 303
    assert await states(doors) == ["upheld"]


async def test_who_keeps_a_group_finds_nothing_of_what_is_reported_elsewhere(doors, signed_in):
    place = await a_place(doors, signed_in)
    it = await a_promise(doors, signed_in)
    await report(it.here, it.kind, it.id)
    case = (await the_case(doors, it.kind)).id

    assert names_in(await place.owner.get(REPORTED)) == []
    assert (await place.owner.get(f"/mod/cases/{case}/")).status_code == 404
    for act in ("reading", "approval", "removal"):
        assert (
            await place.owner.post(f"/mod/cases/{case}/{act}", data={"back": "/mod/"})
        ).status_code == 404
    assert (await it.here.get(f"/mod/cases/{case}/")).status_code == 403


async def test_a_reported_promise_counts_for_nobody_until_the_report_is_dismissed(doors, signed_in):
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        promise = await a_kept_one(db, ada, bo)
    here, moderator = await signed_in(user=bo), await signed_in(Role.MODERATOR)

    async def kept():
        async with doors.reading() as db:
            numbers = await count_promises(db, [ada.id], clock.now() + timedelta(seconds=1))
            return numbers[ada.id].kept

    async def answered(noun):
        case = (await the_case(doors, "promise")).id
        done = await moderator.post(f"/mod/cases/{case}/{noun}", data={"back": "/mod/"})
        return re.search(r"done=(\d+)", done.headers["location"])[1]

    assert await kept() == 1
    await report(here, "promise", promise.id)
    assert await kept() == 0
    upheld = await answered("removal")
    assert await kept() == 0
    await moderator.post(f"/mod/decisions/{upheld}/reversal", data={"back": "/mod/"})
    await answered("approval")
    assert await kept() == 1


async def test_who_goes_takes_along_what_they_reported_and_leaves_no_name_behind(doors, signed_in):
    async with doors.unit_of_work() as db:
        ada, gwen = await a_member(db, "Ada"), await a_member(db, "Gwen")
    hers, here = await signed_in(user=gwen), await signed_in(user=ada)
    await report(hers, "profile", ada.id, note="She did this to me.")
    await report(here, "profile", gwen.id)
    async with doors.reading() as db:
        assert (await own_reports_taken(db, gwen.id))[0]["note"] == "She did this to me."

    async with doors.unit_of_work() as db:
        await erase_account(db, as_(await db.get_one(User, gwen.id)), SECRETS, texts_go=True)

    queue = (await (await signed_in(Role.MODERATOR)).get(REPORTED)).text
    assert "Attacks a person (a visitor)" in queue
    assert "Gwen" not in queue
    assert "She did this to me." not in queue
    async with doors.reading() as db:
        assert list(await db.scalars(select(Report.item_id))) == [ada.id]
        assert await db.scalar(select(Report.reporter)) != f"user:{gwen.id}"
        assert await disagreements(db) == []


async def test_a_page_of_the_queue_asks_as_often_for_many_reports_as_for_few(
    doors, signed_in, visitor, count_queries
):
    async with doors.unit_of_work() as db:
        people = [await a_member(db, f"Ada {n}") for n in range(12)]
    moderator = await signed_in(Role.MODERATOR)
    await report(visitor, "profile", people[0].id)
    await moderator.get(REPORTED)
    with count_queries() as few:
        await moderator.get(REPORTED)
    for one in people[1:]:
        await report(visitor, "profile", one.id)
    with count_queries() as many:
        assert len(names_in(await moderator.get(REPORTED))) == 12

    assert len(few) == len(many)
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Decision)) == 0
