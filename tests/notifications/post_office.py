"""A real SMTP server in the test's own process, which says what a test wants it to say."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP

from tests.visiting import free_port


@dataclass
class PostOffice:
    """What came in, and what is answered to whom."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    # By recipient: what is said to RCPT, and to DATA.
    to_recipient: dict[str, str] = field(default_factory=dict)
    to_mail: dict[str, str] = field(default_factory=dict)
    is_hanging: bool = False

    @property
    def url(self) -> str:
        """As `RAPPORT_SMTP_URL` wants it."""
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for one address."""
        return [mail for mail in self.mails if address in str(mail["To"])]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take the address, or say what the test wants."""
        if address in self.to_recipient:
            return self.to_recipient[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the mail, or say what the test wants."""
        if self.is_hanging:
            await asyncio.sleep(60)
        answer = self.to_mail.get(envelope.rcpt_tos[0])
        if answer is not None:
            return answer
        self.raw.append(envelope.content)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@contextlib.asynccontextmanager
async def open_office(office: PostOffice) -> AsyncIterator[PostOffice]:
    """The office takes mail until the block ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(office, hostname="post.example", enable_SMTPUTF8=True),
        "127.0.0.1",
        office.port,
    )
    try:
        yield office
    finally:
        server.close()


def an_office() -> PostOffice:
    """An office that is not open yet."""
    return PostOffice(free_port())


def text_of(mail: EmailMessage) -> str:
    """The plain part of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    """The HTML part of a mail."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())
