"""Who gets what, and how: access is asked for at each request, for whole files, halves and heads."""

import hashlib
from datetime import timedelta

import httpx
import pytest

from app.accounts.actor import Role
from app.core import clock
from app.resources.models import Access
from app.settings import Settings
from app.work import Doors
from tests.conftest import SignedIn
from tests.resources.lending import TEXT, a_resource, fetch

pytestmark = pytest.mark.anyio

DOWNLOAD = "/resources/a-calendar-of-letters/download"
ETAG = f'"{hashlib.sha256(TEXT).hexdigest()}"'


@pytest.mark.parametrize(
    ("asked", "status", "part", "shown"),
    [
        ("bytes=0-3", 206, TEXT[:4], f"bytes 0-3/{len(TEXT)}"),
        ("bytes=4-", 206, TEXT[4:], f"bytes 4-{len(TEXT) - 1}/{len(TEXT)}"),
        ("bytes=-5", 206, TEXT[-5:], f"bytes {len(TEXT) - 5}-{len(TEXT) - 1}/{len(TEXT)}"),
        ("bytes=2-99999", 206, TEXT[2:], f"bytes 2-{len(TEXT) - 1}/{len(TEXT)}"),
        ("bytes=-99999", 206, TEXT, f"bytes 0-{len(TEXT) - 1}/{len(TEXT)}"),
        ("bytes=0-", 206, TEXT, f"bytes 0-{len(TEXT) - 1}/{len(TEXT)}"),
        ("bytes=99999-", 416, b"", f"bytes */{len(TEXT)}"),
        ("bytes=-0", 416, b"", f"bytes */{len(TEXT)}"),
        ("bytes=5-2", 200, TEXT, None),
        ("bytes=0-1,4-5", 200, TEXT, None),
        ("bytes=-", 200, TEXT, None),
        ("bytes=" + "9" * 4000 + "-", 200, TEXT, None),
        ("lines=1-2", 200, TEXT, None),
    ],
)
async def test_a_part_is_had_by_asking_for_it(
    doors: Doors,
    settings: Settings,
    visitor: httpx.AsyncClient,
    asked: str,
    status: int,
    part: bytes,
    shown: str | None,
) -> None:
    await a_resource(doors, settings)

    answer = await visitor.get(DOWNLOAD, headers={"Range": asked})
    head = await visitor.head(DOWNLOAD, headers={"Range": asked})

    assert (answer.status_code, answer.content) == (status, part)
    assert answer.headers.get("content-range") == shown
    assert (head.status_code, head.content) == (status, b"")
    if status != 416:
        assert head.headers["content-length"] == str(len(part))


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("If-None-Match", ETAG, 304),
        ("If-None-Match", f'"other", W/{ETAG}', 304),
        ("If-None-Match", '"other"', 200),
        ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT", 304),
        ("If-Modified-Since", "Fri, 01 Jan 2010 00:00:00 GMT", 200),
        ("If-Modified-Since", "yesterday", 200),
    ],
)
async def test_whoever_has_it_is_told_so(
    doors: Doors,
    settings: Settings,
    visitor: httpx.AsyncClient,
    name: str,
    value: str,
    status: int,
) -> None:
    await a_resource(doors, settings)

    answer = await visitor.get(DOWNLOAD, headers={name: value})

    assert answer.status_code == status
    assert answer.headers["etag"] == ETAG


@pytest.mark.parametrize(
    ("condition", "status"), [(ETAG, 206), ('"other"', 200), (f"W/{ETAG}", 200)]
)
async def test_half_a_file_goes_on_only_if_it_is_still_the_same(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, condition: str, status: int
) -> None:
    await a_resource(doors, settings)

    answer = await visitor.get(DOWNLOAD, headers={"Range": "bytes=4-", "If-Range": condition})

    assert answer.status_code == status


async def test_members_get_theirs_by_a_link_that_is_theirs_alone_and_lasts_minutes(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    await a_resource(doors, settings, access=Access.MEMBERS)
    member, other = await signed_in(), await signed_in()

    answer = await member.get(DOWNLOAD)
    link = answer.headers["location"]

    assert answer.status_code == 303
    fetched = await member.get(link)
    assert (fetched.status_code, fetched.content) == (200, TEXT)
    assert fetched.headers["cache-control"] == "private, no-store"
    assert (await member.get(link, headers={"Range": "bytes=0-2"})).content == TEXT[:3]
    for method in ("GET", "HEAD"):
        for headers in ({}, {"Range": "bytes=0-2"}, {"If-None-Match": ETAG}):
            for path in (DOWNLOAD, link, DOWNLOAD.removesuffix("download")):
                assert (await visitor.request(method, path, headers=headers)).status_code == 404, (
                    path
                )
            assert (await other.request(method, link, headers=headers)).status_code == 404
            made_up = f"{link[:-2]}xx"
            assert (await member.request(method, made_up, headers=headers)).status_code == 404
    with clock.moved(timedelta(minutes=11)):
        assert (await member.get(link)).status_code == 410
        assert (await other.get(link)).status_code == 404
    assert "A calendar" not in (await visitor.get("/resources/")).text
    assert "A calendar" in (await member.get("/resources/")).text


async def test_who_may_no_longer_have_it_is_refused_with_a_link_made_before(
    doors: Doors, settings: Settings, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    resource = await a_resource(doors, settings, access=Access.MEMBERS)
    member, owner = await signed_in(), await signed_in(Role.OWNER)
    link = (await member.get(DOWNLOAD)).headers["location"]

    await member.post("/account/sign-out")
    assert (await member.get(link)).status_code == 404

    await owner.post(
        f"/write/resources/{resource.id}/retirement", data={"note": "See the new one."}
    )
    again = await visitor.get(link)
    assert again.status_code == 404


async def test_a_draft_is_seen_and_fetched_by_those_who_may_change_it(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    await a_resource(doors, settings, is_public=False)

    assert (await visitor.get(DOWNLOAD)).status_code == 404
    assert (await (await signed_in(Role.AUTHOR)).get(DOWNLOAD)).status_code == 404
    editor = await signed_in(Role.EDITOR)
    assert (await fetch(editor, DOWNLOAD)).content == TEXT
    assert "A draft" in (await editor.get("/resources/a-calendar-of-letters/")).text


async def test_what_is_retired_is_gone_and_says_why(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    resource = await a_resource(doors, settings)
    owner = await signed_in(Role.OWNER)

    answer = await owner.post(
        f"/write/resources/{resource.id}/retirement", data={"note": "Superseded by the almanac."}
    )

    assert answer.status_code == 303
    for path in (DOWNLOAD, "/resources/a-calendar-of-letters/"):
        gone = await visitor.get(path)
        assert gone.status_code == 410
        assert "Superseded by the almanac." in gone.text
    assert "A calendar" not in (await visitor.get("/resources/")).text


@pytest.mark.parametrize(
    "path",
    ["/resources/nothing/", "/resources/nothing/download", "/resources/%00/", "/resources/..%2f..%2fetc/download",
     f"{DOWNLOAD}/made-up", "/resources/a-calendar-of-letters/versions/9/download", "/resources/confirm/x/"],
)  # fmt: skip
async def test_what_is_not_there_is_not_found(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, path: str
) -> None:
    await a_resource(doors, settings)

    assert (await visitor.get(path)).status_code == 404
