"""How somebody hears of each of their groups: rows of the page of choices, and a question when they join."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.i18n import _
from app.notifications.notices.kinds import Level
from app.notifications.notices.levels import Chosen, Wanted
from app.web.forms import FieldError
from app.web.notices.words import level_name, mail_on_joining

# What a row says of a group that has no level of its own.
AS_ABOVE = "as-above"


@dataclass(frozen=True)
class Way:
    """One thing that may be chosen."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class GroupLevels:
    """A row of the table: a group, and how one hears of it."""

    name: str
    label: str
    ways: Sequence[Way]


def columns() -> list[str]:
    """What stands at the top of the table."""
    return [_("As above"), *(level_name(level) for level in Level)]


def group_rows(
    groups: Sequence[tuple[int, str]], chosen: Chosen, typed: Mapping[str, str]
) -> list[GroupLevels]:
    """A row for each group, as it is, or as it was just typed."""
    rows = []
    for group_id, name in groups:
        now = typed.get(f"group-{group_id}") or chosen.get(("", group_id), AS_ABOVE)
        ways = [Way(AS_ABOVE, _("As above"), now == AS_ABOVE)]
        ways += [Way(level, level_name(level), level == now) for level in Level]
        rows.append(GroupLevels(f"group-{group_id}", name, ways))
    return rows


def group_levels_in(
    groups: Sequence[tuple[int, str]], typed: Mapping[str, str]
) -> tuple[Wanted, tuple[FieldError, ...]]:
    """What was chosen for groups of theirs; what was sent of others is not looked at."""
    wanted: dict[tuple[str, int], Level | None] = {}
    for group_id, _name in groups:
        value = typed.get(f"group-{group_id}")
        if value is None:
            continue
        if value != AS_ABOVE and value not in list(Level):
            return {}, (FieldError(f"group-{group_id}", _("That can't be chosen here.")),)
        wanted["", group_id] = None if value == AS_ABOVE else Level(value)
    return wanted, ()


def ways_on_joining(typed: str) -> list[Way]:
    """How much mail somebody may have from a group they join; nothing is chosen for them."""
    return [Way(level, words, level == typed) for level, words in mail_on_joining().items()]
