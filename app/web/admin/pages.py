"""What the pages of `/admin/` have around them: the ways to all of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.actor import Actor
from app.accounts.policy import may_run_the_site
from app.core.i18n import _, marked
from app.web.accounts.pages import head_of
from app.web.deps import Frame
from app.web.head import Head, Link

ADMIN = "/admin/"
START = "/admin/start/"
SETTINGS = "/admin/settings/"
PERMALINKS = "/admin/settings/permalinks/"
MENUS = "/admin/menus/"
REDIRECTS = "/admin/redirects/"
PEOPLE = "/admin/people/"
MEMBERS = "/admin/members/"
LINKS = "/admin/links/"
FOLLOWERS = "/admin/followers/"
HOOKS = "/admin/hooks/"
IMPORT = "/admin/import/"
HEALTH = "/admin/health"
LOG = "/admin/log/"


@dataclass(frozen=True)
class Way:
    """One page of `/admin/`, and what is decided there."""

    url: str
    title: str
    says: str


_WAYS = (
    (
        SETTINGS,
        marked("Settings"),
        marked("Name, language, comments, feeds, addresses and the look."),
    ),
    (MENUS, marked("Menus"), marked("What stands at the top and at the foot of every page.")),
    (
        REDIRECTS,
        marked("Redirects"),
        marked("Old addresses, where they lead, and how many came by them."),
    ),
    (
        PEOPLE,
        marked("People"),
        marked("Who has an account, who has which role, and what stands about authors."),
    ),
    (MEMBERS, marked("Members"), marked("Who may sign up, and who invited whom.")),
    (LINKS, marked("Links"), marked("Links from other sites, and what those were told.")),
    (
        FOLLOWERS,
        marked("Followers"),
        marked("Who is mailed what is published, and how much of it."),
    ),
    (HOOKS, marked("Web hooks"), marked("Programs elsewhere that are told what happens here.")),
    (
        IMPORT,
        marked("Import"),
        marked("A site from WordPress, comments from Disqus, and what came of each."),
    ),
    (
        HEALTH,
        marked("Health"),
        marked("Whether jobs, mail, filters and backups do what they should."),
    ),
    (LOG, marked("Log"), marked("Who changed what, and when.")),
)


def ways() -> list[Way]:
    """All pages of `/admin/`, in the order of the menu beside them."""
    return [Way(url, _(title), _(says)) for url, title, says in _WAYS]


def admin_head(frame: Frame, title: str, path: str) -> Head:
    """The head of a page of `/admin/`."""
    return head_of(frame, title, path)


@dataclass(frozen=True)
class Surroundings:
    """The menu beside a page of `/admin/`; `here` is the address of the entry one is in."""

    entries: Sequence[Link]
    here: str


def surroundings_of(me: Actor, here: str) -> Surroundings:
    """The menu beside a page that is not for owners alone: only what this person may see."""
    if may_run_the_site(me):
        return surroundings(here)
    entries = [
        Link(_("Writing"), "/write/"),
        Link(_("Links"), LINKS),
        Link(_("Account"), "/account/"),
    ]
    return Surroundings(entries, here)


def surroundings(here: str) -> Surroundings:
    """The menu beside a page."""
    return Surroundings([Link(_("Overview"), ADMIN), *(Link(w.title, w.url) for w in ways())], here)
