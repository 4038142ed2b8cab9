"""What those who keep a group do: let in, invite, mute, put out, pin, close, move, merge, split."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.accounts.models import User
from app.core import clock
from app.discussions.models import Comment, Thread
from app.groups.models import Group, Membership, Topic
from tests.groups.building import a_group, a_membership, a_place, answer, begin
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _topic(place, title="Who is hiring?", replies=()):
    """A discussion by the member, answered by them: its address, and its number."""
    url = (await begin(place.member, place, title)).headers["location"]
    for text in replies:
        assert (await answer(place.member, url, text)).status_code == 303
    return url, int(re.search(r"/d/(\d+)", url)[1])


async def _post(client, url, **fields):
    return await client.post(url, data=fields or {"x": "1"})


async def test_a_moderator_lets_somebody_in_and_another_comes_too_late(doors, signed_in):
    place = await a_place(doors, signed_in, joining="request")
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora")
    browser = await signed_in(user=nora)
    await _post(browser, f"{place.url}membership", answer_1="x")

    page = await place.owner.get(f"{place.url}keep/")
    let_in = await _post(place.owner, f"{place.url}requests/{nora.id}/acceptance")
    late = await _post(place.owner, f"{place.url}requests/{nora.id}/refusal")

    assert "Nora" in page.text
    assert let_in.status_code == 303
    assert late.status_code == 409
    assert (await begin(browser, place)).status_code == 303
    assert "let Nora in" in (await place.owner.get(f"{place.url}keep/")).text


async def test_a_link_lets_in_as_many_as_it_was_made_for(doors, signed_in):
    place = await a_place(doors, signed_in, joining="invite", visibility="hidden")
    async with doors.unit_of_work() as db:
        people = [await a_member(db, name) for name in ("Nora", "Otto")]
    nora, otto = [await signed_in(user=one) for one in people]

    made = await _post(place.owner, f"{place.url}invitations", uses="1", days="3")
    path = re.search(r"http://[^/]+(/groups/invitations/[\w-]+/)", made.text)[1]

    assert (await nora.get(path)).status_code == 200
    assert (await nora.get(place.url)).status_code == 404
    assert (await _post(nora, path)).headers["location"] == place.url
    assert (await nora.get(place.url)).status_code == 200
    assert (await otto.get(path)).status_code == 410
    assert (await _post(otto, path)).status_code == 410
    assert path not in (await place.owner.get(f"{place.url}keep/")).text


async def test_who_is_muted_reads_and_who_is_put_out_of_a_closed_place_does_not(doors, signed_in):
    place = await a_place(doors, signed_in, visibility="members")
    member = f"{place.url}members/{place.member_id}/"

    await _post(place.owner, f"{member}mute", days="7")
    assert (await begin(place.member, place)).status_code == 403
    assert "not write, for now" in (await place.member.get(place.url)).text
    await _post(place.owner, f"{member}mute/end")
    assert (await begin(place.member, place)).status_code == 303

    await _post(place.owner, f"{member}ban", days="0")
    assert "Who is hiring?" not in (await place.member.get(place.url)).text
    assert (await _post(place.member, f"{place.url}membership", rules="1")).status_code == 403
    async with doors.reading() as db:
        assert await db.scalar(select(Group.member_count)) == 1


async def test_who_was_muted_or_put_out_is_found_again_and_let_off(doors, signed_in):
    place = await a_place(doors, signed_in)
    member = f"{place.url}members/{place.member_id}/"

    for act, end in (("mute", "mute/end"), ("ban", "ban/end")):
        await _post(place.owner, f"{member}{act}", days="7")
        page = (await place.owner.get(f"{place.url}keep/")).text
        assert f'href="{member}"' in page
        assert end in (await place.owner.get(member)).text
        await _post(place.owner, f"{member}{end}")
        assert f'href="{member}"' not in (await place.owner.get(f"{place.url}keep/")).text
    await _post(place.owner, f"{member}ban", days="7")
    with clock.moved(timedelta(days=8)):
        async with doors.reading() as db:
            owner = await db.get_one(User, place.owner_id)
        page = (await (await signed_in(user=owner)).get(f"{place.url}keep/")).text
        assert f'href="{member}"' not in page
    assert (await place.member.get(f"{place.url}keep/")).status_code == 403


async def test_nobody_is_led_to_keep_order_about_themselves(doors, signed_in):
    place = await a_place(doors, signed_in)

    page = (await place.owner.get(f"{place.url}members/")).text

    assert f"members/{place.member_id}/" in page
    assert f"members/{place.owner_id}/" not in page


async def test_members_keep_no_order_and_nobody_acts_on_who_stands_higher(doors, signed_in):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        group = await db.get_one(Group, place.group_id)
        mod = await a_member(db, "Mona")
        await a_membership(db, group, mod, role="moderator")
    mona = await signed_in(user=mod)

    assert (await _post(place.member, f"{place.url}members/{mod.id}/mute")).status_code == 403
    assert (await _post(mona, f"{place.url}members/{place.owner_id}/ban")).status_code == 403
    assert (await _post(mona, f"{place.url}members/{mod.id}/ban")).status_code == 403
    assert (await mona.get(f"{place.url}settings/")).status_code == 403
    mika = f"{place.url}members/{place.member_id}/"
    assert (await _post(mona, f"{mika}role", role="owner")).status_code == 403
    assert (await _post(mona, f"{mika}ban")).status_code == 303


async def test_nobody_in_a_group_acts_on_an_owner_of_the_site(doors, signed_in):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        group = await db.get_one(Group, place.group_id)
        root = await a_member(db, "Root", roles=[Role.OWNER])
        warden, mod = await a_member(db, "Wanda", roles=[Role.MODERATOR]), await a_member(db, "Mo")
        for one in (root, warden):
            await a_membership(db, group, one)
        await a_membership(db, group, mod, role="moderator")
    roots, wandas, mos = [await signed_in(user=one) for one in (root, warden, mod)]
    member = f"{place.url}members/"

    for act in ("mute", "ban"):
        refused = await _post(place.owner, f"{member}{root.id}/{act}", days="1")
        assert refused.status_code == 403
        assert "higher role" in refused.text
    assert (await begin(roots, place)).status_code == 303
    # Who moderates the whole site stands beside a group's moderators, a member of it or not.
    assert (await _post(mos, f"{member}{place.owner_id}/mute", days="1")).status_code == 403
    assert (await _post(wandas, f"{member}{mod.id}/mute", days="1")).status_code == 303
    assert (await _post(roots, f"{member}{warden.id}/ban", days="1")).status_code == 303


async def test_the_last_owner_stays_one(doors, signed_in):
    place = await a_place(doors, signed_in)
    own = f"{place.url}members/{place.owner_id}/"

    assert (await _post(place.owner, f"{place.url}membership/end")).status_code == 409
    assert (await _post(place.owner, f"{own}role", role="member")).status_code == 409
    await _post(place.owner, f"{place.url}members/{place.member_id}/role", role="owner")
    assert (await _post(place.owner, f"{place.url}membership/end")).status_code == 303
    async with doors.reading() as db:
        assert await db.scalar(select(Group.member_count)) == 1


async def test_a_discussion_is_pinned_closed_and_solved(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    older, number = await _topic(place, "The older one", ["Try the library."])
    await _topic(place, "The newer one")
    act = f"{place.url}d/{number}/"

    await _post(place.owner, f"{act}pin", **{"is": "1"})
    listed = (await visitor.get(place.url)).text
    assert listed.index("The older one") < listed.index("The newer one")

    async with doors.reading() as db:
        reply = await db.scalar(select(func.max(Comment.id)).join(Thread).where(Thread.topic_id == number))  # fmt: skip
    assert (await _post(place.member, f"{act}solution", reply=str(reply))).status_code == 303
    assert "This solved it." in (await visitor.get(older)).text

    assert (await _post(place.member, f"{act}lock", **{"is": "1"})).status_code == 403
    await _post(place.owner, f"{act}lock", **{"is": "1"})
    assert (await answer(place.member, older, "One more thing.")).status_code == 403
    assert (await answer(place.owner, older, "One last thing.")).status_code == 303


async def test_a_merged_discussion_leads_to_where_its_words_went(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    one, first = await _topic(place, "Asked twice", ["Answer one."])
    two, _number = await _topic(place, "Asked before", ["Answer two."])

    merged = await _post(place.owner, f"{place.url}d/{first}/merge", into=two)

    assert merged.status_code == 303
    there = await visitor.get(two)
    for words in ("Answer one.", "Answer two.", "Asked twice I would like to know."):
        assert words in there.text
    assert "3 replies" in there.text
    gone = await visitor.get(one)
    assert gone.status_code == 301
    assert gone.headers["location"] == two
    assert "Asked twice" not in (await visitor.get(place.url)).text
    async with doors.reading() as db:
        assert await db.scalar(select(Group.topic_count)) == 1


async def test_some_replies_become_a_discussion_of_their_own(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    url, number = await _topic(place, "Much at once", ["On topic.", "By the way.", "Indeed."])
    async with doors.reading() as db:
        ids = (await db.scalars(select(Comment.id).order_by(Comment.id))).all()

    none = await _post(place.owner, f"{place.url}d/{number}/split", title="By the way")
    split = await _post(
        place.owner, f"{place.url}d/{number}/split", title="By the way",
        **{f"reply-{ids[2]}": "1", f"reply-{ids[3]}": "1"},
    )  # fmt: skip

    assert none.status_code == 422
    old, new = await visitor.get(url), await visitor.get(split.headers["location"])
    assert "On topic." in old.text
    assert "By the way." not in old.text
    assert "1 reply" in new.text
    assert "Indeed." in new.text
    led = await visitor.get(f"{place.url}r/{ids[3]}")
    assert led.headers["location"] == f"{split.headers['location']}#reply-{ids[3]}"


async def test_a_moved_discussion_is_found_at_its_old_address(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    url, number = await _topic(place, "Rather about gardens", ["Yes."])
    async with doors.unit_of_work() as db:
        owner = (await db.get_one(Membership, (place.group_id, place.owner_id))).user_id
        other = await a_group(db, "Gardens", by=await db.get_one(User, owner))

    moved = await _post(place.owner, f"{place.url}d/{number}/move", group=other.slug)

    assert moved.status_code == 303
    assert "Rather about gardens" in (await visitor.get("/groups/gardens/")).text
    assert "Rather about gardens" not in (await visitor.get(place.url)).text
    old = await visitor.get(url)
    assert old.status_code == 301
    assert old.headers["location"].startswith("/groups/gardens/d/")
    async with doors.reading() as db:
        counts = dict((await db.execute(select(Group.slug, Group.topic_count))).all())
        assert counts == {place.slug: 0, "gardens": 1}
        assert await db.scalar(select(Topic.reply_count)) == 1


async def test_settings_that_somebody_else_changed_meanwhile_are_not_overwritten(doors, signed_in):
    place = await a_place(doors, signed_in)
    form = {"name": "Work", "purpose": "Other words.", "visibility": "public", "joining": "open",
            "holds_first": "0", "slow_seconds": "0", "daily_topics": "0", "daily_replies": "0",
            "kind-discussion": "1", "members_start": "1", "version": "1"}  # fmt: skip

    first = await place.owner.post(f"{place.url}settings/", data=form)
    second = await place.owner.post(f"{place.url}settings/", data={**form, "name": "Late"})

    assert first.status_code == 303
    assert second.status_code == 409
    assert 'value="Late"' in second.text
    assert "Work" in (await place.owner.get(place.url)).text


async def test_a_group_is_closed_only_by_who_says_that_they_mean_it(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)

    by_chance = await _post(place.owner, f"{place.url}state", state="closed")
    assert by_chance.status_code == 422
    assert 'href="#sure"' in by_chance.text
    assert 'value="Job search"' in by_chance.text
    assert (await _post(place.member, f"{place.url}state", state="closed")).status_code == 403
    assert (await visitor.get(place.url)).status_code == 200

    meant = await _post(place.owner, f"{place.url}state", state="closed", sure="1")
    assert meant.headers["location"] == "/groups/"
    assert (await visitor.get(place.url)).status_code == 404


async def test_what_is_wrong_with_settings_is_said_at_the_field(doors, signed_in):
    place = await a_place(doors, signed_in)
    wrong = {"questions": "Who?\nWhy?\nWhen?\nHow?", "slow_seconds": "-1", "name": "Job search"}

    again = await place.owner.post(f"{place.url}settings/", data={**wrong, "purpose": "Work."})

    assert again.status_code == 422
    for name in ("questions", "slow_seconds"):
        assert f'href="#{name}"' in again.text
        assert f'id="{name}-wrong"' in again.text
    assert "How?" in again.text
    assert "At most three questions" in again.text


async def test_something_is_begun_in_every_group(doors, signed_in):
    place = await a_place(doors, signed_in)
    form = {"name": "Work", "purpose": "Other words.", "visibility": "public", "joining": "open",
            "members_start": "1", "version": "1"}  # fmt: skip

    again = await place.owner.post(f"{place.url}settings/", data=form)
    asks = await place.owner.post(f"{place.url}settings/", data={**form, "kind-ask": "1"})

    assert again.status_code == 422
    assert 'href="#kinds"' in again.text
    assert 'id="kinds-wrong"' in again.text
    assert 'value="Work"' in again.text
    assert asks.status_code == 303
    assert (await begin(place.member, place)).status_code == 403
    assert (await place.member.get(f"{place.url}asks/new/")).status_code == 200
    assert (await place.member.get(f"{place.url}offers/new/")).status_code != 200


async def test_a_hidden_group_is_the_same_as_none(doors, signed_in, visitor):
    place = await a_place(doors, signed_in, visibility="hidden")
    stranger = await signed_in()

    for client in (visitor, stranger):
        for rest in ("", "about/", "members/", "join/", "keep/", "d/new/", "d/1/", "r/1"):
            there = await client.get(f"{place.url}{rest}")
            nowhere = await client.get(f"/groups/{'x' * len(place.slug)}/{rest}")
            assert there.status_code == nowhere.status_code == 404
            assert _but_the_address(there.text) == _but_the_address(nowhere.text)
        assert "Job search" not in (await client.get("/groups/")).text


def _but_the_address(page: str) -> str:
    """A page without the words of the address it was asked for by, which it offers to search for."""
    return re.sub(r'value="groups [^"]*"', "", page)
