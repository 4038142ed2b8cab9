"""What groups have to take away: put there by members, and seen by those whom the group and its access allow."""

import re

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Role
from app.groups.models import Membership, MemberState, Sharing, Visibility
from app.resources.models import Resource, ResourceVersion
from app.resources.queries import get_version
from app.settings import Settings
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.groups.building import Place, a_place, begin
from tests.resources.lending import TEXT, fetch
from tests.resources.test_attacks import FILES, HARMLESS, lying_outside
from tests.shared import shared_file
from tests.world import a_member

pytestmark = pytest.mark.anyio

PLAN = "A plan for the first week"


async def share(
    client: httpx.AsyncClient,
    place: Place,
    name: str = "plan.txt",
    content: bytes = TEXT,
    **fields: str,
) -> httpx.Response:
    """Send the form for a file in a group."""
    typed = {"title": PLAN, "access": "group", **fields}
    return await client.post(
        f"{place.url}resources/", data=typed, files={"file": (name, content, "text/html")}
    )


async def shared(client: httpx.AsyncClient, place: Place, **fields: str) -> str:
    """Put a file into a group; where it stands."""
    answer = await share(client, place, **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


async def settled(doors: Doors, place: Place, state: MemberState) -> None:
    """Let Mika be so in the group from now on."""
    async with doors.unit_of_work() as db:
        mine = await db.get(Membership, (place.group_id, place.member_id))
        assert mine is not None
        mine.state = state


async def is_refused(client: httpx.AsyncClient, *paths: str) -> bool:
    """Whether none of these leads to anything, however it is asked for."""
    answers = [
        (await client.request(method, path, headers=headers)).status_code
        for path in paths
        for method in ("GET", "HEAD")
        for headers in ({}, {"Range": "bytes=0-2"})
    ]
    return set(answers) == {404}


async def test_a_member_puts_a_file_there_and_the_others_take_it_away(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in, visibility="members")

    url = await shared(place.member, place, description="Day by day.", tags="Beginning")

    assert url.startswith(f"{place.url}resources/")
    for page in (place.url, f"{place.url}resources/", f"{place.url}resources/?tag=beginning"):
        assert PLAN in (await place.owner.get(page)).text, page
    assert PLAN not in (await place.owner.get(f"{place.url}resources/?tag=end")).text
    assert PLAN not in (await place.owner.get("/resources/")).text
    assert "Day by day." in (await place.owner.get(url)).text
    fetched = await fetch(place.owner, f"{url}download")
    assert (fetched.status_code, fetched.content) == (200, TEXT)
    assert fetched.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("visibility", list(Visibility))
async def test_nobody_but_members_gets_what_is_for_the_group(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient, visibility: Visibility
) -> None:
    place = await a_place(doors, signed_in, visibility=visibility)
    url = await shared(place.owner, place)
    link = (await place.member.get(f"{url}download")).headers["location"]
    assert (await place.member.get(link, headers={"Range": "bytes=0-2"})).content == TEXT[:3]

    paths = (url, f"{url}download", f"{url}versions/1/download", link)
    for client in (visitor, await signed_in(), await signed_in(Role.EDITOR)):
        assert await is_refused(client, *paths)
        assert PLAN not in (await client.get(f"{place.url}resources/")).text
        assert PLAN not in (await client.get("/resources/feed/")).text

    await place.member.post(f"{place.url}membership/end")
    assert await is_refused(place.member, *paths)


@pytest.mark.parametrize(
    ("state", "reads"), [("muted", True), ("banned", False), ("left", False), ("requested", False)]
)
async def test_the_muted_read_and_the_banned_do_not(
    doors: Doors, signed_in: SignedIn, state: str, reads: bool
) -> None:
    place = await a_place(doors, signed_in, visibility="members")
    url, own = await shared(place.owner, place), await shared(place.member, place)
    desk = f"/write/resources/{own.rpartition('resources/')[2].partition('-')[0]}/"
    await settled(doors, place, MemberState(state))

    for path in (url, own):
        assert (await fetch(place.member, f"{path}download")).status_code == (200 if reads else 404)
    assert (await share(place.member, place)).status_code == (403 if reads else 404)
    assert (await place.member.get(desk)).status_code == (403 if reads else 404)
    taken = await place.member.post(f"{desk}retirement", data={"note": ""})
    assert taken.status_code == (403 if reads else 404)


async def test_what_is_for_everybody_in_a_public_group_is_not_once_it_is_for_members(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    place = await a_place(doors, signed_in)
    url = await shared(place.member, place, access="everyone")

    answer = await visitor.get(f"{url}download")
    assert (answer.status_code, answer.content) == (200, TEXT)
    assert PLAN in (await visitor.get(place.url)).text

    form = {
        "name": "Job search",
        "purpose": "Work.",
        "visibility": "members",
        "version": "1",
        "kind-ask": "1",
    }
    assert (await place.owner.post(f"{place.url}settings/", data=form)).status_code == 303
    assert await is_refused(visitor, url, f"{url}download")
    assert (await place.member.get(f"{url}download")).status_code == 303


@pytest.mark.parametrize(
    ("sharing", "member", "owner"), [("members", 303, 303), ("moderators", 403, 303), ("nobody", 403, 403)]
)  # fmt: skip
async def test_the_settings_say_who_puts_files_there(
    doors: Doors, signed_in: SignedIn, sharing: str, member: int, owner: int
) -> None:
    place = await a_place(doors, signed_in, sharing=Sharing(sharing))

    assert (await share(place.member, place)).status_code == member
    assert (await share(place.owner, place)).status_code == owner
    shown = (await place.owner.get(place.url)).text
    assert (f'href="{place.url}resources/"' in shown) == (sharing != "nobody")


async def test_a_hidden_group_and_its_files_are_like_none(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in, visibility="hidden")
    stranger = await signed_in(Role.AUTHOR)

    await shared(place.owner, place)
    await stranger.post(
        "/write/resources/",
        data={"kind": "file", "title": PLAN, "access": "everyone"},
        files={"file": ("plan.txt", TEXT, "text/plain")},
    )

    for rest in ("resources/", "resources/new/", "resources/1-a/"):
        hidden = await stranger.get(f"{place.url}{rest}")
        none = await stranger.get(f"/groups/{'x' * len(place.slug)}/{rest}")
        assert (hidden.status_code, none.status_code) == (404, 404)
    assert (await share(stranger, place)).status_code == 404
    # Not even by the name that is taken.
    assert "/resources/a-plan-for-the-first-week/" in (await stranger.get("/write/resources/1/")).text + (
        await stranger.get("/write/resources/2/")
    ).text  # fmt: skip


async def test_it_is_changed_by_its_owner_and_by_who_keeps_the_group(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora")
        db.add(Membership(group_id=place.group_id, user_id=nora.id, state=MemberState.ACTIVE))
    other = await signed_in(user=nora)
    url = await shared(place.member, place)
    number = url.rpartition("resources/")[2].partition("-")[0]
    desk = f"/write/resources/{number}/"
    newer = {"file": ("plan.txt", b"Newer.", "text/plain")}

    assert (await place.member.post(f"{desk}versions", files=newer)).status_code == 303
    assert (await fetch(other, f"{url}download")).content == b"Newer."
    assert (await fetch(other, f"{url}versions/1/download")).content == TEXT
    for verb in ("text", "versions", "retirement", "topics", "posts"):
        assert (await other.post(f"{desk}{verb}", data={"title": "Mine"})).status_code == 404
    assert (await other.get(desk)).status_code == 404
    # A post is for more people than the group.
    assert (await place.member.post(f"{desk}posts", data={"post_1": "1"})).status_code == 404

    gone = await place.owner.post(f"{desk}retirement", data={"note": "See the almanac."})
    assert gone.status_code == 303
    log = (await place.owner.get(f"{place.url}keep/")).text
    assert f"retired the file “{PLAN}” of Mika" in log
    for path in (url, f"{url}download", f"{url}versions/1/download"):
        answer = await other.get(path)
        assert answer.status_code == 410
        assert "See the almanac." in answer.text
    again = await place.member.post(f"{desk}retirement", data={"note": ""})
    assert again.status_code == 409
    assert PLAN not in (await other.get(f"{place.url}resources/")).text


async def test_it_is_shown_with_the_discussions_its_owner_began(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    place = await a_place(doors, signed_in)
    mine = (await begin(place.member, place, "Whose plan worked?")).headers["location"]
    theirs = (await begin(place.owner, place, "Other things")).headers["location"]
    url = await shared(place.member, place)
    desk = f"/write/resources/{url.rpartition('resources/')[2].partition('-')[0]}/"
    chosen = {f"topic_{one.rpartition('/d/')[2].partition('-')[0]}": "1" for one in (mine, theirs)}

    assert (await place.member.post(f"{desk}topics", data=chosen)).status_code == 303

    assert PLAN in (await place.owner.get(mine)).text
    assert PLAN not in (await place.owner.get(theirs)).text
    assert PLAN not in (await visitor.get(mine)).text
    assert "Whose plan worked?" in (await place.owner.get(url)).text
    assert (await place.member.post(f"{desk}topics", data={"none": "1"})).status_code == 303
    assert PLAN not in (await place.owner.get(mine)).text


@pytest.mark.parametrize(
    ("fields", "name", "status"),
    [
        ({"title": ""}, "plan.txt", 422),
        ({"access": "address"}, "plan.txt", 422),
        ({"access": "nobody"}, "plan.txt", 422),
        ({"tags": ",".join("abcdefghijkl")}, "plan.txt", 422),
        ({}, "plan.exe", 422),
        ({}, "", 422),
    ],
)
async def test_what_is_wrong_is_said_and_the_form_is_kept(
    doors: Doors, signed_in: SignedIn, fields: dict[str, str], name: str, status: int
) -> None:
    place = await a_place(doors, signed_in)

    answer = await share(place.member, place, name, licence="CC BY 4.0", **fields)

    assert answer.status_code == status
    assert 'value="CC BY 4.0"' in answer.text


async def test_many_take_as_many_queries_as_one_and_go_on_where_the_page_ended(
    doors: Doors, signed_in: SignedIn, count_queries: CountQueries
) -> None:
    place = await a_place(doors, signed_in)
    url = await shared(place.member, place, tags="first")
    paths = (f"{place.url}resources/", place.url, url)
    counted = []
    for number in range(2):
        if number:
            async with doors.unit_of_work() as db:
                await copied(db, url, 45)
        for path in paths:
            # Once before: what is asked once for all is known by then.
            await place.owner.get(path)
            with count_queries() as queries:
                await place.owner.get(path)
            counted.append(len(queries))

    assert counted[:3] == counted[3:]
    seen, path = list[str](), paths[0]
    while path:
        page = (await place.owner.get(path)).text
        seen += re.findall(r'row-title"[^>]*><a href="([^"]*)"', page)
        further = re.search(r'href="([^"]*before=\d+)" rel="next"', page)
        path = further[1] if further else ""
    assert (len(seen), len(set(seen))) == (46, 46)


async def copied(session: AsyncSession, url: str, number: int) -> None:
    """Put as many of the same into the group."""
    row = await session.get(Resource, int(url.rpartition("resources/")[2].partition("-")[0]))
    assert row is not None
    version = await get_version(session, row.id, 1)
    for copy in range(number):
        session.expunge_all()
        values = {c.key: getattr(row, c.key) for c in Resource.__table__.columns if c.key != "id"}
        other = Resource(**{**values, "slug": f"{row.slug}-{copy}", "guid": f"{row.guid}-{copy}"})
        session.add(other)
        await session.flush()
        values = {c.key: getattr(version, c.key) for c in ResourceVersion.__table__.columns}
        session.add(ResourceVersion(**{**values, "id": None, "resource_id": other.id}))
        await session.flush()


async def test_nobody_fills_the_disk_in_a_day(doors: Doors, signed_in: SignedIn) -> None:
    place = await a_place(doors, signed_in)
    for _number in range(20):
        await shared(place.member, place, draft="1")

    answer = await share(place.member, place)

    assert answer.status_code == 429
    assert f'value="{PLAN}"' in answer.text


@pytest.mark.parametrize("name", FILES or ["none"])
async def test_no_hostile_file_acts_in_a_group(
    visitor: httpx.AsyncClient, doors: Doors, signed_in: SignedIn, settings: Settings, name: str
) -> None:
    content = shared_file(f"data/attacks/files/{name}").read_bytes()
    place = await a_place(doors, signed_in)

    added = await share(place.member, place, name, content, access="everyone")

    assert added.status_code in (303, 422)
    assert lying_outside(settings.data) == []
    if added.status_code == 303:
        url = added.headers["location"].partition("?")[0]
        page = await visitor.get(f"{url}download")
        assert page.content == content
        assert page.headers["content-type"] in HARMLESS
        assert page.headers["content-disposition"].startswith("attachment;")
        assert "sandbox" in page.headers["content-security-policy"]
