"""What every reader of strangers' texts promises of what it gives back."""

import re
from collections.abc import Callable
from typing import TypeVar

from app.core.errors import AppError
from app.core.text import clean_text
from app.core.xml_rpc import Fault
from app.linkbacks.addresses import is_web_address

Given = TypeVar("Given")

# Line ends, what is never seen, and what turns the text around it the other way.
_NEVER_KEPT = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def assert_line(text: str, longest: int) -> None:
    """One line that can be stored and shown, not too long."""
    assert len(text) <= longest
    assert text == text.strip()
    assert not _NEVER_KEPT.search(text)


def assert_storable(text: str) -> None:
    """Text as XML and the databases take it."""
    assert clean_text(text) == text


def assert_web(url: str, longest: int) -> None:
    """Nothing, or the whole address of something on the web."""
    assert not url or is_web_address(url, longest)


def refusal(read: Callable[[], Given]) -> Given | tuple[str, str]:
    """What is read, or with which of our own errors it is refused."""
    try:
        return read()
    except AppError as error:
        said = type(error).__name__, error.detail
    except Fault as error:
        said = str(error.code), error.says
    assert said[1]
    return said
