"""The log: who may see whose decisions, how it is narrowed, and that no entry is missed between its pages."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest

from app.accounts.actor import Role
from app.accounts.models import User
from app.moderation.models import Decision
from app.work import Doors
from tests.conftest import SignedIn
from tests.world import a_member, the_site

pytestmark = [pytest.mark.anyio, pytest.mark.each_case]

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
async def people(doors: Doors) -> dict[str, User]:
    """An owner, two moderators; each decided something, and so did the program and the command line."""
    async with doors.unit_of_work() as db:
        # Ten in the evening in Lisbon is the next day in Auckland.
        await the_site(db, timezone="Pacific/Auckland")
        roles = {"Olga": Role.OWNER, "Ines": Role.MODERATOR, "Bo": Role.MODERATOR}
        found = {name: await a_member(db, name, roles=[role]) for name, role in roles.items()}
        for number, (name, verb) in enumerate(
            [
                ("Olga", "spam"), ("Ines", "approve"), ("Ines", "remove"), ("Bo", "approve"),
                ("machine", "spam"), ("program", "spam"),
            ]
        ):  # fmt: skip
            db.add(
                Decision(
                    at=NOON + timedelta(days=number), kind="comment", item_id=number + 1, verb=verb,
                    user_id=found[name].id if name in found else None,
                    is_by_person=name != "program", note=f"{name} {verb}",
                )
            )  # fmt: skip
        return found


def notes_in(page: httpx.Response) -> list[str]:
    assert page.status_code == 200, page.text
    return re.findall("“(.*?)”</td>", page.text)


async def test_moderators_see_what_they_did_themselves_and_owners_everything(
    people: dict[str, User], signed_in: SignedIn
) -> None:
    ines, olga = await signed_in(user=people["Ines"]), await signed_in(user=people["Olga"])

    own, all_ = await ines.get("/mod/log/"), await olga.get("/mod/log/")

    assert notes_in(own) == ["Ines remove", "Ines approve"]
    assert notes_in(all_) == [
        "program spam", "machine spam", "Bo approve", "Ines remove", "Ines approve", "Olga spam",
    ]  # fmt: skip
    assert "What you decided yourself." in own.text
    assert 'name="by"' not in own.text


@pytest.mark.parametrize("by", ["Bo", "Olga", "machine", "program"])
async def test_nobody_sees_more_by_asking_for_somebody_else(
    people: dict[str, User], signed_in: SignedIn, by: str
) -> None:
    ines = await signed_in(user=people["Ines"])

    asked = str(people[by].id) if by in people else by

    assert notes_in(await ines.get(f"/mod/log/?by={asked}")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("by=Ines", ["Ines remove", "Ines approve"]),
        ("by=machine", ["machine spam"]),
        ("by=program", ["program spam"]),
        ("verb=approve", ["Bo approve", "Ines approve"]),
        ("by=Ines&verb=approve", ["Ines approve"]),
        # Noon by UTC on the 4th is the 5th in Auckland.
        ("from=2026-03-09", ["program spam", "machine spam"]),
        ("from=2026-03-06&to=2026-03-07", ["Ines remove", "Ines approve"]),
        ("to=2026-03-04", []),
        ("verb=lock", []),
        ("from=2027-01-01", []),
        ("by=x&verb=dance&from=yesterday&to=0001-01-01", None),
        ("to=9999-12-31&from=2026-02-30", None),
    ],
)
async def test_owners_narrow_it_by_who_by_what_and_by_days(
    people: dict[str, User], signed_in: SignedIn, query: str, found: list[str] | None
) -> None:
    olga = await signed_in(user=people["Olga"])
    query = query.replace("Ines", str(people["Ines"].id))

    page = await olga.get(f"/mod/log/?{query}")

    assert notes_in(page) == (found if found is not None else notes_in(await olga.get("/mod/log/")))
    assert ("Show the whole log" in page.text) == (found is not None)


async def test_pages_follow_each_other_within_the_filter(
    doors: Doors, people: dict[str, User], signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        for number in range(120):
            # Three at the same moment each time.
            at = NOON + timedelta(days=20, seconds=number // 3)
            db.add(
                Decision(
                    at=at, kind="comment", item_id=number, verb=("edit", "spam")[number % 2],
                    user_id=people["Bo"].id, note=f"No {number}",
                )
            )  # fmt: skip
    olga = await signed_in(user=people["Olga"])
    seen: list[str] = []
    address = f"/mod/log/?by={people['Bo'].id}&verb=edit&from=2026-03-09"
    while address and len(seen) < 120:
        page = await olga.get(address)
        seen += notes_in(page)
        further = re.search(r'href="([^"]+)" rel="next"', page.text)
        address = unescape(further[1]) if further else ""

    assert seen == [f"No {number}" for number in range(118, -1, -2)]


async def test_what_is_taken_back_there_leads_back_to_the_same_list(
    people: dict[str, User], signed_in: SignedIn
) -> None:
    ines = await signed_in(user=people["Ines"])

    page = (await ines.get("/mod/log/?verb=remove&to=2026-12-31")).text

    assert 'name="back" value="/mod/log/?verb=remove&amp;to=2026-12-31"' in page


async def test_the_form_offers_staff_alone(people: dict[str, User], signed_in: SignedIn) -> None:
    olga = await signed_in(user=people["Olga"])
    await signed_in()

    offered = (await olga.get("/mod/log/")).text.split('name="by"', 1)[1].split("</select>")[0]

    assert re.findall(r">([^<]+)</option>", offered) == [
        "everybody", "Bo", "Ines", "Olga", "whoever held the command line", "the program",
    ]  # fmt: skip


@pytest.mark.parametrize("address", ["/mod/log/?before=", "/mod/?after=", "/admin/log?before="])
async def test_a_moment_beyond_all_time_is_the_first_page(
    people: dict[str, User], signed_in: SignedIn, address: str
) -> None:
    olga = await signed_in(user=people["Olga"])

    page = await olga.get(f"{address}{'9' * 18}-1", follow_redirects=True)

    assert page.status_code == 200
