"""All that is somebody's own, part by part. Who keeps more of members adds a line here."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import personal as account
from app.accounts.actor import Actor
from app.core.i18n import marked
from app.core.secrets import Secrets
from app.discussions.personal import own_words
from app.groups.profiles.personal import own_page
from app.moderation.personal import own_reports_taken
from app.networking import personal as helping
from app.networking.figures.queries import figures_taken_away
from app.notifications.personal import own_following, own_follows, own_letters
from app.posts.personal import own_posts, own_unsaved_words
from app.resources.personal import own_resources


@dataclass(frozen=True)
class Whose:
    """Whose data it is, and what is needed to find and to name it."""

    user_id: int
    email: str
    secrets: Secrets
    base_url: str


Rows: TypeAlias = list[dict[str, Any]]
Read: TypeAlias = Callable[[AsyncSession, Whose], Awaitable[Rows]]


@dataclass(frozen=True)
class Part:
    """One part: its name in the JSON, its heading on the page, how it is read."""

    name: str
    title: str
    read: Read


async def _comments(session: AsyncSession, whose: Whose) -> Rows:
    me = Actor(user_id=whose.user_id)
    words = await own_words(
        session, me, whose.secrets, whose.email, whose.base_url, user_id=whose.user_id
    )
    return [asdict(one) for one in words]


PARTS: tuple[Part, ...] = (
    Part("account", marked("Account"), lambda db, my: account.own_account(db, my.user_id)),
    Part("profile", marked("Profile"), lambda db, my: own_page(db, my.user_id)),
    Part("comments", marked("Comments"), _comments),
    Part("posts", marked("Posts"), lambda db, my: own_posts(db, my.user_id, my.base_url)),
    Part("unsaved", marked("Words not saved"), lambda db, my: own_unsaved_words(db, my.user_id)),
    Part("resources", marked("Resources"), lambda db, my: own_resources(db, my.user_id)),
    Part(
        "follows",
        marked("What you follow"),
        lambda db, my: own_follows(db, my.user_id, my.email, my.base_url),
    ),
    Part(
        "new_posts",
        marked("New posts by mail"),
        lambda db, my: own_following(db, my.email, my.user_id),
    ),
    Part("letters", marked("Letters to you"), lambda db, my: own_letters(db, my.email)),
    Part("blocks", marked("People you blocked"), lambda db, my: account.own_blocks(db, my.user_id)),
    Part(
        "invitations", marked("Invitations"), lambda db, my: account.own_invitations(db, my.user_id)
    ),
    Part(
        "sessions",
        marked("Where you are signed in"),
        lambda db, my: account.own_sessions(db, my.user_id),
    ),
    Part("programs", marked("Programs"), lambda db, my: account.own_programs(db, my.user_id)),
    Part("asks", marked("Asks"), lambda db, my: helping.own_asks(db, my.user_id, my.base_url)),
    Part(
        "offers", marked("Offers"), lambda db, my: helping.own_offers(db, my.user_id, my.base_url)
    ),
    Part(
        "answers",
        marked("What you answered to asks and offers"),
        lambda db, my: helping.own_answers(db, my.user_id),
    ),
    Part("promises", marked("Promises"), lambda db, my: helping.own_promises(db, my.user_id)),
    Part(
        "connections",
        marked("People you know"),
        lambda db, my: helping.own_connections(db, my.user_id),
    ),
    Part(
        "introductions",
        marked("Introductions"),
        lambda db, my: helping.own_introductions(db, my.user_id),
    ),
    Part(
        "introduction_choices",
        marked("Your choices about introductions"),
        lambda db, my: helping.own_choices(db, my.user_id),
    ),
    Part("messages", marked("Messages"), lambda db, my: helping.own_messages(db, my.user_id)),
    Part("thanks", marked("Thanks"), lambda db, my: helping.own_thanks(db, my.user_id)),
    Part("figures", marked("Your figures"), lambda db, my: figures_taken_away(db, my.user_id)),
    Part("reports", marked("What you reported"), lambda db, my: own_reports_taken(db, my.user_id)),
    Part("log", marked("What you did"), lambda db, my: account.own_log(db, my.user_id)),
)
