"""What somebody is asked about their own: whether a comment is theirs, which password they want."""

from datetime import timedelta

from app.accounts.links import make_link
from app.accounts.models import LinkPurpose, User
from app.core.i18n import _
from app.core.jobs import Tools, job
from app.discussions.models import CommentStatus
from app.notifications.letters import write_letter
from app.notifications.queries import Said, find_said
from app.notifications.texts import (
    Desk,
    Envelope,
    NewLetter,
    PlainPage,
    compose,
    desk_of,
    sheet_of,
)

PASSWORD_WITHIN = timedelta(hours=2)
CONFIRM_WITHIN = timedelta(days=3)


@job("send_password_link")
async def send_password_link(tools: Tools, *, user_id: int) -> None:
    """Mail somebody with an account the link by which they choose a new password."""
    async with tools.work.unit_of_work() as db:
        user = await db.get(User, user_id)
        if user is None or not user.email:
            return
        token = await make_link(db, LinkPurpose.PASSWORD, user_id=user_id, lifetime=PASSWORD_WITHIN)
        desk = await desk_of(db, tools.settings)
    letter = _password(desk, user, token)
    async with tools.work.unit_of_work() as db:
        await write_letter(db, letter)


@job("ask_who_wrote")
async def ask_who_wrote(tools: Tools, *, comment_id: int) -> None:
    """Ask a member by mail whether a comment under their address is theirs."""
    async with tools.work.unit_of_work() as db:
        said = await find_said(db, comment_id)
        if said is None or said.comment.status != CommentStatus.PENDING:
            return
        token = await make_link(
            db, LinkPurpose.CONFIRM_COMMENT, subject_id=comment_id, lifetime=CONFIRM_WITHIN
        )
        desk = await desk_of(db, tools.settings)
    letter = _authorship(desk, said, token)
    async with tools.work.unit_of_work() as db:
        await write_letter(db, letter)


def _password(desk: Desk, user: User, token: str) -> NewLetter:
    sheet = sheet_of(
        desk,
        _("A new password for %(site)s") % {"site": desk.site.title},
        _("You get this because somebody asked for a new password for your account."),
        to=user.email,
    )
    page = PlainPage(
        sheet,
        before=(
            _("Hello %(name)s,") % {"name": user.name},
            _("somebody, probably you, wants to choose a new password for your account."),
        ),
        act=_("Choose a new password"),
        act_url=desk.url(f"/account/password/{token}/"),
        after=(
            _("The link works once, for two hours."),
            _("If it was not you, do nothing: your password stays as it is."),
        ),
    )
    envelope = Envelope(user.email, f"password:{token[:8]}", "account", is_asked_for=True)
    return compose(desk, "plain", page, envelope)


def _authorship(desk: Desk, said: Said, token: str) -> NewLetter:
    to = said.comment.author_email
    sheet = sheet_of(
        desk,
        _("Did you write this? – %(site)s") % {"site": desk.site.title},
        _(
            "You get this because a comment bears your address, and whoever wrote it is not signed in."
        ),
        to=to,
    )
    page = PlainPage(
        sheet,
        before=(_("This comment on “%(title)s” bears your address:") % {"title": said.title},),
        html=said.html(desk.base_url),
        text=said.text,
        act=_("Yes, I wrote it"),
        act_url=desk.url(f"/confirm/{token}/"),
        after=(_("If you did not, do nothing: it stays with the moderators."),),
    )
    envelope = Envelope(to, f"authorship:{said.comment.id}", said.list_name, said.comment.thread_id)
    return compose(desk, "plain", page, envelope)
