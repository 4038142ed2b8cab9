"""A mail as bytes: what everybody's mail program can read, whatever somebody wrote into it."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest

from app.core.mail import Mail, MailServer, is_deliverable, read_server, written
from tests.shared import payloads

AT = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)
ENDING = "<https://blog.example/unsubscribe/f12-0123456789abcdef0123456789abcdef/>"
NASTY = (
    "a\r\nBcc: victim@example.org",
    "a\nBcc: victim@example.org",
    "a\rBcc: victim@example.org",
    "a\u2028Bcc: victim@example.org",
    "a\x85Bcc: victim@example.org",
    "a\x0bBcc: victim@example.org",
    "\r\n\r\n<script>alert(1)</script>",
    "=?utf-8?q?a=0D=0ABcc:_victim=40example.org?=",
    "Grüße\r\n\tBcc: victim@example.org",
    'Gwen" <victim@example.org>, "',
)


def a_mail(**fields: Any) -> Mail:
    given = {
        "sender": "rapport@blog.example",
        "sender_name": "Follow-up",
        "recipient": "gwen@example.org",
        "subject": "Ada answered you",
        "text": "Hello.\n",
        "html": "<p>Hello.</p>",
        "message_id": "<abc@blog.example>",
        "at": AT,
        "headers": {"List-Unsubscribe": ENDING},
    }
    return Mail(**{**given, **fields})


def read(mail: Mail) -> EmailMessage:
    message = message_from_bytes(written(mail), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_has_two_parts_and_says_that_nobody_need_answer() -> None:
    mail = read(a_mail())

    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"] == "Follow-up <rapport@blog.example>"
    assert mail["Message-ID"] == "<abc@blog.example>"


def test_a_long_link_in_a_header_stays_in_one_piece() -> None:
    assert ENDING.encode() in written(a_mail())


def test_words_of_every_script_come_through() -> None:
    words = "Grüße an Ωμέγα, 日本, עברית 🌱 " * 6
    mail = read(a_mail(subject=words, sender_name=words[:60], text=words, html=f"<p>{words}</p>"))

    assert mail["Subject"] == words.strip()
    # Not by the policy's own reading: it leaves blanks between encoded words (RFC 2047 §6.2).
    sender = message_from_bytes(written(a_mail(sender_name=words[:60])), policy=policy.compat32)
    assert words[:60].strip() in str(make_header(decode_header(sender["From"])))
    assert mail.get_body(("plain",)).get_content().strip() == words.strip()  # type: ignore[union-attr]


def test_no_line_is_longer_than_mail_allows() -> None:
    long = "word " * 400 + "x" * 3000
    raw = written(a_mail(subject="ä " * 90, text=long, html=f"<p>{long}</p>"))

    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    raw.decode("ascii")


@pytest.mark.parametrize("words", NASTY)
@pytest.mark.parametrize("field", ["subject", "sender_name", "message_id"])
def test_nothing_written_into_a_mail_becomes_a_header(field: str, words: str) -> None:
    same = read(a_mail())
    mail = read(a_mail(**{field: words}))

    assert mail.keys() == same.keys()
    assert mail["To"] == "gwen@example.org"
    assert mail.get_body(("plain",)).get_content().strip() == "Hello."  # type: ignore[union-attr]


def test_known_attacks_on_headers_stay_words() -> None:
    for words in payloads("crlf"):
        mail = read(a_mail(subject=words, sender_name=words, headers={"List-Id": words}))

        assert set(mail.keys()) == {*read(a_mail()).keys(), "List-Id"} - {"List-Unsubscribe"}
        assert mail["Subject"].strip() == " ".join(words.split())


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("gwen@example.org", True),
        ("gwen@bücher.example", True),
        ("gwen@example.org\r\nBcc: x@example.org", False),
        ("gwen@example.org,x@example.org", False),
        ("Gwen <gwen@example.org>", False),
        ("gwen", False),
        ("", False),
        ("gwen@" + "a" * 70 + "ü.example", False),
        ("a" * 250 + "@example.org", False),
    ],
)
def test_mail_goes_to_one_plain_address(address: str, is_one: bool) -> None:
    assert is_deliverable(address) is is_one


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 25)),
        ("smtps://mail.example", MailServer("mail.example", 465, is_encrypted=True)),
        ("smtp://a%40b:p%2Fq@mail.example:587", MailServer("mail.example", 587, "a@b", "p/q")),
    ],
)
def test_a_server_is_read_from_its_url(url: str, server: MailServer) -> None:
    assert read_server(url) == server


@pytest.mark.parametrize("url", ["", "mail.example", "http://mail.example", "smtp://"])
def test_what_names_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must look like"):
        read_server(url)
