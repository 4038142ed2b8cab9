"""A member takes their data away: asked for, made by the worker, there for a week, gone."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from anyio import to_thread
from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.policy import may_have_account_page
from app.accounts.queries import get_user
from app.core import clock
from app.core.answers import require
from app.core.errors import NotFound
from app.core.i18n import speak
from app.core.jobs import Tools, enqueue, job
from app.core.secrets import new_token, secrets_of
from app.core.storage import Folder
from app.core.stores import store_of
from app.groups.profiles.personal import own_photo
from app.media.portraits import SIZES, read_portrait
from app.porting.personal.models import PersonalExport
from app.porting.personal.parts import PARTS, Whose
from app.porting.personal.writing import Takeaway, Written, zipped
from app.settings import Settings
from app.site.queries import get_site

KEPT = timedelta(days=7)
# Making one takes a moment; whoever asks again meanwhile, or soon after, gets the same.
ONE_IN = timedelta(hours=1)


async def ask_for_data(session: AsyncSession, actor: Actor) -> PersonalExport:
    """Have a file made of all that is one's own. Raises SignInNeeded."""
    require(may_have_account_page(actor))
    user = await get_user(session, actor.user_id or 0, locked=True)
    now = clock.now()
    found = next(iter(await exports_of(session, actor)), None)
    if found is not None and now - found.asked_at < ONE_IN:
        return found
    export = PersonalExport(user_id=user.id, asked_at=now)
    session.add(export)
    await session.flush()
    await enqueue(session, make_export, export_id=export.id)
    return export


async def exports_of(session: AsyncSession, actor: Actor) -> Sequence[PersonalExport]:
    """One's own files, those still being made among them; the newest first."""
    query = select(PersonalExport).where(PersonalExport.user_id == actor.user_id)
    still = PersonalExport.expires_at.is_(None) | (PersonalExport.expires_at > clock.now())
    return (await session.scalars(query.where(still).order_by(PersonalExport.id.desc()))).all()


async def get_export(session: AsyncSession, actor: Actor, export_id: int) -> PersonalExport:
    """One's own file, made and not yet gone. Raises SignInNeeded, NotFound."""
    require(may_have_account_page(actor))
    query = select(PersonalExport).where(
        PersonalExport.id == export_id,
        PersonalExport.user_id == actor.user_id,
        PersonalExport.expires_at > clock.now(),
    )
    found: PersonalExport | None = await session.scalar(query)
    if found is None:
        raise NotFound
    return found


def takeaway_folder(settings: Settings) -> Folder:
    """Where such files lie: beside the uploads, never among them."""
    return Folder(settings.data / "takeaway")


@job("make_personal_export")
async def make_export(tools: Tools, *, export_id: int) -> None:
    """Write the file that somebody asked for."""
    async with tools.work.reading() as session:
        export = await session.get(PersonalExport, export_id)
        if export is None or export.made_at is not None:
            return
        taken = await _taken(session, tools.settings, export.user_id)
    content = await to_thread.run_sync(zipped, taken)
    name = f"{new_token()}.zip"
    async with takeaway_folder(tools.settings).receive(_whole(content)) as incoming:
        await incoming.keep(name)
    async with tools.work.unit_of_work() as session:
        kept = await session.get(PersonalExport, export_id)
        if kept is not None:
            kept.made_at, kept.expires_at = clock.now(), clock.now() + KEPT
            kept.file, kept.size = name, len(content)


@job("forget_personal_exports")
async def forget_exports(tools: Tools) -> None:
    """Delete files that are a week old, and their rows; and rows for which no file could be made."""
    now = clock.now()
    never = and_(PersonalExport.made_at.is_(None), PersonalExport.asked_at <= now - KEPT)
    await _forget(tools, or_(PersonalExport.expires_at <= now, never))


@job("forget_exports_of_member")
async def forget_exports_of(tools: Tools, *, user_id: int, email: str, texts_go: bool) -> None:
    """Delete what somebody asked for who is gone by now."""
    await _forget(tools, PersonalExport.user_id == user_id)


async def _taken(session: AsyncSession, settings: Settings, user_id: int) -> Takeaway:
    site, user = await get_site(session), await get_user(session, user_id)
    speak(site.language)
    whose = Whose(user.id, user.email, secrets_of(settings), settings.base_url)
    parts = [Written(part.name, part.title, await part.read(session, whose)) for part in PARTS]
    photo = await own_photo(session, user_id)
    return Takeaway(
        name=user.name,
        site_title=site.title,
        language=site.language,
        at=clock.now(),
        parts=parts,
        photo=await read_portrait(store_of(settings), photo, max(SIZES)),
    )


async def _forget(tools: Tools, which: ColumnElement[bool]) -> None:
    query = select(PersonalExport.id, PersonalExport.file).where(which)
    async with tools.work.reading() as session:
        rows = (await session.execute(query)).all()
    for export_id, file in rows:
        # The file first: whoever is killed between the two finds its name again.
        if file:
            await takeaway_folder(tools.settings).delete(file)
        async with tools.work.unit_of_work() as session:
            await session.execute(delete(PersonalExport).where(PersonalExport.id == export_id))


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
