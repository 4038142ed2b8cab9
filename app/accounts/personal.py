"""What an account knows of its owner, as they take it away. No secret and no hash goes along."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.api_tokens import api_tokens_of
from app.accounts.models import (
    ApplicationPassword,
    AuditEntry,
    Block,
    SignUpInvitation,
    User,
    UserSession,
)
from app.accounts.queries import get_user


async def own_account(session: AsyncSession, user_id: int) -> list[dict[str, Any]]:
    """Name, address and what stands in the author's box."""
    user = await get_user(session, user_id)
    return [
        {
            "name": user.name,
            "handle": user.slug,
            "login": user.login,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "email": user.email,
            "email_confirmed_at": user.email_confirmed_at,
            "since": user.created_at,
            "roles": user.roles,
            "about": user.bio_source,
            "website": user.website,
            "photo": user.photo_path,
            "links": user.links,
            "has_second_factor": bool(user.totp_secret),
            "moderation_mail": user.moderation_mail,
        }
    ]


async def own_sessions(session: AsyncSession, user_id: int) -> list[dict[str, Any]]:
    """Where they are signed in."""
    query = select(UserSession).where(UserSession.user_id == user_id).order_by(UserSession.id)
    return [
        {
            "signed_in_at": one.created_at,
            "seen_at": one.seen_at,
            "network_address": one.address,
            "browser": one.agent,
        }
        for one in await session.scalars(query)
    ]


async def own_programs(session: AsyncSession, user_id: int) -> list[dict[str, Any]]:
    """Programs that act for them."""
    its = ApplicationPassword.user_id == user_id
    query = select(ApplicationPassword).where(its).order_by(ApplicationPassword.id)
    return [
        {"name": one.name, "made_at": one.created_at, "used_at": one.used_at}
        for one in await session.scalars(query)
    ] + [
        {
            "name": one.name,
            "made_at": one.created_at,
            "used_at": one.used_at,
            "may": one.scopes,
            "expires_at": one.expires_at,
        }
        for one in await api_tokens_of(session, user_id)
    ]


async def own_blocks(session: AsyncSession, user_id: int) -> list[dict[str, Any]]:
    """Whom they blocked; who blocked them is those people's own."""
    query = (
        select(User.name, User.slug, Block.at)
        .join(User, User.id == Block.blocked_id)
        .where(Block.user_id == user_id)
        .order_by(Block.at)
    )
    rows = await session.execute(query)
    return [{"name": name, "handle": handle, "blocked_at": at} for name, handle, at in rows]


async def own_invitations(session: AsyncSession, user_id: int) -> list[dict[str, Any]]:
    """Invitations they handed out."""
    query = (
        select(SignUpInvitation)
        .where(SignUpInvitation.user_id == user_id)
        .order_by(SignUpInvitation.id)
    )
    return [
        {
            "note": one.note,
            "uses": one.uses,
            "uses_allowed": one.uses_allowed,
            "made_at": one.created_at,
            "expires_at": one.expires_at,
            "revoked_at": one.revoked_at,
        }
        for one in await session.scalars(query)
    ]


async def own_log(session: AsyncSession, user_id: int) -> list[dict[str, Any]]:
    """What they did that was written down."""
    query = select(AuditEntry).where(AuditEntry.user_id == user_id).order_by(AuditEntry.id)
    return [
        {
            "at": one.at,
            "what": one.what,
            "thing": one.thing,
            "before": one.before,
            "after": one.after,
        }
        for one in await session.scalars(query)
    ]
