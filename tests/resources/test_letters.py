"""Letters to fill in: what is typed stands in them, and nowhere else."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.accounts.actor import Role
from app.resources.letters import blanks_of, filled, pieces_of
from app.resources.models import Access
from app.settings import Settings
from app.work import Doors
from tests.conftest import SignedIn
from tests.resources.lending import DESK, a_resource

pytestmark = pytest.mark.anyio

LETTER = "Dear [[Their name]],\n\nthank you for [[what they did]].\n\nYours,\n[[ Your name ]]"
PAGE = "/resources/a-letter-of-thanks/"


@pytest.mark.parametrize(
    ("letter", "names"),
    [
        ("No blanks", []),
        ("[[A]] and [[B]] and [[A]]", ["A", "B"]),
        ("[[ A ]] [[]] [[ ]] [not one] [[two\nlines]]", ["A"]),
        ("[[[A]]]", ["A"]),
        ("[[" * 5000, []),
        ("[[" + "x" * 81 + "]]", []),
    ],
)
def test_blanks_are_what_stands_between_two_brackets(letter: str, names: list[str]) -> None:
    assert [blank.name for blank in blanks_of(letter)] == names


@given(st.text(alphabet="[] \nab", max_size=60))
def test_a_letter_in_pieces_is_the_letter(letter: str) -> None:
    words = [piece.text for piece in pieces_of(letter) if not piece.is_blank]
    gaps = [piece.text for piece in pieces_of(letter) if piece.is_blank]

    assert set(gaps) == {blank.name for blank in blanks_of(letter)}
    assert all(text in letter for text in words)


@given(st.text(), st.text(max_size=50))
def test_what_is_typed_is_never_read_as_a_blank_itself(letter: str, typed: str) -> None:
    whole = filled(f"{letter} [[Mine]]", {"blank_1": "[[Other]]", "blank_2": typed})

    assert isinstance(whole, str)
    assert filled("[[A]]", {"blank_1": "[[B]]"}) == "[[B]]"


async def test_a_letter_is_filled_in_and_nothing_is_kept(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient
) -> None:
    await a_resource(doors, settings, "A letter of thanks", letter=LETTER)
    page = (await visitor.get(PAGE)).text
    assert 'for="blank_1" dir="auto">Their name</label>' in page
    typed = {"blank_1": "Gwen <b>", "blank_3": "Ada\x00"}

    shown = await visitor.post(f"{PAGE}letter", data={**typed, "as": "text"})
    file = await visitor.post(f"{PAGE}letter", data={**typed, "as": "file"})

    assert "Dear Gwen &lt;b&gt;,\n\nthank you for [[what they did]]." in shown.text
    assert file.text == "Dear Gwen <b>,\n\nthank you for [[what they did]].\n\nYours,\nAda"
    assert file.headers["content-type"] == "text/plain; charset=utf-8"
    assert file.headers["content-disposition"].startswith(
        'attachment; filename="a-letter-of-thanks.txt"'
    )
    assert shown.headers["cache-control"] == file.headers["cache-control"] == "no-store"
    async with doors.reading() as db:
        assert (
            await db.scalar(
                text("SELECT count(*) FROM resource_versions WHERE letter LIKE '%Gwen%'")
            )
            == 0
        )


async def test_a_letter_for_members_is_for_members(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    await a_resource(doors, settings, "A letter of thanks", letter=LETTER, access=Access.MEMBERS)

    assert (await visitor.post(f"{PAGE}letter", data={"as": "file"})).status_code == 404
    assert (await (await signed_in()).post(f"{PAGE}letter", data={"as": "file"})).status_code == 200


async def test_a_letter_is_written_and_written_anew(
    visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    author = await signed_in(Role.AUTHOR)
    fields = {"kind": "letter", "title": "A letter of thanks", "access": "everyone"}

    empty = await author.post(DESK, data={**fields, "letter": " "})
    by_address = await author.post(DESK, data={**fields, "letter": LETTER, "access": "address"})
    added = await author.post(DESK, data={**fields, "letter": LETTER})
    desk = added.headers["location"].partition("?")[0]
    await author.post(f"{desk}publication")
    again = await author.post(f"{desk}versions", data={"letter": "Dear [[You]]", "note": "Shorter"})

    assert (empty.status_code, by_address.status_code, again.status_code) == (422, 422, 303)
    assert "Please write the letter." in empty.text
    assert ">You</label>" in (await visitor.get(PAGE)).text
    assert (await visitor.get(f"{PAGE}download")).text == "Dear [[You]]"
    assert (await author.post(f"{desk}versions", data={"letter": "x" * 20_001})).status_code == 422
