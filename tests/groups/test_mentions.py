"""Who is named by `@handle` in a group: a link for who may see them, a word for everybody else."""

import pytest

from app.accounts.blocks import block
from app.core import clock
from app.core.markup import markdown_comment, without_links
from app.groups.models import Group
from tests.groups.building import a_membership, a_place, answer, as_actor, begin
from tests.world import a_member

pytestmark = pytest.mark.anyio

NAMED = {"mika": "/people/mika/", "жанна": "/people/%D0%B6/"}
LINK = '<a href="/people/mika/" rel="ugc nofollow noopener">@{0}</a>'


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Ask @mika.", f"<p>Ask {LINK.format('mika')}.</p>"),
        ("@Mika- and **@MIKA**", f"<p>{LINK.format('Mika')}- and <strong>{LINK.format('MIKA')}</strong></p>"),
        ("`@mika`", "<p><code>@mika</code></p>"),
        ("ada@mika x/@mika @mikael", "<p>ada@mika x/@mika @mikael</p>"),
        ("[@mika](https://x.org)", '<p><a href="https://x.org" rel="ugc nofollow noopener">@mika</a></p>'),
        ("<b>@mika</b>", f"<p>&lt;b&gt;{LINK.format('mika')}&lt;/b&gt;</p>"),
        ("@жанна", '<p><a href="/people/%D0%B6/" rel="ugc nofollow noopener">@жанна</a></p>'),
    ],
)  # fmt: skip
def test_a_name_leads_somewhere_only_where_it_is_a_word_of_its_own(source, html):
    made = markdown_comment(source, NAMED)

    assert made.strip() == html
    assert "/people/mika/" not in without_links(made, {"/people/mika/"})
    assert without_links(made, {"/people/other/"}) == made
    assert "/people/" not in markdown_comment(source)


async def test_a_member_who_is_named_is_a_link_to_who_sees_them_and_a_word_to_others(
    doors, signed_in, visitor, run_jobs, count_queries
):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        nora, _outside = await a_member(db, "Nora"), await a_member(db, "Otto")
        await a_membership(db, await db.get_one(Group, place.group_id), nora)
    topic = (await begin(place.owner, place, "Ask @mika and @otto?")).headers["location"]
    await answer(place.owner, topic, "@Nora, @otto and @nobody-here know. `@nora`")

    page = (await visitor.get(topic)).text
    assert 'href="/people/mika/" rel="ugc nofollow noopener">@mika</a>' in page
    assert 'href="/people/nora/" rel="ugc nofollow noopener">@Nora</a>' in page
    assert ", @otto and @nobody-here know. <code>@nora</code>" in page

    async with doors.unit_of_work() as db:
        await block(db, as_actor(nora), place.member_id, clock.now())
    theirs = (await place.member.get(topic)).text
    assert "@Nora, @otto" in theirs
    assert "/people/nora/" not in theirs
    with count_queries() as before:
        await place.owner.get(topic)
    await answer(place.owner, topic, " ".join(f"@nora @mika @name{n}" for n in range(30)))
    with count_queries() as after:
        assert "/people/nora/" in (await place.owner.get(topic)).text
    assert len(before) == len(after)

    # Whom the writer does not see is not told, nor linked.
    await run_jobs()
    await answer(place.member, topic, "@nora, is that so?")
    await run_jobs()
    assert "@nora, is that so?" in (await visitor.get(topic)).text
    browser = await signed_in(user=nora)
    assert "Mika mentioned you" not in (await browser.get("/inbox/")).text


async def test_many_names_do_not_count_as_links(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        group = await db.get_one(Group, place.group_id)
        for number in range(12):
            await a_membership(db, group, await a_member(db, f"One {number}"))
    topic = (await begin(place.owner, place)).headers["location"]

    await answer(place.member, topic, " ".join(f"@one-{number}" for number in range(12)))

    page = (await visitor.get(topic)).text
    assert page.count('href="/people/one-') == 10
