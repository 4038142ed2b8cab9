"""The first steps of an owner: what is settled is said to be, and what can be tried is tried by the worker."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from app.accounts.actor import Role
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.moderation.akismet_server import KEY, AkismetServer, Mood, an_akismet
from tests.notifications.post_office import PostOffice, an_office, open_office, text_of
from tests.web.owning import audited
from tests.world import a_member, a_post, the_site

pytestmark = pytest.mark.anyio

START = "/admin/start/"
ADA = "ada@example.org"


async def test_a_site_with_nothing_set_says_what_is_still_to_do(signed_in: SignedIn) -> None:
    owner = await signed_in(Role.OWNER)
    page = (await owner.get(START)).text

    assert "It has no name of its own yet." in page
    assert "It lives at http://blog.example" in page
    assert "No mail server is set, so letters wait in the outbox." in page
    assert "No key for Akismet is set, which is a choice, too" in page
    assert "Mail me a letter" not in page


async def test_a_site_with_a_name_is_called_by_it(doors: Doors, signed_in: SignedIn) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, title="The Long Table")
    owner = await signed_in(Role.OWNER)

    assert "It is called “The Long Table”" in (await owner.get(START)).text


class TestWithServers:
    """A mail server and an Akismet on this machine, and a site that knows of both."""

    @pytest.fixture
    async def akismet(self) -> AsyncIterator[AkismetServer]:
        async with an_akismet() as server:
            yield server

    @pytest.fixture
    async def office(self) -> AsyncIterator[PostOffice]:
        async with open_office(an_office()) as office:
            yield office

    @pytest.fixture
    def settings(self, settings: Settings, akismet: AkismetServer, office: PostOffice) -> Settings:
        """Settings that name both."""
        names = {"akismet_url": akismet.url, "akismet_key": KEY, "smtp_url": office.url}
        return settings.model_copy(update=names)

    @pytest.fixture
    async def owner(self, doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
        """An owner with an address."""
        async with doors.unit_of_work() as db:
            ada = await a_member(db, "Ada", email=ADA, roles=[Role.OWNER])
        return await signed_in(user=ada)

    async def test_a_letter_shows_that_mail_arrives(
        self, office: PostOffice, owner: httpx.AsyncClient, run_jobs: RunJobs
    ) -> None:
        assert "A server is set. Whether it takes mail" in (await owner.get(START)).text

        answer = await owner.post(f"{START}mail")
        await run_jobs()

        assert (answer.status_code, answer.headers["location"]) == (303, f"{START}?done=mail#mail")
        (letter,) = office.mails
        assert "mail from your site arrives" in text_of(letter)
        assert "The server took a letter to you." in (await owner.get(START)).text

    async def test_a_server_that_is_away_is_told_of_in_words(
        self, office: PostOffice, owner: httpx.AsyncClient, run_jobs: RunJobs
    ) -> None:
        office.to_mail[ADA] = "451 Come back later"

        await owner.post(f"{START}mail")
        await run_jobs(may_fail=True)

        assert office.mails == []
        assert "A letter to you waits:" in (await owner.get(START)).text

    @pytest.mark.parametrize(
        ("mood", "says"),
        [
            (Mood.GOOD, "Akismet answers, and knows the key of this site."),
            (Mood.REFUSED, "Akismet could not be reached."),
            (Mood.PAGE, "Akismet answered with something else"),
        ],
    )
    async def test_akismet_is_asked_for_the_key(
        self,
        akismet: AkismetServer,
        owner: httpx.AsyncClient,
        run_jobs: RunJobs,
        mood: Mood,
        says: str,
    ) -> None:
        assert "It was not asked yet." in (await owner.get(START)).text
        await akismet.feel(mood)

        await owner.post(f"{START}key")
        await run_jobs()

        assert says in (await owner.get(START)).text


async def test_they_are_nobody_elses(visitor: httpx.AsyncClient, signed_in: SignedIn) -> None:
    editor = await signed_in(Role.EDITOR)

    assert (await visitor.get(START)).status_code == 401
    assert (await editor.get(START)).status_code == 403
    assert (await editor.post(f"{START}mail")).status_code == 403
    assert (await editor.post(f"{START}mail/dismissal")).status_code == 403


async def test_a_step_is_put_aside_for_all_owners_and_taken_up_again(
    doors: Doors, signed_in: SignedIn
) -> None:
    owner, other = await signed_in(Role.OWNER), await signed_in(Role.OWNER)

    answer = await owner.post(f"{START}mail/dismissal")

    assert (answer.status_code, answer.headers["location"]) == (303, f"{START}?done=aside#mail")
    mail = step("mail", (await other.get(START)).text)
    assert "put aside" in mail
    assert "Take it up again" in mail
    assert "nobody hears of anything by mail" not in (await other.get("/admin/")).text

    await other.post(f"{START}mail/dismissal/reversal")

    assert "Put this aside" in step("mail", (await owner.get(START)).text)
    assert "nobody hears of anything by mail" in (await owner.get("/admin/")).text
    assert [e.thing for e in await audited(doors, "first step put aside")] == ["step:mail"]
    assert [e.thing for e in await audited(doors, "first step taken up")] == ["step:mail"]
    assert (await owner.post(f"{START}other/dismissal")).status_code == 404


async def test_all_is_well_once_only_steps_that_were_put_aside_are_left(
    doors: Doors, signed_in: SignedIn
) -> None:
    owner = await signed_in(Role.OWNER)
    for name in ("name", "address", "mail"):
        await owner.post(f"{START}{name}/dismissal")
    assert "All is well" not in (await owner.get(START)).text

    async with doors.unit_of_work() as db:
        await a_post(db)

    page = (await owner.get(START)).text
    assert "All is well: what is not settled, you put aside." in page
    assert "settled" in step("bringing", page)


def step(name: str, page: str) -> str:
    return page.partition(f'<section class="account__part" id="{name}"')[2].partition("</section>")[
        0
    ]


async def test_a_name_is_given_where_it_is_asked_for(signed_in: SignedIn) -> None:
    owner = await signed_in(Role.OWNER)
    page = (await owner.get(START)).text
    opened_on = re.search(r'name="opened_on" value="([^"]*)"', page)
    assert opened_on
    typed = {
        "from": "start", "opened_on": opened_on[1], "title": "The Long Table", "tagline": "Supper",
        "language": "en", "timezone": "Europe/Berlin",
    }  # fmt: skip

    wrong = await owner.post("/admin/settings/general/", data=typed | {"timezone": "Nowhere"})
    done = await owner.post("/admin/settings/general/", data=typed)

    assert wrong.status_code == 422
    assert 'value="The Long Table"' in wrong.text
    assert (done.status_code, done.headers["location"]) == (303, f"{START}?done=name#name")
    after = (await owner.get(done.headers["location"])).text
    assert "Kept. Every page shows it from now on." in after
    assert "It is called “The Long Table”" in after
    assert 'value="Supper"' in after
