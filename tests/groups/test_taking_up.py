"""A post, or a comment under one, is taken up in a group; the post says so to whoever may read there."""

import re

import pytest
from sqlalchemy import select, update

from app.accounts.actor import Role
from app.discussions.models import Comment
from app.groups.models import Group, Topic
from app.posts import actions as writing
from app.posts.models import Post
from tests.groups.building import a_group, a_place, as_actor, begin
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio

DISCUSS = "/groups/discuss/"
MAY_DISCUSS = "Discuss in group…"


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _written(doors, **fields):
    """A post with a comment by Gwen: its row, and the comment's number."""
    async with doors.unit_of_work() as db:
        post = await a_post(db, "A letter a week", body="Write to one person a week.", **fields)
        comment = await a_comment(db, "A card will do.", under=post)
        return post, comment.id


async def _take_up(client, place, **fields):
    form = {"group": place.slug, "title": "Cards or letters?", "comment": "What do you do?"}
    return await client.post(DISCUSS, data={**form, **{k: str(v) for k, v in fields.items()}})


async def test_a_post_is_taken_up_and_each_leads_to_the_other(doors, signed_in, visitor):
    post, comment = await _written(doors)
    place = await a_place(doors, signed_in)
    before, theirs = await visitor.get(post.path), await place.member.get(post.path)
    form = await place.member.get(f"{DISCUSS}?post={post.id}")

    taken = await _take_up(place.member, place, post=post.id)

    assert MAY_DISCUSS not in before.text
    assert f"{DISCUSS}?post={post.id}" in theirs.text
    assert f"{DISCUSS}?comment={comment}" in theirs.text
    assert 'value="A letter a week"' in form.text
    assert "&gt; Write to one person a week." in form.text
    assert taken.status_code == 303
    after, topic = await visitor.get(post.path), await visitor.get(taken.headers["location"])
    assert taken.headers["location"] in after.text
    assert f'<a href="{post.path}"><bdi>A letter a week</bdi></a>' in topic.text


async def test_a_comment_is_taken_up_and_linked_to_until_it_is_removed(doors, signed_in, visitor):
    post, comment = await _written(doors)
    place = await a_place(doors, signed_in)
    form = await place.member.get(f"{DISCUSS}?comment={comment}")

    taken = await _take_up(place.member, place, post=post.id, about=comment)

    assert "About what Gwen said under" in form.text
    assert "&gt; A card will do." in form.text
    topic = taken.headers["location"]
    assert f"{post.path}#comment-{comment}" in (await visitor.get(topic)).text
    owner = await signed_in(Role.OWNER)
    await owner.post(f"/mod/comments/{comment}/removal", data={"reason": "other"})
    async with doors.reading() as db:
        assert (await db.get_one(Comment, comment)).status == "removed"
    without = (await visitor.get(topic)).text
    assert "#comment-" not in without
    assert f'<a href="{post.path}">' in without


@pytest.mark.parametrize("visibility", ["members", "hidden"])
async def test_only_who_may_read_in_a_group_learns_that_a_post_is_discussed_there(
    doors, signed_in, visitor, visibility
):
    post, _comment = await _written(doors)
    place = await a_place(doors, signed_in, visibility=visibility)
    stranger = await signed_in()

    await _take_up(place.member, place, post=post.id)

    for who in (visitor, stranger):
        page = (await who.get(post.path)).text
        assert "Cards or letters?" not in page
        assert "Job search" not in page
        assert MAY_DISCUSS not in page
    assert "Cards or letters?" in (await place.owner.get(post.path)).text
    async with doors.unit_of_work() as db:
        changed = {
            "name": "Job search",
            "purpose": "All may read.",
            "visibility": "public",
            "kind-discussion": "1",
        }
        version = await db.scalar(select(Group.version))
    await place.owner.post(f"{place.url}settings/", data={**changed, "version": str(version)})
    assert "Cards or letters?" in (await visitor.get(post.path)).text


async def test_what_is_held_removed_moved_or_merged_is_told_as_it_stands(doors, signed_in, visitor):
    post, _comment = await _written(doors)
    place = await a_place(doors, signed_in)
    first = (await _take_up(place.member, place, post=post.id)).headers["location"]
    second = (await begin(place.member, place, "Asked before")).headers["location"]
    third = (await begin(place.member, place, "Asked long ago")).headers["location"]
    number, other, last = (re.search(r"/d/(\d+)", url)[1] for url in (first, second, third))
    assert "Cards or letters?" in (await visitor.get(post.path)).text

    await place.owner.post(f"{place.url}d/{number}/merge", data={"into": other})
    merged = (await visitor.get(post.path)).text
    await place.owner.post(f"{place.url}d/{other}/merge", data={"into": last})
    again = (await visitor.get(post.path)).text

    assert second in merged
    assert "Cards or letters?" not in merged
    assert third in again
    assert (await visitor.get(first)).headers["location"] == third
    async with doors.unit_of_work() as db:
        hidden = await a_group(db, "Quiet", by=await a_member(db, "Quinn"), visibility="members")
        opening = await db.scalar(select(Topic.opening_id).where(Topic.id == int(last)))
    owner = await signed_in(Role.OWNER)
    await owner.post(f"/mod/comments/{opening}/removal", data={"reason": "other"})
    assert "Discussed in" not in (await visitor.get(post.path)).text
    await owner.post(f"/mod/comments/{opening}/approval", data={"x": "1"})
    assert third in (await visitor.get(post.path)).text
    await owner.post(f"{place.url}d/{last}/move", data={"group": hidden.slug})
    assert "Discussed in" not in (await visitor.get(post.path)).text
    await owner.post(f"/groups/{hidden.slug}/d/{last}/move", data={"group": place.slug})
    assert third in (await visitor.get(post.path)).text


async def test_a_post_that_goes_takes_its_link_along_but_nobodys_words(doors, signed_in, visitor):
    post, _comment = await _written(doors)
    place = await a_place(doors, signed_in)
    topic = (await _take_up(place.member, place, post=post.id)).headers["location"]
    assert post.path in (await visitor.get(topic)).text
    async with doors.unit_of_work() as db:
        await writing.trash_post(db, as_actor(await a_member(db, "Ed"), Role.OWNER), post.id)

    assert post.path not in (await visitor.get(topic)).text
    assert (await place.member.get(f"{DISCUSS}?post={post.id}")).status_code == 404
    late = await _take_up(place.member, place, post=post.id, title="Too late?", comment="My words.")
    assert late.status_code == 409
    assert "My words." in late.text
    assert 'name="post" value="0"' in late.text
    anyway = await _take_up(place.member, place, post=0, title="Too late?", comment="My words.")
    assert anyway.status_code == 303


async def test_what_is_typed_is_kept_whatever_is_wrong_with_it(doors, signed_in, visitor):
    post, _comment = await _written(doors)
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        await db.execute(update(Post).where(Post.id == post.id).values(status="private"))
        other = await a_post(db, "Another")

    nowhere = await _take_up(place.member, place, post=other.id, group="")
    unknown = await _take_up(place.member, place, post=other.id, group="no-such-group")
    signed_out = await _take_up(visitor, place, post=other.id)

    assert nowhere.status_code == 422
    assert 'href="#group"' in nowhere.text
    assert unknown.status_code == 404
    assert signed_out.status_code == 401
    for answer in (nowhere, unknown, signed_out):
        assert "What do you do?" in answer.text
    assert (await place.member.get(f"{DISCUSS}?post={post.id}")).status_code == 404
    for query in ("", "?post=x", "?post=999999", "?comment=999999", f"?post={2**70}"):
        assert (await place.member.get(DISCUSS + query)).status_code == 404


async def test_the_page_of_a_post_asks_once_however_much_it_is_discussed(
    doors, signed_in, visitor, count_queries
):
    post, _comment = await _written(doors)
    place = await a_place(doors, signed_in)

    await place.member.get(post.path)
    with count_queries() as few:
        await place.member.get(post.path)
    for number in range(12):
        await _take_up(place.member, place, post=post.id, title=f"Question {number}")
    with count_queries() as many:
        page = await place.member.get(post.path)
    with count_queries() as anonymous:
        theirs = await visitor.get(post.path)

    assert len(many) == len(few)
    assert len(anonymous) <= 8
    for text in (page.text, theirs.text):
        assert text.count("Question ") == 10
        assert "Question 11" in text
    with count_queries() as kept:
        await visitor.get(post.path)
    assert kept == []
