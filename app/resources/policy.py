"""Who may do what with resources. Pure, so that it reads as a table."""

from app.accounts.actor import Actor
from app.accounts.policy import may_write_every_post, may_write_posts
from app.core.answers import Answer, no
from app.core.i18n import marked
from app.resources.models import Access

_GROUPS = marked("Only members of its group put things there.")


def may_upload(actor: Actor, group_id: int | None = None) -> Answer:
    """Put something into the library: whoever writes here. In a group it is for its members to do."""
    return may_write_posts(actor) if group_id is None else no(_GROUPS)


def may_manage(actor: Actor, owner_id: int | None, group_id: int | None = None) -> Answer:
    """Change, publish or retire one: authors their own, editors and owners every one of the site's."""
    if group_id is not None:
        return no(_GROUPS)
    is_theirs = actor.user_id is not None and actor.user_id == owner_id
    if not actor.writes_posts or is_theirs:
        return may_write_posts(actor)
    return may_write_every_post(actor)


def is_open_to(actor: Actor, access: Access, owner_id: int | None) -> bool:
    """Whether the file itself is handed to them without being asked for an address."""
    if access == Access.EVERYONE:
        return True
    if actor.writes_every_post or (actor.user_id is not None and actor.user_id == owner_id):
        return True
    return access == Access.MEMBERS and actor.is_signed_in
