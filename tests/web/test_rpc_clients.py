"""Programs that other people wrote, against a running server: a post from its first word to the trash."""

import collections
import collections.abc
import xmlrpc.client
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from anyio import to_thread

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.accounts.application_passwords import add_application_password
from app.work import Doors
from tests.conftest import Serve
from tests.media.samples import a_picture
from tests.world import a_category, a_member, the_site

pytestmark = pytest.mark.anyio

EMAIL = "ada@example.org"
IN_MARCH = datetime(2026, 3, 1, 9, 30, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
async def password(doors: Doors) -> str:
    """An application password of an editor's."""
    async with doors.unit_of_work() as db:
        await the_site(db, title="Rooms")
        await a_category(db, "Work")
        ada = await a_member(db, "Ada", roles=[Role.EDITOR], email=EMAIL)
        return await add_application_password(db, OWNER_AT_THE_MACHINE, ada.id, "Editor")


async def test_pythons_own_client_writes_by_the_meta_weblog_api(
    serve: Serve, password: str
) -> None:
    url = serve().url

    def write() -> None:
        site = xmlrpc.client.ServerProxy(f"{url}/xmlrpc.php")
        api: Any = site.metaWeblog
        picture = xmlrpc.client.Binary(a_picture())
        file = api.newMediaObject("1", EMAIL, password, {"name": "tea.jpg", "bits": picture})
        text = f'<p>Look: <img src="{file["url"]}" alt="Tea" /></p>'
        content = {"title": "Té", "description": text, "categories": ["Work"]}
        number = api.newPost("1", EMAIL, password, content, True)
        got: Any = api.getPost(number, EMAIL, password)
        assert (got["title"], got["description"], got["categories"]) == ("Té", text, ["Work"])
        shown = httpx.get(got["link"], trust_env=False).text
        assert f'src="{file["url"].removeprefix(url)}"' in shown
        assert httpx.get(file["url"], trust_env=False).content == a_picture()
        assert api.editPost(number, EMAIL, password, got | {"title": "Tea"}, True)
        several = xmlrpc.client.MultiCall(site)
        several.metaWeblog.getPost(number, EMAIL, password)
        several.mt.getRecentPostTitles("1", EMAIL, password, 5)
        one, titles = several()
        assert one["title"] == titles[0]["title"] == "Tea"
        deleted: Any = site.blogger
        assert deleted.deletePost("", number, EMAIL, password, True)
        assert httpx.get(got["link"], trust_env=False).status_code == 410

    await to_thread.run_sync(write)


async def test_a_ready_made_client_writes_by_wordpress_own_api(
    serve: Serve, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It was written for an older Python, where this stood there, too.
    monkeypatch.setattr(collections, "Iterable", collections.abc.Iterable, raising=False)
    wordpress = pytest.importorskip("wordpress_xmlrpc", reason="python-wordpress-xmlrpc is missing")
    pytest.importorskip("wordpress_xmlrpc.methods.taxonomies")
    ways, url = wordpress.methods, serve().url

    def write() -> None:
        site = wordpress.Client(f"{url}/xmlrpc.php", EMAIL, password)
        assert [str(blog.name) for blog in site.call(ways.users.GetUsersBlogs())] == ["Rooms"]
        assert site.call(ways.users.GetProfile()).username == "ada"
        file = {"name": "tea.jpg", "type": "image/jpeg", "bits": xmlrpc.client.Binary(a_picture())}
        uploaded = site.call(ways.media.UploadFile(file))
        post = wordpress.WordPressPost()
        post.title, post.slug, post.date = "Té", "te", IN_MARCH
        post.content = f'Look:\n\n<img src="{uploaded["url"]}" alt="Tea" />'
        post.terms_names = {"category": ["Work"], "post_tag": ["tea", "talk"]}
        post.thumbnail, post.post_status = uploaded["id"], "publish"
        post.id = site.call(ways.posts.NewPost(post))
        got = site.call(ways.posts.GetPost(post.id))
        assert (got.title, got.date, [term.name for term in got.terms]) == (
            "Té", IN_MARCH, ["Work", "tea", "talk"],
        )  # fmt: skip
        assert "/wp-content/uploads/" in httpx.get(got.link, trust_env=False).text
        got.title = "Tea"
        assert site.call(ways.posts.EditPost(got.id, got))
        [listed] = site.call(ways.posts.GetPosts({"number": 5}))
        assert (listed.title, listed.link) == ("Tea", got.link)
        [category] = site.call(ways.taxonomies.GetTerms("category"))
        assert (category.name, category.count) == ("Work", 1)
        [medium] = site.call(ways.media.GetMediaLibrary({}))
        assert medium.title == "tea"
        assert site.call(ways.posts.DeletePost(post.id))
        assert site.call(ways.posts.GetPosts()) == []
        wrong = wordpress.Client(f"{url}/xmlrpc.php", EMAIL, "wrong")
        with pytest.raises(wordpress.exceptions.InvalidCredentialsError):
            wrong.call(ways.posts.GetPosts())

    await to_thread.run_sync(write)
