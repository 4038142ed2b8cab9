"""What people read: all of it can be translated, no page asks anybody else, and no machine is named."""

import ast
import re
import subprocess
from pathlib import Path
from typing import TypeGuard

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from app.core.errors import AppError
from tests.sources import Function, calls_in, functions_in, name_of, python_files
from tests.visiting import ROOT

TEMPLATES = sorted((ROOT / "frontend" / "templates").rglob("*.*"))
STYLES = sorted((ROOT / "frontend" / "css").rglob("*.css"))
SCRIPTS = sorted((ROOT / "frontend" / "js").rglob("*.js"))
MARKS = ("_", "ngettext", "marked")

# Where gettext is called, and where words are shown that were marked elsewhere.
BEHIND_THE_MARKS = (
    "app/core/i18n.py", "app/web/error_pages.py", "app/web/errors.py", "app/web/accounts/words.py",
    "app/web/comments/commenting.py", "app/discussions/verbs.py", "app/notifications/removals.py",
    "app/moderation/akismet/client.py", "app/moderation/learning/form.py",
    "app/moderation/learning/reasons.py", "app/web/moderating/queue.py",
    "app/web/moderating/log.py", "app/web/moderating/keys.py", "app/web/moderating/sheets.py",
    "app/health/checks.py", "app/health/asking.py", "app/web/admin/health.py",
    "app/moderation/keys.py", "app/web/rpc/calling.py", "app/web/resources/words.py",
    "app/web/linkbacks/trackbacks.py", "app/web/linkbacks/pingbacks.py",
    "app/web/linkbacks/admin.py", "app/web/groups/log_words.py", "app/web/hooks/pages.py",
    "app/notifications/notices/kinds.py", "app/web/notices/words.py",
    "app/web/people/words.py", "app/web/writing/words.py", "app/web/reporting/making.py", "app/web/reporting/own.py",
    "app/web/moderating/report_lines.py",
    "app/networking/introductions/asking.py",
    "app/web/introductions/done.py", "app/web/introductions/words.py", "app/web/refusals.py",
    "app/networking/promises/making.py", "app/networking/promises/actions.py",
    "app/web/admin/pages.py", "app/web/admin/settings.py", "app/web/admin/settings_fields.py",
    "app/web/admin/redirects.py", "app/web/admin/menus.py", "app/web/admin/permalinks.py",
    "app/web/promises/words.py", "app/web/promises/lists.py", "app/web/accounts/private_feeds.py",
    "app/web/followers/following.py", "app/web/followers/posts.py", "app/web/followers/admin.py",
    "app/web/accounts/api_tokens.py", "app/web/media/words.py", "app/web/media/desk.py",
    "app/porting/disqus/report.py", "app/web/admin/start.py", "app/web/admin/importing.py",
    "app/web/writing/differing.py", "app/web/findings.py",
)  # fmt: skip
# Whoever runs the site reads English there, as in its logs.
AT_THE_COMMAND_LINE = ("app/cli/", "app/porting/backup/", "app/core/schema.py")
# Names of vocabularies look like addresses, and nobody fetches them.
VOCABULARIES = ("http://www.w3.org/", "https://schema.org", "http://a9.com/", "http://gmpg.org/")
ADDRESS = re.compile(r"""(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s"'<>]*|url\(\s*["']?//""")
# Where the author of a text works, and where the packages came from, is nobody's business.
OF_A_MACHINE = ("/" + "work/main", "/" + "work/shared", "/" + "opt/wheels", "/" + "opt/pypi")
OF_AN_INDEX = ("--index" + "-url", "--find" + "-links", "pypi" + ".org", "pythonhosted" + ".org")

NOT_TEXT = re.compile(
    r"""(?sx) \{\#.*?\#\} | \{%-?\s*trans\b.*?endtrans\s*-?%\} | \{%.*?%\} | \{\{.*?\}\}
        | <!--.*?--> | <style.*?</style> | &\#?\w+;"""
)
TAG = re.compile(r"(?s)<[^>]*>")
READ_ALOUD = re.compile(
    r"""(?s)\b(?:aria-label|title|alt|placeholder|aria-description)\s*=\s*"([^"]*)\""""
)


@pytest.mark.parametrize("path", [*TEMPLATES, *STYLES, *SCRIPTS], ids=name_of)
def test_no_page_asks_anybody_else(path: Path) -> None:
    found = ADDRESS.findall(path.read_text())

    assert [address for address in found if not address.startswith(VOCABULARIES)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_trust_no_text(path: Path) -> None:
    source = path.read_text()

    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup\(", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)", source)
    assert not re.search(r"\sstyle=|\son[a-z]+=", source), "the content policy forbids it"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_word_of_a_template_is_without_translation(path: Path) -> None:
    source = NOT_TEXT.sub(" ", path.read_text())
    spoken = [TAG.sub(" ", source), *READ_ALOUD.findall(source)]

    assert re.findall(r"[^\W\d_]{2,}", " ".join(spoken)) == []


def test_messages_are_written_out_where_they_are_marked() -> None:
    """The extractor reads the source: it finds no message that is put together while running."""
    put_together = [
        f"{name_of(path)}:{call.lineno}"
        for path in python_files("app")
        for call in calls_in(path, *MARKS)
        if call.args and not is_written_out(call.args[0])
        if name_of(path) not in BEHIND_THE_MARKS
    ]

    assert put_together == []


def is_written_out(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Constant) and isinstance(argument.value, str)


def test_every_refusal_is_marked_for_translation() -> None:
    """Whatever makes an error of ours, or says no, is given words that went through a mark."""
    errors = {error.__name__ for error in kinds_of(AppError)}
    bare = [
        f"{name_of(path)}:{call.lineno}"
        for path in python_files("app")
        if not name_of(path).startswith(AT_THE_COMMAND_LINE)
        for function in functions_in(path)
        for call in calls_in(path, *errors, "no", *makers_in(path, errors), inside=function)
        for said in call.args
        if is_unmarked(said, function)
    ]

    assert bare == []


def kinds_of(error: type[AppError]) -> set[type[AppError]]:
    return {error}.union(*(kinds_of(kind) for kind in error.__subclasses__()))


def makers_in(path: Path, errors: set[str]) -> set[str]:
    """Functions of a file that make an error of what they are given to say."""
    return {
        one.name
        for one in functions_in(path)
        if isinstance(one.returns, ast.Name) and one.returns.id in errors
    }


def is_unmarked(said: ast.expr, function: Function) -> bool:
    """Whether these are words as they stand there, or a name that was given such words."""
    if isinstance(said, ast.Name):
        given = [
            one.value
            for one in ast.walk(function)
            if isinstance(one, ast.Assign)
            and any(isinstance(name, ast.Name) and name.id == said.id for name in one.targets)
        ]
        return any(
            is_unmarked(value, function) for value in given if not isinstance(value, ast.Name)
        )
    if isinstance(said, ast.JoinedStr):
        return any(has_letters(part) for part in said.values)
    return has_letters(said) and " " in str(said.value)


def has_letters(part: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(part, ast.Constant) and re.search(r"[^\W\d_]", str(part.value)) is not None


def test_a_translator_gets_every_message() -> None:
    method_map, options_map = parse_mapping_cfg((ROOT / "babel.cfg").open())
    found = {
        message if isinstance(message, str) else message[0]
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(ROOT),
            method_map,
            options_map,
            keywords=DEFAULT_KEYWORDS | {"marked": None},
            directory_filter=lambda folder: name_of(Path(folder)).startswith(("app", "frontend")),
        )
    }

    assert len(found) > 50
    assert {error.title for error in AppError.__subclasses__()} <= found


def committed_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("no repository here: nothing is known of what is committed")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_nothing_committed_names_a_machine_or_an_index() -> None:
    told = [
        f"{name_of(path)}: {word}"
        for path in committed_files()
        if path.is_file()
        for word in (*OF_A_MACHINE, *OF_AN_INDEX)
        if word.encode() in path.read_bytes()
    ]

    assert told == []
