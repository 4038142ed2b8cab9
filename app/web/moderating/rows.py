"""Cases into rows of the queue. Pure: what was read goes in, what is shown comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts.actor import Actor
from app.core.i18n import _
from app.core.markup import SafeHtml, web_address
from app.core.text import plain_text, shorten
from app.discussions.appeals import APPEALED
from app.discussions.models import CommentKind
from app.discussions.queue import Note, QueueItem, Said
from app.discussions.reach import REPLY
from app.discussions.verbs import short_span
from app.groups.models import TopicKind
from app.moderation.authors import is_trusted
from app.moderation.hosts import hosts_in, shown_host
from app.moderation.keys import Keys
from app.moderation.models import AuthorKey, Check, Standing
from app.moderation.reports import Reported
from app.moderation.sought import Sought, View
from app.moderation.watching import is_looked_at
from app.posts.addresses import address
from app.web.groups.addresses import reply_url, topic_url
from app.web.moderating.addresses import address_of
from app.web.moderating.buttons import decisions_about, other_acts, query_of
from app.web.moderating.pages import Facts, Neighbour, NoteLine, Reason, Row
from app.web.moderating.report_lines import report_lines
from app.web.pages.comment_cards import edited_words

# Longer texts are folded after forty lines; a line holds about so many letters.
FOLDS_AT = 40
_LINE = 90
_AROUND_WORDS = 24
ADDRESS_SEEN_FOR = timedelta(days=30)

# Before the sentence of a reason: what kind of reason it is, for eyes that do not read it.
_SHAPES = {
    "first_time_author": "○", "unproved_author": "○", "members_address": "○", "watched_author": "◎",
    "blocked_author": "■", "block_list": "■", "trusted_author": "●", "staff": "●", "imported": "●",
    "links": "△", "held_word": "△", "foreign_script": "△", "said_before": "≡", "holds_everything": "≡",
    "trap_field": "■", "stale_token": "▽", "too_quick": "▽", "no_work": "▽",
    "learned_spam": "◆", "learned_ham": "◆", "learned_unsure": "◆",
    "akismet_spam": "◆", "akismet_ham": "◆", "akismet_discard": "◆", "check_unavailable": "…",
    "withdrawn": "○", "hook_approve": "◆", "hook_hold": "◆", "hook_spam": "◆",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a row stands: in which list, at which address, and before which other row."""

    sought: Sought
    back: str
    next_row: str = ""


@dataclass(frozen=True)
class Around:
    """What stands around the rows of a page: what was said, notes about authors, and the keys of whoever looks."""

    said: Mapping[int, Said]
    notes: Sequence[Note]
    keys: Keys
    reports: Sequence[Reported] = ()


def row_of(item: QueueItem, around: Around, actor: Actor, place: Place, now: datetime) -> Row:
    """A case as the queue shows it to one moderator."""
    case, comment = item.case, item.comment
    url = _url(item)
    said = item.new_html or comment.body_html
    latest_url = web_address(item.latest_url or "")
    where = query_of(place.back, place.next_row)
    is_mine = case.claimed_by is not None and case.claimed_by == actor.user_id
    return Row(
        id=comment.id,
        case_id=case.id,
        version=comment.version,
        name=comment.author_name or _("Anonymous"),
        kind=_kind(item),
        status=comment.status,
        body_html=said,
        shown_html=comment.body_html if item.new_html else SafeHtml(""),
        appeal=item.appeal or "",
        reports=_reports(item, around.reports, actor),
        whose_words=_whose_words(item) if said else "",
        is_long=_lines(said) > FOLDS_AT,
        hosts=hosts_in(said, comment.author_url),
        title=item.post_title or item.topic_title or _("Untitled"),
        url=url,
        post_url=_list_url(item, place.sought),
        group=item.group_name or "",
        group_url=address_of(Sought(view=place.sought.view, group_id=item.group_id)),
        arrived_at=case.arrived_at,
        age=short_span((now - case.arrived_at).total_seconds()),
        edited=edited_words(comment.edited_at, is_by_moderator=comment.is_edited_by_moderator),
        is_proved=case.is_proved,
        reasons=[_reason(one) for one in case.reasons if one.get("code") != APPEALED],
        verdicts=_verdicts(item),
        latest_url=latest_url,
        latest_title=item.latest_title or "",
        latest_host=shown_host(latest_url),
        parent=_parent(item),
        before=_before(item, around.said),
        author=_facts(item, around.notes, actor, now) if item.author else None,
        claimed_by=item.claimer or "",
        given_by=item.giver or "",
        looked_at_by=(item.looker or "") if is_looked_at(case, actor.user_id, now) else "",
        decisions=decisions_about(item, where, around.keys),
        others=other_acts(
            item, where, url, moderates=actor.moderates, is_mine=is_mine, keys=around.keys
        ),
        pick_key=around.keys.of("select"),
        back=place.back,
        next_row=place.next_row,
    )


def _url(item: QueueItem) -> str:
    """Where it stands; empty where nothing stands."""
    if item.group_slug is not None:
        return reply_url(item.group_slug, item.comment.id)
    return f"{address(item.post_path)}#comment-{item.comment.id}" if item.post_path else ""


def _list_url(item: QueueItem, sought: Sought) -> str:
    """The same list, under one post alone; of a topic, the topic itself."""
    if item.group_slug is not None and item.topic_id is not None:
        return topic_url(item.group_slug, item.topic_id, item.topic_slug or "")
    return address_of(Sought(view=sought.view, post_id=item.post_id))


def _kind(item: QueueItem) -> str:
    """What it is, in a word; empty for what most are, a comment under a post."""
    if item.topic_id is not None:
        return kind_words(item.topic_kind or "") if item.opens_topic else kind_words(REPLY)
    return "" if item.comment.kind == CommentKind.COMMENT else kind_words(item.comment.kind)


def kind_words(kind: str) -> str:
    """What kind of thing it is, in a word."""
    words: dict[str, str] = {
        CommentKind.COMMENT: _("Comment"),
        CommentKind.TRACKBACK: _("Trackback"),
        CommentKind.PINGBACK: _("Pingback"),
        CommentKind.WEBMENTION: _("Webmention"),
        TopicKind.DISCUSSION: _("Discussion"),
        TopicKind.ASK: _("Ask"),
        TopicKind.OFFER: _("Offer"),
        REPLY: _("Reply"),
    }
    return words.get(kind, kind)


def standing_words(author: AuthorKey, now: datetime) -> str:
    """How somebody stands, in a word."""
    if author.standing == Standing.BLOCKED:
        return _("blocked")
    if author.standing == Standing.WATCHED:
        return _("under watch")
    if is_trusted(author, now):
        return _("trusted")
    return _("known") if author.approved else _("new here")


def neighbours_of(items: Sequence[QueueItem]) -> list[int]:
    """The ids of what stands before these."""
    ids = (one for item in items for one in (item.before_id, item.before_that_id))
    return sorted({one for one in ids if one is not None})


def authors_in(items: Sequence[QueueItem]) -> list[int]:
    """The ids of who wrote these."""
    return sorted({item.author.id for item in items if item.author is not None})


def _reports(item: QueueItem, reports: Sequence[Reported], actor: Actor) -> list[str]:
    """What each report of it says, and who made it; but not to whoever wrote it."""
    is_own = item.comment.user_id is not None and item.comment.user_id == actor.user_id
    theirs = [one for one in reports if one.item_id == item.comment.id]
    return report_lines(theirs, is_anonymous=is_own)


def _whose_words(item: QueueItem) -> str:
    if item.comment.kind == CommentKind.COMMENT:
        return ""
    if item.case.check_state == Check.SOURCE:
        return _("What was sent, and its page not looked at yet:")
    return _("The source says:") if item.case.is_proved else ""


def _lines(html: str) -> int:
    return sum(1 + len(line) // _LINE for line in html.replace("<br>", "\n").split("\n"))


def _reason(reason: Mapping[str, str]) -> Reason:
    code = reason.get("code", "")
    return Reason(code, reason.get("because", ""), _SHAPES.get(code, "·"))


def _verdicts(item: QueueItem) -> list[str]:
    """What was learned, where no reason says it already: of imports, and of what came before the filters."""
    said, codes = [], item.case.reason_codes
    if item.case.akismet and " akismet_" not in codes:
        words = {"ham": _("good"), "spam": _("spam"), "discard": _("blatant spam")}
        said.append(
            _("Akismet: %(word)s") % {"word": words.get(item.case.akismet, item.case.akismet)}
        )
    if item.case.score is not None and " learned_" not in codes:
        percent = round(item.case.score * 100)
        said.append(_("Local filter: %(percent)s %% spam") % {"percent": percent})
    return said


def _parent(item: QueueItem) -> Neighbour | None:
    if item.parent_id is None:
        return None
    return Neighbour(item.parent_name or _("Anonymous"), _excerpt(item.parent_html or ""))


def _before(item: QueueItem, said: Mapping[int, Said]) -> list[Neighbour]:
    ids = (item.before_that_id, item.before_id)
    found = [said[one] for one in ids if one is not None and one in said]
    return [Neighbour(one.name or _("Anonymous"), _excerpt(one.html)) for one in found]


def _excerpt(html: str) -> str:
    is_torn = html.rfind("<") > html.rfind(">")
    return shorten(plain_text(html[: html.rfind("<")] if is_torn else html), _AROUND_WORDS, 200)


def _facts(item: QueueItem, notes: Sequence[Note], actor: Actor, now: datetime) -> Facts:
    author = item.author
    assert author is not None
    if not actor.moderates and item.group_id is not None:
        # How somebody does elsewhere is nothing that those who keep a group are told.
        lines = [(_("Website"), item.comment.author_url)] if item.comment.author_url else []
        return Facts(standing=_proof(item), lines=lines, waiting=None, others_url="", notes=())
    return Facts(
        standing=f"{standing_words(author, now)} · {_proof(item)}",
        lines=[line for line in _lines_about(item, author, actor, now) if line[1]],
        waiting=author.pending,
        others_url=address_of(Sought(view=View.NEEDS).of_author(author.id)),
        notes=[
            NoteLine(note.text, note.by or _("Former member"), note.at)
            for note in notes
            if note.author_key_id == author.id
        ],
    )


def _lines_about(
    item: QueueItem, author: AuthorKey, actor: Actor, now: datetime
) -> list[tuple[str, str]]:
    """What is known, line by line; addresses for moderators alone, and that of the network for a month."""
    comment = item.comment
    is_fresh = now - comment.created_at < ADDRESS_SEEN_FOR
    seen = author.first_seen_at
    return [
        (_("E-mail"), comment.author_email if actor.moderates else ""),
        (_("Website"), comment.author_url),
        (_("Network"), comment.author_ip if actor.moderates and is_fresh else ""),
        (_("First seen"), short_span((now - seen).total_seconds()) if seen else ""),
        (_("Approved"), str(author.approved)),
        (_("Spam"), str(author.spam)),
        (_("Removed"), str(author.removed)),
    ]


def _proof(item: QueueItem) -> str:
    if item.comment.user_id is not None:
        return _("a member, signed in")
    return _("address proved") if item.case.is_proved else _("address not proved")
