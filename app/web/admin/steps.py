"""What the first steps of an owner are: how each stands, and what can be done about it in place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.i18n import _
from app.moderation.akismet.health import akismet_state
from app.notifications.trying import last_trial
from app.posts.models import Post
from app.settings import Settings
from app.site.changing import Part, state_of
from app.site.models import FirstStep, SiteRow
from app.web.admin.pages import IMPORT
from app.web.admin.settings import Field, fields_of, part_url
from app.web.head import Link

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Step:
    """One thing to settle: how it stands, and what can be done about it here."""

    name: FirstStep
    title: str
    is_done: bool
    says: str
    ways: Sequence[Link] = ()
    # Sent to `/admin/start/NAME`; empty where there is nothing to try.
    act: str = ""
    # A part of the settings that is changed here: its address, its fields, and what they are opened on.
    url: str = ""
    fields: Sequence[Field] = ()
    opened_on: str = ""
    # Not done, and never mind.
    is_put_aside: bool = False


async def first_steps(
    db: AsyncSession, me: Actor, site: SiteRow, settings: Settings
) -> Sequence[Step]:
    """All of them, in their order."""
    steps = [
        _naming(site),
        _address(settings),
        await _mail(db, me, settings),
        await _spam(db, settings),
        await _bringing(db),
    ]
    return [
        replace(step, is_put_aside=not step.is_done and step.name in site.steps_put_aside)
        for step in steps
    ]


def _naming(site: SiteRow) -> Step:
    is_named = site.title != SiteRow.__table__.c.title.default.arg
    says = _("It is called “%(title)s”, and speaks as its settings say.") if is_named else _(
        "It has no name of its own yet. Its language and its time are chosen here, too."
    )  # fmt: skip
    return Step(
        FirstStep.NAME,
        _("A name"),
        is_named,
        says % {"title": site.title},
        url=part_url(Part.GENERAL),
        fields=fields_of(site, Part.GENERAL),
        opened_on=state_of(site, Part.GENERAL),
    )


def _address(settings: Settings) -> Step:
    is_public = not any(f"//{host}" in settings.base_url for host in _LOOPBACK)
    says = _("It lives at %(url)s: so say its links, feeds and letters.") if is_public else _(
        "It says of itself that it lives at %(url)s, which nobody else can reach. RAPPORT_BASE_URL names its address."
    )  # fmt: skip
    return Step(FirstStep.ADDRESS, _("An address"), is_public, says % {"url": settings.base_url})


async def _mail(db: AsyncSession, me: Actor, settings: Settings) -> Step:
    outbox, title = Link(_("What waits to be sent"), "/mod/outbox/"), _("Mail")
    if not settings.smtp_url:
        says = _(
            "No mail server is set, so letters wait in the outbox. RAPPORT_SMTP_URL names one."
        )
        return Step(FirstStep.MAIL, title, False, says, [outbox])
    letter, act = await last_trial(db, me.user_id or 0), _("Mail me a letter")
    if letter is None:
        return Step(
            FirstStep.MAIL,
            title,
            False,
            _("A server is set. Whether it takes mail, a letter shows."),
            act=act,
        )
    if letter.sent_at is not None:
        says = _("The server took a letter to you. If it did not arrive, look among the spam.")
        return Step(FirstStep.MAIL, title, True, says, act=act)
    says = _("A letter to you waits: %(why)s") % {
        "why": letter.trouble or _("it was not tried yet.")
    }
    return Step(FirstStep.MAIL, title, False, says, [outbox], act)


async def _spam(db: AsyncSession, settings: Settings) -> Step:
    title = _("Spam")
    if not settings.akismet_key:
        says = _(
            "No key for Akismet is set, which is a choice, too: the filter that learns from your decisions works by"
            " itself. RAPPORT_AKISMET_KEY names one."
        )
        return Step(FirstStep.KEY, title, True, says)
    state, act = await akismet_state(db), _("Ask Akismet whether it knows the key")
    if state.trouble is not None:
        return Step(FirstStep.KEY, title, False, state.trouble.in_words, act=act)
    if state.answered_at is None:
        return Step(
            FirstStep.KEY,
            title,
            False,
            _("A key for Akismet is set. It was not asked yet."),
            act=act,
        )
    return Step(
        FirstStep.KEY, title, True, _("Akismet answers, and knows the key of this site."), act=act
    )


async def _bringing(db: AsyncSession) -> Step:
    is_written = await db.scalar(select(Post.id).limit(1)) is not None
    says = _("Something stands here already. More can be brought along.") if is_written else _(
        "A site from WordPress, or comments from Disqus: looked into first, and then brought in. “rapport import"
        " archive FILE” brings another Rapport’s archive into a site where nobody is yet."
    )  # fmt: skip
    ways = [Link(_("Bring something along"), IMPORT)]
    if not is_written:
        ways.append(Link(_("Write a first post"), "/write/new/"))
    return Step(FirstStep.BRINGING, _("What you bring"), is_written, says, ways)
