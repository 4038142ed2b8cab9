"""What an endpoint asks for: `Db` to read from, `Me` who is asking, `Doors` to write through."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from starlette.convertors import IntegerConvertor, register_url_convertor

from app.accounts.actor import VISITOR, Actor
from app.accounts.sessions import find_actor
from app.core.page_cache import PageCache
from app.core.secrets import Secrets, secrets_of
from app.groups.queries import groups_known_to
from app.media.models import Upload
from app.moderation.authors import key_of_member
from app.posts.addresses import address
from app.posts.menus import MENU_LENGTH, MenuEntry, entries_chosen, in_menu_by_itself
from app.posts.models import Post
from app.settings import Settings
from app.site.look import sheet_address
from app.site.models import SiteRow
from app.site.queries import unwritten_site
from app.web.accounts.session_cookie import session_token
from app.web.door.page_cache import changes_before
from app.work import Doors


class _RowNumber(IntegerConvertor):
    """A number in an address, as databases know them: what is longer leads nowhere, whatever it stands for."""

    regex = "[0-9]{1,18}"


# Here, as every router that has one imports from here before it names its addresses.
register_url_convertor("int", _RowNumber())


def settings_of(request: Request) -> Settings:
    """The deployment's settings."""
    settings: Settings = request.app.state.settings
    return settings


def doors_of(request: Request) -> Doors:
    """The doors to the database."""
    doors: Doors = request.app.state.doors
    return doors


def secrets_of_app(request: Request) -> Secrets:
    """The deployment's secrets."""
    return secrets_of(settings_of(request))


async def _read(request: Request) -> AsyncIterator[AsyncSession]:
    async with doors_of(request).reading() as session:
        yield session


async def _search(request: Request) -> AsyncIterator[AsyncSession]:
    async with doors_of(request).reading(slow=True) as session:
        yield session


# `scope="function"`: the connection is back before a slow client has its answer.
Db = Annotated[AsyncSession, Depends(_read, scope="function")]
SlowDb = Annotated[AsyncSession, Depends(_search, scope="function")]


async def _me(request: Request, db: Db) -> Actor:
    # What is written afterwards may take its time: nothing is read from this snapshot again.
    return await who_asks(request, db if request.method in ("GET", "HEAD") else None)


async def who_asks(request: Request, db: AsyncSession | None = None) -> Actor:
    """Whose session a request comes with; found in `db`, or in a snapshot that is given back at once."""
    settings = settings_of(request)
    token = session_token(request, settings)
    if not token:
        return VISITOR
    if db is not None:
        found = await find_actor(db, token)
    else:
        async with doors_of(request).reading() as own:
            found = await find_actor(own, token)
    if found is None or found.user_id is None:
        return VISITOR
    me = replace(found, proved_key=key_of_member(secrets_of(settings), found.user_id))
    request.state.me = me
    return me


Me = Annotated[Actor, Depends(_me, scope="function")]


# Kept beside the pages; no address begins with a blank.
_FRAME = " frame"


@dataclass(frozen=True)
class Picture:
    """A picture of the owner's on every page, or the first one; pixels where they are known."""

    url: str
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Frame:
    """What stands around every page: the site's own words, its menus and its look. Shown under tag `site`.

    `me` is nobody in particular on every page that is kept: who has a session gets none of those.
    """

    site: SiteRow
    base_url: str
    menu: tuple[MenuEntry, ...]
    # Whether there are groups of which everybody may know: then every page has a way to them.
    has_groups: bool = False
    me: Actor = VISITOR
    foot: tuple[MenuEntry, ...] = ()
    logo: Picture | None = None
    header: Picture | None = None

    @property
    def sheet_url(self) -> str:
        """The style sheet of what the owner chose; empty where nothing was."""
        return sheet_address(self.site)


async def frame_of(request: Request, session: AsyncSession) -> Frame:
    """The frame, read anew only when something tagged `site` has changed.

    Costs no query as long as nothing did; `SiteRow` in it belongs to no session.
    """
    kept: PageCache[Any] = request.app.state.cache
    found: Frame | None = kept.find(_FRAME)
    if found is None:
        found = await _read_frame(request, session)
        since = changes_before(request.scope)
        kept.keep(_FRAME, found, frozenset({"site"}), weight=1000, since=since)
    me: Actor | None = getattr(request.state, "me", None)
    return found if me is None else replace(found, me=me)


async def _read_frame(request: Request, session: AsyncSession) -> Frame:
    logo, header = aliased(Upload), aliased(Upload)
    rows = (
        await session.execute(
            select(
                SiteRow,
                Post.title,
                Post.path,
                exists().where(groups_known_to(VISITOR)),
                logo,
                header,
            )
            .select_from(SiteRow)
            .outerjoin(Post, in_menu_by_itself())
            .outerjoin(logo, (logo.id == SiteRow.logo_id) & logo.is_stored)
            .outerjoin(header, (header.id == SiteRow.header_id) & header.is_stored)
            .order_by(Post.menu_order, Post.title, Post.id)
            .limit(MENU_LENGTH)
        )
    ).all()
    base_url = settings_of(request).base_url
    if not rows:
        return Frame(unwritten_site(), base_url, ())
    site, _title, _path, has_groups, logo_row, header_row = rows[0]
    session.expunge(site)
    top = tuple(MenuEntry(row[1], address(row[2])) for row in rows if row[1] and row[2])
    if site.top_menu is not None:
        top = await entries_chosen(session, site.top_menu)
    foot = await entries_chosen(session, site.foot_menu) if site.foot_menu else ()
    return Frame(
        site, base_url, top, has_groups,
        foot=foot, logo=_picture(logo_row), header=_picture(header_row),
    )  # fmt: skip


def _picture(upload: Upload | None) -> Picture | None:
    if upload is None:
        return None
    url = address(f"/wp-content/uploads/{upload.path}")
    return Picture(url, upload.width, upload.height)
