"""Posts, pages, terms, files and comments by WordPress's own interface."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from app.accounts.actor import Role
from app.core.xml_rpc import Fault
from app.discussions.models import CommentStatus
from app.posts.models import Post, PostStatus
from app.web.rpc import door
from app.work import Doors
from tests.conftest import SignedIn
from tests.media.samples import a_picture
from tests.web.calling import Editor, an_editor
from tests.world import a_category, a_comment, a_page, a_post, a_tag, an_upload, the_site

pytestmark = pytest.mark.anyio


@pytest.fixture
async def editor(doors: Doors, visitor: httpx.AsyncClient) -> Editor:
    async with doors.unit_of_work() as db:
        await the_site(db, title="Rooms", tagline="and kettles", timezone="Europe/Vienna")
    return await an_editor(doors, visitor, Role.EDITOR)


async def the_post(doors: Doors, post_id: str | int) -> Post:
    async with doors.reading() as db:
        return await db.get_one(Post, int(post_id))


async def test_a_post_is_a_draft_until_its_state_is_sent(editor: Editor, doors: Doors) -> None:
    number = await editor("wp.newPost", {"post_title": "T", "post_content": "Hello"})
    draft = await editor("wp.getPost", number)

    assert (draft["post_status"], draft["link"]) == (
        "draft", f"http://blog.example/?p={number}",
    )  # fmt: skip
    for status, expected in (("private", PostStatus.PRIVATE), ("publish", PostStatus.PUBLISHED)):
        assert await editor("wp.editPost", number, {"post_status": status}) is True
        assert (await the_post(doors, number)).status == expected
    assert (await the_post(doors, number)).body_source == "Hello"


async def test_what_is_sent_is_kept_and_comes_back(
    editor: Editor, doors: Doors, visitor: httpx.AsyncClient
) -> None:
    author = await an_editor(doors, visitor, Role.AUTHOR)
    async with doors.unit_of_work() as db:
        work, tea = await a_category(db, "Work"), await a_tag(db, "tea")
    sent: dict[str, Any] = {
        "post_title": "Te", "post_content": "<p>Hello</p>", "post_excerpt": "Hi", "post_name": "té",
        "post_status": "publish", "post_author": str(author.user.id), "comment_status": "closed",
        "ping_status": "open", "sticky": True, "post_type": "post", "menu_order": 3,
        "post_date_gmt": datetime.fromisoformat("2026-03-01T10:00:00"),
    }  # fmt: skip

    number = await editor(
        "wp.newPost",
        sent | {"terms": {"category": [work.id]}, "terms_names": {"post_tag": ["tea", "new"]}},
    )
    got = await editor("wp.getPost", number)

    assert {name: got[name] for name in sent} == sent
    assert got["post_date"] == datetime.fromisoformat("2026-03-01T11:00:00")
    assert [(t["taxonomy"], t["name"]) for t in got["terms"]] == [
        ("category", "Work"), ("post_tag", "tea"), ("post_tag", "new"),
    ]  # fmt: skip
    assert await editor("wp.editPost", number, got | {"terms": {"post_tag": [str(tea.id)]}}) is True
    again = await editor("wp.getPost", number)
    assert [t["name"] for t in again["terms"]] == ["Work", "tea"]
    assert again["post_date_gmt"] == got["post_date_gmt"]
    assert again["link"] == got["link"]


async def test_only_the_fields_that_are_asked_for_come(editor: Editor) -> None:
    number = await editor("wp.newPost", {"post_title": "T"})

    assert await editor("wp.getPost", number, ["post_title", "link"]) == {
        "post_id": number, "post_title": "T", "link": f"http://blog.example/?p={number}",
    }  # fmt: skip
    assert "custom_fields" not in await editor("wp.getPost", number, ["post"])
    assert "terms" in await editor("wp.getPost", number, ["terms"])


async def test_lists_are_narrowed_by_type_state_and_number(editor: Editor, doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        first, second, third = [await a_post(db, f"Post {n}") for n in "123"]
        page = await a_page(db)
    await editor("wp.deletePost", first.id)
    assert await editor("wp.deletePost", first.id) is True, "once more does no harm"

    async def listed(**given: Any) -> list[str]:
        return [post["post_id"] for post in await editor("wp.getPosts", given, ["post_title"])]

    assert await listed() == [str(third.id), str(second.id)]
    assert await listed(number=1, offset=1) == [str(second.id)]
    assert await listed(post_status="trash") == [str(first.id)]
    assert await listed(post_status="publish", number=1) == [str(third.id)]
    assert await listed(post_status="nope") == []
    assert await listed(post_type="page") == [str(page.id)]


async def test_pages_stand_in_a_tree_and_are_editors_business(
    editor: Editor, doors: Doors, visitor: httpx.AsyncClient
) -> None:
    author = await an_editor(doors, visitor, Role.AUTHOR)

    above = await editor("wp.newPage", {"title": "About", "description": "Us"}, True)
    below = await editor(
        "wp.newPage",
        {"title": "Team", "description": "We", "wp_page_parent_id": above, "wp_page_order": 2},
        True,
    )
    got = await editor("wp.getPage", below)

    assert (got["link"], got["wp_page_parent_id"], got["wp_page_order"]) == (
        "http://blog.example/about/team/", int(above), 2,
    )  # fmt: skip
    assert {page["page_id"] for page in await editor("wp.getPages")} == {int(above), int(below)}
    titles = {p["page_title"]: p["page_parent_id"] for p in await editor("wp.getPageList")}
    assert titles == {"About": "0", "Team": above}
    assert await editor("wp.editPage", below, {"title": "People", "wp_page_parent_id": 0}, True)
    moved = await editor("wp.getPage", below)
    assert (moved["title"], moved["link"]) == ("People", "http://blog.example/team/")
    assert (await visitor.get("/about/team/")).headers["location"] == "/team/"
    for method, params in {
        "wp.newPage": ({"title": "Mine"}, True), "wp.getPages": (), "wp.getPageList": (),
        "wp.getPage": (above,), "wp.editPage": (above, {"title": "x"}, True),
        "wp.deletePage": (above,), "wp.newPost": ({"post_title": "x", "post_type": "page"},),
    }.items():  # fmt: skip
        assert await author.code(method, *params) == 401, method
    assert await editor("wp.deletePage", below) is True
    assert (await visitor.get("/team/")).status_code == 410


async def test_terms_are_listed_and_added_by_who_may(
    editor: Editor, doors: Doors, visitor: httpx.AsyncClient
) -> None:
    author = await an_editor(doors, visitor, Role.AUTHOR)
    async with doors.unit_of_work() as db:
        work = await a_category(db, "Work")
        await a_post(db, under=[work, await a_tag(db, "tea")])

    new = {"taxonomy": "category", "name": "Letters", "parent": work.id, "description": "Old"}
    number = await editor("wp.newTerm", new)
    terms = await editor("wp.getTerms", "category")

    assert await editor("wp.newTerm", new) == number, "sent twice, made once"
    assert [(t["name"], t["parent"], t["count"]) for t in terms] == [
        ("Letters", str(work.id), 0), ("Work", "0", 1),
    ]  # fmt: skip
    assert (await editor("wp.getTerm", "category", number))["description"] == "Old"
    found = await editor("wp.getTerms", "category", {"search": "LETT"})
    assert [t["name"] for t in found] == ["Letters"]
    found = await editor("wp.getTerms", "category", {"hide_empty": True, "number": 5})
    assert [t["name"] for t in found] == ["Work"]
    assert [(t["name"], t["count"]) for t in await editor("wp.getTags")] == [("tea", 1)]
    assert await editor("wp.newCategory", {"name": "Play"}) > 0
    assert await author.code("wp.newCategory", {"name": "Play more"}) == 401
    assert await author.code("wp.newTerm", {"taxonomy": "post_tag", "name": "talk"}) == 0
    names = [t["name"] for t in await editor("wp.getTaxonomies")]
    assert names == ["category", "post_tag"]


async def test_a_file_is_taken_in_served_and_listed(
    editor: Editor, doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        await an_upload(db, "2024/03/away.jpg")
        post = await a_post(db)
    sent = {
        "name": "../../My Tea.JPG",
        "type": "text/html",
        "bits": a_picture(),
        "post_id": post.id,
    }

    answer = await editor("wp.uploadFile", sent)

    assert answer["url"].startswith("http://blog.example/wp-content/uploads/20")
    assert (answer["file"], answer["type"]) == ("my-tea.jpg", "image/jpeg")
    served = await visitor.get(answer["url"])
    assert (served.content, served.headers["content-type"]) == (a_picture(), "image/jpeg")
    assert (await editor("wp.getMediaItem", answer["id"]))["title"] == "My Tea"
    assert [m["id"] for m in await editor("wp.getMediaLibrary")] == [answer["id"]]
    for given, expected in (
        ({"parent_id": post.id}, 1), ({"parent_id": 0}, 0), ({"mime_type": "image"}, 1),
        ({"mime_type": "audio/"}, 0), ({"offset": 1}, 0),
    ):  # fmt: skip
        assert len(await editor("wp.getMediaLibrary", given)) == expected, given

    await editor("wp.editPost", post.id, {"post_thumbnail": answer["id"]})
    assert (await editor("wp.getPost", post.id))["post_thumbnail"]["url"] == answer["url"]
    await editor("wp.editPost", post.id, {"post_thumbnail": 0})
    assert (await editor("wp.getPost", post.id))["post_thumbnail"] == []


async def test_a_file_may_be_larger_than_other_calls_and_not_endless(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LARGEST", 1000)
    picture = a_picture(size=(400, 300))
    assert len(picture) > 1000

    assert await editor.code("wp.uploadFile", {"name": "a.jpg", "bits": picture}) == 0
    monkeypatch.setattr(door, "LARGEST_WITH_FILE", 1500)
    with pytest.raises(AssertionError, match="too large"):
        await editor("wp.uploadFile", {"name": "a.jpg", "bits": picture})


async def test_comments_are_read_by_who_moderates_them(
    editor: Editor, doors: Doors, visitor: httpx.AsyncClient
) -> None:
    author = await an_editor(doors, visitor, Role.AUTHOR)
    moderator = await an_editor(doors, visitor, Role.MODERATOR)
    async with doors.unit_of_work() as db:
        own, other = await a_post(db, by=author.user), await a_post(db)
        seen = {"author_email": "gwen@example.org", "author_ip": "203.0.113.7"}
        first = await a_comment(db, under=own, **seen)
        await a_comment(db, "Wait", under=own, status=CommentStatus.PENDING)
        await a_comment(db, "There", under=other)

    assert await author("wp.getCommentCount", own.id) == {
        "approved": "1", "awaiting_moderation": "1", "spam": "0", "total_comments": 2,
    }  # fmt: skip
    [comment] = await author("wp.getComments", {"post_id": own.id, "status": "approve"})
    assert (comment["comment_id"], comment["author_email"], comment["author_ip"]) == (
        str(first.id), "", "",
    )  # fmt: skip
    assert len(await moderator("wp.getComments")) == 3
    [comment] = await moderator("wp.getComments", {"post_id": own.id, "number": 1, "offset": 1})
    assert comment["author_email"] == "gwen@example.org"
    assert await author.code("wp.getComments") == 401
    assert await author.code("wp.getComments", {"post_id": other.id}) == 401
    assert await editor.code("wp.getComments") == 401


async def test_the_site_and_its_people_are_described(
    editor: Editor, doors: Doors, visitor: httpx.AsyncClient
) -> None:
    author = await an_editor(doors, visitor, Role.AUTHOR)
    await an_editor(doors, visitor, Role.MODERATOR)

    options = await editor("wp.getOptions")
    assert (options["blog_title"]["value"], options["time_zone"]["value"]) == (
        "Rooms", "Europe/Vienna",
    )  # fmt: skip
    assert list(await editor("wp.getOptions", ["blog_tagline", "nope"])) == ["blog_tagline"]
    assert [a["user_login"] for a in await editor("wp.getAuthors")] == [
        author.user.login, editor.user.login,
    ]  # fmt: skip
    assert (await author("wp.getProfile"))["roles"] == ["author"]
    assert (await author("blogger.getUserInfo"))["nickname"] == "The author"
    assert (await editor("wp.getPostTypes"))["page"]["hierarchical"] is True
    assert (await editor("wp.getPostType", "post"))["name"] == "post"
    for method in ("wp.getPostStatusList", "wp.getPageStatusList"):
        assert set(await editor(method)) == {"draft", "private", "publish"}
    assert await editor("wp.getPostFormats") == {"standard": "Standard"}
    assert await editor("wp.getPageTemplates") == {"Default": "default"}
    assert "hold" in await editor("wp.getCommentStatusList")


async def refusal(editor: Editor, number: Any) -> Fault:
    """What is answered to whoever asks for a file that is not theirs to see."""
    with pytest.raises(Fault) as fault:
        await editor("wp.getMediaItem", number)
    return fault.value


async def test_an_author_sees_the_files_that_the_library_shows_them(
    editor: Editor, doors: Doors, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    author = await an_editor(doors, visitor, Role.AUTHOR)
    sent = {"name": "tea.jpg", "type": "image/jpeg", "bits": a_picture()}
    theirs = (await author("wp.uploadFile", sent))["id"]
    others = (await editor("wp.uploadFile", sent | {"name": "kettle.jpg"}))["id"]

    listed = [one["id"] for one in await author("wp.getMediaLibrary")]

    page = await (await signed_in(user=author.user)).get("/write/media/")
    assert f"/write/media/{theirs}/" in page.text
    assert f"/write/media/{others}/" not in page.text
    assert listed == [theirs]
    assert (await author("wp.getMediaItem", theirs))["title"] == "tea"
    assert str(await refusal(author, others)) == str(await refusal(author, 4711))
    assert [one["id"] for one in await editor("wp.getMediaLibrary")] == [others, theirs]
