"""Many small style sheets on disk, one on the wire: `@import` is followed here, at start, not by browsers."""

import posixpath
import re
from collections.abc import Callable, Mapping

_STRING = r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\''
# Strings are matched so that what looks like a comment inside of one stays.
_COMMENT_OR_SPACE = re.compile(rf"({_STRING})|/\*.*?\*/|\s+", re.DOTALL)
_IMPORT = r"""@import\s+(?:url\(\s*)?["'](?P<sheet>[^"']+)["']\s*\)?\s*(?P<condition>[^;]*);"""
_URL = r"""url\(\s*["']?(?P<file>[^"')]+)["']?\s*\)"""
_REFERENCE = re.compile(f"{_IMPORT}|{_URL}")


def bundle(name: str, sheets: Mapping[str, str], url_of: Callable[[str], str]) -> str:
    """The sheet `name` with all it imports, in order, without comments; relative to no folder.

    `sheets` maps names (`css/main.css`) to texts, `url_of` a file's name to its public address. Raises
    ValueError for an import that is conditional, missing, or made twice: the order of layers could
    not be read off the files then.
    """
    return _squeezed(_followed(name, sheets, url_of, set()))


def imported(name: str, text: str) -> set[str]:
    """The names of the sheets that this one imports."""
    found = (reference["sheet"] for reference in _REFERENCE.finditer(text))
    return {_beside(name, sheet) for sheet in found if sheet}


def _followed(
    name: str, sheets: Mapping[str, str], url_of: Callable[[str], str], seen: set[str]
) -> str:
    if name in seen or name not in sheets:
        raise ValueError(f"{name} is imported twice, or is not there")
    seen.add(name)

    def resolved(found: re.Match[str]) -> str:
        if found["condition"]:
            raise ValueError(f"{name} imports {found['sheet']} under a condition")
        if found["sheet"]:
            return _followed(_beside(name, found["sheet"]), sheets, url_of, seen)
        if found["file"].startswith(("data:", "#")):
            return found[0]
        return f'url("{url_of(_beside(name, found["file"]))}")'

    return _REFERENCE.sub(resolved, _squeezed(sheets[name]))


def _beside(name: str, reference: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), reference))


def _squeezed(text: str) -> str:
    return _COMMENT_OR_SPACE.sub(lambda found: found[1] or " ", text).strip()
