"""Handles: what people type, what is made of it, and what is made up for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.handles import (
    LONGEST,
    RESERVED,
    SHORTEST,
    checked_handle,
    free_handle,
    is_taken,
    read_handle,
)
from app.core.errors import Invalid
from tests.world import a_member, an_author

TYPED = [
    ("Ada", "ada"), ("@ada", "ada"), ("  Ada Lovelace ", "ada-lovelace"), ("ada_l", "ada-l"),
    ("ADA--L", "ada-l"), ("Żółć", "żółć"), ("Gwen\u202e", "gwen"), ("a" * 60, "a" * LONGEST),
    ("../../etc", "etc"), ("ada/block", "ada-block"), ("?", ""), ("", ""), ("\x00ada", "ada"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "handle"), TYPED)
def test_what_is_typed_means_a_handle(typed: str, handle: str) -> None:
    assert read_handle(typed) == handle


@given(st.text(max_size=200))
def test_any_text_means_a_handle_that_means_itself(typed: str) -> None:
    handle = read_handle(typed)

    assert read_handle(handle) == handle
    assert read_handle(f"@{handle}") == handle
    assert len(handle) <= LONGEST
    assert not set(handle) & set("/?#%@. \t\n\0\\\"'<>&")
    assert handle == handle.casefold()


@given(st.text(max_size=60))
def test_what_is_kept_is_long_enough_and_means_nothing_else(typed: str) -> None:
    try:
        handle = checked_handle(typed)
    except Invalid:
        return

    assert SHORTEST <= len(handle) <= LONGEST
    assert handle not in RESERVED
    assert checked_handle(handle) == handle


@pytest.mark.parametrize("typed", ["a", "", "@", "me", "Feed", "former-12", "Everyone"])
def test_some_handles_are_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        checked_handle(typed)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "handle"),
    [("Gwen", "gwen-2"), ("Ada", "ada-3"), ("?", "member"), ("me", "member"), ("x" * 90, "x" * 36)],
)
async def test_a_free_one_is_made_of_a_name(session: AsyncSession, name: str, handle: str) -> None:
    await an_author(session, "Gwen")
    await a_member(session, "Ada")
    await an_author(session, "Somebody", slug="other", login="ada-2")

    assert await free_handle(session, name) == handle
    assert not await is_taken(session, handle)
    assert checked_handle(handle) == handle
