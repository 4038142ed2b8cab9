"""Templates of what is no page of the site: letters, and the file of one's own data. They speak one's language, too."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.core.i18n import _, ngettext

TEMPLATES = Path(__file__).parents[2] / "frontend" / "templates"


def sheets() -> Environment:
    """Read once: a name that is not there fails, and HTML is escaped in HTML alone."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    # The extension adds this method at run time.
    environment.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment
