"""One thing said in a group as a message (RFC 5322) in a mailbox file (RFC 4155). Pure.

Nobody's address stands in it: who wrote something is named, with an address below `.invalid`, where
no mail is ever delivered (RFC 2606). Messages hang together by the ids that the site's letters about
the same discussion answer to.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.quoprimime import body_encode
from email.utils import format_datetime

from app.core.mail import encoded, mailbox
from app.core.text import clean_text, one_line

MEDIA_TYPE = "application/mbox"
NOBODY = "nobody"

# Two letters of a line may be written in six: the lines stay below the 76 of RFC 2045 §6.7.
_LINE = 70
# Of all that was quoted with `>` since mboxrd: encoded, no reader takes it for the start of a message,
# and none takes a `>` away.
_FROM = re.compile(rb"^(?:F(?=rom )|>(?=>*From ))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing somebody said, with the topic it opens or answers."""

    id: int
    thread_id: int
    group_id: int
    group_name: str
    topic_title: str
    # Where it stands.
    url: str
    opens: bool
    # What it answers, where that is there to be read.
    parent_id: int | None
    parent_opens: bool
    author_id: int | None
    author_name: str
    text: str
    at: datetime


def written(said: Said, host: str) -> bytes:
    """The message as it stands in the file, from its `From ` line to the blank line behind it."""
    at = said.at.astimezone(UTC)
    sender = f"member-{said.author_id}" if said.author_id is not None else NOBODY
    address = f"{sender}@{host}.invalid"
    title = one_line(said.topic_title)
    headers = {
        "Message-ID": _id_of(said.id, said, host, opens=said.opens),
        **_answers_to(said, host),
        "Date": format_datetime(at),
        "From": mailbox(said.author_name, address),
        "Subject": encoded("Subject", title if said.opens else f"Re: {title}"),
        "List-Id": encoded("List-Id", _list(said, host)),
        "Archived-At": f"<{said.url}>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "quoted-printable",
    }
    head = "".join(f"{name}: {value}\n" for name, value in headers.items()).replace("\r\n", "\n")
    return f"From {address} {at.ctime()}\n{head}\n".encode() + body(said.text) + b"\n"


def body(text: str) -> bytes:
    """A text in quoted-printable, no line of which looks like the start of a message."""
    lines = clean_text(text).replace("\r\n", "\n").replace("\r", "\n")
    octets = f"{lines.rstrip()}\n".encode().decode("latin-1")
    as_ascii = body_encode(octets, maxlinelen=_LINE).encode("ascii")
    return _FROM.sub(lambda found: b"=%02X" % found[0][0], as_ascii)


def _answers_to(said: Said, host: str) -> dict[str, str]:
    """What it answers, and what began that: nothing for what opens a topic."""
    if said.opens:
        return {}
    root = _id_of(said.id, said, host, opens=True)
    if said.parent_id is None or said.parent_opens:
        return {"In-Reply-To": root, "References": root}
    parent = _id_of(said.parent_id, said, host, opens=False)
    return {"In-Reply-To": parent, "References": f"{root}\n {parent}"}


def _id_of(comment_id: int, said: Said, host: str, *, opens: bool) -> str:
    # A topic's opening text is what all letters about the topic answer to.
    name = f"thread-{said.thread_id}" if opens else f"comment-{comment_id}"
    return f"<{name}@{host}>"


def _list(said: Said, host: str) -> str:
    # RFC 2919; its phrase may be anything but brackets and quotes.
    phrase = "".join(letter for letter in said.group_name if letter not in '<>"\\')
    return f"{phrase} <group-{said.group_id}.{host}>".strip()
