"""Who may do what, site-wide: the table of permissions, pure. What hangs on one post is decided with the posts."""

from collections.abc import Iterable

from app.accounts.actor import Actor, Role
from app.accounts.models import SignUpMode
from app.core.answers import YES, Answer, no, not_signed_in
from app.core.i18n import marked

# Nobody acts on a person above themselves.
_RANKS = {Role.AUTHOR: 1, Role.EDITOR: 2, Role.MODERATOR: 2, Role.OWNER: 3}


def may_have_account_page(actor: Actor) -> Answer:
    """Their own name, sessions and password."""
    return YES if actor.is_signed_in else not_signed_in(marked("Sign in to see your account."))


def may_sign_up(mode: SignUpMode, *, is_invited: bool) -> Answer:
    """Become a member without an owner's hand."""
    if mode == SignUpMode.CLOSED:
        return no(marked("Nobody can sign up here at the moment."))
    if mode == SignUpMode.INVITATION and not is_invited:
        return no(marked("Who wants to sign up here needs an invitation from a member."))
    return YES


def may_invite(actor: Actor, mode: SignUpMode) -> Answer:
    """Hand out links by which others may sign up; pointless, and so refused, where nobody may."""
    if not actor.is_signed_in:
        return not_signed_in(marked("Sign in to invite somebody."))
    if mode == SignUpMode.CLOSED:
        return no(marked("Nobody can sign up here at the moment."))
    return YES


def may_have_application_passwords(actor: Actor) -> Answer:
    """Let a program act for them, with a password of its own."""
    return _allowed(
        actor, actor.is_staff, marked("Only who has a role here has application passwords.")
    )


def may_write_posts(actor: Actor) -> Answer:
    """Write and publish posts of their own."""
    return _allowed(actor, actor.writes_posts, marked("Only authors write posts."))


def may_write_every_post(actor: Actor) -> Answer:
    """Change and publish other people's posts. A moderator never does."""
    return _allowed(
        actor, actor.writes_every_post, marked("Only editors change other people's posts.")
    )


def may_moderate(actor: Actor) -> Answer:
    """Decide about all comments and linkbacks."""
    return _allowed(actor, actor.moderates, marked("Only moderators decide about comments."))


def may_have_moderation_mail(actor: Actor) -> Answer:
    """Be mailed what waits: whoever decides about comments, on the whole site or in a group."""
    return YES if actor.keeps_groups else may_moderate(actor)


def may_moderate_under(actor: Actor, author_ids: Iterable[int]) -> Answer:
    """Decide about comments and linkbacks under a post by these: whoever is an author may, where it is theirs.

    Editors have every post to write, and none to moderate, not even one that they wrote.
    """
    is_theirs = actor.moderates_own_posts and actor.user_id in frozenset(author_ids)
    return YES if is_theirs else may_moderate(actor)


def may_see_emails(actor: Actor) -> Answer:
    """See a commenter's e-mail address."""
    return _allowed(actor, actor.moderates, marked("Only moderators see e-mail addresses."))


def may_see_addresses(actor: Actor) -> Answer:
    """See the network address a comment came from, as long as it is kept."""
    return _allowed(actor, actor.moderates, marked("Only moderators see network addresses."))


def may_judge_authors(actor: Actor) -> Answer:
    """Block, watch or trust somebody on the whole site; block lists and rules."""
    return _allowed(actor, actor.moderates, marked("Only moderators decide about people."))


def may_run_the_site(actor: Actor) -> Answer:
    """Settings, roles, import, export, backup, keys."""
    return _allowed(actor, actor.is_owner, marked("Only owners decide about the site."))


def may_edit_author(actor: Actor, user_id: int) -> Answer:
    """Say what stands about an author: whoever writes about themselves, owners about anybody."""
    is_own = actor.writes_posts and actor.user_id == user_id
    return YES if is_own else may_run_the_site(actor)


def may_read_log_of(actor: Actor, user_id: int | None) -> Answer:
    """Read what somebody did: one's own acts for moderators, everybody's for owners."""
    is_own = actor.moderates and actor.user_id is not None and actor.user_id == user_id
    return YES if is_own else may_run_the_site(actor)


def may_act_on(actor: Actor, person: Iterable[Role]) -> Answer:
    """Decide about a person with these roles."""
    if rank_of(actor.roles) >= rank_of(person):
        return YES
    return no(marked("That person has a higher role than you."))


def may_change_roles(actor: Actor, has: Iterable[Role]) -> Answer:
    """Give a person who has these roles other ones."""
    return may_act_on(actor, has) if (allowed := may_run_the_site(actor)) else allowed


def keeps_an_owner(has: Iterable[Role], wanted: Iterable[Role], *, other_owners: int) -> bool:
    """Whether the site still belongs to somebody after such a change. The last owner stays one, whoever asks."""
    return other_owners > 0 or Role.OWNER not in frozenset(has) - frozenset(wanted)


def rank_of(roles: Iterable[Role]) -> int:
    """How high somebody stands, for who may act on whom."""
    return max((_RANKS[role] for role in roles), default=0)


def _allowed(actor: Actor, is_theirs: bool, reason: str) -> Answer:
    if is_theirs:
        return YES
    return no(reason) if actor.is_signed_in else not_signed_in(reason)
