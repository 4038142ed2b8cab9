"""W3C Webmention §3.2.1: a form that says which page links to which."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.errors import AppError
from app.core.i18n import _, marked
from app.linkbacks.addresses import is_web_address, same_place


class MentionRefused(AppError):
    """400: a mention whose addresses cannot be used."""

    status, title = 400, marked("This webmention cannot be taken")


@dataclass(frozen=True)
class Mention:
    """Somebody says that the page at `source` links to ours at `target`."""

    source: str
    target: str


def read_mention(fields: Mapping[str, str]) -> Mention:
    """Read a mention from its form; whether the target is ours is asked by whoever knows.

    Raises MentionRefused unless both are web addresses, of two pages.
    """
    mention = Mention(fields.get("source", "").strip(), fields.get("target", "").strip())
    if not mention.source:
        raise MentionRefused(_("The webmention does not say its source: the page that links."))
    if not mention.target:
        raise MentionRefused(_("The webmention does not say its target: the page linked to."))
    if not is_web_address(mention.source):
        raise MentionRefused(_("The webmention's source is not a web address that can be kept."))
    if not is_web_address(mention.target):
        raise MentionRefused(_("The webmention's target is not a web address that can be kept."))
    if same_place(mention.source, mention.target):
        raise MentionRefused(_("The webmention's source and target are the same page."))
    return mention
