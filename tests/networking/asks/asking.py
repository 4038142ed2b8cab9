"""Asks and offers, as tests begin with them: through the forms that people send."""

from datetime import date, timedelta

import httpx

from app.accounts.models import User
from app.core import clock
from app.work import Doors
from tests.conftest import SignedIn
from tests.groups.building import Place


def in_days(days: int) -> date:
    """That many days from now, by the site's calendar."""
    return clock.now().date() + timedelta(days=days)


async def ask_for(
    client: httpx.AsyncClient, place: Place, title: str = "A second pair of eyes", **fields: str
) -> httpx.Response:
    """Send the form of an ask."""
    form = {
        "title": title, "comment": f"{title}: for my letter of next week.", "kind": "review",
        "needed_by": in_days(14).isoformat(), "commercial": "no", **fields,
    }  # fmt: skip
    return await client.post(f"{place.url}asks/", data=form)


async def offer_to(
    client: httpx.AsyncClient, place: Place, title: str = "An hour of practice", **fields: str
) -> httpx.Response:
    """Send the form of an offer."""
    form = {
        "title": title, "comment": f"{title}: before your interview.", "kind": "skill",
        "times": "2", "valid_until": in_days(30).isoformat(), "commercial": "no", **fields,
    }  # fmt: skip
    return await client.post(f"{place.url}offers/", data=form)


def acts_of(topic_url: str) -> str:
    """What the addresses of all that is done to it begin with."""
    group, _d, name = topic_url.strip("/").rpartition("/d/")
    return f"/{group}/d/{name.partition('-')[0]}/"


async def help_with(
    client: httpx.AsyncClient, topic_url: str, words: str = "I will read it.", **fields: str
) -> httpx.Response:
    """Send the form of an answer to an ask."""
    form = {"way": "help", "words": words, "due_on": in_days(5).isoformat(), **fields}
    return await client.post(f"{acts_of(topic_url)}helpings", data=form)


async def wish_for(
    client: httpx.AsyncClient, topic_url: str, words: str = "Monday, please.", **fields: str
) -> httpx.Response:
    """Send the form of a wish for what is offered."""
    return await help_with(client, topic_url, words, way="wish", **fields)


async def sign_in_again(place: Place, doors: Doors, signed_in: SignedIn) -> None:
    """New browsers for the two: sessions do not last for months."""
    async with doors.reading() as db:
        owner, member = (
            await db.get_one(User, place.owner_id),
            await db.get_one(User, place.member_id),
        )
    place.owner, place.member = await signed_in(user=owner), await signed_in(user=member)
