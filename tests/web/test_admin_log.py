"""The log of what was changed: searched by who, what, thing and day; paged by key; one's own for moderators."""

from datetime import timedelta

import httpx
import pytest

from app.accounts.actor import Actor, Role
from app.accounts.audit import record_audit
from app.accounts.jobs import forget_what_expired
from app.core import clock
from app.core.jobs import Tools
from app.settings import Settings
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.owning import audited, keep
from tests.world import a_member

pytestmark = pytest.mark.anyio

LOG = "/admin/log/"


async def entries(client: httpx.AsyncClient, **sought: str) -> int:
    answer = await client.get(LOG, params=sought)
    assert answer.status_code == 200
    return answer.text.count('class="admin__entry"')


async def test_a_change_stands_there_with_before_and_after(signed_in: SignedIn) -> None:
    owner = await signed_in(Role.OWNER)
    await keep(owner, "general", title="The <b>Letter</b>")

    page = (await owner.get(LOG, params={"what": "Settings"})).text

    assert "settings changed" in page
    assert (
        "<del><bdi>A new site</bdi></del> → <ins><bdi>The &lt;b&gt;Letter&lt;/b&gt;</bdi></ins>"
        in page
    )
    assert 'href="/admin/settings/general/"' in page


async def test_it_is_narrowed_by_who_what_thing_and_day(doors: Doors, signed_in: SignedIn) -> None:
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines", roles=[Role.OWNER])
        me = Actor(ines.id, "Ines", frozenset({Role.OWNER}))
        record_audit(db, me, "post praised", "post:1")
        record_audit(db, me, "post praised", "post:12")
        with clock.moved(timedelta(days=-40)):
            record_audit(db, me, "post praised", "post:1")
    owner = await signed_in(user=ines)
    today = f"{clock.now():%Y-%m-%d}"

    assert await entries(owner, what="PRAISED") == 3
    assert await entries(owner, what="praised", thing="post:1") == 2
    assert await entries(owner, thing="post") == 3
    assert await entries(owner, what="praised", **{"from": today}) == 2
    assert await entries(owner, what="praised", to="2000-01-01") == 0
    assert await entries(owner, by=str(ines.id)) == 3
    assert await entries(owner, by="machine", what="praised") == 0
    assert await entries(owner, what="%") == 0
    for junk in (
        {"by": "x"},
        {"from": "31 February"},
        {"before": "x-y"},
        {"before": f"{'9' * 18}-1"},
    ):
        assert await entries(owner, what="praised", **junk) == 3


async def test_many_are_paged_by_key(doors: Doors, signed_in: SignedIn) -> None:
    async with doors.unit_of_work() as db:
        for number in range(70):
            record_audit(db, Actor(), "thing counted", f"thing:{number}")
    owner = await signed_in(Role.OWNER)

    first = (await owner.get(LOG, params={"what": "counted"})).text
    [following] = [part.split('"')[0] for part in first.split('href="')[1:] if "before=" in part]
    second = (await owner.get(following.replace("&amp;", "&"))).text

    seen = [page.count('class="admin__entry"') for page in (first, second)]
    assert seen == [50, 20]
    assert "thing:69" in first
    assert "thing:0<" in second


async def test_moderators_see_their_own_acts_and_others_nothing(
    signed_in: SignedIn, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        mo = await a_member(db, "Mo", roles=[Role.MODERATOR])
        record_audit(db, Actor(mo.id), "letter sent again", "letter:1")
        record_audit(db, Actor(), "thing counted", "thing:1")
    moderator = await signed_in(user=mo)

    page = (await moderator.get(LOG)).text

    assert "letter sent again" in page
    assert "thing counted" not in page
    assert (await (await signed_in(Role.EDITOR)).get(LOG)).status_code == 403


async def test_it_is_kept_for_two_years(doors: Doors, settings: Settings) -> None:
    async with doors.unit_of_work() as db:
        with clock.moved(timedelta(days=-731)):
            record_audit(db, Actor(), "long ago", "thing:1")
        with clock.moved(timedelta(days=-729)):
            record_audit(db, Actor(), "not so long ago", "thing:1")

    await forget_what_expired(Tools(doors, settings))

    assert await audited(doors, "long ago") == []
    assert len(await audited(doors, "not so long ago")) == 1
