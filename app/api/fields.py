"""Kinds of fields that several schemas have, and how the things they name are written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from app.accounts.models import User
from app.api.calling import Call
from app.core.errors import Invalid, WrongFields
from app.core.i18n import _
from app.posts.addresses import address
from app.web.comments.forms import clean_comment_text, line_typed

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _within_reach(moment: datetime) -> datetime:
    if not _FIRST <= moment <= _LAST:
        raise ValueError(_("That is too long ago, or too far away."))
    return moment.astimezone(UTC)


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(_("Please name a day that exists, such as 2027-01-31.")) from None


Line = Annotated[str, BeforeValidator(line_typed)]
Text = Annotated[str, BeforeValidator(clean_comment_text)]
Id = Annotated[int, Field(ge=1, lt=10**18)]
# A day by the site's calendar.
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[AwareDatetime, AfterValidator(_within_reach)]


class Sent(BaseModel):
    """What a caller sends: a field that is not known is a mistake, and said to be one."""

    model_config = ConfigDict(extra="forbid")


@contextmanager
def naming(field: str = "", **others: str) -> Iterator[None]:
    """Let a refusal name fields as the caller knows them: `others` by what a form calls them.

    One that names none is about `field`, where there is one.
    """
    try:
        yield
    except Invalid as refused:
        named = {others.get(name, name): says for name, says in refused.fields.items()}
        if isinstance(refused, WrongFields):
            raise WrongFields(named) from refused
        if not named and field:
            named = {field: refused.detail}
        raise Invalid(refused.detail, headers=refused.headers, fields=named) from refused


def require_one(sent: BaseModel, *names: str) -> None:
    """Exactly one of these is to be given. Raises Invalid, about each of them."""
    if sum(bool(getattr(sent, name)) for name in names) == 1:
        return
    says = _("Give one of these: %(names)s.") % {"names": ", ".join(names)}
    raise Invalid(says, fields=dict.fromkeys(names, says))


class Person(BaseModel):
    """Somebody who writes here."""

    handle: str = Field(examples=["gwen-thomas"])
    name: str = Field(examples=["Gwen Thomas"])
    url: str


def author_of(call: Call, user: User) -> Person:
    """Somebody as the author of posts."""
    return Person(handle=user.slug, name=user.name, url=call.url(address(f"/author/{user.slug}/")))
