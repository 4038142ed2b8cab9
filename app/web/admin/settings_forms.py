"""What each part of the settings takes: read at the edge, with its bounds."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from app.core.i18n import _
from app.core.text import one_line
from app.site.changing import Part
from app.site.colour import read_colour
from app.site.models import ReadingWidth
from app.web.comments.forms import Ticked, line_typed

TITLE_LENGTH = 200
TAGLINE_LENGTH = 300
MOST_POSTS = 100
MOST_DAYS = 3650
MOST_LINKS = 100


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Every zone the system knows by a place, and UTC."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(_("There is no such time zone. It is a name such as Europe/Berlin."))
    return value


def _language(value: str) -> str:
    try:
        locale = Locale.parse(value.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        raise ValueError(
            _("There is no such language. It is a tag such as en, de or pt-BR.")
        ) from None
    return str(locale).replace("_", "-")


def _colour(value: object) -> object:
    typed = str(value or "").strip()
    colour = read_colour(typed) if typed else ""
    if colour is None:
        raise ValueError(_("A colour is written as # and six digits or letters, such as #8f3f60."))
    return colour


def whole_number(value: object) -> object:
    """A number as it is typed. Raises ValueError, in a sentence, for what is none."""
    typed = one_line(value) if isinstance(value, str) else value
    if isinstance(typed, str):
        if not (typed.isascii() and typed.isdecimal()) or len(typed) > 9:
            raise ValueError(_("Please write a whole number."))
        return int(typed)
    return typed


def _between(least: float, most: float) -> AfterValidator:
    def check(value: float) -> float:
        if not least <= value <= most:
            bounds = {"least": f"{least:g}", "most": f"{most:g}"}
            raise ValueError(_("A number from %(least)s to %(most)s, please.") % bounds)
        return value

    return AfterValidator(check)


def _share(value: object) -> object:
    try:
        return float(str(value).strip().replace(",", "."))
    except ValueError:
        raise ValueError(_("Please write a number such as 0.95.")) from None


Line = BeforeValidator(line_typed)
Whole = BeforeValidator(whole_number)


class GeneralForm(BaseModel):
    """What the site is called, and how it speaks."""

    title: Annotated[str, Field(min_length=1, max_length=TITLE_LENGTH), Line]
    tagline: Annotated[str, Field(max_length=TAGLINE_LENGTH), Line] = ""
    language: Annotated[str, Field(min_length=1, max_length=20), Line, AfterValidator(_language)]
    timezone: Annotated[str, Field(min_length=1, max_length=60), Line, AfterValidator(_zone)]


class ReadingForm(BaseModel):
    """What stands on the first page, and how long lists are. No page: the newest posts."""

    front_page_id: Annotated[int, Whole] = 0
    posts_per_page: Annotated[int, Whole, _between(1, MOST_POSTS)]


class CommentsForm(BaseModel):
    """Whether comments are taken in, and what waits for a person."""

    comments_open: Ticked = False
    holds_everything: Ticked = False
    holds_first: Ticked = False
    says_usual_wait: Ticked = False
    comments_close_after: Annotated[int, Whole, _between(0, MOST_DAYS)]
    links_allowed: Annotated[int, Whole, _between(0, MOST_LINKS)]
    spam_above: Annotated[float, BeforeValidator(_share), _between(0.5, 1)]
    ham_below: Annotated[float, BeforeValidator(_share), _between(0, 0.5)]


class LinkbacksForm(BaseModel):
    """By which ways links from elsewhere come in."""

    takes_webmentions: Ticked = False
    takes_pingbacks: Ticked = False
    takes_trackbacks: Ticked = False
    holds_links: Ticked = False


class NoticesForm(BaseModel):
    """Who letters come from, and when owners are warned."""

    letters_from: Annotated[str, Field(max_length=80), Line] = ""
    owners_warned_after: Annotated[int, Whole, _between(0, 365)]


class FeedsForm(BaseModel):
    """How much stands in a feed."""

    feed_items: Annotated[int, Whole, _between(1, MOST_POSTS)]
    feed_full_text: Ticked = False


class AppearanceForm(BaseModel):
    """The look, but for its pictures."""

    accent: Annotated[str, BeforeValidator(_colour)] = ""
    reading_width: ReadingWidth = ReadingWidth.NORMAL

    @model_validator(mode="before")
    @classmethod
    def _own_colour(cls, typed: Any) -> Any:
        # A field for a colour can't be empty: the box beside it says whether it counts.
        if isinstance(typed, dict) and typed.get("own_accent") == "":
            return {**typed, "accent": ""}
        return typed


FORMS: Mapping[Part, type[BaseModel]] = {
    Part.GENERAL: GeneralForm,
    Part.READING: ReadingForm,
    Part.COMMENTS: CommentsForm,
    Part.LINKBACKS: LinkbacksForm,
    Part.NOTICES: NoticesForm,
    Part.FEEDS: FeedsForm,
    Part.APPEARANCE: AppearanceForm,
}
