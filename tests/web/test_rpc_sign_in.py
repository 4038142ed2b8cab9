"""Who may call: application passwords, and what wrong ones get."""

import httpx
import pytest

from app.accounts.actions import change_roles
from app.accounts.actor import OWNER_AT_THE_MACHINE, Actor, Role
from app.accounts.application_passwords import application_passwords_of, revoke_application_password
from app.accounts.throttle import PER_ACCOUNT, PER_ADDRESS
from app.core.xml_rpc import Fault
from app.web.rpc.methods import METHODS
from app.work import Doors
from tests.web.calling import an_editor, called, code_of
from tests.web.signing_in import PASSWORD
from tests.world import a_member

pytestmark = pytest.mark.anyio

BLOGS = "wp.getUsersBlogs"
WRONG, TOO_MANY = 403, 429
NO_PASSWORD = {
    "system.multicall", "system.listMethods", "system.getCapabilities", "mt.supportedMethods",
    "mt.supportedTextFilters", "pingback.ping", "pingback.extensions.getPingbacks",
}  # fmt: skip


async def test_who_has_a_password_is_told_of_the_one_site(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    ada = await an_editor(doors, visitor, Role.AUTHOR)

    [blog] = await ada(BLOGS)

    assert (blog["blogid"], blog["url"], blog["isAdmin"]) == ("1", "http://blog.example/", False)
    assert blog["xmlrpc"] == "http://blog.example/xmlrpc.php"
    assert await called(visitor, BLOGS, ada.user.login.upper(), ada.password.replace(" ", ""))


async def test_every_wrong_sign_in_gets_the_same_answer(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    ada = await an_editor(doors, visitor, Role.AUTHOR)
    async with doors.unit_of_work() as db:
        bob = await a_member(db, "Bob", roles=[Role.OWNER], password=PASSWORD)
    said = set()

    for name, password in (
        (ada.user.email, "wrong"), (ada.user.email, ""), ("nobody@example.org", "wrong"),
        (bob.email, PASSWORD), (bob.email, ada.password), ("", ada.password), ("", ""),
    ):  # fmt: skip
        with pytest.raises(Fault) as refused:
            await called(visitor, BLOGS, name, password)
        said.add((refused.value.code, refused.value.says))

    [(code, says)] = said
    assert code == WRONG
    assert "the account's own password is not taken here" in says


async def test_a_demoted_role_and_a_revoked_password_count_from_the_next_call(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    ada = await an_editor(doors, visitor, Role.EDITOR, Role.AUTHOR)
    assert await ada.code("wp.newCategory", "One") == 0

    async with doors.unit_of_work() as db:
        await change_roles(db, OWNER_AT_THE_MACHINE, ada.user.id, remove=[Role.EDITOR])
    assert await ada.code("wp.newCategory", "Two") == 401
    async with doors.unit_of_work() as db:
        await change_roles(db, OWNER_AT_THE_MACHINE, ada.user.id, remove=[Role.AUTHOR])
    assert await ada.code(BLOGS) == WRONG
    async with doors.unit_of_work() as db:
        await change_roles(db, OWNER_AT_THE_MACHINE, ada.user.id, add=[Role.AUTHOR])
    assert await ada.code(BLOGS) == 0
    async with doors.unit_of_work() as db:
        [kept] = await application_passwords_of(db, ada.user.id)
        assert kept.used_at is not None
        await revoke_application_password(db, Actor(user_id=ada.user.id), kept.id)
    assert await ada.code(BLOGS) == WRONG


async def test_tries_are_counted_and_the_right_password_still_opens(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    ada = await an_editor(doors, visitor, Role.AUTHOR)
    most = PER_ACCOUNT[0].times

    codes = [await code_of(visitor, BLOGS, ada.user.email, "wrong") for _ in range(most + 1)]

    assert codes == [WRONG] * most + [TOO_MANY]
    assert await ada.code(BLOGS) == 0
    assert await code_of(visitor, BLOGS, "somebody@example.org", "wrong") == WRONG


async def test_each_sign_in_of_several_calls_in_one_is_counted(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    def tries(first: int) -> list[dict[str, object]]:
        return [
            {"methodName": BLOGS, "params": [f"{number}@example.org", "wrong"]}
            for number in range(first, first + 10)
        ]

    most = PER_ADDRESS[0].times
    answers = []
    for first in range(0, most + 10, 10):
        answers += await called(visitor, "system.multicall", tries(first))

    assert [one["faultCode"] for one in answers] == [WRONG] * most + [TOO_MANY] * 10


async def test_nothing_but_what_speaks_of_itself_is_answered_without_a_password() -> None:
    assert {
        name for name, method in METHODS.items() if "password" not in method.takes
    } <= NO_PASSWORD
