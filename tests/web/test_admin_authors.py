"""What stands about an author: said by themselves or by an owner, and seen under their posts at once."""

import io

import httpx
import pytest
from PIL import Image

from app.accounts.actor import Role
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.owning import audited, fields_in
from tests.world import a_member, a_post

pytestmark = pytest.mark.anyio

OWN, HERS = "/account/author/", "/admin/people/1/author/"
POST = "/2024/03/a-letter-a-week/"


@pytest.fixture
async def author(doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
    """Gwen, number 1, who wrote a post."""
    async with doors.unit_of_work() as db:
        gwen = await a_member(db, "Gwen", roles=[Role.AUTHOR])
        await a_post(db, by=gwen)
    return await signed_in(user=gwen)


def a_photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (31, 111, 84)).save(file, "PNG")
    return file.getvalue()


async def describe(client: httpx.AsyncClient, url: str = OWN, **typed: str) -> httpx.Response:
    fields = fields_in((await client.get(url)).text)
    return await client.post(url, data={**fields, **typed})


@pytest.mark.parametrize("url", [OWN, HERS])
async def test_it_is_seen_under_the_posts_in_the_next_answer(
    doors: Doors,
    author: httpx.AsyncClient,
    visitor: httpx.AsyncClient,
    signed_in: SignedIn,
    url: str,
) -> None:
    client = author if url == OWN else await signed_in(Role.OWNER)
    assert "writes letters" not in (await visitor.get(POST)).text

    answer = await describe(
        client, url, about="Gwen *writes letters*. <script>1</script>", website="https://gwen.example/",
        link_1_label="Elsewhere", link_1_url="https://elsewhere.example/gwen",
    )  # fmt: skip

    assert (answer.status_code, answer.headers["location"]) == (303, f"{url}?done=1")
    page = (await visitor.get(POST)).text
    assert "<em>writes letters</em>" in page
    assert "<script>1" not in page
    assert '<a href="https://gwen.example/" rel="me">gwen.example</a>' in page
    assert '<a href="https://elsewhere.example/gwen" rel="me">Elsewhere</a>' in page
    assert "writes letters" in (await visitor.get("/author/gwen/")).text
    [entry] = await audited(doors, "author described")
    assert (entry.thing, set(entry.after)) == ("user:1", {"about", "website", "links"})


async def test_a_photo_is_shown_and_taken_away(
    doors: Doors, author: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    given = await author.post(f"{OWN}photo", files={"photo": ("me.png", a_photo(), "image/png")})
    assert given.status_code == 303
    assert 'author-box__photo u-photo" src="/wp-content/uploads/' in (await visitor.get(POST)).text

    await author.post(f"{OWN}photo/removal")
    assert "author-box__photo" not in (await visitor.get(POST)).text
    assert len(await audited(doors, "author described")) == 2


async def test_what_is_no_picture_is_no_photo(author: httpx.AsyncClient) -> None:
    svg = {"photo": ("me.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")}

    answer = await author.post(f"{OWN}photo", files=svg)

    assert answer.status_code == 422
    assert '<a href="#photo">That is no picture.' in answer.text


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ({"about": "x" * 2001}, "about"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"link_2_label": "Words", "link_2_url": ""}, "link_2_url"),
        ({"link_2_url": "data:text/html,x"}, "link_2_url"),
    ],
)
async def test_what_can_not_be_is_said_at_its_field_and_stays_typed(
    doors: Doors, author: httpx.AsyncClient, typed: dict[str, str], at: str
) -> None:
    answer = await describe(author, link_1_label="Kept words", **typed)

    assert answer.status_code == 422
    assert f'<a href="#{at}">' in answer.text
    assert 'value="Kept words"' in answer.text
    assert await audited(doors, "author described") == []


async def test_of_two_windows_the_second_is_told(author: httpx.AsyncClient) -> None:
    first = fields_in((await author.get(OWN)).text)
    await describe(author, about="Mine")

    late = await author.post(OWN, data={**first, "about": "Older"})

    assert late.status_code == 409
    assert "Older</textarea>" in late.text


@pytest.mark.parametrize(
    ("role", "own", "hers"),
    [(None, 403, 403), (Role.AUTHOR, 200, 403), (Role.EDITOR, 200, 403), (Role.MODERATOR, 403, 403),
     (Role.OWNER, 200, 200)],
)  # fmt: skip
async def test_whoever_writes_has_their_own_and_owners_everybody_s(
    author: httpx.AsyncClient, visitor: httpx.AsyncClient, signed_in: SignedIn,
    role: Role | None, own: int, hers: int,
) -> None:  # fmt: skip
    client = await signed_in(*([role] if role else []))

    assert (await client.get(OWN)).status_code == own
    assert (await client.get(HERS)).status_code == hers
    if hers == 403:
        assert (await client.post(HERS, data={"about": "x"})).status_code == 403
        assert (await client.post(f"{HERS}photo/removal")).status_code == 403
    assert (await visitor.get(OWN)).status_code == 401
