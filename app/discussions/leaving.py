"""What a member said, once their account is no more."""

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core.i18n import speak
from app.core.jobs import Tools, job
from app.core.secrets import secrets_of
from app.discussions.personal import comments_of, forget_author, forget_comments
from app.site.queries import get_site

_AT_ONCE = 100


@job("forget_member_texts")
async def forget_member_texts(tools: Tools, *, user_id: int, email: str, texts_go: bool) -> None:
    """Take them out of all they said, some at a time: it goes, or what is public stays as a former member's."""
    secrets = secrets_of(tools.settings)
    async with tools.work.reading() as session:
        speak((await get_site(session)).language)
        ids = await comments_of(session, OWNER_AT_THE_MACHINE, secrets, email, user_id=user_id)
    for start in range(0, len(ids), _AT_ONCE):
        async with tools.work.unit_of_work() as session:
            some = ids[start : start + _AT_ONCE]
            await forget_comments(session, OWNER_AT_THE_MACHINE, some, keep_texts=not texts_go)
    async with tools.work.unit_of_work() as session:
        await forget_author(session, OWNER_AT_THE_MACHINE, secrets, email, user_id=user_id)
