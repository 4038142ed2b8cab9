"""Erasing an account: the row stays for what hangs on it, and says nothing of anybody any more."""

from sqlalchemy import delete, or_
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.api_tokens import ApiToken
from app.accounts.audit import record_audit
from app.accounts.events import MemberErased
from app.accounts.feed_tokens import FeedToken
from app.accounts.models import (
    ApplicationPassword,
    Block,
    OneTimeLink,
    SignUpInvitation,
    User,
    UserSession,
)
from app.accounts.policy import keeps_an_owner, may_have_account_page
from app.accounts.queries import get_user, locked_owners
from app.accounts.sent_forms import SentForm
from app.accounts.sessions import roles_named
from app.core.answers import require
from app.core.errors import Conflict
from app.core.events import record
from app.core.gone import GoneKind, note_gone
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.core.page_cache import EVERYTHING
from app.core.secrets import Secrets


async def erase_account(
    session: AsyncSession, actor: Actor, secrets: Secrets, *, texts_go: bool
) -> None:
    """Forget whoever is signed in. Raises SignInNeeded, and Conflict for the last owner.

    What other packages keep of them follows from the event; public texts go, or stay without a name.
    """
    require(may_have_account_page(actor))
    owners = await locked_owners(session, beside=actor.user_id or 0)
    user = await get_user(session, actor.user_id or 0)
    others = sum(owner.id != user.id for owner in owners)
    if not keeps_an_owner(roles_named(user.roles), (), other_owners=others):
        raise Conflict(_("The last owner stays. Make somebody else an owner first."))
    email = user.email
    names = former_names(secrets, user.login, email)
    await note_gone(session, GoneKind.ACCOUNT, names, user.id)
    await _forget_rows(session, user.id)
    _become_nobody(user)
    record_audit(session, actor, "account erased", f"user:{user.id}")
    # Their name may stand on any page.
    touches = frozenset({EVERYTHING})
    record(session, MemberErased(user_id=user.id, email=email, texts_go=texts_go, touches=touches))


def former_names(secrets: Secrets, login: str, email: str) -> list[str]:
    """What an erased account is known by to an import that names its login or its address."""
    said = [f"login:{login}"] + ([f"email:{email.casefold()}"] if email else [])
    return [secrets.keyed_hash("erased account", one) for one in said]


async def _forget_rows(session: AsyncSession, user_id: int) -> None:
    own = (
        UserSession, ApplicationPassword, ApiToken, OneTimeLink, SignUpInvitation, FeedToken,
        SentForm,
    )  # fmt: skip
    for table in own:
        await session.execute(delete(table).where(table.user_id == user_id))
    either = or_(Block.user_id == user_id, Block.blocked_id == user_id)
    await session.execute(delete(Block).where(either))


def _become_nobody(user: User) -> None:
    user.login = user.slug = f"former-{user.id}"
    user.name = _("Former member")
    user.first_name = user.last_name = user.email = user.website = user.photo_path = ""
    user.bio_source, user.bio_html, user.links = "", SafeHtml(""), []
    user.roles, user.password_hash, user.totp_secret = [], "", ""
    user.email_confirmed_at = user.moderation_mailed_at = None
