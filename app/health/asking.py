"""What can only be known by asking somebody's server: for `rapport doctor`, as no page waits for that."""

from collections.abc import AsyncIterator

from app.core.errors import AppError
from app.core.i18n import _, marked
from app.core.stores import store_of
from app.health.checks import Finding, State
from app.moderation.akismet.client import Unavailable, open_akismet
from app.notifications.letters import trouble_with_server
from app.settings import Settings

_HELD = marked("Comments are held until it does, or a person decides.")


async def asked(settings: Settings) -> AsyncIterator[Finding]:
    """What the servers that the settings name answer; nothing about those that are not named."""
    if settings.media_url.startswith("s3:"):
        yield Finding(_("Files"), *await _bucket(settings))
    if settings.smtp_url:
        yield Finding(_("Mail"), *await _mail(settings))
    if settings.akismet_key:
        yield Finding(_("Akismet"), *await _akismet(settings))


async def _bucket(settings: Settings) -> tuple[State, str]:
    place = {"place": settings.media_url}
    try:
        await store_of(settings).look("doctor")
    except AppError:
        return State.WRONG, _("The bucket %(place)s can't be read. Check RAPPORT_S3_….") % place
    return State.WELL, _("Files are kept in %(place)s, and it can be read.") % place


async def _mail(settings: Settings) -> tuple[State, str]:
    trouble = await trouble_with_server(settings.smtp_url)
    if trouble:
        says = _("The mail server takes no mail: %(trouble)s. Letters wait until it does.")
        return State.WRONG, says % {"trouble": trouble}
    return State.WELL, _("The mail server is there and lets us in.")


async def _akismet(settings: Settings) -> tuple[State, str]:
    try:
        async with open_akismet(settings) as service:
            is_known = await service.knows_the_key()
    except Unavailable as error:
        return State.WRONG, f"{error.detail} {_(_HELD)}"
    if is_known:
        return State.WELL, _("Akismet answers, and knows the key of this site.")
    return State.WRONG, _("Akismet does not know the key of this site: check RAPPORT_AKISMET_KEY.")
