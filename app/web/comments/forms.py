"""The form for a comment: what was typed into it, what it means, and how it is shown again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from itsdangerous import BadData
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.core import clock
from app.core.i18n import _
from app.core.secrets import secrets_of
from app.core.text import clean_text, one_line
from app.settings import Settings
from app.web.comments.remembering import Remembered
from app.web.forms import FieldError

TOKEN = "comment form"  # noqa: S105 - what the token is for
# A cached page with a form is made anew after that: its token is then still good for two days.
FORM_LASTS = timedelta(days=1)

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\".]+(\.[^\s@<>()\[\],;:\".]+)+")
_WEB = re.compile(r"(?i)https?://[^\s<>\"'/]+[^\s<>\"']*")
_BARE_HOST = re.compile(r"(?i)(?:[\w-]+\.)+[a-z]{2,}(?:/[^\s<>\"']*)?")


def line_typed(value: object) -> object:
    """A name or a title as it is kept: clean, on one line."""
    return one_line(value) if isinstance(value, str) else value


def clean_comment_text(value: object) -> object:
    """A text as it is kept: NFC, no control characters, no blank ends."""
    return clean_text(value).replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _email(value: object) -> object:
    email = line_typed(value)
    if isinstance(email, str) and email and not _EMAIL.fullmatch(email):
        raise ValueError(_("This is not an e-mail address."))
    return email


def web_address_typed(value: object) -> object:
    """A website as its owner may have typed it, with its scheme; empty for none. Raises ValueError."""
    url = line_typed(value)
    # WordPress's form had `http://` in it.
    if not isinstance(url, str) or url in ("", "http://", "https://"):
        return ""
    if _BARE_HOST.fullmatch(url):
        return f"https://{url}"
    if not _WEB.fullmatch(url):
        raise ValueError(_("A web address begins with http:// or https://."))
    return url


def number_typed(value: object) -> object:
    """A number of something; 0 for what is none."""
    return int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,18}", value) else 0


def _ticked(value: object) -> bool:
    return str(value).lower() not in ("", "0", "no", "off", "false")


Ticked = Annotated[bool, BeforeValidator(_ticked)]


class MemberForm(BaseModel):
    """What somebody who is signed in sends: the text, and where it belongs."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    comment: Annotated[
        str, Field(min_length=1, max_length=20_000), BeforeValidator(clean_comment_text)
    ]
    comment_parent: Annotated[int, BeforeValidator(number_typed)] = 0
    comment_post_ID: Annotated[int, BeforeValidator(number_typed)] = 0  # noqa: N815 - WordPress's name
    follow_replies: Ticked = False
    latest_post: Ticked = False
    form_token: str = ""
    your_subject: str = ""
    work: str = ""
    preview: str = ""

    author: str = ""
    email: str = ""
    url: str = ""
    remember: bool = False


class GuestForm(MemberForm):
    """What a guest sends: who they say they are besides."""

    author: Annotated[str, Field(min_length=1, max_length=80), BeforeValidator(line_typed)]
    email: Annotated[str, Field(min_length=1, max_length=254), BeforeValidator(_email)]
    url: Annotated[str, Field(max_length=500), BeforeValidator(web_address_typed)] = ""
    remember: Annotated[Ticked, Field(alias="wp-comment-cookies-consent")] = False


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields."""

    author: str = ""
    email: str = ""
    url: str = ""
    comment: str = ""
    follows: bool = False
    remembers: bool = False
    links_latest_post: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """The comment that is being answered."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class CommentForm:
    """The form below the comments: offered where comments are or were open."""

    post_id: int
    action: str
    is_open: bool
    is_offered: bool
    token: str = ""
    # How long one usually waits until a person has read it; empty where too little is known.
    usual_wait: str = ""
    is_for_member: bool = False
    # What its author writes is published at once, and the form says so.
    is_read_first: bool = True
    is_remembered: bool = False
    typed: Typed = field(default_factory=Typed)
    errors: tuple[FieldError, ...] = ()
    answered: Answered | None = None
    # Where to go to answer the post instead.
    post_url: str = ""

    def error_at(self, name: str) -> str:
        """What is wrong with a field; empty for nothing."""
        return next((error.says for error in self.errors if error.field == name), "")


def new_token_for(settings: Settings, post_id: int) -> str:
    """A token that says which post the form was made for, and when."""
    made = [post_id, int(clock.unix_now())]
    return str(secrets_of(settings).signer(TOKEN).dumps(made))


def age_of_token(settings: Settings, token: str, post_id: int) -> float | None:
    """How many seconds ago a token was made for this post; None for any other."""
    try:
        made_for, at = secrets_of(settings).signer(TOKEN).loads(token[:500])
    except (BadData, TypeError, ValueError):
        return None
    return clock.unix_now() - at if made_for == post_id else None


def typed_in(fields: Mapping[str, str]) -> Typed:
    """What was sent, to be shown again as it was typed."""
    return Typed(
        author=one_line(fields.get("author", ""))[:400],
        email=one_line(fields.get("email", ""))[:400],
        url=one_line(fields.get("url", ""))[:800],
        comment=clean_text(fields.get("comment", "")),
        follows=bool(fields.get("follow_replies")),
        remembers=bool(fields.get("wp-comment-cookies-consent")),
        links_latest_post=bool(fields.get("latest_post")),
    )


def typed_before(known: Remembered | None) -> Typed:
    """What a browser remembers of the last time."""
    if known is None:
        return Typed()
    return Typed(known.name, known.email, known.url, remembers=True)
