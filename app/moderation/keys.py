"""The console's keys: one for each act at first, and others for whoever chose them, or none at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.actor import Actor
from app.core.db import Base
from app.core.errors import Invalid
from app.core.i18n import _, marked


class ConsoleKeys(Base):
    """One moderator's own keys; whoever never chose any has no row."""

    __tablename__ = "console_keys"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    is_off: Mapped[bool] = mapped_column(default=False)
    # The key of each act that has another than at first.
    chosen: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


@dataclass(frozen=True)
class Act:
    """Something that a key does: which one at first, and in which words."""

    key: str
    words: str


# In the order of the page and of the help. Acts without a key at first can be given one.
ACTS: dict[str, Act] = {
    "next": Act("j", marked("the next row")),
    "previous": Act("k", marked("the row before")),
    "approve": Act("a", marked("approve")),
    "spam": Act("s", marked("call it spam")),
    "remove": Act("d", marked("remove, then 1 to 9 for the reason")),
    "hold": Act("h", marked("hold")),
    "edit": Act("e", marked("edit")),
    "reply": Act("r", marked("reply, and approve")),
    "undo": Act("u", marked("undo the last")),
    "select": Act("x", marked("select the row")),
    "select-all": Act("X", marked("select all that are shown")),
    "open": Act("o", marked("open it where it stands")),
    "claim": Act("c", marked("claim it, or give it back")),
    "assign": Act("", marked("give it to somebody")),
    "move": Act("", marked("move it to another post")),
    "note": Act("n", marked("note something about its author")),
    "warn": Act("", marked("write to its author")),
    "trust": Act("t", marked("trust its author")),
    "watch": Act("w", marked("watch its author")),
    "block": Act("b", marked("block its author")),
    "search": Act("/", marked("search")),
    "help": Act("?", marked("show the keys")),
    "go": Act("g", marked("go to a list, named by the next key")),
}
# After the key of `go`, so they may be those of other acts.
LISTS: dict[str, Act] = {
    "go-needs": Act("p", marked("what needs you")),
    "go-reported": Act("r", marked("reported")),
    "go-mistakes": Act("l", marked("likely mistakes")),
    "go-spam": Act("s", marked("spam")),
    "go-recent": Act("c", marked("recent")),
    "go-removed": Act("m", marked("removed")),
}
_ALL = {**ACTS, **LISTS}


@dataclass(frozen=True)
class Keys:
    """The keys of one moderator."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    is_off: bool = False

    def set_for(self, act: str) -> str:
        """The key that was chosen for an act, even while all are off."""
        return self.chosen.get(act, _ALL[act].key)

    def of(self, act: str) -> str:
        """The key that does something now; empty for none."""
        return "" if self.is_off else self.set_for(act)


async def keys_of(session: AsyncSession, actor: Actor) -> Keys:
    """The keys of whoever is asking."""
    kept = await session.get(ConsoleKeys, actor.user_id) if actor.user_id is not None else None
    return Keys(kept.chosen, kept.is_off) if kept else Keys()


async def choose_keys(
    session: AsyncSession, actor: Actor, wanted: Mapping[str, str], *, is_off: bool
) -> None:
    """Keep a moderator's own keys; acts that are not named keep those they have at first.

    Raises Invalid, in a sentence, where two acts would have the same key, or one more than a key.
    """
    chosen = {act: key for act, key in wanted.items() if act in _ALL and key != _ALL[act].key}
    keys = Keys(chosen)
    for acts in (ACTS, LISTS):
        _require_apart(acts, keys)
    kept = await session.get(ConsoleKeys, actor.user_id)
    if kept is None:
        kept = ConsoleKeys(user_id=actor.user_id)
        session.add(kept)
    kept.chosen, kept.is_off = chosen, is_off
    await session.flush()


async def forget_keys(session: AsyncSession, actor: Actor) -> None:
    """Back to the keys there are at first."""
    kept = await session.get(ConsoleKeys, actor.user_id)
    if kept is not None:
        await session.delete(kept)


def _require_apart(acts: Mapping[str, Act], keys: Keys) -> None:
    owners: dict[str, str] = {}
    for act, at_first in acts.items():
        key, words = keys.set_for(act), _(at_first.words)
        if not key:
            continue
        if len(key) != 1 or key.isspace() or not key.isprintable():
            raise Invalid(_("“%(act)s” needs one letter, digit or sign.") % {"act": words})
        if key in owners:
            raise Invalid(
                _("“%(key)s” can't be the key of both “%(one)s” and “%(other)s”.")
                % {"key": key, "one": owners[key], "other": words}
            )
        owners[key] = words
