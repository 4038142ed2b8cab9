"""The look at a text before it goes out, and pictures that are put into it."""

from html import unescape
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from app.accounts.actor import Role
from app.posts.models import PostStatus
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.writing import DESK, begun, opened, post_in, sheet_of
from tests.world import a_category, a_post, a_redirect, a_tag, an_upload

pytestmark = pytest.mark.anyio


def a_picture(width: int = 40) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, 30), "red").save(file, "PNG")
    return file.getvalue()


NOWHERE = "A link leads to an address of this site where nothing stands."
HIDDEN = "A link leads to something here that nobody else can read."


@pytest.mark.parametrize(
    ("body", "says", "piece"),
    [
        ("[x](/nowhere/)", NOWHERE, "/nowhere/"),
        ("[x](http://blog.example/nowhere/#a)", NOWHERE, "http://blog.example/nowhere/#a"),
        ("[x](/tag/nothing/)", NOWHERE, "/tag/nothing/"),
        ("[x](/wp-content/uploads/2024/03/lost.pdf)", NOWHERE, "lost.pdf"),
        ("[x](/taken-away/)", NOWHERE, "/taken-away/"),
        ("[x](/hidden/)", HIDDEN, "/hidden/"),
        ("[x](htp://example.org/)", "its address can't be used", "x"),
        ("[x](http://)", "its address can't be used", "x"),
        ("[x](https://exa..mple/)", "not written as one", "https://exa..mple/"),
        ("[x](example.org)", "neither http:// nor /", "example.org"),
        ("[x](#below)", "a place that is not in this text", "#below"),
        ("[x](mailto:nobody)", "has no address", "mailto:nobody"),
        ("![](/wp-content/uploads/2024/03/garden.jpg)", "no words for those", "garden.jpg"),
        ("![A door](https://elsewhere.example/door.jpg)", "on another site", "door.jpg"),
        ("", "There is no text yet.", ""),
    ],
)
async def test_what_stands_out_is_said_in_words(
    doors: Doors, signed_in: SignedIn, body: str, says: str, piece: str
) -> None:
    ada = await signed_in(Role.AUTHOR)
    async with doors.unit_of_work() as db:
        await an_upload(db, is_stored=True)
        hidden = await a_post(db, "Hidden", status=PostStatus.PRIVATE)
        hidden.path = "/hidden/"
        await a_redirect(db, "/taken-away/", to=None)
    post_id = await begun(ada)

    fields = {"title": "T", "body": body}
    part = await ada.post(f"{DESK}{post_id}/check", data=fields)
    whole = await ada.post(f"{DESK}{post_id}/check", data=fields | {"whole": "1"})

    assert says in unescape(part.text)
    assert piece in unescape(part.text)
    assert "<html" not in part.text
    assert says in sheet_of(whole)
    assert sheet_of(whole).fields["body"] == body
    assert (await post_in(doors, post_id)).body_source == ""


async def test_nothing_stands_out_in_what_is_well(doors: Doors, signed_in: SignedIn) -> None:
    ada = await signed_in(Role.AUTHOR)
    async with doors.unit_of_work() as db:
        await an_upload(db, is_stored=True)
        category = await a_category(db, "Work")
        await a_tag(db, "letters")
        post = await a_post(db, "Änderung")
        await a_redirect(db, "/old/", to=post)
    links = [
        post.path, f"http://www.blog.example{post.path}#comment-1", f"{post.path}2/", f"{post.path}feed/",
        "/old/", "/", "/2024/03/", "/category/work/",
        "/category/work/page/2/", "/tag/letters/feed/atom/", "/tag/letters/", "/resources/x/", "/?p=3",
        "/wp-content/uploads/2024/03/garden.jpg", "https://elsewhere.example/a?b=c&d=%20",
        "http://localhost:8000/", "https://[2001:db8::1]/", "mailto:a@example.org", "tel:+1",
        "#here", "#comments",
    ]  # fmt: skip
    body = '<p id="here">Here</p>\n\n' + " ".join(f"[x](<{link}>)" for link in links)
    body += "\n\n![A garden](/wp-content/uploads/2024/03/garden.jpg)"
    post_id = await begun(ada)

    fields = {"title": "Well", "body": body, f"category_{category.id}": "1"}
    part = await ada.post(f"{DESK}{post_id}/check", data=fields)

    assert "Nothing stands out" in part.text, unescape(part.text)


async def test_no_title_a_long_address_and_no_category_stand_out(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    async with doors.unit_of_work() as db:
        await a_category(db, "Work")
    post_id = await begun(ada)

    long = {"title": "word " * 20, "body": "x"}
    said = (await ada.post(f"{DESK}{post_id}/check", data=long)).text
    untitled = (await ada.post(f"{DESK}{post_id}/check", data={"title": "", "body": "x"})).text

    assert "Its address is long (99 letters)" in said
    assert "no category" in said
    assert "It has no title" in untitled


async def test_a_picture_is_taken_in_and_told_how_it_is_written(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada, ben = await signed_in(Role.AUTHOR), await signed_in(Role.AUTHOR)
    post_id = await begun(ada)
    url = f"{DESK}{post_id}/pictures"

    taken = await ada.post(
        url, data={"alt": "A [red] door"}, files={"file": ("../door.png", a_picture())}
    )
    refused = await ben.post(url, files={"file": ("door.png", a_picture())})
    wrong = await ada.post(
        url, files={"file": ("door.png", b"no picture")}, headers={"Accept": "application/json"}
    )

    told = taken.json()
    assert taken.status_code == 201
    assert (told["width"], told["height"]) == (40, 30)
    assert told["markdown"] == f"![A \\[red\\] door]({told['url']})"
    shown = await ada.post(f"{DESK}preview", data={"body": told["markdown"]})
    assert 'alt="A [red] door"' in shown.text
    assert (await ada.get(told["url"])).status_code == 200
    assert refused.status_code == 404
    assert wrong.status_code == 422


async def sent_whole(client: Any, post_id: int, body: str, file: tuple[str, bytes] | None) -> Any:
    fields = (await opened(client, post_id)).fields | {"body": body, "title": "T", "whole": "1"}
    fields.pop("file", None)
    files = {"file": file if file else ("", b"")}
    return await client.post(f"{DESK}{post_id}/pictures", data=fields, files=files)


async def test_without_script_the_form_comes_back_with_the_text_and_the_picture(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada)
    long = "Many words. " * 30_000

    whole = await sent_whole(ada, post_id, long, ("door.png", a_picture()))
    no_file = await sent_whole(ada, post_id, "Kept.", None)
    wrong = await sent_whole(ada, post_id, "Kept, too.", ("door.png", b"no picture"))
    large = await sent_whole(ada, post_id, "Kept as well.", ("door.png", b"x" * (21 << 20)))

    sheet = sheet_of(whole)
    assert whole.status_code == 200
    assert sheet.fields["body"].startswith("Many words. Many words.")
    assert "](/wp-content/uploads/" in sheet.fields["body"][len(long) - 10 :]
    assert sheet.fields["title"] == "T"
    for answer, status, text in (
        (no_file, 422, "Kept."),
        (wrong, 422, "Kept, too."),
        (large, 413, "Kept as well."),
    ):
        assert (answer.status_code, sheet_of(answer).fields.get("body")) == (status, text)
    assert (await post_in(doors, post_id)).body_source == ""
