"""How a letter is written: a pair of templates, one page for both, and the headers every letter bears."""

import hashlib
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from css_inline import CSSInliner
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import _, speak
from app.core.markup import SafeHtml
from app.core.secrets import Secrets, secrets_of
from app.core.sheets import TEMPLATES, sheets
from app.core.text import clean_text, one_line
from app.moderation.authors import normalised_email
from app.notifications.ending import Ends, ending_token
from app.settings import Settings
from app.site.models import SiteRow
from app.site.queries import get_site

SUBJECT_LENGTH = 200
NO_WORDS = SafeHtml("")
_LINE = 72


@dataclass(frozen=True)
class NewLetter:
    """A letter as it is written, for `letters.write_letter`."""

    recipient: str
    subject: str
    text: str
    html: str
    # What it is about: nobody gets two letters about the same.
    about: str
    message_id: str
    headers: Mapping[str, str]
    # By what its reader may have refused all letters; empty where they asked for this one themselves.
    refusal: str = ""


@dataclass(frozen=True)
class Desk:
    """Where letters are written: the site's words, its address, and what its links are signed with."""

    site: SiteRow
    base_url: str
    host: str
    secrets: Secrets

    def url(self, path: str) -> str:
        """The whole address of something on the site."""
        return self.base_url + path

    def ending(self, ends: Ends, subject: str | int) -> str:
        """Where letters of this kind are ended, without signing in."""
        return self.url(f"/unsubscribe/{ending_token(self.secrets, ends, subject)}/")


@dataclass(frozen=True)
class Sheet:
    """What stands around the words of a letter."""

    subject: str
    site_title: str
    language: str
    base_url: str
    # Why somebody gets this, and where they end it.
    why: str
    end_words: str
    end_url: str


class LetterPage(Protocol):
    """What a template of a letter takes: its own fields, on a sheet."""

    @property
    def sheet(self) -> Sheet:
        """What stands around its words."""


@dataclass(frozen=True)
class PlainPage:
    """`mail/plain`: a few sentences, somebody's words between them, and one thing to do."""

    sheet: Sheet
    before: tuple[str, ...]
    html: SafeHtml = NO_WORDS
    text: str = ""
    act: str = ""
    act_url: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Envelope:
    """How a letter travels: to whom, about what, in which list and thread."""

    recipient: str
    about: str
    # The name of its list before the host, such as `post-12`.
    list_name: str
    thread_id: int | None = None
    # What it hangs together with that is no thread, such as `promise-3`.
    conversation: str = ""
    is_asked_for: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)


async def desk_of(session: AsyncSession, settings: Settings) -> Desk:
    """The desk of this site; from here on its language is spoken."""
    site = await get_site(session)
    speak(site.language)
    return Desk(site, settings.base_url, settings.base_host, secrets_of(settings))


def refusal_key(secrets: Secrets, email: str) -> str:
    """The name under which somebody's refusal of letters is kept."""
    return secrets.keyed_hash("refusal", normalised_email(email))


def sheet_of(
    desk: Desk,
    subject: str,
    why: str,
    *,
    end_words: str = "",
    end_url: str = "",
    to: str = "",
    language: str = "",
) -> Sheet:
    """A sheet; without words of its own for ending, one that ends all letters to `to`."""
    return Sheet(
        subject=one_line(subject)[:SUBJECT_LENGTH],
        site_title=one_line(desk.site.title),
        language=language or desk.site.language,
        base_url=desk.base_url,
        why=why,
        end_words=end_words or _("Get no more letters from here"),
        end_url=end_url or desk.ending(Ends.ALL, refusal_key(desk.secrets, to)),
    )


def compose(desk: Desk, template: str, page: LetterPage, envelope: Envelope) -> NewLetter:
    """A letter from `mail/TEMPLATE.txt` and `mail/TEMPLATE.html`, with all its headers."""
    sheet = page.sheet
    html = _loaded.get_template(f"mail/{template}.html").render(page=page)
    text = _loaded.get_template(f"mail/{template}.txt").render(page=page)
    refusal = "" if envelope.is_asked_for else refusal_key(desk.secrets, envelope.recipient)
    return NewLetter(
        recipient=envelope.recipient.strip(),
        subject=sheet.subject,
        text=clean_text(text).strip() + "\n",
        html=_inliner.inline(clean_text(html)),
        about=envelope.about,
        message_id=message_id(desk.host, envelope.about, envelope.recipient),
        headers={**_headers(desk, sheet, envelope), **envelope.extra},
        refusal=refusal,
    )


def _headers(desk: Desk, sheet: Sheet, envelope: Envelope) -> dict[str, str]:
    # RFC 2919; its phrase may be anything but brackets and quotes.
    phrase = "".join(c for c in sheet.site_title if c not in '<>"\\')
    headers = {
        "List-Id": f"{phrase} <{envelope.list_name}.{desk.host}>".strip(),
        # RFC 8058: one POST ends it.
        "List-Unsubscribe": f"<{sheet.end_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    name = envelope.conversation
    if envelope.thread_id is not None:
        name = f"thread-{envelope.thread_id}"
    if name:
        # A message nobody ever sent, so that all letters about one thread hang together.
        root = f"<{name}@{desk.host}>"
        headers |= {"In-Reply-To": root, "References": root}
    return headers


def message_id(host: str, about: str, recipient: str) -> str:
    """Of what a letter is about and for whom: sent twice, it is seen once."""
    whose = hashlib.sha256(f"{about} {normalised_email(recipient)}".encode())
    return f"<{whose.hexdigest()[:32]}@{host}>"


def _quoted(text: str) -> str:
    """Somebody's words as a mail quotes them, each line marked."""
    lines = (
        piece
        for line in clean_text(text).splitlines()
        for piece in (textwrap.wrap(line, _LINE - 2, break_long_words=False) or [""])
    )
    return "\n".join(f"> {line}".rstrip() for line in lines)


@lru_cache(maxsize=1000)
def _wrapped(text: str) -> str:
    """A paragraph in lines that are read easily."""
    return textwrap.fill(text, _LINE, break_long_words=False, break_on_hyphens=False)


_loaded = sheets()
_loaded.filters.update(quoted=_quoted, wrapped=_wrapped)
_inliner = CSSInliner(
    extra_css=(TEMPLATES.parent / "css" / "mail.css").read_text(encoding="utf-8"),
    load_remote_stylesheets=False,
    keep_at_rules=True,
)
