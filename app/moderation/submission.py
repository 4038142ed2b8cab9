"""What comes in, and what is known when it is judged. Values only: filters read them, nobody else need."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from app.core.markup import SafeHtml, markdown_comment
from app.moderation.models import ListedKind, Standing

_LINK = re.compile(r'<a [^>]*?href="([^"]*)"')
# How those link who take this for a forum.
_FORUM_LINK = re.compile(r"(?i)\[(?:url|link)[=\]]")
# Whom it names: that leads nowhere else.
_OUR_PEOPLE = "/people/"
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class FormProof:
    """How the form was sent: signals, never refusals."""

    # Seconds since the form was made for this very post; None without a token that says so.
    token_age: float | None = None
    # What stands in the field that nobody sees.
    trap: str = ""
    has_worked: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """Something somebody wants to say, cleaned, with what Akismet and moderators want to know of them."""

    text: str
    html: SafeHtml
    name: str = ""
    email: str = ""
    url: str = ""
    kind: str = "comment"
    user_id: int | None = None
    address: str = ""
    agent: str = ""
    referrer: str = ""
    proof: FormProof = field(default_factory=FormProof)

    @property
    def links(self) -> tuple[str, ...]:
        """Where its text leads; one entry a link."""
        found = (link for link in _LINK.findall(str(self.html)) if not link.startswith(_OUR_PEOPLE))
        return (*found, *_FORUM_LINK.findall(self.text))

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of all its links, the author's own among them."""
        return frozenset(filter(None, map(host_of, (*self.links, self.url))))


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry of the block list, or a word that has a comment held."""

    effect: str
    kind: ListedKind
    value: str


@dataclass(frozen=True, slots=True)
class Learned:
    """What this site's own filter thinks: 0 is good, 1 is spam, and why."""

    score: float
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Author:
    """Who says it, as far as that is known, and how they did until now."""

    # Signed in and may decide here, or wrote the post.
    is_staff_here: bool = False
    # Beyond doubt the one whose history this is.
    is_proved: bool = False
    approved: int = 0
    is_trusted: bool = False
    standing: Standing = Standing.OPEN
    # Gave the address of somebody with an account, without being signed in.
    uses_members_address: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that judging needs to know besides the thing itself; read once."""

    at: datetime
    author: Author = field(default_factory=Author)
    listed: tuple[ListedEntry, ...] = ()
    # How often the same text came in elsewhere lately.
    said_elsewhere: int = 0
    language: str = "en"
    links_allowed: int = 2
    holds_everything: bool = False
    holds_first: bool = True
    holds_links: bool = True
    spam_above: float = 0.95
    ham_below: float = 0.2
    form_min_seconds: float = 3.0
    # None: the local filter knows too little to say anything.
    learned: Learned | None = None
    # In a group, whose members' first words are read by a moderator: whether this is among them. None
    # anywhere else.
    is_new_here: bool | None = None
    # `ham`, `spam`, `discard`; `unavailable`: asked in vain; empty: not asked.
    akismet: str = ""
    # `approve`, `hold` or `spam`, by a program that an owner asks; empty: it said nothing.
    hook: str = ""

    @property
    def is_trusted(self) -> bool:
        """Whether the author need not wait for being unknown, on the site or in the group."""
        return self.author.is_proved and (self.author.is_trusted or self.is_new_here is False)


def submission_of(text: str, **fields: object) -> Submission:
    """A submission of clean text, its Markdown rendered."""
    return Submission(text=text, html=markdown_comment(text), **fields)  # type: ignore[arg-type]


def text_hash(text: str) -> str:
    """The same for texts that read the same: letter case, spacing and width do not count."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return hashlib.sha256(_SPACE.sub(" ", folded).strip().encode()).hexdigest()[:32]


def host_of(url: str) -> str:
    """The host an address leads to, without `www.`; empty for what leads nowhere."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return ""
