"""Where the links in letters lead. GET only shows what would happen: mail programs look at links, too."""

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.models import LinkPurpose, OneTimeLink
from app.core.errors import Conflict
from app.core.i18n import _, speak
from app.core.markup import SafeHtml
from app.core.secrets import Secrets, hashed, secrets_of
from app.moderation.authors import normalised_email
from app.notifications import authorship, deciding_by_mail, follows
from app.notifications.ending import Ending, Ends, end_letters, read_ending
from app.notifications.queries import Said
from app.notifications.texts import NO_WORDS
from app.posts.addresses import address
from app.web.comments.remembering import remember, remembered
from app.web.deps import Db, Frame, doors_of, frame_of, settings_of
from app.web.head import Head, Link
from app.web.rendering import render

router = APIRouter()


@dataclass(frozen=True)
class AskPage:
    """`letters/ask.html`: what a link in a letter would do, a button that does it, or that it was done."""

    frame: Frame
    head: Head
    title: str
    says: tuple[str, ...]
    # Somebody's words it is about.
    html: SafeHtml = NO_WORDS
    # Empty: nothing is left to do.
    button: str = ""
    way_on: Link | None = None


@router.api_route("/confirm/{token}/", methods=["GET", "HEAD"])
async def look_at_confirming(request: Request, db: Db, token: str) -> Response:
    """What would be confirmed: that answers may be mailed, or that a comment is theirs."""
    if await _purpose(db, token) == LinkPurpose.CONFIRM_COMMENT:
        said = await authorship.comment_to_confirm(db, token)
        frame = await _spoken(request, db)
        asks = (_("This comment on “%(title)s” bears your address.") % {"title": said.title},)
        return ask_page(
            frame, _("Did you write this?"), asks, _html(frame, said), _("Yes, I wrote it")
        )
    followed = await follows.follow_to_confirm(db, token)
    frame = await _spoken(request, db)
    return ask_page(
        frame, _("Mail you answers?"), (_what(followed),), button=_("Yes, mail me answers")
    )


@router.post("/confirm/{token}/")
async def confirm(request: Request, token: str) -> Response:
    """Confirm it."""
    async with doors_of(request).unit_of_work() as db:
        frame = await _spoken(request, db)
        if await _purpose(db, token) == LinkPurpose.CONFIRM_COMMENT:
            said = await authorship.confirm_authorship(db, _secrets(request), token)
            page = ask_page(
                frame, _("Thank you"), (_("These count as your words now."),),
                way_on=_to_post(said.title, said.path),
            )  # fmt: skip
            _remember_confirmed(request, page, said.comment.author_email)
        else:
            followed = await follows.confirm_follow(db, _secrets(request), token)
            page = ask_page(
                frame, _("You will hear of answers"), (_what(followed),),
                way_on=_to_post(followed.title, followed.path),
            )  # fmt: skip
    return page


def _remember_confirmed(request: Request, response: Response, email: str) -> None:
    """A browser that remembers this very address has proved it now."""
    known = remembered(request)
    if known is not None and normalised_email(known.email) == normalised_email(email):
        remember(response, settings_of(request), replace(known, is_confirmed=True))


@router.api_route("/unsubscribe/{token}/", methods=["GET", "HEAD"])
async def look_at_ending(request: Request, db: Db, token: str) -> Response:
    """What would be ended."""
    ending = read_ending(_secrets(request), token)
    frame = await _spoken(request, db)
    return ask_page(
        frame, _("Get no more letters?"), (_ends(ending),), button=_("Get no more of them")
    )


@router.post("/unsubscribe/{token}/")
async def end(request: Request, token: str) -> Response:
    """End it: pressed by a person, or by their mail program (RFC 8058), from wherever."""
    ending = read_ending(_secrets(request), token)
    async with doors_of(request).unit_of_work() as db:
        frame = await _spoken(request, db)
        await end_letters(db, ending)
    says = (_("That was the last one."), _("Nothing else has changed."))
    return ask_page(
        frame, _("No more letters"), says, way_on=Link(_("Go to the newest posts"), "/")
    )


@router.api_route("/mod/by-mail/{token}/{verb}/", methods=["GET", "HEAD"])
async def look_at_deciding(request: Request, db: Db, token: str, verb: str) -> Response:
    """The comment, and a button."""
    found = await deciding_by_mail.to_decide(db, token, verb)
    frame = await _spoken(request, db)
    if not found.is_as_it_was:
        return _too_late(frame, found.said)
    says = _("%(name)s on “%(title)s”") % {"name": found.said.name, "title": found.said.title}
    button = _("Approve it") if verb == "approve" else _("Mark it as spam")
    title = _("Approve this?") if verb == "approve" else _("Is this spam?")
    return ask_page(frame, title, (says,), _html(frame, found.said), button, _to_console())


@router.post("/mod/by-mail/{token}/{verb}/")
async def decide(request: Request, token: str, verb: str) -> Response:
    """Decide; by whom is in the link."""
    try:
        async with doors_of(request).unit_of_work() as db:
            frame = await _spoken(request, db)
            found = await deciding_by_mail.decide_by_mail(db, token, verb)
    except Conflict:
        async with doors_of(request).reading() as db:
            found = await deciding_by_mail.to_decide(db, token, verb)
            return _too_late(await _spoken(request, db), found.said)
    title = _("It is up") if verb == "approve" else _("Filed as spam")
    return ask_page(frame, title, (_("Thank you."),), way_on=_to_console())


def _too_late(frame: Frame, said: Said) -> Response:
    says = _("Somebody has decided about this comment since the letter was written.")
    return ask_page(
        frame,
        _("Somebody was faster"),
        (says,),
        _html(frame, said),
        way_on=_to_console(),
        status=409,
    )


def ask_page(
    frame: Frame,
    title: str,
    says: tuple[str, ...],
    html: SafeHtml = NO_WORDS,
    button: str = "",
    way_on: Link | None = None,
    status: int = 200,
) -> Response:
    """What a link in a letter would do, or did: kept by nobody, as it is one person's."""
    head = Head(title=f"{title} – {frame.site.title}", robots="noindex")
    page = AskPage(frame, head, title, says, html, button, way_on)
    answer = render("letters/ask.html", page, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def _spoken(request: Request, session: AsyncSession) -> Frame:
    frame = await frame_of(request, session)
    speak(frame.site.language)
    return frame


def _secrets(request: Request) -> Secrets:
    return secrets_of(settings_of(request))


async def _purpose(session: AsyncSession, token: str) -> LinkPurpose | None:
    query = select(OneTimeLink.purpose).where(OneTimeLink.token_hash == hashed(token))
    found: LinkPurpose | None = await session.scalar(query)
    return found


def _what(followed: follows.Followed) -> str:
    if followed.follow.comment_id:
        says = _("Answers to your comment on “%(title)s” come by mail, until you end it.")
    else:
        says = _("What is said about “%(title)s” comes by mail, until you end it.")
    return says % {"title": followed.title}


def _ends(ending: Ending) -> str:
    return {
        Ends.FOLLOW: _("You will not be mailed what is said there any more."),
        Ends.MODERATION: _("You will not be mailed what waits for moderators any more."),
        Ends.BLOG: _("You will not be mailed new posts any more."),
        Ends.NOTICES: _("You will find these in your inbox, and not be mailed them any more."),
        Ends.ALL: _("This site will send you nothing more but what you ask for yourself."),
    }[ending.ends]


def _html(frame: Frame, said: Said) -> SafeHtml:
    return said.html(frame.base_url)


def _to_post(title: str, path: str) -> Link:
    return Link(_("Back to “%(title)s”") % {"title": title}, address(path))


def _to_console() -> Link:
    return Link(_("Open the queue"), "/mod/")
