"""What is said in groups is moderated by mail like everything else: letters, links, removals, appeals."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.discussions.models import Comment
from app.groups.models import Group
from tests.groups.building import a_membership, a_place, begin
from tests.notifications.post_office import text_of
from tests.visiting import BASE_URL
from tests.web.test_mod_queue import names_in
from tests.world import a_member

pytestmark = pytest.mark.anyio

SOON = timedelta(minutes=11)
OLGA, MIKA = "olga@members.example", "mika@members.example"


async def _begun(doors, place, title="Who is hiring?"):
    assert (await begin(place.member, place, title)).status_code == 303
    async with doors.reading() as db:
        return await db.scalar(select(func.max(Comment.id)))


async def _status(doors, number):
    async with doors.reading() as db:
        return (await db.get_one(Comment, number)).status


def _link(letter, what):
    return re.search(rf"{BASE_URL}({what}\S+)", text_of(letter))[1]


async def test_who_keeps_a_group_hears_of_what_waits_there_and_decides_by_the_link(
    doors, signed_in, visitor, post_office, run_jobs
):
    place = await a_place(doors, signed_in, visibility="hidden", holds_first=2)
    async with doors.unit_of_work() as db:
        await a_member(db, "Ines", roles=[Role.MODERATOR])
        stranger = await a_member(db, "Gail")
        await a_membership(db, await db.get_one(Group, place.group_id), stranger)
    number = await _begun(doors, place)

    await run_jobs()

    assert sorted(mail["To"] for mail in post_office.mails) == ["ines@members.example", OLGA]
    (letter,) = post_office.to(OLGA)
    assert "> Who is hiring?" in text_of(letter)
    link = _link(letter, "/mod/by-mail/")
    assert "Approve this?" in (await visitor.get(link)).text
    assert await _status(doors, number) == "pending"
    assert (await visitor.post(link)).status_code == 200
    assert await _status(doors, number) == "approved"
    assert (await visitor.post(link)).status_code == 410


async def test_a_link_decides_nothing_for_somebody_who_keeps_the_group_no_more(
    doors, signed_in, visitor, post_office, run_jobs
):
    place = await a_place(doors, signed_in, holds_first=2)
    async with doors.unit_of_work() as db:
        mona = await a_member(db, "Mona")
        group = await db.get_one(Group, place.group_id)
        membership = await a_membership(db, group, mona, role="moderator")
    number = await _begun(doors, place)
    await run_jobs()
    link = _link(post_office.to("mona@members.example")[0], "/mod/by-mail/")

    async with doors.unit_of_work() as db:
        (await db.merge(membership)).role = "member"

    assert (await visitor.get(link)).status_code == 403
    assert (await visitor.post(link)).status_code == 403
    assert await _status(doors, number) == "pending"


async def test_they_choose_how_often_they_hear_of_it(doors, signed_in, post_office, run_jobs):
    place = await a_place(doors, signed_in, holds_first=2)
    chosen = {"moderation_mail": "none"}

    assert "what waits for moderators" in (await place.owner.get("/account/")).text
    assert (await place.owner.post("/account/moderation-mail", data=chosen)).status_code == 303
    assert (await place.member.post("/account/moderation-mail", data=chosen)).status_code == 403
    await _begun(doors, place)
    await run_jobs()

    assert post_office.mails == []


async def test_its_author_hears_of_a_removal_and_appeals_to_another_than_removed_it(
    doors, signed_in, visitor, post_office, run_jobs
):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        mona = await a_member(db, "Mona", moderation_mail="none")
        await a_membership(db, await db.get_one(Group, place.group_id), mona, role="moderator")
    number = await _begun(doors, place)
    removal = {"reason": "advert", "back": "/mod/"}
    await place.owner.post(f"/mod/comments/{number}/removal", data=removal)
    await run_jobs()
    await run_jobs(later=SOON)

    (told,) = post_office.to(MIKA)
    assert told["Subject"] == "Your comment on “Who is hiring?” was removed"
    assert "An advertisement" in text_of(told)
    inbox = await place.member.get("/inbox/")
    assert "was removed by a moderator" in inbox.text
    link = _link(told, "/appeal/")
    form = await visitor.get(link)
    assert '<a href="/groups/job-search/">' in form.text
    assert (await visitor.post(link, data={"text": "I mean it well."})).status_code == 200

    by_remover = await place.owner.post(f"/mod/comments/{number}/approval", data={"back": "/mod/"})
    other = await signed_in(user=mona)
    assert by_remover.status_code == 403
    assert names_in(await other.get("/mod/?reason=appealed")) == ["Mika"]
    again = await other.post(f"/mod/comments/{number}/approval", data={"back": "/mod/"})
    assert again.status_code == 303
    assert await _status(doors, number) == "approved"
    await run_jobs(later=2 * SOON)
    await run_jobs(later=3 * SOON)
    answer = post_office.to(MIKA)[-1]
    assert answer["Subject"] == "Your comment on “Who is hiring?” is shown again"
    assert f"{BASE_URL}/groups/job-search/r/{number}" in text_of(answer)
