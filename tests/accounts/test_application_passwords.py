"""Passwords for programs: whom they act for, and until when."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE, Actor, Role
from app.accounts.application_passwords import (
    MOST,
    add_application_password,
    application_passwords_of,
    find_program,
    note_use,
    revoke_application_password,
)
from app.accounts.models import ApplicationPassword, AuditEntry, User
from app.core import clock
from app.core.errors import Forbidden, Invalid, NotFound
from tests.world import a_member

pytestmark = pytest.mark.anyio

EMAIL = "ada@members.example"


async def ada_with_password(session: AsyncSession, *roles: Role) -> tuple[User, str]:
    ada = await a_member(session, "Ada", roles=roles or [Role.AUTHOR])
    return ada, await add_application_password(session, OWNER_AT_THE_MACHINE, ada.id, "Editor")


def acting_for(user: User, *roles: Role) -> Actor:
    return Actor(user_id=user.id, name=user.name, roles=frozenset(roles or [Role.AUTHOR]))


async def test_it_looks_as_wordpress_makes_them_and_is_kept_as_a_hash(
    session: AsyncSession,
) -> None:
    ada, made = await ada_with_password(session)

    assert re.fullmatch(r"(?:[A-Za-z0-9]{4} ){5}[A-Za-z0-9]{4}", made)
    [kept] = await application_passwords_of(session, ada.id)
    assert (kept.name, kept.used_at) == ("Editor", None)
    assert made.replace(" ", "") not in str([vars(kept), await audited(session)])


async def audited(session: AsyncSession) -> list[object]:
    return [vars(entry) for entry in await session.scalars(select(AuditEntry))]


@pytest.mark.parametrize("name", [EMAIL, f" {EMAIL.upper()} ", "ada", "Ada"])
async def test_a_program_acts_for_whom_it_names_by_address_or_login(
    session: AsyncSession, name: str
) -> None:
    ada, made = await ada_with_password(session)

    for typed in (made, made.replace(" ", ""), f" {made}\n", made.replace(" ", "-")):
        program = await find_program(session, name, typed)
        assert program is not None
        assert program.actor == acting_for(ada)


@pytest.mark.parametrize("name", ["", "bob", "bob@members.example", "nobody@example.org"])
async def test_it_opens_nothing_for_another_name(session: AsyncSession, name: str) -> None:
    _ada, made = await ada_with_password(session)
    await a_member(session, "Bob", roles=[Role.OWNER], email="bob@members.example")

    assert await find_program(session, name, made) is None
    assert await find_program(session, EMAIL, made[:-1]) is None
    assert await find_program(session, EMAIL, made.swapcase()) is None
    assert await find_program(session, EMAIL, "") is None


async def test_roles_count_as_they_are_at_this_moment(session: AsyncSession) -> None:
    ada, made = await ada_with_password(session, Role.EDITOR, Role.OWNER)

    ada.roles = ["author"]
    await session.flush()
    program = await find_program(session, EMAIL, made)
    assert program is not None
    assert program.actor.roles == {Role.AUTHOR}

    ada.roles = []
    await session.flush()
    assert await find_program(session, EMAIL, made) is None


async def test_it_goes_with_its_owner(session: AsyncSession) -> None:
    ada, made = await ada_with_password(session)
    for entry in await session.scalars(select(AuditEntry)):
        await session.delete(entry)
    await session.delete(ada)
    await session.flush()

    assert await find_program(session, EMAIL, made) is None
    assert (await session.scalars(select(ApplicationPassword))).all() == []


async def test_a_use_is_noted_by_the_hour(session: AsyncSession) -> None:
    _ada, made = await ada_with_password(session)

    async def is_to_note() -> bool:
        session.expire_all()
        program = await find_program(session, EMAIL, made)
        assert program is not None
        return program.is_use_to_note

    assert await is_to_note()
    program = await find_program(session, EMAIL, made)
    assert program is not None
    await note_use(session, program.password_id)
    assert not await is_to_note()
    with clock.moved(timedelta(hours=2)):
        assert await is_to_note()


async def test_only_its_owner_revokes_it(session: AsyncSession) -> None:
    ada, made = await ada_with_password(session)
    bob = await a_member(session, "Bob", roles=[Role.OWNER])
    [kept] = await application_passwords_of(session, ada.id)

    with pytest.raises(NotFound):
        await revoke_application_password(session, acting_for(bob, Role.OWNER), kept.id)
    assert await find_program(session, EMAIL, made) is not None
    await revoke_application_password(session, acting_for(ada), kept.id)

    assert await find_program(session, EMAIL, made) is None
    what = [
        entry.what for entry in await session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    ]
    assert what[1:] == ["application password made", "account made", "application password revoked"]


async def test_who_has_no_role_has_none_and_nobody_has_too_many(session: AsyncSession) -> None:
    member = await a_member(session, "Member")
    ada, _made = await ada_with_password(session)

    with pytest.raises(Forbidden):
        await add_application_password(session, OWNER_AT_THE_MACHINE, member.id, "Editor")
    with pytest.raises(Forbidden):
        await add_application_password(session, acting_for(member, Role.EDITOR), ada.id, "Mine")
    for name in ("", " ", "x" * 81):
        with pytest.raises(Invalid):
            await add_application_password(session, acting_for(ada), ada.id, name)
    for number in range(MOST - 1):
        await add_application_password(session, acting_for(ada), ada.id, f"Editor {number}")
    with pytest.raises(Invalid, match="too many"):
        await add_application_password(session, acting_for(ada), ada.id, "One more")
