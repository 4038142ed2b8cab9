"""Posts and pages by the API: read as on the site, written as in the editor."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.core import clock
from app.posts.models import Post
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import API, is_problem
from tests.conftest import CountQueries
from tests.world import a_category, a_draft, a_member, a_page, a_post, a_tag

pytestmark = pytest.mark.anyio


async def test_anybody_reads_what_is_public_and_nothing_else(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", roles=[Role.AUTHOR])
        post = await a_post(db, by=ada, under=[await a_category(db), await a_tag(db)])
        draft = await a_draft(db, by=ada)
        await a_page(db)

    listed = await visitor.get(f"{API}/posts")
    one = await visitor.get(f"{API}/posts/{post.id}")

    assert [found["id"] for found in listed.json()["items"]] == [post.id]
    assert listed.json()["next_cursor"] is None
    told = one.json()
    assert told["url"] == f"http://blog.example{post.path}"
    assert told["html"] == "<p>Write to <strong>one</strong> person a week.</p>\n"
    assert (told["source"], told["tags"][0]["slug"]) == (None, "letters")
    assert told["authors"] == [
        {"handle": "ada", "name": "Ada", "url": "http://blog.example/author/ada/"}
    ]
    hidden = await visitor.get(f"{API}/posts/{draft.id}")
    never = await visitor.get(f"{API}/posts/999")
    assert is_problem(hidden, 404)
    assert hidden.content == never.content
    drafts = await visitor.get(f"{API}/posts", params={"status": "draft"})
    assert drafts.json()["items"] == []
    pages = await visitor.get(f"{API}/pages")
    assert [found["title"] for found in pages.json()["items"]] == ["About"]


async def test_a_list_goes_on_by_its_cursor_whatever_comes_in_meanwhile(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        posts = [await a_post(db, f"Letter {number}") for number in range(5)]

    first = await visitor.get(f"{API}/posts", params={"limit": 2})
    async with doors.unit_of_work() as db:
        await a_post(db, "Newest")
    second = await visitor.get(first.links["next"]["url"])
    third = await visitor.get(
        f"{API}/posts", params={"limit": 2, "cursor": second.json()["next_cursor"]}
    )

    ids = [one["id"] for page in (first, second, third) for one in page.json()["items"]]
    assert ids == [post.id for post in reversed(posts)]
    assert "next" not in third.links


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "e30", "WzEsMl0", "bnVsbA", "Wzk5OTk5OTk5OTk5OTk5OTk5OTksMV0", "é"]
)
async def test_what_is_no_cursor_is_said_to_be_none(
    visitor: httpx.AsyncClient, cursor: str
) -> None:
    answer = await visitor.get(f"{API}/posts", params={"cursor": cursor})
    if cursor == "WzEsMl0":
        # Two numbers, as a cursor has; that nothing lies behind them is no mistake.
        assert answer.json() == {"items": [], "next_cursor": None}
        return

    assert is_problem(answer, 422)
    assert answer.json()["errors"][0]["field"] == "cursor"


async def test_lists_are_narrowed(doors: Doors, visitor: httpx.AsyncClient) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", roles=[Role.AUTHOR])
        tag = await a_tag(db)
        by_ada = await a_post(db, "By Ada", by=ada)
        tagged = await a_post(db, "Tagged", under=[tag])

    async def found(**params: object) -> list[int]:
        answer = await visitor.get(f"{API}/posts", params=params)  # type: ignore[arg-type]
        return [one["id"] for one in answer.json()["items"]]

    assert await found(author="ada") == [by_ada.id]
    assert await found(term_id=tag.id) == [tagged.id]
    assert await found(slug="tagged") == [tagged.id]
    at = (tagged.published_at or clock.now()).isoformat()
    assert await found(since=at) == [tagged.id]
    assert await found(until=at) == [by_ada.id]
    assert await found(author="a\x00da") == [by_ada.id]


async def test_a_list_asks_as_much_however_long_it_is(
    doors: Doors, visitor: httpx.AsyncClient, count_queries: CountQueries
) -> None:
    asked = []
    for number in (1, 30):
        async with doors.unit_of_work() as db:
            tag = await a_tag(db, f"tag {number}")
            for _post in range(number):
                await a_post(db, under=[tag])
        await visitor.get(f"{API}/posts", params={"limit": 100})
        with count_queries() as queries:
            await visitor.get(f"{API}/posts", params={"limit": 100})
        asked.append(len(queries))

    assert asked == [3, 3]


async def test_an_author_writes_a_post_changes_it_and_trashes_it(
    doors: Doors, program: Program, visitor: httpx.AsyncClient
) -> None:
    author = await program(Role.AUTHOR)
    async with doors.unit_of_work() as db:
        category = await a_category(db)

    made = await author.post(
        "posts",
        json={"title": "A\x00 letter", "source": "It is **green**.", "tags": ["New", "letters"],
              "category_ids": [category.id], "status": "published"},
    )  # fmt: skip

    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["title"], told["status"], told["source"]) == ("A letter", "published", "It is **green**.")  # fmt: skip
    assert [tag["name"] for tag in told["tags"]] == ["New", "letters"]
    assert (await author.get(made.headers["location"])).json() == told
    page = told["url"].removeprefix("http://blog.example")
    assert "<strong>green</strong>" in (await visitor.get(page)).text

    changed = await author.patch(f"posts/{told['id']}", json={"title": "Another"})
    assert (changed.json()["title"], changed.json()["source"]) == ("Another", told["source"])
    assert len(changed.json()["tags"]) == 2
    assert "Another" in (await visitor.get(page)).text

    gone = await author.delete(f"posts/{told['id']}")
    assert (gone.status_code, gone.json()["status"]) == (200, "trashed")
    assert (await author.delete(f"posts/{told['id']}")).status_code == 200
    assert (await visitor.get(page)).status_code == 410
    assert is_problem(await visitor.get(f"{API}/posts/{told['id']}"), 404)


async def test_a_post_with_a_date_to_come_is_scheduled(program: Program) -> None:
    author = await program(Role.AUTHOR)
    at = clock.now() + timedelta(days=2)

    made = await author.post(
        "posts", json={"title": "Later", "status": "published", "published_at": at.isoformat()}
    )

    assert made.json()["status"] == "scheduled"
    listed = await author.get("posts", params={"status": "scheduled"})
    assert [one["title"] for one in listed.json()["items"]] == ["Later"]


async def test_of_two_who_change_a_post_one_is_told_how_it_is_now(program: Program) -> None:
    editor = await program(Role.EDITOR)
    read = await editor.post("posts", json={"title": "First"})
    post, tag = f"posts/{read.json()['id']}", read.headers["etag"]

    faster = await editor.patch(post, json={"title": "Second", "version": read.json()["version"]})
    late = await editor.patch(post, json={"title": "Third", "version": read.json()["version"]})
    outdated = await editor.patch(post, json={"title": "Third"}, headers={"If-Match": tag})
    kept = await editor.request("DELETE", post, headers={"If-Match": tag})

    assert faster.status_code == 200
    assert is_problem(late, 409)
    assert late.json()["current"] == faster.json()
    assert is_problem(outdated, 412)
    assert is_problem(kept, 412)
    now = {"If-Match": f"{tag}, {faster.headers['etag']}"}
    assert (await editor.patch(post, json={"title": "Third"}, headers=now)).status_code == 200


async def test_a_text_that_is_known_is_not_sent_again(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    first = await visitor.get(f"{API}/posts/{post.id}")

    again = await visitor.get(
        f"{API}/posts/{post.id}", headers={"If-None-Match": first.headers["etag"]}
    )

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"].strip("W/") == first.headers["etag"].strip("W/")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"title": "x" * 501}, "title"),
        ({"titel": "x"}, "titel"),
        ({"status": "trashed"}, "status"),
        ({"published_at": "2024-01-01T10:00:00"}, "published_at"),
        ({"published_at": "9999-12-31T23:59:59-12:00"}, "published_at"),
        ({"category_ids": [10**30]}, "category_ids.0"),
    ],
)
async def test_a_wrong_field_is_named(
    program: Program, sent: dict[str, object], field: str
) -> None:
    author = await program(Role.AUTHOR)

    answer = await author.post("posts", json=sent)

    assert is_problem(answer, 422)
    assert answer.json()["errors"][0]["field"] == field


async def test_halves_of_characters_are_dropped(program: Program) -> None:
    author = await program(Role.AUTHOR)
    sent = b'{"title": "Half \\ud800a\\u0000 letter", "\\udfff": 1}'

    wrong = await author.post("posts", content=sent, headers={"Content-Type": "application/json"})
    right = await author.post(
        "posts",
        content=sent.replace(b', "\\udfff": 1', b""),
        headers={"Content-Type": "application/json"},
    )

    assert is_problem(wrong, 422)
    assert right.json()["title"] == "Half a letter"


async def test_the_same_request_with_the_same_key_is_told_the_same(
    doors: Doors, program: Program
) -> None:
    author = await program(Role.AUTHOR)
    sent, key = {"title": "Once"}, {"Idempotency-Key": "of-the-six"}

    answers = [await author.post("posts", json=sent, headers=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert answers[0].headers["location"] == answers[1].headers["location"]
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Post)) == 1
    other = await author.post("posts", json={"title": "Other"}, headers=key)
    assert is_problem(other, 422)
