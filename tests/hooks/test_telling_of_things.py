"""What hooks are told of discussions that are kept, and of resources: what any visitor may see."""

import pytest

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.groups.models import Group, Visibility
from app.resources.actions import edit_resource, retire
from app.resources.drafts import Draft
from app.resources.models import Access
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.groups.building import a_place, begin
from tests.hooks.receiving import Receiver, a_hook
from tests.resources.lending import a_resource

pytestmark = pytest.mark.anyio


async def test_what_moderators_do_with_a_discussion_is_told_where_it_is_public(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in)
    await begin(place.member, place)
    await run_jobs()
    await a_hook(doors, settings, receiver.url())

    for _time in range(2):
        await place.owner.post(f"{place.url}d/1/pin", data={"is": "1"})
        await run_jobs()
    async with doors.unit_of_work() as db:
        (await db.get_one(Group, place.group_id)).visibility = Visibility.HIDDEN
    await place.owner.post(f"{place.url}d/1/lock", data={"is": "1"})
    await run_jobs()

    assert receiver.types == ["item.updated"]
    item = receiver.heard[0].told["object"]
    assert (item["title"], item["is_pinned"], item["is_locked"]) == ("Who is hiring?", True, False)


async def test_a_resource_from_its_first_day_to_its_last(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    await a_hook(doors, settings, receiver.url())
    public = await a_resource(doors, settings)
    members = await a_resource(doors, settings, "For members", access=Access.MEMBERS)
    await a_resource(doors, settings, "A draft", is_public=False)
    await run_jobs()
    for resource in (public, members):
        async with doors.unit_of_work() as db:
            draft = Draft(title="New", access=resource.access)
            await edit_resource(db, OWNER_AT_THE_MACHINE, resource.id, draft, resource.version)
        await run_jobs()
        async with doors.unit_of_work() as db:
            await retire(db, OWNER_AT_THE_MACHINE, resource.id, "Old.")
        await run_jobs()

    assert receiver.types == ["resource.published", "resource.updated", "resource.removed"]
    first, changed, gone = (one.told["object"] for one in receiver.heard)
    assert (first["title"], changed["title"]) == ("A calendar of letters", "New")
    assert gone == {"id": public.id}
