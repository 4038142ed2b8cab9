"""In what two forms of one post differ beside their words: named and said as people read it."""

from collections.abc import Iterator, Mapping, Sequence

from app.core.i18n import _, marked
from app.posts.drafts import LONGEST as TEXTS
from app.web.writing.choices import LONGEST, MOST_TICKS
from app.web.writing.pages import Difference, Tick

# In the order of the form, each as it is called there.
_NAMES: Mapping[str, str] = {
    "status": marked("Who reads it"), "at": marked("Its day"),
    "mails_followers": marked("Mail it to followers"),
    "is_sticky": marked("Keep it on top of the front page"),
    "slug": marked("Last part of its address"), "parent": marked("Stands under"),
    "menu_order": marked("Place in the menu"), "excerpt": marked("Excerpt"), "tags": marked("Tags"),
    "comments_open": marked("Take comments"), "closes_at": marked("Until"),
    "pings_open": marked("Take links from other sites"),
    "trackbacks": marked("Send a trackback to"), "alt": marked("What is to be seen on it"),
}  # fmt: skip
_TEXTS: Mapping[str, str] = {"title": marked("Title"), "body": marked("Text")}
_READERS: Mapping[str, str] = {
    "draft": marked("Nobody yet"), "published": marked("Everybody"),
    "private": marked("Its authors and the editors"),
}  # fmt: skip
_BOXES = frozenset(("mails_followers", "is_sticky", "comments_open", "pings_open"))


def differing(
    theirs: Mapping[str, str],
    mine: Mapping[str, str],
    *,
    categories: Sequence[Tick] = (),
    authors: Sequence[Tick] = (),
    parents: Sequence[Tick] = (),
) -> list[Difference]:
    """Every field in which two forms differ; ticks of categories and authors together, by their names."""
    under = {str(one.id): one.name for one in parents}
    lines = [
        Difference(_(label), _said(name, theirs, under), _said(name, mine, under))
        for name, label in _NAMES.items()
        if theirs.get(name, "") != mine.get(name, "")
    ]
    ticks = ((_("Categories"), "category", categories), (_("Who wrote it"), "author", authors))
    for label, kind, entries in ticks:
        there, here = (", ".join(_ticked(kind, entries, one)) for one in (theirs, mine))
        if there != here:
            lines.append(Difference(label, there, here))
    return lines


def too_long_in_words(name: str) -> str:
    """That a field takes no more than it does, as people call it."""
    if name == "categories":
        says = _("No more than %(number)s categories and authors can be ticked.")
        return says % {"number": MOST_TICKS}
    label, most = _({**_NAMES, **_TEXTS}[name]), {**TEXTS, **LONGEST}[name]
    says = _("“%(field)s” takes no more than %(number)s characters.")
    return says % {"field": label, "number": f"{most:,}"}


def _said(name: str, choices: Mapping[str, str], under: Mapping[str, str]) -> str:
    value = choices.get(name, "")
    if name in _BOXES:
        return _("yes") if value else _("no")
    if name == "status":
        return _(_READERS[value]) if value in _READERS else value
    return under.get(value, value) if name == "parent" else value


def _ticked(kind: str, entries: Sequence[Tick], choices: Mapping[str, str]) -> Iterator[str]:
    return (one.name for one in entries if choices.get(f"{kind}_{one.id}"))
