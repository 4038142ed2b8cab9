"""What was decided or written here since the first import stands, whatever a later export says."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE, Actor
from app.accounts.leaving import erase_account
from app.accounts.models import User
from app.core import clock
from app.core.jobs import Tools
from app.discussions.actions import remove
from app.discussions.models import Comment, CommentStatus, Thread, ThreadPage
from app.discussions.personal import comments_of, forget_author, forget_comments
from app.discussions.retention import purge_comments
from app.moderation.models import Case
from app.moderation.standing import set_standing
from app.porting.wordpress.exporting.exporter import export_wordpress
from app.posts.actions import edit_post, trash_post
from app.posts.drafts import Draft
from app.posts.keeping_terms import Changed, change_term, merge_terms, remove_term
from app.posts.models import Post, PostAuthor, PostStatus, PostTerm, Redirect, Term
from app.posts.redirecting import add_redirect, remove_redirect
from app.settings import Settings
from app.site.queries import get_site
from tests.porting.importing import bring, everything
from tests.porting.wxr_samples import HEAD, a_comment, an_attachment, an_export, an_item, meta
from tests.world import SECRETS
from tests.world import a_comment as a_comment_here

pytestmark = pytest.mark.anyio

POST = "/2012/01/post-1/"


def talk(*comments: str) -> bytes:
    """An export with one post under which this was said."""
    return an_export(an_item(1, comments="".join(comments)))


async def lines_of(visitor: Any) -> list[str]:
    """The comments' numbers on the page, from the top."""
    text = (await visitor.get(POST)).text
    return re.findall(r'id="comment-(\d+)"', text)


async def test_what_a_moderator_took_down_stays_down_whoever_joins_the_talk(
    doors: Any, visitor: Any, tmp_path: Path
) -> None:
    first = [a_comment(11), a_comment(12, parent="11"), a_comment(13)]
    await bring(doors, tmp_path, talk(*first))
    for number in (12, 13):
        async with doors.unit_of_work() as db:
            await remove(db, OWNER_AT_THE_MACHINE, number)

    await bring(doors, tmp_path, talk(*first, a_comment(14)))

    assert await lines_of(visitor) == ["11", "14"]
    async with doors.reading() as db:
        assert (await db.scalars(select(Thread.comment_count))).one() == 2
        assert (await db.scalars(select(ThreadPage.size))).one() == 2
        found = {c.id: c for c in await db.scalars(select(Comment))}
    assert [n for n, c in found.items() if c.is_shown] == [11, 14]
    assert found[13].status == CommentStatus.REMOVED


async def test_an_answer_that_came_later_stands_under_what_it_answers_where_that_stands_here(
    doors: Any, visitor: Any, tmp_path: Path
) -> None:
    # What 11 answers comes with the second file only: 11 has begun a conversation of its own.
    await bring(doors, tmp_path, talk(a_comment(11, parent="10")))

    later = [a_comment(10), a_comment(11, parent="10"), a_comment(12, parent="11")]
    await bring(doors, tmp_path, talk(*later))

    assert await lines_of(visitor) == ["10", "11", "12"]
    async with doors.reading() as db:
        found = {c.id: c for c in await db.scalars(select(Comment))}
    assert {n: (c.parent_id, c.depth) for n, c in found.items()} == {
        10: (None, 1), 11: (None, 1), 12: (11, 2),
    }  # fmt: skip


async def test_what_went_for_good_does_not_come_back_and_is_counted(
    doors: Any, visitor: Any, settings: Settings, tmp_path: Path
) -> None:
    export = talk(a_comment(11), a_comment(12), a_comment(13))
    await bring(doors, tmp_path, export)
    async with doors.unit_of_work() as db:
        await remove(db, OWNER_AT_THE_MACHINE, 12)
    with clock.moved(timedelta(days=31)):
        await purge_comments(Tools(doors, settings))

    report = await bring(doors, tmp_path, export)

    assert await lines_of(visitor) == ["11", "13"]
    assert report.kept == ["line 8: “Post 1”: comments that went for good here: 1"]
    assert (report.count("comments").imported, report.count("comments").skipped) == (0, 1)


@pytest.mark.parametrize("keep_texts", [True, False])
async def test_who_had_their_data_erased_is_not_named_again(
    doors: Any, visitor: Any, tmp_path: Path, keep_texts: bool
) -> None:
    await bring(
        doors,
        tmp_path,
        talk(a_comment(11), a_comment(12, author="Bob", author_email="b@x.example")),
    )
    async with doors.unit_of_work() as db:
        ids = await comments_of(db, OWNER_AT_THE_MACHINE, SECRETS, "ann@example.org")
        await forget_comments(db, OWNER_AT_THE_MACHINE, ids, keep_texts=keep_texts)
        await forget_author(db, OWNER_AT_THE_MACHINE, SECRETS, "ann@example.org")

    report = await bring(
        doors, tmp_path, talk(a_comment(11), a_comment(13, author_url="https://ann.example"))
    )

    page = (await visitor.get(POST)).text
    assert "Ann" not in page
    assert "ann.example" not in page
    assert ("Comment 11" in page) == keep_texts
    assert "comments of people erased here, now without a name: 1" in report.kept[0]
    async with doors.reading() as db:
        assert set(await db.scalars(select(Comment.author_email))) == {"", "b@x.example"}


async def test_an_erased_account_stays_erased(doors: Any, visitor: Any, tmp_path: Path) -> None:
    export = an_export(an_item(1), head=HEAD)
    await bring(doors, tmp_path, export)
    async with doors.unit_of_work() as db:
        gwen = await db.get_one(User, 3)
        await erase_account(db, Actor(user_id=3, name=gwen.name), SECRETS, texts_go=False)

    report = await bring(doors, tmp_path, an_export(an_item(1), an_item(2), head=HEAD))

    async with doors.reading() as db:
        users = list(await db.scalars(select(User)))
        signed = list(await db.scalars(select(PostAuthor.user_id).order_by(PostAuthor.post_id)))
    assert [(u.id, u.name, u.email) for u in users] == [(3, "Former member", "")]
    assert signed == [3, 3]
    assert report.authors[0].how == "their account was erased here, and stays so"
    assert "Gwen" not in (await visitor.get("/2012/01/post-2/")).text


async def test_what_authors_blocked_here_say_later_comes_as_spam(
    doors: Any, visitor: Any, tmp_path: Path
) -> None:
    await bring(doors, tmp_path, talk(a_comment(11)))
    async with doors.unit_of_work() as db:
        author = await db.scalar(select(Comment.author_key_id))
        await set_standing(db, OWNER_AT_THE_MACHINE, author, "block")

    report = await bring(doors, tmp_path, talk(a_comment(11), a_comment(12)))

    assert await lines_of(visitor) == ["11"]
    assert report.kept == ["line 8: “Post 1”: comments of authors blocked here, now spam: 1"]
    async with doors.reading() as db:
        case = (await db.scalars(select(Case).where(Case.item_id == 12))).one()
    assert (case.tab, case.reasons[0]["because"]) == (
        "spam",
        "A moderator has blocked this author here",
    )


CATEGORY = '<category domain="category" nicename="{0}"><![CDATA[{0}]]></category>'


def terms(*paths: str) -> str:
    """Categories of a head, each under the one before it in its path."""
    return "".join(
        f"<wp:category><wp:category_nicename>{path.rpartition('/')[2]}</wp:category_nicename>"
        f"<wp:category_parent>{path.rpartition('/')[0]}</wp:category_parent>"
        f"<wp:cat_name>{path}</wp:cat_name></wp:category>"
        for path in paths
    )


async def test_categories_stand_where_they_were_put_here(
    doors: Any, visitor: Any, tmp_path: Path
) -> None:
    named = ("moved", "merged", "kept", "idle")
    first = an_item(1, extra="".join(CATEGORY.format(name) for name in named[:3]))
    await bring(doors, tmp_path, an_export(first, head=terms(*named)))
    async with doors.unit_of_work() as db:
        ids = dict((await db.execute(select(Term.path, Term.id))).all())
        new = Changed(name="Walks", slug="walks", description="")
        await change_term(db, OWNER_AT_THE_MACHINE, ids["moved"], new)
        await merge_terms(db, OWNER_AT_THE_MACHINE, ids["merged"], ids["kept"])
        await remove_term(db, OWNER_AT_THE_MACHINE, ids["idle"])

    later = [*named, "moved/below"]
    second = an_item(2, extra="".join(CATEGORY.format(n) for n in (*named, "below")))
    report = await bring(doors, tmp_path, an_export(first, second, head=terms(*later)))

    async with doors.reading() as db:
        found = select(PostTerm.post_id, Term.path).join(Term, Term.id == PostTerm.term_id)
        under = sorted((await db.execute(found)).all())
        names = dict((await db.execute(select(Term.path, Term.name))).all())
    assert names == {"walks": "Walks", "kept": "kept", "walks/below": "moved/below"}
    assert under == [(1, "kept"), (1, "walks"), (2, "kept"), (2, "walks"), (2, "walks/below")]
    assert report.kept == ["“idle” was removed here"]
    assert (await visitor.get("/category/moved/")).headers["location"].endswith("/category/walks/")


async def test_a_category_whose_old_address_was_given_up_is_not_taken_for_removed(
    doors: Any, tmp_path: Path
) -> None:
    first = an_item(1, extra=CATEGORY.format("tea"))
    await bring(doors, tmp_path, an_export(first, head=terms("tea")))
    async with doors.unit_of_work() as db:
        tea = (await db.scalars(select(Term.id))).one()
        new = Changed(name="Infusions", slug="infusions", description="")
        await change_term(db, OWNER_AT_THE_MACHINE, tea, new)
        left = (await db.scalars(select(Redirect.id))).one()
        await remove_redirect(db, OWNER_AT_THE_MACHINE, left)

    second = an_item(2, extra=CATEGORY.format("tea"))
    report = await bring(doors, tmp_path, an_export(first, second, head=terms("tea")))

    async with doors.reading() as db:
        filed = select(PostTerm.post_id, Term.path).join(Term, Term.id == PostTerm.term_id)
        assert sorted((await db.execute(filed)).all()) == [(1, "infusions"), (2, "tea")]
    assert not any("was removed here" in says for says in report.kept)


async def test_redirects_are_those_that_were_decided_on_here(
    doors: Any, visitor: Any, tmp_path: Path
) -> None:
    old = meta("_wp_old_slug", "was-a") + meta("_wp_old_slug", "was-b")
    await bring(doors, tmp_path, an_export(an_item(1, extra=old)))
    out = tmp_path / "out.xml"
    await export_wordpress(doors, out, "https://blog.example.org", lambda _done, _of: None)
    async with doors.unit_of_work() as db:
        gone = await db.scalar(select(Redirect.id).where(Redirect.path.contains("was-a")))
        await remove_redirect(db, OWNER_AT_THE_MACHINE, gone)
        await add_redirect(db, OWNER_AT_THE_MACHINE, "/2012/01/post-2/", "/about/", [])

    report = await bring(doors, tmp_path, out)
    assert report.kept == ["the redirect from /2012/01/was-a/ was removed here"]
    assert (await visitor.get("/2012/01/was-a/")).status_code == 404
    assert (await visitor.get("/2012/01/was-b/")).headers["location"].endswith(POST)

    report = await bring(doors, tmp_path, an_export(an_item(2)))
    assert report.posts[0].path == "/2012/01/post-2-2/"
    assert (await visitor.get("/2012/01/post-2/")).headers["location"].endswith("/about/")


async def test_a_post_at_another_ones_old_address_can_be_moved(
    doors: Any, visitor: Any, tmp_path: Path
) -> None:
    # WordPress gives an old slug to a new post, and leads on only where nothing stands.
    before, after = meta("_wp_old_slug", "post-2"), meta("_wp_old_slug", "post-1")
    await bring(doors, tmp_path, an_export(an_item(1, extra=before), an_item(2, extra=after)))
    async with doors.unit_of_work() as db:
        site = await get_site(db)
        for number in (1, 2):
            await edit_post(db, OWNER_AT_THE_MACHINE, site, number, Draft(slug=f"new-{number}"))

    for number in (1, 2):
        answer = await visitor.get(f"/2012/01/post-{number}/")
        assert answer.headers["location"].endswith(f"/2012/01/new-{number}/")


async def test_what_was_written_here_stands_and_what_differs_is_told(
    doors: Any, visitor: Any, tmp_path: Path
) -> None:
    export = an_export(*(an_item(n) for n in range(1, 5)), an_attachment(9))
    await bring(doors, tmp_path, export)
    async with doors.unit_of_work() as db:
        site = await get_site(db)
        mine = Draft(title="Mine", body="My *words*", slug="mine", comments_open=False)
        await edit_post(db, OWNER_AT_THE_MACHINE, site, 1, mine)
        await trash_post(db, OWNER_AT_THE_MACHINE, 2)
        await edit_post(db, OWNER_AT_THE_MACHINE, site, 3, Draft(status=PostStatus.PRIVATE))
    before = await everything(doors)

    same = await bring(doors, tmp_path, export)
    assert await everything(doors) == before
    assert same.kept == [
        "line 8: “Post 1”: has another title, text, slug, choice of who may answer here",
        "line 23: “Post 2”: has another state here",
        "line 38: “Post 3”: has another state here",
    ]

    theirs = {"title": "Theirs", "content__encoded": "Their words", "wp__post_name": "theirs"}
    newer = an_export(*(an_item(n, **theirs) for n in range(1, 5)), an_attachment(9, title="New"))
    told = await bring(doors, tmp_path, newer)
    assert await everything(doors) == before
    assert told.kept[3] == "line 53: “Theirs”: has another title, text, slug here"
    assert "My <em>words</em>" in (await visitor.get("/2012/01/mine/")).text
    assert "\nLeft as it is here:\n" in "\n".join(told.as_lines())


async def test_what_was_said_here_first_stays_among_what_comes_later(
    doors: Any, visitor: Any, tmp_path: Path
) -> None:
    await bring(doors, tmp_path, talk())
    async with doors.unit_of_work() as db:
        await a_comment_here(db, under=await db.get_one(Post, 1))

    await bring(doors, tmp_path, talk(a_comment(50), a_comment(51)))

    assert sorted(await lines_of(visitor)) == ["1", "50", "51"]
    async with doors.reading() as db:
        assert (await db.scalars(select(Thread.comment_count))).one() == 3
