"""Who may do what with resources. Pure, so that it reads as a table."""

from datetime import datetime

from app.accounts.actor import Actor
from app.accounts.policy import may_write_every_post, may_write_posts
from app.core.answers import YES, Answer, no
from app.core.i18n import _
from app.groups.models import MemberRole, Sharing
from app.groups.policy import may_speak
from app.groups.queries import Standing
from app.resources.models import Access

_STEWARDS = (MemberRole.MODERATOR, MemberRole.OWNER)


def may_upload(actor: Actor) -> Answer:
    """Put something into the library of the site: whoever writes here."""
    return may_write_posts(actor)


def may_share(actor: Actor, here: Standing, at: datetime) -> Answer:
    """Put a file into a group: whoever may speak there, and whom its owners let."""
    speaks = may_speak(actor, here, at)
    if not speaks:
        return speaks
    if here.group.sharing == Sharing.NOBODY:
        return no(_("No files are put into this group."))
    if here.group.sharing == Sharing.MODERATORS and here.role not in _STEWARDS:
        return no(_("In this group, moderators put files here."))
    return YES


def may_manage(actor: Actor, owner_id: int | None) -> Answer:
    """Change, publish or retire one of the site's: authors their own, editors and owners every one."""
    is_theirs = actor.user_id is not None and actor.user_id == owner_id
    if not actor.writes_posts or is_theirs:
        return may_write_posts(actor)
    return may_write_every_post(actor)


def may_manage_in(actor: Actor, here: Standing, owner_id: int | None, at: datetime) -> Answer:
    """The same of a group's: their own while they may speak there; every one for who keeps the group."""
    if actor.is_owner:
        return YES
    speaks = may_speak(actor, here, at)
    is_theirs = actor.user_id is not None and actor.user_id == owner_id
    if not speaks or is_theirs or here.role in _STEWARDS or actor.writes_every_post:
        return speaks
    return no(_("Only who put it here, and who keeps the group, changes it."))


def is_open_to(actor: Actor, access: Access, owner_id: int | None) -> bool:
    """Whether the file itself is handed without being asked for an address to who sees that it is there."""
    if access != Access.ADDRESS:
        return access == Access.EVERYONE or actor.is_signed_in or actor.writes_every_post
    is_theirs = actor.user_id is not None and actor.user_id == owner_id
    return actor.writes_every_post or is_theirs
