"""What somebody hands in about a resource, and how it is written into its row."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import Invalid
from app.core.i18n import _, ngettext
from app.core.markup import markdown_post
from app.core.text import clean_text, one_line, plain_text, shorten, slugify
from app.groups.models import Group, Visibility
from app.resources.letters import LETTER_LENGTH
from app.resources.models import Access, Resource, ResourceKind, ResourceTag

TITLE_LENGTH = 200
DESCRIPTION_LENGTH = 20_000
LICENCE_LENGTH = 200
NOTE_LENGTH = 500
MOST_TAGS = 10
TAG_LENGTH = 40


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a resource says of itself. Text is Markdown; `tags` are words between commas."""

    title: str
    description: str = ""
    licence: str = ""
    access: Access = Access.EVERYONE
    tags: str = ""


@dataclass(frozen=True, kw_only=True)
class NewVersion:
    """A file as it lies in the store, or the text of a letter; and what is new in it."""

    file_name: str
    mime: str
    size: int
    sha256: str
    storage_key: str = ""
    letter: str = ""
    note: str = ""


def write_into(resource: Resource, draft: Draft, group: Group | None = None) -> None:
    """Let a resource, maybe a group's, say what the draft says. Raises Invalid, with every field that is wrong."""
    title, licence = one_line(draft.title), one_line(draft.licence)
    description = clean_text(draft.description).strip()
    wrong: dict[str, str] = {}
    if not title:
        wrong["title"] = _("Please give it a title.")
    too_long = (
        ("title", len(title), TITLE_LENGTH),
        ("licence", len(licence), LICENCE_LENGTH),
        ("description", len(description), DESCRIPTION_LENGTH),
    )
    for field, length, most in too_long:
        if length > most:
            wrong[field] = _at_most(most)
    if draft.access not in accesses_of(group):
        is_of_none = draft.access == Access.GROUP and group is None
        says = _("It belongs to no group.") if is_of_none else _("Please choose who may have it.")
        wrong["access"] = says
    if draft.access == Access.ADDRESS and resource.kind == ResourceKind.LETTER:
        wrong["access"] = _("A letter is for everybody, or for members.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    resource.title, resource.licence, resource.access = title, licence, draft.access
    resource.description_source = description
    resource.description_html, _teaser = markdown_post(description)
    resource.summary = shorten(plain_text(resource.description_html), 30)


def accesses_of(group: Group | None) -> Sequence[Access]:
    """Whom something may be for: of the site's, or of what a group keeps.

    What nobody but members reads is for members alone. No member gathers addresses in a group.
    """
    if group is None:
        return (Access.EVERYONE, Access.MEMBERS, Access.ADDRESS)
    if group.visibility != Visibility.PUBLIC:
        return (Access.GROUP,)
    return (Access.GROUP, Access.EVERYONE, Access.MEMBERS)


def tags_of(typed: str) -> Sequence[ResourceTag]:
    """The words of a line, each once. Raises Invalid for too many or too long ones."""
    names = [name for word in typed.split(",") if (name := one_line(word))]
    found = {slugify(name): name for name in names if slugify(name)}
    says = ""
    if len(found) > MOST_TAGS:
        says = ngettext("At most %(num)d word.", "At most %(num)d words.", MOST_TAGS) % {
            "num": MOST_TAGS
        }
    elif any(len(name) > TAG_LENGTH or len(slug) > TAG_LENGTH for slug, name in found.items()):
        says = _at_most(TAG_LENGTH)
    if says:
        raise Invalid(says, fields={"tags": says})
    return [ResourceTag(slug=slug, name=name) for slug, name in found.items()]


def checked_note(typed: str) -> str:
    """A note on one line. Raises Invalid."""
    note = one_line(typed)
    if len(note) > NOTE_LENGTH:
        raise Invalid(_at_most(NOTE_LENGTH), fields={"note": _at_most(NOTE_LENGTH)})
    return note


def checked_letter(typed: str) -> str:
    """The text of a letter. Raises Invalid for none, or a book."""
    text = clean_text(typed.replace("\r\n", "\n")).strip()
    says = ""
    if not text:
        says = _("Please write the letter.")
    elif len(text) > LETTER_LENGTH:
        says = _at_most(LETTER_LENGTH)
    if says:
        raise Invalid(says, fields={"letter": says})
    return text


def _at_most(number: int) -> str:
    return _("At most %(number)s characters, please.") % {"number": number}
