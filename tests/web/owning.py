"""An owner's forms: as they come from the page, with what is typed into them."""

import re
from html import unescape
from typing import Any

import httpx
from sqlalchemy import select

from app.accounts.models import AuditEntry
from app.work import Doors

SETTINGS = "/admin/settings/"

_INPUT = re.compile(r"<input\b[^>]*>")
_OPTION = re.compile(r'<select\b[^>]*\bname="([^"]*)"[^>]*>(.*?)</select>', re.DOTALL)
_CHOSEN = re.compile(r'<option value="([^"]*)" selected')


def fields_in(page: str) -> dict[str, str]:
    """What a browser would send of the settings' form on a page."""
    form = page.partition('<form class="account__form"')[2].partition("</form>")[0]
    sent = {}
    for tag in _INPUT.findall(form):
        known = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        is_choice = known.get("type") in ("checkbox", "radio")
        if "name" in known and (not is_choice or re.search(r"\bchecked\b", tag)):
            sent[known["name"]] = unescape(known.get("value", ""))
    for name, options in _OPTION.findall(form):
        chosen = _CHOSEN.search(options)
        sent[name] = unescape(chosen[1]) if chosen else "0"
    for name, text in re.findall(
        r'<textarea\b[^>]*\bname="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL
    ):
        sent[name] = unescape(text)
    return sent


async def keep(owner: httpx.AsyncClient, part: str, **typed: Any) -> httpx.Response:
    """Open a part of the settings, fill in some of it, and send it; None: not ticked."""
    page = await owner.get(f"{SETTINGS}{part}/")
    assert page.status_code == 200
    fields = {**fields_in(page.text), **typed}
    fields = {name: value for name, value in fields.items() if value is not None}
    return await owner.post(f"{SETTINGS}{part}/", data=fields)


async def audited(doors: Doors, what: str) -> list[AuditEntry]:
    """All entries of the log that say this, the oldest first."""
    async with doors.reading() as db:
        query = select(AuditEntry).where(AuditEntry.what == what).order_by(AuditEntry.id)
        return list((await db.scalars(query)).all())
