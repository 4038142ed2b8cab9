"""Whoever writes, and what they send from the editor's form."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx
from sqlalchemy import select

from app.posts.models import Post
from app.work import Doors

DESK = "/write/"
JSON = {"Accept": "application/json"}


@dataclass
class Sheet:
    """The form of a page, as a browser without script would send it back."""

    status: int
    html: str
    fields: dict[str, str] = field(default_factory=dict)

    def __contains__(self, words: str) -> bool:
        """Whether the page says so."""
        return words in unescape(self.html)


def sheet_of(answer: httpx.Response) -> Sheet:
    """The form in an answer, with what stands in it."""
    sheet = Sheet(answer.status_code, answer.text)
    form = re.search(r'(?s)<form class="editor[ "].*?</form>', answer.text)
    if form is None:
        return sheet
    for tag in re.findall(r"<input[^>]*>", form[0]):
        said = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        is_box = said.get("type") in ("checkbox", "radio")
        if "name" in said and (
            not is_box or tag.rstrip(">").endswith(" checked") or " checked " in tag
        ):
            sheet.fields[said["name"]] = said.get("value", "")
    for name, text in re.findall(
        r'(?s)<textarea[^>]*\bname="(\w+)"[^>]*>\n?(.*?)</textarea>', form[0]
    ):
        # As browsers send it.
        sheet.fields[name] = unescape(text).replace("\n", "\r\n")
    for name, options in re.findall(r'(?s)<select[^>]*\bname="(\w+)"[^>]*>(.*?)</select>', form[0]):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sheet.fields[name] = chosen[1] if chosen else ""
    return sheet


async def opened(client: httpx.AsyncClient, post_id: int, **query: str) -> Sheet:
    """The form of a post."""
    return sheet_of(await client.get(f"{DESK}{post_id}/", params=query))


async def begun(client: httpx.AsyncClient, title: str = "A letter", **fields: Any) -> int:
    """A new post, made as a script makes one; its number."""
    answer = await client.post(DESK, data={"title": title, **fields}, headers=JSON)
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["id"]
    return number


async def saved(
    client: httpx.AsyncClient, sheet: Sheet, post_id: int, **fields: Any
) -> httpx.Response:
    """Send a form that was opened, with these fields changed."""
    return await client.post(f"{DESK}{post_id}/", data=sheet.fields | fields)


async def autosaved(
    client: httpx.AsyncClient, post_id: int, body: str, *, device: str = "laptop", **fields: Any
) -> httpx.Response:
    """What a script sends while somebody types."""
    data = {"title": "A letter", "body": body, "excerpt": "", "device": device, **fields}
    return await client.post(f"{DESK}{post_id}/autosave", data=data, headers=JSON)


async def post_in(doors: Doors, post_id: int) -> Post:
    """The row of a post."""
    async with doors.reading() as db:
        return (await db.scalars(select(Post).where(Post.id == post_id))).one()
