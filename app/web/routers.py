"""All addresses of the website, in the order in which they are tried: the first that knows one answers."""

from app.web import conversations, health
from app.web.accounts.routers import ACCOUNTS
from app.web.admin.routers import ADMIN_PAGES, LOOK
from app.web.asks.routers import ASKS
from app.web.comments import commenting
from app.web.comments.routers import COMMENTS
from app.web.door import static_files
from app.web.feeds import of_posts as feeds
from app.web.feeds import private as feeds_by_link
from app.web.followers import admin as followers_admin
from app.web.followers import following
from app.web.followers import posts as following_posts
from app.web.groups import replying
from app.web.groups.routers import GROUPS
from app.web.hooks import admin as hooks_admin
from app.web.introductions.routers import INTRODUCTIONS
from app.web.leftovers import programs, redirects
from app.web.linkbacks import admin as links_admin
from app.web.linkbacks import trackbacks, webmentions
from app.web.live import listening
from app.web.media.routers import MEDIA
from app.web.moderating.routers import MODERATING
from app.web.notices import choices, inbox
from app.web.pages import archives, files, posts, search
from app.web.people.routers import PEOPLE
from app.web.promises.routers import PROMISING
from app.web.reporting.routers import REPORTING
from app.web.resources.routers import RESOURCES
from app.web.rpc import door as rpc
from app.web.writing.routers import WRITING

_KNOW_THEIR_OWN = (
    # First, as what somebody says need not be compared with all other addresses.
    commenting.router,
    replying.router,
    # For programs, and what every page is made of.
    health.router,
    *LOOK,
    static_files.router,
    files.router,
    programs.router,
    rpc.router,
    # Around a post.
    *COMMENTS,
    trackbacks.router,
    webmentions.router,
    feeds.router,
    feeds_by_link.router,
    # From here on a query that WordPress understands leads to what it means.
    redirects.router,
    search.router,
    following.router,
    following_posts.router,
    # One's own.
    *ACCOUNTS,
    inbox.router,
    choices.router,
    listening.router,
    conversations.router,
    # Of the people who keep the site.
    *MODERATING,
    *WRITING,
    *MEDIA,
    *ADMIN_PAGES,
    links_admin.router,
    followers_admin.router,
    hooks_admin.router,
    # Of the community.
    *REPORTING,
    *ASKS,
    *GROUPS,
    *INTRODUCTIONS,
    *PROMISING,
    *PEOPLE,
    *RESOURCES,
)
# Every address, whether something stands there or not: what looks like a list of posts, then all there is.
_KNOW_EVERY_ADDRESS = (archives.router, posts.router)

ROUTERS = (*_KNOW_THEIR_OWN, *_KNOW_EVERY_ADDRESS)
