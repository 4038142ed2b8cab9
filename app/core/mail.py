"""Mail out: one mail as bytes, and the server that takes it. Jobs alone talk to it, never a request."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from ssl import SSLError
from urllib.parse import unquote, urlsplit

import aiosmtplib

from app.core.text import one_line

# A server that says nothing for so long is treated as away.
PATIENCE = 20.0
_PORTS = {"smtp": 25, "smtps": 465}
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\[\]\\]+@[^\s@<>\"(),:;\[\]\\]+")
# RFC 3463 §3.8: what is wrong is what we are allowed to do, whoever it is for.
_IS_POLICY = re.compile(r"\s*5\.7\.")
# RFC 5321 §4.2.1: the server is about to close, whatever was asked.
_CLOSING = 421


@dataclass(frozen=True)
class Mail:
    """One mail to one person, before it is written down."""

    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str
    # With its angle brackets (RFC 5322 §3.6.4).
    message_id: str
    at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    # TLS from the first byte; else STARTTLS where it is offered.
    is_encrypted: bool = False


class Refused(Exception):
    """The server will not take this mail, now or ever."""


class Bounced(Refused):
    """The address itself is refused: there is no such mailbox, or it takes nothing from anybody."""


class PutOff(Exception):
    """The server does not take this mail now, and may later."""


class ServerAway(Exception):
    """The server takes no mail at all: it cannot be reached, hangs, or does not let us in."""


def read_server(url: str) -> MailServer:
    """The server that `smtp(s)://user:password@host:port` names. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("must look like smtp://user:password@mail.example.org:587")
    return MailServer(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_encrypted=parts.scheme == "smtps",
    )


def is_deliverable(address: str) -> bool:
    """Whether mail can be addressed so: one plain address, nothing that a server reads otherwise."""
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        return False
    try:
        _on_the_wire(address)
    except (UnicodeError, ValueError):
        return False
    return address.isprintable()


def written(mail: Mail) -> bytes:
    """The mail as RFC 5322 wants it: text and HTML, each header on a line of its own, whatever is in it."""
    headers = {
        "From": mailbox(mail.sender_name, mail.sender),
        "To": _on_the_wire(mail.recipient),
        "Subject": encoded("Subject", mail.subject),
        "Date": format_datetime(mail.at),
        "Message-ID": one_line(mail.message_id),
        # RFC 3834 §5: so that no holiday note answers.
        "Auto-Submitted": "auto-generated",
        **{name: encoded(name, value) for name, value in mail.headers.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return lines.encode() + _body(mail)


@asynccontextmanager
async def connected(server: MailServer) -> AsyncIterator["Line"]:
    """A line to the server, for any number of mails. Raises ServerAway."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user or None,
        password=server.password or None,
        use_tls=server.is_encrypted,
        timeout=PATIENCE,
    )
    try:
        await client.connect()
    except (aiosmtplib.SMTPException, SSLError, OSError, ValueError) as error:
        raise ServerAway(_said(error)) from error
    try:
        yield Line(client)
    finally:
        await _hung_up(client)


class Line:
    """An open line to a mail server."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self._client = client

    async def send(self, mail: Mail) -> None:
        """Hand one mail over; when this returns, it is the server's.

        Raises Bounced, Refused, PutOff, ServerAway.
        """
        recipient = _on_the_wire(mail.recipient)
        options = () if recipient.isascii() else ("SMTPUTF8",)
        try:
            await self._client.sendmail(mail.sender, recipient, written(mail), mail_options=options)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _about_the_address(error.recipients[0]) from error
        except aiosmtplib.SMTPDataError as error:
            raise _about_the_mail(error) from error
        except aiosmtplib.SMTPNotSupported as error:
            raise Refused(_said(error)) from error
        except (aiosmtplib.SMTPException, SSLError, OSError) as error:
            # Whoever refuses the sender refuses every mail of ours.
            raise ServerAway(_said(error)) from error


async def _hung_up(client: aiosmtplib.SMTP) -> None:
    try:
        await client.quit(timeout=2)
    except (aiosmtplib.SMTPException, OSError):
        client.close()


def _about_the_address(error: aiosmtplib.SMTPRecipientRefused) -> Exception:
    found = _about_the_mail(error)
    if not isinstance(found, Refused) or _IS_POLICY.match(error.message):
        return found
    return Bounced(*found.args)


def _about_the_mail(
    error: aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError,
) -> Refused | PutOff | ServerAway:
    if error.code == _CLOSING:
        return ServerAway(_said(error))
    return Refused(_said(error)) if error.code >= 500 else PutOff(_said(error))


def _said(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return one_line(f"{error.code} {error.message}")[:500]
    return one_line(str(error) or type(error).__name__)[:500]


def _body(mail: Mail) -> bytes:
    # Quoted-printable keeps lines short and lets every server pass them on.
    body = EmailMessage(policy=SMTP)
    body.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        body.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return body.as_bytes()


def encoded(name: str, value: str) -> str:
    """A header's value in ASCII, folded where it may be (RFC 2047, RFC 5322 §2.2.3)."""
    # Not EmailMessage's own folding: it would take a long URL apart.
    value = one_line(value)
    if " " not in value and _charset(value) == "us-ascii":
        # One word can't be folded, only pushed off its line.
        return value
    return Header(value, _charset(value), maxlinelen=76, header_name=name).encode(linesep="\r\n")


def mailbox(name: str, address: str) -> str:
    """Somebody's name and address as a header has them (RFC 5322 §3.4)."""
    name = one_line(name)
    if _charset(name) == "us-ascii":
        return formataddr((name, address))
    header = Header(name, "utf-8", maxlinelen=76, header_name="From")
    header.append(f"<{address}>", "us-ascii")
    return header.encode(linesep="\r\n")


def _charset(value: str) -> str:
    # RFC 2047 §2: what begins so is read as an encoded word, whoever wrote it.
    return "us-ascii" if value.isascii() and "=?" not in value else "utf-8"


def _on_the_wire(address: str) -> str:
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode()
    return f"{local}@{domain}"
