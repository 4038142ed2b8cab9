"""Rows of a board, made of what the queries found."""

from collections.abc import Sequence
from datetime import date

from app.core import clock
from app.core.i18n import _
from app.networking.asks.boards import Listed, is_over
from app.networking.asks.dates import today_in
from app.networking.asks.moves import AskState, OfferState
from app.site.models import SiteRow
from app.web.asks.pages import HelpRow
from app.web.asks.words import day_in_words, name_of_help
from app.web.groups.addresses import group_url, topic_url


def rows_of(site: SiteRow, found: Sequence[Listed]) -> list[HelpRow]:
    """Asks and offers as a board shows them."""
    today = today_in(site.timezone, clock.now())
    return [_row(site, one, today) for one in found]


def _row(site: SiteRow, one: Listed, today: date) -> HelpRow:
    is_ask = one.times == 0
    return HelpRow(
        title=one.title,
        url=topic_url(one.group_slug, one.topic_id, one.slug),
        is_ask=is_ask,
        kind=name_of_help(one.kind),
        day=day_in_words(site, one.day),
        is_late=is_ask and is_over(one, today),
        left=one.times - one.taken,
        times=one.times,
        state=_state(one.state),
        is_taken=one.rank > 0,
        is_commercial=one.is_commercial,
        kept=one.kept,
        author=one.author_name,
        replies=one.replies,
        tags=one.tags,
        group=one.group_name,
        group_url=group_url(one.group_slug),
    )


def _state(state: str) -> str:
    words = {AskState.IN_HAND.value: _("in hand"), OfferState.FULL.value: _("full")}
    return words.get(state, "")
