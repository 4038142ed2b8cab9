"""The letter that somebody gets who wants an account: the link to it, or the news that they have one."""

from datetime import timedelta

from app.accounts.links import make_link
from app.accounts.models import LinkPurpose, User
from app.accounts.queries import find_user
from app.core.i18n import _
from app.core.jobs import Tools, job
from app.core.secrets import new_token
from app.notifications.letters import write_letter
from app.notifications.texts import (
    Desk,
    Envelope,
    NewLetter,
    PlainPage,
    compose,
    desk_of,
    sheet_of,
)

SIGN_UP_WITHIN = timedelta(days=2)


@job("answer_sign_up")
async def answer_sign_up(tools: Tools, *, email: str, name: str, invitation_id: int) -> None:
    """Mail somebody the link behind which their account is made; or, if they have one, say so."""
    async with tools.work.unit_of_work() as db:
        user = await find_user(db, email)
        desk = await desk_of(db, tools.settings)
        if user is None:
            token = await make_link(
                db,
                LinkPurpose.SIGN_UP,
                subject_id=invitation_id or None,
                payload={"email": email, "name": name},
                lifetime=SIGN_UP_WITHIN,
            )
    letter = _welcome(desk, email, token) if user is None else _has_one(desk, email, user)
    async with tools.work.unit_of_work() as db:
        await write_letter(db, letter)


def _welcome(desk: Desk, email: str, token: str) -> NewLetter:
    # Without the name that was typed: anybody could have this site mail their words to a stranger.
    sheet = sheet_of(
        desk,
        _("Your account at %(site)s") % {"site": desk.site.title},
        _("You get this because somebody asked for an account with your address."),
        to=email,
    )
    page = PlainPage(
        sheet,
        before=(
            _("Hello,"),
            _("somebody, probably you, wants an account at %(site)s with this address.")
            % {"site": desk.site.title},
        ),
        act=_("Make my account"),
        act_url=desk.url(f"/account/sign-up/{token}/"),
        after=(
            _("The link works once, for two days."),
            _("If it was not you, do nothing: no account is made, and your address is forgotten."),
        ),
    )
    envelope = Envelope(email, f"sign-up:{token[:8]}", "account", is_asked_for=True)
    return compose(desk, "plain", page, envelope)


def _has_one(desk: Desk, email: str, user: User) -> NewLetter:
    sheet = sheet_of(
        desk,
        _("You have an account at %(site)s already") % {"site": desk.site.title},
        _("You get this because somebody asked for an account with your address."),
        to=email,
    )
    page = PlainPage(
        sheet,
        before=(
            _("Hello %(name)s,") % {"name": user.name},
            _("somebody, probably you, asked for an account with this address. You have one."),
        ),
        act=_("Sign in"),
        act_url=desk.url("/account/sign-in"),
        after=(
            _("If you forgot your password, choose a new one here: %(url)s")
            % {"url": desk.url("/account/password-reset")},
            _("If it was not you, do nothing: nothing has changed."),
        ),
    )
    envelope = Envelope(email, f"sign-up:{new_token()[:8]}", "account", is_asked_for=True)
    return compose(desk, "plain", page, envelope)
