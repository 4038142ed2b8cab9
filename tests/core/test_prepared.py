"""Statements that are compiled once say and refuse the same as all others, on either way to the database."""

import pytest
from sqlalchemy import String, bindparam, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core.limits import Allowance
from app.core.prepared import Prepared
from app.core.rows import Rows
from app.moderation.models import AuthorKey
from app.work import Doors
from tests.conftest import CountQueries
from tests.world import FIRST_DAY

pytestmark = pytest.mark.anyio


STALE_AT = Prepared(
    select(Allowance.stale_at).where(Allowance.subject == bindparam("subject", type_=String))
)
ADDED = Prepared(insert(Allowance), ("subject", "times", "stale_at"))
CHANGED = Prepared(
    update(Allowance)
    .where(Allowance.subject == bindparam("whose", type_=String))
    .returning(Allowance.times),
    ("stale_at",),
)
NONSENSE = Prepared(text("SELECT nothing FROM nowhere"))
ADA = {"subject": "ada", "times": [], "stale_at": 7.0}


async def test_what_is_written_is_seen_in_its_transaction_and_kept_with_it(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        await ADDED.rows(db, {"subject": "ada", "times": [1.5], "stale_at": 7.0})
        assert await CHANGED.rows(db, {"whose": "ada", "stale_at": 8.0}) == [([1.5],)]
        assert await STALE_AT.rows(db, {"subject": "ada"}) == [(8.0,)]

    async with doors.reading() as db:
        assert await STALE_AT.rows(db, {"subject": "ada"}) == [(8.0,)]


async def test_what_was_written_is_gone_with_its_transaction(doors: Doors) -> None:
    async with doors.database.session(doors.database.writing_engine) as db:
        await ADDED.rows(db, ADA)
        await db.rollback()

    async with doors.reading() as db:
        assert await STALE_AT.rows(db, {"subject": "ada"}) == []


async def test_a_second_transaction_of_a_session_is_another_one(doors: Doors) -> None:
    async with doors.database.session(doors.database.writing_engine) as db:
        await ADDED.rows(db, ADA)
        await db.rollback()
        assert await STALE_AT.rows(db, {"subject": "ada"}) == []
        await ADDED.rows(db, {"subject": "ada", "times": [], "stale_at": 9.0})
        await db.commit()
        assert await STALE_AT.rows(db, {"subject": "ada"}) == [(9.0,)]


async def test_what_the_database_refuses_is_named_as_everywhere(doors: Doors) -> None:
    async with doors.database.session(doors.database.writing_engine) as db:
        await ADDED.rows(db, ADA)
        with pytest.raises(IntegrityError):
            await ADDED.rows(db, ADA)
    async with doors.database.session(doors.database.writing_engine) as db:
        with pytest.raises(DBAPIError):
            await NONSENSE.rows(db, {})


async def test_who_reads_cannot_write(doors: Doors) -> None:
    async with doors.database.session(doors.database.reading_engine) as db:
        with pytest.raises(DBAPIError):
            await ADDED.rows(db, ADA)


async def test_whoever_listens_to_the_engine_hears_of_it(
    doors: Doors, count_queries: CountQueries
) -> None:
    for _ in range(2):
        with count_queries() as queries:
            async with doors.reading() as db:
                assert await STALE_AT.rows(db, {"subject": "ada"}) == []
        assert len(queries) == 1
        async with doors.reading() as db:
            assert await STALE_AT.rows(db, {"subject": "ada"}) == []
        assert len(queries) == 1


async def test_a_row_that_was_added_at_once_is_an_object_like_any_other(doors: Doors) -> None:
    rows = Rows(AuthorKey)
    async with doors.unit_of_work() as db:
        author = await rows.add(db, AuthorKey(key="of ada", first_seen_at=FIRST_DAY))
        assert (author.pending, author.approved_days) == (0, [])
        author.pending = 3

    async with doors.reading() as db:
        kept = await db.get(AuthorKey, author.id)
        assert kept is not None
        assert (kept.key, kept.pending, kept.first_seen_at) == ("of ada", 3, FIRST_DAY)


async def test_a_row_that_was_read_takes_the_place_of_what_was_known_of_it(doors: Doors) -> None:
    rows = Rows(AuthorKey)
    async with doors.unit_of_work() as db:
        author = await rows.add(db, AuthorKey(key="of ada", first_seen_at=FIRST_DAY))

        assert rows.read(db, {"id": author.id, "pending": 5}) is author
        assert author.pending == 5
        assert author not in db.dirty


async def test_columns_that_are_written_at_once_are_known_to_their_object(doors: Doors) -> None:
    rows = Rows(AuthorKey)
    async with doors.unit_of_work() as db:
        author = await rows.add(db, AuthorKey(key="of ada", first_seen_at=FIRST_DAY))
        author.spam = 1

        await rows.write(db, author, pending=4, approved_days=["2026-01-05"])

        assert (author.pending, author.approved_days) == (4, ["2026-01-05"])
        assert rows.known(db, author.id) is author
        assert author not in db.dirty

    async with doors.reading() as db:
        kept = await db.get_one(AuthorKey, author.id)
        assert (kept.pending, kept.approved_days, kept.spam) == (4, ["2026-01-05"], 1)
