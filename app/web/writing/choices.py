"""All that is typed and chosen in the editor's form beside title, text and excerpt, as it stands there.

It is kept right or wrong: what it means is asked when it is saved. Only what is longer than its field allows
stays as it was kept before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.accounts.actor import Actor
from app.accounts.policy import may_write_every_post
from app.core.text import clean_text, number_in, one_line, unix_lines
from app.posts.models import PostKind
from app.site.models import SiteRow
from app.web.writing.forms import Before, typed_of
from app.web.writing.mailed import is_to_decide

MOST_TICKS = 500
TEXTS = ("title", "body", "excerpt")
# Most characters of each line, by name.
LONGEST: Mapping[str, int] = {
    "slug": 200, "status": 10, "at": 40, "tags": 1000, "closes_at": 40, "trackbacks": 20_000,
    "parent": 20, "menu_order": 10, "alt": 1000,
}  # fmt: skip
BOXES = ("mails_followers", "is_sticky", "comments_open", "pings_open")
_OF_PAGES = ("parent", "menu_order")
_OF_POSTS = ("tags", "mails_followers", "is_sticky")
_OF_EDITORS = ("is_sticky",)


@dataclass(frozen=True)
class Chosen:
    """What was chosen, by the names of the form's fields; `left_out` names what was too long or too much."""

    fields: Mapping[str, str]
    left_out: Sequence[str] = field(default=())


def choices_of(before: Before, me: Actor, site: SiteRow) -> dict[str, str]:
    """What would be chosen in the form to say what a post says."""
    there = typed_of(before, me, site)
    names = {*LONGEST, *BOXES}
    said = {
        name: _plain(name, value)
        for name, value in there.items()
        if (_kind_has(before.kind, name) if name in names else _is_tick(name))
    }
    return {name: value for name, value in said.items() if value}


def choices_typed(
    before: Before, me: Actor, site: SiteRow, typed: Mapping[str, str]
) -> Chosen | None:
    """What somebody's form says; what their form has no field for, as the post has it.

    None for whoever sends nothing but the words: a whole form has `panel` in it.
    """
    if "panel" not in typed:
        return None
    there = choices_of(before, me, site)
    fields = {name: value for name, value in there.items() if not is_held(before, me, name)}
    left_out = []
    for name in filter(lambda name: is_held(before, me, name), [*LONGEST, *BOXES]):
        value = _plain(name, typed.get(name, ""))
        if len(value) > LONGEST.get(name, 1):
            left_out.append(name)
            continue
        fields[name] = value
    ticks = [name for name in _ticked(typed) if is_held(before, me, name)]
    if len(ticks) > MOST_TICKS:
        left_out.append("categories")
    fields |= dict.fromkeys(ticks[:MOST_TICKS], "1")
    return Chosen({name: value for name, value in fields.items() if value}, left_out)


def held_of(before: Before, me: Actor, choices: Mapping[str, str]) -> dict[str, str]:
    """Those choices which somebody's form has fields for."""
    return {name: value for name, value in choices.items() if is_held(before, me, name)}


def typed_with(
    before: Before, me: Actor, site: SiteRow, choices: Mapping[str, str] | None
) -> dict[str, str]:
    """The form's fields as they were chosen, over all else as it is; None: all as it is."""
    there = typed_of(before, me, site)
    if choices is None:
        return there
    kept = {name: value for name, value in there.items() if not is_held(before, me, name)}
    return kept | held_of(before, me, choices)


def is_held(before: Before, me: Actor, name: str) -> bool:
    """Whether somebody's form of such a post has that field among its choices."""
    is_editor = bool(may_write_every_post(me))
    if name == "mails_followers":
        return is_to_decide(before.kind, before.post)
    if name in LONGEST or name in BOXES:
        return _kind_has(before.kind, name) and (is_editor or name not in _OF_EDITORS)
    if name.startswith("author_"):
        return is_editor
    return name.startswith("category_") and before.kind == PostKind.POST


def _kind_has(kind: str, name: str) -> bool:
    return name not in (_OF_POSTS if kind == PostKind.PAGE else _OF_PAGES)


def _is_tick(name: str) -> bool:
    kind, _line, number = name.partition("_")
    return kind in ("category", "author") and number_in(number) is not None


def _ticked(typed: Mapping[str, str]) -> Iterator[str]:
    return (name for name, value in typed.items() if value and _is_tick(name))


def _plain(name: str, value: str) -> str:
    """A field as it was typed, alike for what means the same."""
    if name in BOXES:
        return "1" if value else ""
    if name == "menu_order" and value.strip() == "0":
        return ""
    if name == "tags":
        return ", ".join(filter(None, map(one_line, value.split(","))))
    if name == "trackbacks":
        return clean_text(unix_lines(value)).strip()
    return one_line(value)
