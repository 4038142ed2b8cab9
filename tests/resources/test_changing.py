"""What its owner does with a resource: versions, posts, words; two at once; large files and broken ones."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.core.stores import store_of
from app.resources import actions
from app.resources.models import ResourceVersion
from app.resources.uploading import keep_file
from app.settings import Settings
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.media.samples import stream
from tests.resources.lending import DESK, TEXT, a_resource, fetch, hand_in
from tests.world import a_post

pytestmark = pytest.mark.anyio

PAGE = "/resources/a-calendar-of-letters/"
HEAD = (
    b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nKept\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
)
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}


def files_in(settings: Settings) -> list[str]:
    folder = settings.data / "uploads"
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


async def test_a_new_version_keeps_the_address_and_the_old_one_stays(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    resource = await a_resource(doors, settings)
    owner = await signed_in(Role.OWNER)
    assert "Earlier versions" not in (await visitor.get(PAGE)).text

    answer = await owner.post(
        f"{DESK}{resource.id}/versions",
        data={"note": "With leap years"},
        files={"file": ("new calendar.txt", b"366 letters\n", "text/plain")},
    )

    assert answer.status_code == 303
    page = (await visitor.get(PAGE)).text
    assert "With leap years" in page
    assert "Earlier versions" in page
    assert (await fetch(visitor, f"{PAGE}download")).content == b"366 letters\n"
    assert (await fetch(visitor, f"{PAGE}versions/1/download")).content == TEXT


async def test_of_two_who_bring_a_version_at_once_both_are_kept(
    doors: Doors, settings: Settings
) -> None:
    resource = await a_resource(doors, settings)

    async def bring(content: bytes) -> None:
        async with store_of(settings).receive(stream(content)) as incoming:
            new = await keep_file(incoming, "calendar.txt")
            async with doors.unit_of_work() as db:
                await actions.add_version(db, OWNER_AT_THE_MACHINE, resource.id, new)

    await asyncio.gather(*(bring(b"%d\n" % number) for number in range(5)))

    async with doors.reading() as db:
        numbers = list(await db.scalars(select(ResourceVersion.number)))
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


async def test_the_second_of_two_who_change_it_is_told(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    resource = await a_resource(doors, settings)
    owner = await signed_in(Role.OWNER)
    page = (await owner.get(f"{DESK}{resource.id}/")).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    change = {"version": version[1], "access": "everyone"}

    first = await owner.post(f"{DESK}{resource.id}/text", data={"title": "First", **change})
    second = await owner.post(f"{DESK}{resource.id}/text", data={"title": "Second", **change})

    assert (first.status_code, second.status_code) == (303, 409)
    assert "Somebody changed it meanwhile" in second.text
    assert 'value="Second"' in second.text
    # Whoever saves once more has seen what is there now.
    assert f'name="version" value="{int(version[1]) + 1}"' in second.text


async def test_publishing_twice_at_once_publishes_once(doors: Doors, settings: Settings) -> None:
    resource = await a_resource(doors, settings, is_public=False)

    async def publish() -> None:
        async with doors.unit_of_work() as db:
            await actions.publish(db, OWNER_AT_THE_MACHINE, resource.id)

    outcomes = await asyncio.gather(publish(), publish(), return_exceptions=True)

    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "NoneType"]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", "  ", "Please give it a title."),
        ("title", "x" * 201, "At most 200 characters"),
        ("description", "x" * 20_001, "At most 20000 characters"),
        ("licence", "x" * 201, "At most 200 characters"),
        ("access", "nobody", "Please choose who may have it."),
        ("access", "group", "It belongs to no group."),
        ("tags", ",".join(f"word {n}" for n in range(11)), "At most 10 words."),
        ("tags", "x" * 41, "At most 40 characters"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    signed_in: SignedIn, settings: Settings, field: str, value: str, says: str
) -> None:
    answer = await hand_in(await signed_in(Role.AUTHOR), **{"licence": "CC0", field: value})

    assert answer.status_code == 422
    assert says in answer.text
    assert f'href="#{field}"' in answer.text
    if field != "licence":
        assert 'value="CC0"' in answer.text
    assert files_in(settings) == []


async def test_a_form_without_a_file_asks_for_one(signed_in: SignedIn) -> None:
    author = await signed_in(Role.AUTHOR)

    empty = await hand_in(author, "", b"")
    plain = await author.post(DESK, data={"title": "Kept", "kind": "file"})

    assert (empty.status_code, plain.status_code) == (422, 422)
    assert "Please choose a file." in empty.text
    assert 'value="Kept"' in plain.text


async def test_a_file_too_large_is_refused_with_the_form_as_it_was(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    author = await signed_in(Role.AUTHOR)

    answer = await hand_in(
        author, "big.txt", b"x" * ((settings.upload_mb << 20) + 1), licence="CC0"
    )

    assert answer.status_code == 413
    assert "A file has at most 100 MB." in answer.text
    assert 'value="CC0"' in answer.text
    assert files_in(settings) == []


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (HEAD + b"half a fi", MULTIPART, 400),
        (b"nothing of the kind", MULTIPART, 400),
        (b"", MULTIPART, 400),
        (HEAD + b"x\r\n--b--\r\n", {"Content-Type": "multipart/form-data"}, 400),
        (HEAD.replace(b"Kept", b"\xff\xfe") + b"x\r\n--b--\r\n", MULTIPART, 400),
        (HEAD.replace(b"Kept", b"x" * 300_000) + b"x\r\n--b--\r\n", MULTIPART, 413),
        (HEAD.replace(b'"title"', b'"' + b"t" * 40_000 + b'"') + b"x\r\n--b--\r\n", MULTIPART, 400),
        (HEAD + b"x\r\n" + HEAD + b"x\r\n--b--\r\n", MULTIPART, 400),
        (b"title=x", {"Content-Type": "text/plain"}, 415),
        (HEAD + b"x\r\n--b--\r\n", MULTIPART, 303),
    ],
)
async def test_what_breaks_off_or_can_not_be_read_leaves_nothing(
    signed_in: SignedIn, settings: Settings, body: bytes, headers: dict[str, str], status: int
) -> None:
    author = await signed_in(Role.AUTHOR)

    async def in_small_pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 1000):
            yield body[at : at + 1000]

    answer = await author.post(DESK, content=in_small_pieces(), headers=headers)

    assert answer.status_code == status
    assert len(files_in(settings)) == (status == 303)


async def test_whoever_is_signed_out_meanwhile_loses_no_words(visitor: httpx.AsyncClient) -> None:
    answer = await hand_in(visitor, description="A long text")

    assert answer.status_code == 401
    assert 'name="carried.description" value="A long text"' in answer.text


async def test_it_is_shown_below_the_posts_that_were_chosen(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    resource = await a_resource(doors, settings)
    async with doors.unit_of_work() as db:
        post, other = await a_post(db, "Chosen"), await a_post(db, "Another")
    owner = await signed_in(Role.OWNER)
    assert "To take away" not in (await visitor.get(post.path or "")).text

    answer = await owner.post(f"{DESK}{resource.id}/posts", data={f"post_{post.id}": "1"})

    assert answer.status_code == 303
    text = (await visitor.get(post.path or "")).text
    assert text.index("To take away") < text.index('id="comments"')
    assert PAGE in text
    assert "To take away" not in (await visitor.get(other.path or "")).text
    assert "Chosen" in (await visitor.get(PAGE)).text
    await owner.post(f"{DESK}{resource.id}/retirement", data={"note": ""})
    assert "To take away" not in (await visitor.get(post.path or "")).text


async def test_an_author_changes_their_own_and_no_other(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    resource = await a_resource(doors, settings)
    author = await signed_in(Role.AUTHOR)

    for path in ("text", "versions", "publication", "retirement", "posts", "addresses/1/erasure"):
        answer = await author.post(f"{DESK}{resource.id}/{path}", data={"title": "Mine"})
        assert answer.status_code == 404, path
    assert (await author.get(f"{DESK}{resource.id}/")).status_code == 404
    assert "A calendar" not in (await author.get(DESK)).text


async def test_the_library_goes_on_by_key_and_is_narrowed(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, count_queries: CountQueries
) -> None:
    for number in range(25):
        await a_resource(doors, settings, f"Thing {number:02}", tags="odd" if number % 2 else "")
    await a_resource(doors, settings, "A letter", letter="Dear [[Name]],")

    with count_queries() as queries:
        first = (await visitor.get("/resources/")).text
    titles = re.findall(r"Thing \d\d(?=</a></h2>)", first)
    onward = re.search(r'href="(/resources/\?before=\d+)"', first)
    assert onward is not None
    titles += re.findall(r"Thing \d\d(?=</a></h2>)", (await visitor.get(onward[1])).text)

    assert titles == [f"Thing {number:02}" for number in range(24, -1, -1)]
    assert len(queries) == 5, queries
    odd = (await visitor.get("/resources/?tag=odd")).text
    assert len(re.findall(r"Thing \d\d(?=</a></h2>)", odd)) == 12
    assert "Thing 2" not in (await visitor.get("/resources/?kind=letter")).text
    assert (await visitor.get("/resources/?kind=x&tag=%00&before=x")).status_code == 200
