"""Every migration goes up, down and up again, on both databases, with rows in the tables."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Column,
    Connection,
    Table,
    TypeDecorator,
    create_engine,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.pool import NullPool

from app.core import schema
from app.core.db import Base
from app.core.errors import NotReady
from app.core.freshness.tags import StaleTag
from app.core.markup import safe_text
from app.discussions.models import CommentStatus
from app.porting.demo.build import build_demo
from app.settings import Settings
from app.work import Doors
from tests.visiting import ROOT
from tests.world import (
    a_category,
    a_comment,
    a_linkback,
    a_page,
    a_post,
    a_redirect,
    a_tag,
    an_author,
    an_upload,
)

pytestmark = pytest.mark.anyio

REMAKES_A_PARENT = """
revision, down_revision = "ffffffffffff", "{head}"

def upgrade():
    with op.batch_alter_table("posts") as posts:
        posts.alter_column("slug", type_=sa.String(250))

def downgrade():
    with op.batch_alter_table("posts") as posts:
        posts.alter_column("slug", type_=sa.String(200))
"""
# A value for every type of column; what JSON gives may be any object.
SOMETHING: dict[type, Any] = {
    str: safe_text("x"), int: 1, float: 0.5, bool: False, bytes: b"x", object: [],
    datetime: datetime(2026, 11, 27, tzinfo=UTC), date: date(2026, 11, 27),
}  # fmt: skip
LEAVES_ORPHANS = """
revision, down_revision = "ffffffffffff", "{head}"

def upgrade():
    op.execute("UPDATE threads SET post_id = post_id + 999")

def downgrade():
    pass
"""


def scripts(url: str, *more: Path) -> Config:
    """The real migrations, and those in the folders `more`."""
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    versions = (ROOT / "migrations" / "versions", *more)
    config.set_main_option("version_locations", os.pathsep.join(map(str, versions)))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def revisions() -> list[str]:
    """All of them, oldest first."""
    found = ScriptDirectory.from_config(scripts("sqlite://")).walk_revisions()
    return [script.revision for script in found][::-1]


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    target = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(make_url(target), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def tables_in(url: str) -> set[str]:
    with connected(url) as connection:
        return set(inspect(connection).get_table_names())


def rows_in(url: str) -> dict[str, int]:
    """How many rows each of our tables holds, as far as it is there."""
    there = tables_in(url)
    with connected(url) as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
            if name in there
        }


async def a_row_of(session: AsyncSession, table: Table) -> dict[str, Any]:
    """Something for every column that has to hold something, and a row to point at for every key."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.foreign_keys:
            (key,) = column.foreign_keys
            row[column.name] = await session.scalar(select(func.min(key.column)))
        elif not column.nullable and not (column.primary_key and column.name == "id"):
            row[column.name] = SOMETHING[type_of(column)]
    return row


def type_of(column: Column[Any]) -> type:
    """What Python calls the column's values."""
    if isinstance(column.type, TypeDecorator):
        return column.type.impl_instance.python_type
    return column.type.python_type


@pytest.fixture
async def site_with_rows(doors: Doors, settings: Settings) -> str:
    """The URL of a database in which every table holds something."""
    async with doors.unit_of_work() as db:
        gwen, work = await an_author(db), await a_category(db)
        nested = await a_category(db, "Letters", under=work)
        post = await a_post(db, by=gwen, under=(nested, await a_tag(db)))
        said = await a_comment(db, under=post)
        await a_comment(db, under=post, answering=said)
        await a_linkback(db, under=post)
        await a_page(db, "Team", under=await a_page(db))
        await a_redirect(db, "/old/", to=post)
        await an_upload(db, post_id=post.id)
        db.add(StaleTag(tag="site"))
    # After what follows from all that: nothing looks at these rows again.
    async with doors.unit_of_work() as db:
        for table in Base.metadata.sorted_tables:
            if not await db.scalar(select(func.count()).select_from(table)):
                await db.execute(table.insert().values(await a_row_of(db, table)))
    await doors.database.close()
    return settings.database


def teapots_in(url: str, *tables: str) -> list[int]:
    """How many entries of each of these full-text tables have a word."""
    counting = "SELECT count(*) FROM {0} WHERE {0} MATCH 'teapot'"
    with connected(url) as connection:
        return [connection.execute(text(counting.format(name))).scalar_one() for name in tables]


def test_the_migrations_make_exactly_the_tables_of_the_models(database_url: str) -> None:
    command.check(scripts(database_url))


def test_every_migration_goes_down_and_up_again(empty_database_url: str) -> None:
    config = scripts(empty_database_url)
    for revision in revisions():
        command.upgrade(config, revision)
        command.downgrade(config, "-1")
        command.upgrade(config, revision)

    command.check(config)
    command.downgrade(config, "base")

    assert tables_in(empty_database_url) <= {"alembic_version"}


async def test_rows_outlive_every_migration_after_the_first(site_with_rows: str) -> None:
    config, before = scripts(site_with_rows), rows_in(site_with_rows)
    assert all(before.values()), f"no row in {[t for t, rows in before.items() if not rows]}"

    for revision in revisions()[:0:-1]:
        command.downgrade(config, f"{revision}-1")
        kept = rows_in(site_with_rows)
        assert kept == {name: before[name] for name in kept}
    command.upgrade(config, "head")

    assert rows_in(site_with_rows) == {name: kept.get(name, 0) for name in before}


@pytest.mark.only_on("sqlite")
async def test_what_waits_is_moved_into_its_own_index_and_back(
    doors: Doors, settings: Settings
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        for status in CommentStatus:
            await a_comment(db, "A teapot", under=post, status=status)
    await doors.database.close()
    config = scripts(settings.database)
    both = teapots_in(settings.database, "search_index", "search_index_held")
    assert both == [1, 3]

    command.downgrade(config, "c41e7a90d2f6")
    assert teapots_in(settings.database, "search_index") == [4]
    command.upgrade(config, "head")

    assert teapots_in(settings.database, "search_index", "search_index_held") == both


async def test_what_posts_used_before_there_was_a_library_is_found(
    doors: Doors, settings: Settings
) -> None:
    shown = '<img src="/wp-content/uploads/2024/03/caf%C3%A9-300x200.jpg" alt="">'
    async with doors.unit_of_work() as db:
        cover = await an_upload(db, mime="image/jpeg")
        named = await an_upload(db, "2024/03/café.jpg")
        await a_post(db, "One", html=f"<p>{shown}</p>")
        await a_post(db, "Two", cover_id=cover.id)
        await a_post(db, "Three")
        wanted = {("One", named.id), ("Two", cover.id)}
    await doors.database.close()
    config = scripts(settings.database)

    command.downgrade(config, "c3e8a17f50d9-1")
    command.upgrade(config, "head")

    query = "SELECT title, upload_id FROM posts JOIN upload_uses ON post_id = posts.id"
    with connected(settings.database) as connection:
        assert {tuple(row) for row in connection.execute(text(query))} == wanted


async def test_what_was_said_in_groups_before_there_was_an_index_of_it_is_in_that(
    doors: Doors, settings: Settings
) -> None:
    await build_demo(doors, settings)
    await doors.database.close()
    config = scripts(settings.database)
    said = "SELECT id, group_id, is_opening FROM comments WHERE group_id IS NOT NULL OR is_opening"
    with connected(settings.database) as connection:
        before = {tuple(row) for row in connection.execute(text(said))}
        asked = (
            "SELECT c.id, t.group_id, o.opening_id = c.id FROM comments c"
            " JOIN threads t ON t.id = c.thread_id JOIN topics o ON o.id = t.topic_id"
        )
        wanted = {tuple(row) for row in connection.execute(text(asked))}
    assert before == wanted
    assert {is_opening for _id, _group, is_opening in wanted} == {True, False}

    command.downgrade(config, "d40a7c92e5b8-1")
    command.upgrade(config, "head")

    with connected(settings.database) as connection:
        assert {tuple(row) for row in connection.execute(text(said))} == wanted


async def test_the_first_migration_goes_down_over_rows(site_with_rows: str) -> None:
    config = scripts(site_with_rows)

    command.downgrade(config, "base")
    command.upgrade(config, "head")

    assert not any(rows_in(site_with_rows).values())


async def test_remaking_a_parent_keeps_its_children(site_with_rows: str, tmp_path: Path) -> None:
    config = with_one_more(site_with_rows, tmp_path, REMAKES_A_PARENT)
    before = rows_in(site_with_rows)

    command.upgrade(config, "head")
    assert rows_in(site_with_rows) == before

    command.downgrade(config, "-1")
    assert rows_in(site_with_rows) == before
    command.check(scripts(site_with_rows))


async def test_a_migration_that_leaves_orphans_is_undone(
    site_with_rows: str, tmp_path: Path
) -> None:
    config = with_one_more(site_with_rows, tmp_path, LEAVES_ORPHANS)
    before = rows_in(site_with_rows)

    with pytest.raises(Exception, match=r"point nowhere|violates foreign key"):
        command.upgrade(config, "head")

    assert rows_in(site_with_rows) == before
    assert schema.current_version(site_with_rows) == schema.wanted_version()


def test_an_empty_database_is_brought_up_to_date(empty_database_url: str) -> None:
    schema.upgrade(empty_database_url)

    assert schema.current_version(empty_database_url) == schema.wanted_version() == revisions()[-1]
    command.check(scripts(empty_database_url))


def test_a_database_of_a_newer_program_is_left_alone(database_url: str) -> None:
    with connected(database_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from tomorrow'"))
        connection.commit()

    with pytest.raises(NotReady, match="newer version"):
        schema.upgrade(database_url)


def with_one_more(url: str, folder: Path, migration: str) -> Config:
    """The real migrations and, after the newest, this one."""
    versions = folder / "more"
    versions.mkdir()
    head = ("import sqlalchemy as sa", "from alembic import op", migration)
    (versions / "one_more.py").write_text("\n".join(head).format(head=revisions()[-1]))
    return scripts(url, versions)
