"""Objects whose rows are written and read at once, for the few places where every comment passes.

The mapper's own way collects what changed, sorts it and writes it at the next flush. That is worth
its price nearly everywhere; for an object of which it is known that it is new, or that it was just
read by its columns, it costs more than everything else that happens to a comment. What comes out of
here is an ordinary object of its session: what is changed afterwards is flushed as always.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, manager_of_class, set_committed_value
from sqlalchemy.orm.util import identity_key

from app.core.db import Base
from app.core.prepared import Prepared

Item = TypeVar("Item", bound=Base)

_ADDED = "rows added"


class Rows(Generic[Item]):
    """The rows of one table whose key is `id`, as objects of `mapped`."""

    def __init__(self, mapped: type[Item]) -> None:
        assert isinstance(mapped.__table__, Table)
        self._mapped, self._made, self._table = mapped, manager_of_class(mapped), mapped.__table__
        columns = [column for column in mapped.__table__.columns if column.name != "id"]
        self._defaults = {column.name: column.default for column in columns}
        self._insert = Prepared(
            insert(mapped.__table__).returning(mapped.__table__.c.id), self._defaults
        )
        # By the columns they write.
        self._updates: dict[tuple[str, ...], Prepared] = {}

    def new(self, **values: Any) -> Item:
        """An object that is in no session and no database yet, to be written by `add` as it is."""
        # Without its constructor, as the mapper itself makes what it reads: nobody has to hear of a change.
        item: Item = self._made.new_instance()
        instance_dict(item).update(values)
        return item

    async def add(self, session: AsyncSession, item: Item) -> Item:
        """Write the row of a new object now, and give the object its number.

        Raises what the database raises: IntegrityError for a row that may not be.
        """
        values = instance_dict(item)
        for name, default in self._defaults.items():
            if name not in values:
                # Nobody need hear of it: all there is to be kept of it is kept now.
                values[name] = _value_of(default)
        # What was changed before is written before.
        await flush_changes(session)
        ((number,),) = await self._insert.rows(session, values)
        item.id = number  # type: ignore[attr-defined]
        make_transient_to_detached(item)
        session.add(item)
        session.info.setdefault(_ADDED, set()).add((self._table.name, number))
        return item

    async def write(self, session: AsyncSession, item: Item, **values: Any) -> None:
        """Write these columns of a row that is there, now, and let its object know."""
        columns = tuple(values)
        statement = self._updates.get(columns)
        if statement is None:
            statement = self._updates[columns] = Prepared(
                update(self._table).where(self._table.c.id == bindparam("its_id")), columns
            )
        # What was changed before is written before.
        await flush_changes(session)
        await statement.rows(session, {"its_id": item.id, **values})  # type: ignore[attr-defined]
        for name, value in values.items():
            set_committed_value(item, name, value)

    def known(self, session: AsyncSession, number: int) -> Item | None:
        """The object that the session has of a row, if it has one."""
        found: Item | None = session.sync_session.identity_map.get(
            identity_key(self._mapped, number)
        )
        return found

    def added(self, session: AsyncSession, number: int) -> Item | None:
        """The object of a row that this session itself added, as long as anybody holds it."""
        is_added = (self._table.name, number) in session.info.get(_ADDED, ())
        return self.known(session, number) if is_added else None

    def read(self, session: AsyncSession, values: Mapping[str, Any]) -> Item:
        """The object of a row that was read just now, `values` by column; all of them.

        What the session knew of it before gives way, as by `populate_existing`: so it has to be
        flushed before the row is read.
        """
        known = self.known(session, values["id"])
        if known is not None:
            for name, value in values.items():
                set_committed_value(known, name, value)
            return known
        item = self.new(**values)
        make_transient_to_detached(item)
        session.add(item)
        return item


def _value_of(default: Any) -> Any:
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


def named(columns: Sequence[Any], row: Sequence[Any]) -> dict[str, Any]:
    """The values a row begins with, by the names of their columns."""
    return {column.key: value for column, value in zip(columns, row, strict=False)}


async def flush_changes(session: AsyncSession) -> None:
    """Flush, if there is anything to be flushed: finding out costs less than flushing nothing."""
    behind = session.sync_session
    if behind.new or behind.dirty or behind.deleted:
        await session.flush()
