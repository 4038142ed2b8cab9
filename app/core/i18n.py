"""Every text a person reads goes through gettext. The site's language decides; catalogues lie in `app/locale`."""

import gettext as _gettext
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "locale"


@lru_cache(maxsize=32)
def catalogue(language: str) -> _gettext.NullTranslations:
    """The catalogue of a language (`de`, `pt-BR`); English source texts where there is none."""
    return _gettext.translation("rapport", _FOLDER, [language.replace("-", "_")], fallback=True)


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages there are catalogues of; English is the language of the source."""
    found = {path.parent.parent.name.replace("_", "-") for path in _FOLDER.glob("*/*/rapport.mo")}
    return tuple(sorted(found | {"en"}))


_active: ContextVar[_gettext.NullTranslations | None] = ContextVar("language", default=None)


def speak(language: str) -> None:
    """From here on, in this task, speak this language."""
    _active.set(catalogue(language))


def _(message: str) -> str:
    """The message in the language being spoken."""
    return (_active.get() or catalogue("en")).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The right form for a number; `%(num)d` in the message is filled by the caller."""
    return (_active.get() or catalogue("en")).ngettext(singular, plural, number)


def marked(message: str) -> str:
    """A message that is written here and translated where it is shown: for constants."""
    return message
