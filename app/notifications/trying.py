"""A letter to oneself, by which an owner sees that mail arrives."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core import clock
from app.core.i18n import _
from app.core.jobs import Tools, job
from app.notifications.letters import write_letter
from app.notifications.models import Letter
from app.notifications.texts import Envelope, PlainPage, compose, desk_of, sheet_of


async def last_trial(session: AsyncSession, user_id: int) -> Letter | None:
    """The newest letter of that kind to somebody: waiting, sent, or failed with its reason."""
    beginning = _about(user_id)
    # A range, by the index: what comes after a colon is a semicolon.
    theirs = Letter.about.between(beginning, f"{beginning[:-1]};")
    letter: Letter | None = await session.scalar(
        select(Letter).where(theirs).order_by(Letter.id.desc()).limit(1)
    )
    return letter


@job("send_trial")
async def send_trial(tools: Tools, *, user_id: int) -> None:
    """Mail somebody that mail from here arrives."""
    async with tools.work.reading() as db:
        user, desk = await db.get(User, user_id), await desk_of(db, tools.settings)
    if user is None or not user.email:
        return
    subject = _("A letter from %(site)s to try the mail") % {"site": desk.site.title}
    why = _("You get this because you asked for it, to see whether mail arrives.")
    says = _("If you read this, mail from your site arrives. There is nothing to be done about it.")
    page = PlainPage(
        sheet_of(desk, subject, why, to=user.email),
        before=(_("Hello %(name)s,") % {"name": user.name}, says),
        act=_("Back to the first steps"),
        act_url=desk.url("/admin/start/"),
    )
    # Each is a letter of its own: what was tried before proves nothing today.
    about = f"{_about(user_id)}{clock.now():%Y%m%d%H%M%S}"
    envelope = Envelope(user.email, about, "trials", is_asked_for=True)
    letter = compose(desk, "plain", page, envelope)
    async with tools.work.unit_of_work() as db:
        await write_letter(db, letter)


def _about(user_id: int) -> str:
    return f"trial:{user_id}:"
