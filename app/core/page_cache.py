"""Rendered pages, kept in memory under what they show, until that goes stale.

The cache holds two promises: a page is forgotten when one of its tags goes stale, and a page that
was rendered from older data than a change is not kept after that change. What has gone stale it is
told by `core/freshness`; what a page looks like it does not know.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

# A change that touches more than it can name makes every page stale.
EVERYTHING = "*"

Page = TypeVar("Page")

_MEGABYTE = 1 << 20
_TAGS_REMEMBERED = 10_000


@dataclass(frozen=True)
class _Kept(Generic[Page]):
    page: Page
    tags: frozenset[str]
    weight: int


class PageCache(Generic[Page]):
    """The pages used last, up to `limit` bytes in all."""

    def __init__(self, limit: int = 8 * _MEGABYTE) -> None:
        self._limit = limit
        self._weight = 0
        self._kept: OrderedDict[str, _Kept[Page]] = OrderedDict()
        self._showing: dict[str, set[str]] = {}
        self._changes = 0
        self._changed: OrderedDict[str, int] = OrderedDict()
        # Changes up to this one are no longer remembered by tag: they may have touched any page.
        self._forgotten_changes = 0

    @property
    def changes(self) -> int:
        """How many changes were heard of: take it before a page's first query, hand it to `keep`."""
        return self._changes

    @property
    def weight(self) -> int:
        """Bytes held."""
        return self._weight

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, address: str) -> Page | None:
        """The page at this address, if it is here."""
        kept = self._kept.get(address)
        if kept is None:
            return None
        self._kept.move_to_end(address)
        return kept.page

    def keep(
        self, address: str, page: Page, tags: frozenset[str], *, weight: int, since: int
    ) -> bool:
        """Keep a page of `weight` bytes that shows `tags`; `since` is `changes` as its making began.

        False, and nothing is kept, when something it shows was changed meanwhile.
        """
        if self.is_touched(tags, since):
            return False
        self.drop(address)
        if weight > self._limit:
            return True
        self._kept[address] = _Kept(page, tags, weight)
        self._weight += weight
        for tag in tags:
            self._showing.setdefault(tag, set()).add(address)
        self._make_room()
        return True

    def _make_room(self) -> None:
        while self._weight > self._limit:
            self.drop(next(iter(self._kept)))

    def reweigh(self, address: str, weight: int) -> None:
        """A page that is kept has grown or shrunk to `weight` bytes."""
        kept = self._kept.get(address)
        if kept is not None:
            self._weight += weight - kept.weight
            self._kept[address] = replace(kept, weight=weight)
            self._make_room()

    def is_touched(self, tags: Iterable[str], since: int) -> bool:
        """Whether any of these tags went stale after `since`."""
        if since < self._forgotten_changes:
            return True
        return any(self._changed.get(tag, 0) > since for tag in tags)

    def forget(self, tags: Iterable[str]) -> None:
        """These tags went stale, by a change that is committed: no page that shows one is left."""
        self._changes += 1
        for tag in tags:
            if tag == EVERYTHING:
                self._forget_everything()
                return
            for address in tuple(self._showing.get(tag, ())):
                self.drop(address)
            self._changed[tag] = self._changes
            self._changed.move_to_end(tag)
        while len(self._changed) > _TAGS_REMEMBERED:
            self._forgotten_changes = self._changed.popitem(last=False)[1]

    def drop(self, address: str) -> None:
        """Let go of one page, to make room or because it grew too old."""
        kept = self._kept.pop(address, None)
        if kept is None:
            return
        self._weight -= kept.weight
        for tag in kept.tags:
            addresses = self._showing[tag]
            addresses.discard(address)
            if not addresses:
                del self._showing[tag]

    def _forget_everything(self) -> None:
        self._kept.clear()
        self._showing.clear()
        self._changed.clear()
        self._weight = 0
        self._forgotten_changes = self._changes
