"""Links that let people into a group, by the API: their secret is told once, and lets nobody in after its end."""

import pytest

from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import is_problem
from tests.conftest import SignedIn
from tests.groups.building import a_group, a_membership
from tests.world import a_member

pytestmark = pytest.mark.anyio


async def test_a_link_is_told_once_lets_people_in_and_is_ended(
    doors: Doors, program: Program, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        gwen, max_ = await a_member(db, "Gwen"), await a_member(db, "Max")
        group = await a_group(db, "Letters", by=gwen, joining="invite", visibility="hidden")
        await a_membership(db, group, max_)
    keeper, member = await program(user=gwen), await program(user=max_)
    here, key = f"groups/{group.slug}/invitations", {"Idempotency-Key": "one"}

    made = await keeper.post(here, json={"uses": 2, "days": 3}, headers=key)
    again = await keeper.post(here, json={"uses": 2, "days": 3}, headers=key)
    other = await keeper.post(here, json={})

    assert (made.status_code, made.json()["uses"], made.json()["most_uses"]) == (201, 0, 2)
    link = made.json()["url"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == {**made.json(), "url": None}
    guest, late = await signed_in(), await signed_in()
    assert (await guest.post(link, data={"rules": "1"})).status_code == 303
    first = await keeper.get(here, params={"limit": 1})
    rest = await keeper.get(first.links["next"]["url"])
    rows = [one for page in (first, rest) for one in page.json()["items"]]
    assert [(one["id"], one["uses"]) for one in rows] == [
        (other.json()["id"], 0), (made.json()["id"], 1),
    ]  # fmt: skip
    assert all(one["url"] is None for one in rows)

    ended = await keeper.delete(f"{here}/{made.json()['id']}")

    assert ended.json()["revoked_at"]
    assert (await late.post(link, data={"rules": "1"})).status_code == 410
    assert len((await keeper.get(here)).json()["items"]) == 1
    assert is_problem(await member.get(here), 403)
    assert is_problem(await (await program()).get(here), 404)


async def test_a_link_of_another_group_is_not_there(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        gwen, max_ = await a_member(db, "Gwen"), await a_member(db, "Max")
        letters, stamps = (
            await a_group(db, "Letters", by=gwen),
            await a_group(db, "Stamps", by=max_),
        )
    keeper, other = await program(user=gwen), await program(user=max_)
    made = (await keeper.post(f"groups/{letters.slug}/invitations", json={})).json()

    for client, group in ((keeper, stamps), (other, stamps), (other, letters)):
        gone = await client.delete(f"groups/{group.slug}/invitations/{made['id']}")
        assert gone.status_code in (403, 404)

    assert len((await keeper.get(f"groups/{letters.slug}/invitations")).json()["items"]) == 1
    for wrong in ({"uses": 0}, {"uses": 501}, {"days": 366}, {"days": "x"}):
        refused = await keeper.post(f"groups/{letters.slug}/invitations", json=wrong)
        assert is_problem(refused, 422)
