"""What groups keep of somebody whose account is no more: nothing that says who it was."""

from sqlalchemy import case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.events import MemberErased
from app.groups.models import Group, Membership, Reading, Topic
from app.groups.queries import INSIDE
from app.groups.requests import forget_requests


async def forget_member_groups(session: AsyncSession, event: MemberErased) -> None:
    """They are in no group any more, and nothing they began bears their name."""
    inside = select(Membership.group_id).where(
        Membership.user_id == event.user_id, Membership.state.in_(INSIDE)
    )
    fewer = case((Group.member_count > 0, Group.member_count - 1), else_=0)
    one_less = update(Group).where(Group.id.in_(inside)).values(member_count=fewer)
    await session.execute(one_less.execution_options(synchronize_session=False))
    await forget_requests(session, event.user_id)
    await session.execute(delete(Membership).where(Membership.user_id == event.user_id))
    await session.execute(delete(Reading).where(Reading.user_id == event.user_id))
    begun = update(Topic).where(Topic.user_id == event.user_id)
    await session.execute(begun.values(author_name="", user_id=None))
