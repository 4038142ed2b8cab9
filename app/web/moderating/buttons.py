"""What can be done with a row, as buttons. Made here and not in the template: a page has hundreds."""

from urllib.parse import urlencode

from app.core.i18n import _
from app.discussions.models import CommentKind
from app.discussions.queue import QueueItem
from app.moderation.models import AuthorKey, Standing
from app.web.moderating.pages import Button


def query_of(back: str, next_id: int | None) -> str:
    """Where a form of its own comes back to, as it stands in that form's address."""
    where = {"back": back, "next": str(next_id or "")}
    return urlencode({name: value for name, value in where.items() if value}, safe="/")


def decisions_about(item: QueueItem, where: str) -> list[Button]:
    """The decisions that would change something; the first three or so, beside the name."""
    comment, status = item.comment, item.comment.status
    found = []
    if status != "approved" or item.new_html:
        found.append(_post(comment.id, "approval", _("Approve"), "a", tone=" act--good"))
    if status != "spam" or item.case.doubt > 0:
        found.append(_post(comment.id, "spam", _("Spam"), "s"))
    if status != "removed":
        found.append(_sheet(comment.id, "removal", _("Remove"), "d", where, tone=" act--bad"))
    if status != "pending":
        found.append(_post(comment.id, "hold", _("Hold"), "h"))
    return found


def other_acts(
    item: QueueItem, where: str, own: str, *, moderates: bool, is_mine: bool
) -> list[Button]:
    """Everything else, in the third region."""
    number = item.comment.id
    found = [
        _sheet(number, "answer", _("Reply"), "r", where),
        _sheet(number, "edition", _("Edit"), "e", where),
    ]
    if item.comment.author_email:
        found.append(_sheet(number, "warning", _("Warn …"), "", where))
    if item.comment.kind == CommentKind.COMMENT:
        found.append(_sheet(number, "place", _("Move …"), "", where))
    if own:
        found.append(Button(_("Open"), "o", own))
    if moderates:
        label = _("Give back") if is_mine else _("Claim")
        claimed = "1" if is_mine else ""
        found.append(_post(number, "claim", label, "c", name="release", value=claimed))
        found.append(_sheet(number, "assignment", _("Assign …"), "", where))
        if item.author is not None:
            found.append(_sheet(number, "note", _("Note"), "n", where))
            found += _about_author(number, item.author, where)
    is_locked = item.thread_closed_at is not None
    label = _("Open the discussion") if is_locked else _("Close the discussion")
    found.append(_post(number, "lock", label, "", name="locked", value="" if is_locked else "1"))
    return found


def _about_author(number: int, author: AuthorKey, where: str) -> list[Button]:
    def toggle(standing: Standing, key: str, verb: str, label: str, ending: str) -> Button:
        stands = author.standing == standing
        value = "pardon" if stands else verb
        url = f"/mod/authors/{author.id}/standing"
        return Button(ending if stands else label, key, url, "post", name="standing", value=value)

    block = _sheet(number, "block", _("Block …"), "b", where)
    if author.standing == Standing.BLOCKED:
        block = toggle(Standing.BLOCKED, "b", "block", "", _("Unblock"))
    return [
        toggle(Standing.TRUSTED, "t", "trust", _("Trust"), _("Stop trusting")),
        toggle(Standing.WATCHED, "w", "watch", _("Watch"), _("Stop watching")),
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
