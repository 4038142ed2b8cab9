"""The pages of web hooks: for owners alone, with every act kept in the log."""

import re

import pytest
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.accounts.models import AuditEntry
from app.core import clock
from app.core.secrets import secrets_of
from app.hooks.keeping import MOST, NewHook, add_hook
from app.hooks.models import Hook, HookDelivery
from app.hooks.signing import secret_of
from app.settings import Settings
from app.work import Doors
from tests.conftest import CountQueries, SignedIn

pytestmark = pytest.mark.anyio

HOOKS = "/admin/hooks/"
FORM = {"name": "A chat", "url": "https://chat.example.org/in", "post.published": "1"}


async def a_hook(doors: Doors, settings: Settings) -> Hook:
    """A hook that is there."""
    async with doors.unit_of_work() as db:
        new = NewHook("A chat", "https://chat.example.org/in", ("post.published",))
        return await add_hook(db, OWNER_AT_THE_MACHINE, settings, new)


async def log(doors: Doors) -> list[str]:
    """What owners did, as the log has it."""
    async with doors.reading() as db:
        done = select(AuditEntry.what).where(AuditEntry.thing.startswith("hook:"))
        return list(await db.scalars(done.order_by(AuditEntry.id)))


@pytest.mark.parametrize("role", [None, Role.EDITOR, Role.MODERATOR])
async def test_nobody_but_owners_sees_or_does_anything(
    doors: Doors, settings: Settings, signed_in: SignedIn, role: Role | None
) -> None:
    hook = await a_hook(doors, settings)
    browser = await signed_in(*([role] if role else []))

    assert (await browser.get(HOOKS)).status_code == 403
    assert (await browser.get(f"{HOOKS}{hook.id}/")).status_code == 403
    assert (await browser.post(HOOKS, data=FORM)).status_code == 403
    assert (await browser.post(f"{HOOKS}{hook.id}/", data=FORM)).status_code == 403
    for act in ("switch", "secret", "test", "removal", "deliveries/1/again"):
        assert (await browser.post(f"{HOOKS}{hook.id}/{act}", data={})).status_code == 403
    assert await log(doors) == ["hook added"]


async def test_the_secret_is_shown_once(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    owner = await signed_in(Role.OWNER)

    added = await owner.post(HOOKS, data=FORM)

    assert added.status_code == 201
    assert added.headers["Cache-Control"] == "no-store"
    async with doors.reading() as db:
        (hook,) = await db.scalars(select(Hook))
    secret = secret_of(secrets_of(settings), hook)
    assert secret in added.text
    assert hook.events == ["post.published"]
    assert secret not in (await owner.get(f"{HOOKS}{hook.id}/")).text
    renewed = await owner.post(f"{HOOKS}{hook.id}/secret")
    assert secret not in renewed.text
    assert re.search(r"<code class=\"account__secret[^>]*>[0-9a-f]{64}</code>", renewed.text)
    assert await log(doors) == ["hook added", "secret of a hook renewed"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("url", ""),
        ("url", "chat"),
        ("url", "ftp://chat.example.org/"),
        ("url", "http://127.0.0.1/"),
        ("url", "http://[::1]/"),
        ("url", "http://169.254.169.254/latest"),
        ("url", "http://0x7f000001/"),
        ("url", "https://chat.example.org:22/"),
        ("url", "https://chat.example.org/" + "x" * 1000),
        ("post.published", ""),
    ],
)
async def test_what_can_not_be_told_is_shown_again_as_it_was_typed(
    doors: Doors, signed_in: SignedIn, field: str, typed: str
) -> None:
    owner = await signed_in(Role.OWNER)

    refused = await owner.post(HOOKS, data={**FORM, field: typed})

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert (
        f'name="url" type="url" value="{FORM["url"] if field != "url" else typed}"' in refused.text
    )
    async with doors.reading() as db:
        assert await db.scalar(select(Hook.id)) is None


async def test_there_are_no_more_than_so_many(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    for _number in range(MOST):
        await a_hook(doors, settings)
    owner = await signed_in(Role.OWNER)

    assert (await owner.post(HOOKS, data=FORM)).status_code == 422


async def test_an_owner_switches_tests_and_takes_away(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    hook = await a_hook(doors, settings)
    owner, page = await signed_in(Role.OWNER), f"{HOOKS}{hook.id}/"

    await owner.post(f"{page}test")
    assert "a test" in (await owner.get(page)).text
    assert (await owner.post(f"{page}switch", data={"on": "0"})).status_code == 303
    assert "off" in (await owner.get(HOOKS)).text
    assert (await owner.post(f"{page}test")).status_code == 409
    assert (await owner.post(f"{page}deliveries/1/again")).status_code == 409
    await owner.post(f"{page}switch", data={"on": "1"})
    assert (await owner.post(f"{page}deliveries/1/again")).status_code == 303
    assert (await owner.post(f"{page}deliveries/999/again")).status_code == 404
    assert (await owner.post(f"{page}removal")).headers["Location"] == f"{HOOKS}?done=removed"
    for _time in range(2):
        assert (await owner.post(f"{page}removal")).status_code == 404
    assert (await owner.get(page)).status_code == 404
    assert await log(doors) == [
        "hook added", "hook switched off", "hook switched on", "hook removed",
    ]  # fmt: skip


def seen_in(page: str) -> str:
    """What the form of a hook sends back to say which one was looked at."""
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


async def test_an_owner_changes_what_a_hook_hears_of_and_where(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    hook = await a_hook(doors, settings)
    owner, page = await signed_in(Role.OWNER), f"{HOOKS}{hook.id}/"
    before = (await owner.get(page)).text
    assert 'name="post.published" value="1" checked' in before
    sent = {"name": "Another", "url": "https://b.example.org/", "item.ended": "1"}

    changed = await owner.post(page, data={**sent, "seen": seen_in(before)})
    late = await owner.post(page, data={**FORM, "name": "My words", "seen": seen_in(before)})
    wrong = await owner.post(page, data={**sent, "url": "ftp://x/", "seen": seen_in(late.text)})

    assert changed.headers["Location"] == f"{page}?done=changed"
    assert late.status_code == 409
    assert "https://b.example.org/" in late.text
    assert "My words" in late.text
    assert wrong.status_code == 422
    assert 'value="ftp://x/"' in wrong.text
    async with doors.reading() as db:
        now = await db.get_one(Hook, hook.id)
    assert (now.name, now.url, now.events) == ("Another", "https://b.example.org/", ["item.ended"])
    assert now.nonce == hook.nonce
    assert await log(doors) == ["hook added", "hook changed"]
    async with doors.reading() as db:
        entry = (
            await db.scalars(select(AuditEntry).where(AuditEntry.what == "hook changed"))
        ).one()
    # What stands behind the host is as good as a password, with some receivers.
    assert [entry.before["url"], entry.after["url"]] == [
        "chat.example.org",
        "b.example.org",
    ]


async def test_a_delivery_of_another_hook_is_not_found(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    one, other = await a_hook(doors, settings), await a_hook(doors, settings)
    owner = await signed_in(Role.OWNER)
    await owner.post(f"{HOOKS}{one.id}/test")

    assert (await owner.post(f"{HOOKS}{other.id}/deliveries/1/again")).status_code == 404


async def test_a_long_log_is_read_page_by_page_with_as_few_queries(
    doors: Doors, settings: Settings, signed_in: SignedIn, count_queries: CountQueries
) -> None:
    hook = await a_hook(doors, settings)
    owner, page = await signed_in(Role.OWNER), f"{HOOKS}{hook.id}/"
    await owner.get(page)
    with count_queries() as few:
        await owner.get(page)
    now = clock.now()
    async with doors.unit_of_work() as db:
        db.add_all(
            HookDelivery(
                hook_id=hook.id, key=f"{n:032}", event="post.published", body="{}",
                created_at=now, due_at=now, state="delivered", status=200, answer="<b>ok",
            )
            for n in range(120)
        )  # fmt: skip
    with count_queries() as many:
        answer = await owner.get(page)

    seen = answer.text.count("/again")
    while found := re.search(r'href="/admin/hooks/\d+/\?before=(\d+)"', answer.text):
        answer = await owner.get(f"{page}?before={found[1]}")
        seen += answer.text.count("/again")

    assert seen == 120
    assert len(many) == len(few)
    assert "&lt;b&gt;ok" in answer.text
