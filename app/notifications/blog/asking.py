"""The letter to an address that somebody typed into the form: is it theirs?"""

from datetime import timedelta

from sqlalchemy import select

from app.accounts.links import make_link
from app.accounts.models import LinkPurpose
from app.core.i18n import _
from app.core.jobs import Tools, job
from app.core.secrets import new_token
from app.notifications.blog.models import BlogFollower
from app.notifications.ending import Ends
from app.notifications.letters import write_letter
from app.notifications.texts import Desk, Envelope, NewLetter, PlainPage, compose, desk_of, sheet_of

CONFIRM_WITHIN = timedelta(days=7)
# The list of all letters about new posts, before the host.
LIST = "posts"


@job("ask_blog_follower")
async def ask_follower(tools: Tools, *, key: str) -> None:
    """Ask by mail whether an address is theirs who typed it; who follows already is told so."""
    async with tools.work.unit_of_work() as db:
        follower = await db.scalar(select(BlogFollower).where(BlogFollower.key == key))
        if follower is None:
            return
        desk = await desk_of(db, tools.settings)
        if follower.confirmed_at is not None:
            await write_letter(db, _has_it(desk, follower))
            return
        # By its key: an id may be somebody else's by the time the link is used.
        token = await make_link(
            db, LinkPurpose.FOLLOW_BLOG, payload={"key": key}, lifetime=CONFIRM_WITHIN
        )
        await write_letter(db, _confirmation(desk, follower, token))


def _confirmation(desk: Desk, follower: BlogFollower, token: str) -> NewLetter:
    site = {"site": desk.site.title}
    sheet = sheet_of(
        desk,
        _("Shall we mail you new posts? – %(site)s") % site,
        _("You get this because somebody typed your address into a form on this site."),
        to=follower.email,
    )
    page = PlainPage(
        sheet,
        before=(
            _("Somebody, probably you, asked for new posts of %(site)s by mail.") % site,
            _("They come when their author sends them out, and end with one click."),
        ),
        act=_("Yes, mail me new posts"),
        act_url=desk.url(f"/confirm/blog/{token}/"),
        after=(
            _("If it was not you, do nothing: without this you get none."),
            _("The link works once, for seven days."),
        ),
    )
    return compose(desk, "plain", page, _envelope(follower))


def _has_it(desk: Desk, follower: BlogFollower) -> NewLetter:
    site = {"site": desk.site.title}
    sheet = sheet_of(
        desk,
        _("You get new posts of %(site)s already") % site,
        _("You get this because somebody typed your address into a form on this site."),
        end_words=_("Get no more posts by mail"),
        end_url=desk.ending(Ends.BLOG, follower.key),
    )
    page = PlainPage(
        sheet,
        before=(
            _("Somebody, probably you, asked for new posts of %(site)s by mail.") % site,
            _("They come to this address already, so there is nothing to do."),
        ),
    )
    return compose(desk, "plain", page, _envelope(follower))


def _envelope(follower: BlogFollower) -> Envelope:
    return Envelope(follower.email, f"follow-blog:{new_token()[:12]}", LIST)
