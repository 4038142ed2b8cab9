"""The words of letters about notices: what is new in a discussion, all that is new, what is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from app.core.i18n import _, ngettext, speak
from app.core.markup import SafeHtml
from app.networking.asks.fitting import Meetable
from app.notifications.ending import Ends
from app.notifications.notices.kinds import KINDS, OF_A_GROUP, Family, said
from app.notifications.notices.levels import DIGEST, GROUP, list_of
from app.notifications.notices.sorting import Due, Parcel, Sheaf
from app.notifications.notices.times import zone_of
from app.notifications.queries import Said
from app.notifications.texts import (
    NO_WORDS,
    Desk,
    Envelope,
    NewLetter,
    Sheet,
    compose,
    sheet_of,
)

# So many stand in one letter; the rest waits in the inbox.
MOST = 20


@dataclass(frozen=True)
class NoticeItem:
    """One thing in a letter: what happened, where it is, and somebody's words if there are any."""

    says: str
    url: str
    html: SafeHtml = NO_WORDS
    text: str = ""


@dataclass(frozen=True)
class NoticesPage:
    """`mail/notices`."""

    sheet: Sheet
    # Empty where one thing alone is told.
    says: str
    items: tuple[NoticeItem, ...]
    # How many more there are.
    more: int
    asks_title: str
    asks: tuple[NoticeItem, ...]
    inbox_url: str
    choose_url: str


def letter_of(
    desk: Desk,
    parcel: Parcel,
    words: Mapping[str, Said],
    at: datetime,
    asks: Sequence[Meetable] = (),
) -> NewLetter:
    """A parcel as a letter, in its reader's language; `words` are people's own, by what a notice is about.

    `asks` are those its reader could meet: they stand behind the rest, and count among its twenty.
    """
    speak(parcel.to.language or desk.site.language)
    items = tuple(_item(desk, one, parcel, words) for one in parcel.notices[: MOST - len(asks)])
    is_single = len(parcel.notices) == 1
    title = items[0].says if is_single else _title(parcel, items[0])
    sheet = _sheet(desk, parcel, title)
    page = NoticesPage(
        sheet=sheet,
        says="" if is_single else title,
        items=items,
        more=len(parcel.notices) - len(items),
        asks_title=_asks_title(len(asks)),
        asks=tuple(_ask(desk, one) for one in asks),
        inbox_url=desk.url("/inbox/"),
        choose_url=desk.url("/account/notices/"),
    )
    return compose(desk, "notices", page, _envelope(parcel, at))


def _item(desk: Desk, one: Due, parcel: Parcel, words: Mapping[str, Said]) -> NoticeItem:
    says, url = said(one.kind, one.facts), desk.url(one.path)
    found = words.get(one.about) if parcel.sheaf == Sheaf.AT_ONCE else None
    if found is None or not (found.is_public and found.comment.is_approved):
        return NoticeItem(says, url)
    return NoticeItem(says, url, found.html(desk.base_url), found.text)


def _asks_title(number: int) -> str:
    return ngettext("%(num)s ask you could meet", "%(num)s asks you could meet", number) % {
        "num": number
    }


def _ask(desk: Desk, one: Meetable) -> NoticeItem:
    name = f"{one.topic_id}-{quote(one.slug)}" if one.slug else str(one.topic_id)
    return NoticeItem(one.title, desk.url(f"/groups/{quote(one.group_slug)}/d/{name}/"))


def _title(parcel: Parcel, newest: NoticeItem) -> str:
    number = len(parcel.notices)
    if parcel.sheaf == Sheaf.REMINDERS:
        words = ngettext("%(num)s thing to think of", "%(num)s things to think of", number)
    elif parcel.sheaf == Sheaf.DIGEST:
        words = ngettext("%(num)s thing is new for you", "%(num)s things are new for you", number)
    else:
        words = ngettext("%(says)s, and %(num)s more", "%(says)s, and %(num)s more", number - 1)
        number -= 1
    return words % {"num": number, "says": newest.says}


def _sheet(desk: Desk, parcel: Parcel, title: str) -> Sheet:
    why = {
        Sheaf.AT_ONCE: _("You get this because you want to hear of such things at once."),
        Sheaf.DIGEST: _("You get this because you asked for what is new in one letter."),
        Sheaf.REMINDERS: _("You get at most one such letter a day."),
    }[parcel.sheaf]
    return sheet_of(
        desk,
        title if parcel.sheaf == Sheaf.AT_ONCE else f"{title} – {desk.site.title}",
        why,
        end_words=_("Get no more of these"),
        end_url=desk.ending(Ends.NOTICES, list_of(parcel.to.user_id, *_list(parcel))),
        language=parcel.to.language,
    )


def _envelope(parcel: Parcel, at: datetime) -> Envelope:
    name, group_id = _list(parcel)
    newest = parcel.notices[0]
    about = f"{parcel.sheaf}:{newest.id}"
    if parcel.sheaf == Sheaf.REMINDERS:
        # There can't be two for one day: they would be the same letter.
        day = at.astimezone(zone_of(parcel.to.rhythm.zone)).date()
        about = f"{parcel.sheaf}:{day} user:{parcel.to.user_id}"
    return Envelope(
        parcel.to.email,
        about=about,
        list_name=f"group-{group_id}" if group_id else name,
        conversation=newest.thread.replace(":", "-") if parcel.sheaf == Sheaf.AT_ONCE else "",
    )


def _list(parcel: Parcel) -> tuple[str, int]:
    """Which list a letter belongs to: what its link ends."""
    if parcel.sheaf == Sheaf.DIGEST:
        return DIGEST, 0
    if parcel.sheaf == Sheaf.REMINDERS:
        return Family.REMINDERS, 0
    newest = parcel.notices[0]
    family = KINDS[newest.kind].family
    if newest.group_id is not None and family in OF_A_GROUP:
        return GROUP, newest.group_id
    return family, 0
