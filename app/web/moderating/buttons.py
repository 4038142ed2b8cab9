"""What can be done with a row, as buttons. Made here and not in the template: a page has hundreds."""

from urllib.parse import urlencode

from app.core.i18n import _
from app.discussions.matters import is_withdrawn
from app.discussions.models import CommentKind
from app.discussions.queue import QueueItem
from app.moderation.keys import Keys
from app.moderation.models import AuthorKey, Standing, Tab
from app.web.moderating.pages import Button


def query_of(back: str, next_row: str) -> str:
    """Where a form of its own comes back to, as it stands in that form's address."""
    where = {"back": back, "next": next_row}
    return urlencode({name: value for name, value in where.items() if value}, safe="/")


def decisions_about(item: QueueItem, where: str, keys: Keys) -> list[Button]:
    """The decisions that would change something; the first three or so, beside the name."""
    comment, status = item.comment, item.comment.status
    if item.appeal:
        return [
            _post(comment.id, "approval", _("Show it again"), "a", tone=" act--good"),
            _post(comment.id, "removal", _("Leave it removed"), "", tone=" act--bad"),
        ]
    found = []
    may_be_shown = not is_withdrawn(item.case)
    if item.case.tab == Tab.REPORTED:
        keep = _("Keep it")
        found.append(_post(comment.id, "approval", keep, keys.of("approve"), tone=" act--good"))
    elif may_be_shown and (status != "approved" or item.new_html):
        found.append(
            _post(comment.id, "approval", _("Approve"), keys.of("approve"), tone=" act--good")
        )
    if status != "spam" or item.case.doubt > 0:
        found.append(_post(comment.id, "spam", _("Spam"), keys.of("spam")))
    if status != "removed":
        found.append(
            _sheet(comment.id, "removal", _("Remove"), keys.of("remove"), where, tone=" act--bad")
        )
    if may_be_shown and status != "pending":
        found.append(_post(comment.id, "hold", _("Hold"), keys.of("hold")))
    return found


def other_acts(
    item: QueueItem, where: str, own: str, keys: Keys, *, moderates: bool, is_mine: bool
) -> list[Button]:
    """Everything else, in the third region."""
    number = item.comment.id
    found = []
    if not is_withdrawn(item.case):
        found = [
            _sheet(number, "answer", _("Reply"), keys.of("reply"), where),
            _sheet(number, "edition", _("Edit"), keys.of("edit"), where),
        ]
    has_author = bool(item.comment.author_email or item.comment.user_id)
    if has_author and (moderates or item.topic_id is None):
        found.append(_sheet(number, "warning", _("Warn …"), keys.of("warn"), where))
    if item.comment.kind == CommentKind.COMMENT and item.topic_id is None:
        found.append(_sheet(number, "place", _("Move …"), keys.of("move"), where))
    if own:
        found.append(Button(_("Open"), keys.of("open"), own))
    if moderates:
        label = _("Give back") if is_mine else _("Claim")
        claimed = "1" if is_mine else ""
        found.append(_post(number, "claim", label, keys.of("claim"), name="release", value=claimed))
        found.append(_sheet(number, "assignment", _("Assign …"), keys.of("assign"), where))
        if item.author is not None:
            found.append(_sheet(number, "note", _("Note"), keys.of("note"), where))
            found += _about_author(number, item.author, where, keys)
    is_locked = item.is_closed
    label = _("Open the discussion") if is_locked else _("Close the discussion")
    found.append(_post(number, "lock", label, "", name="locked", value="" if is_locked else "1"))
    return found


def _about_author(number: int, author: AuthorKey, where: str, keys: Keys) -> list[Button]:
    def toggle(standing: Standing, verb: str, label: str, ending: str) -> Button:
        stands = author.standing == standing
        value = "pardon" if stands else verb
        url = f"/mod/authors/{author.id}/standing"
        return Button(
            ending if stands else label, keys.of(verb), url, "post", name="standing", value=value
        )

    block = _sheet(number, "block", _("Block …"), keys.of("block"), where)
    if author.standing == Standing.BLOCKED:
        block = toggle(Standing.BLOCKED, "block", "", _("Unblock"))
    return [
        toggle(Standing.TRUSTED, "trust", _("Trust"), _("Stop trusting")),
        toggle(Standing.WATCHED, "watch", _("Watch"), _("Stop watching")),
        block,
    ]


def _post(
    number: int, noun: str, label: str, key: str, *, tone: str = "", name: str = "", value: str = ""
) -> Button:
    url = f"/mod/comments/{number}/{noun}"
    return Button(label, key, url, "post", tone=tone, name=name, value=value)


def _sheet(number: int, noun: str, label: str, key: str, where: str, tone: str = "") -> Button:
    url = f"/mod/comments/{number}/{noun}?{where}"
    return Button(label, key, url, "sheet", tone=tone)
