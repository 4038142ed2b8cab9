"""The letter to whoever left an address to get a resource: one link, which asks whether the address is theirs."""

from app.accounts.links import make_link
from app.accounts.models import LinkPurpose
from app.core.i18n import _
from app.core.jobs import Tools, job
from app.notifications.letters import write_letter
from app.notifications.texts import Desk, Envelope, NewLetter, PlainPage, compose, desk_of, sheet_of
from app.resources.addresses import CONFIRM_WITHIN
from app.resources.models import LeftAddress, Resource


@job("send_resource_link")
async def send_resource_link(tools: Tools, *, address_id: int) -> None:
    """Mail the link by which an address is confirmed, and the file fetched."""
    async with tools.work.unit_of_work() as db:
        left = await db.get(LeftAddress, address_id)
        resource = await db.get(Resource, left.resource_id) if left else None
        if left is None or resource is None or not resource.is_published:
            return
        token = await make_link(
            db, LinkPurpose.RESOURCE, subject_id=left.id, lifetime=CONFIRM_WITHIN
        )
        letter = _letter(await desk_of(db, tools.settings), left, resource, token)
        await write_letter(db, letter)


def _letter(desk: Desk, left: LeftAddress, resource: Resource, token: str) -> NewLetter:
    words = {"title": resource.title, "site": desk.site.title}
    sheet = sheet_of(
        desk,
        _("“%(title)s” from %(site)s") % words,
        _("You get this because somebody, probably you, left your address to get a file."),
        to=left.email,
    )
    agreed = (
        _("With it you also agree to be written to about things like this."),
        _("If you did not tick that box yourself, do not use the link."),
    )
    page = PlainPage(
        sheet,
        before=(
            _("Hello,"),
            _("here is the link to “%(title)s”, for which this address was left.") % words,
        ),
        act=_("Get the file"),
        act_url=desk.url(f"/resources/confirm/{token}/"),
        after=(
            _("The link works once, for two days."),
            *(agreed if left.may_be_mailed and left.confirmed_at is None else ()),
            _("If it was not you, do nothing: the address is forgotten in two days."),
        ),
    )
    envelope = Envelope(left.email, f"resource:{resource.id}:{token[:8]}", "resources")
    return compose(desk, "plain", page, envelope)
