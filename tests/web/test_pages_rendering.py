"""Templates: what they escape, what they refuse, and what they may not contain."""

import re

import pytest
from jinja2 import UndefinedError

from app.core.markup import safe_text
from app.web.rendering import TEMPLATES, TEMPLATES_LOADED

HOSTILE = '<b onclick="x">&\''
ESCAPED = "&lt;b onclick=&#34;x&#34;&gt;&amp;&#39;"


@pytest.mark.parametrize(
    "template",
    [
        "{{ text }}",
        "{{ text if text }}",
        "{{ [text]|join }}",
        "{{ text ~ '' }}",
        "{{ '%s'|format(text) }}",
        "{% set kept = text %}{{ kept }}",
        "{% set kept %}{{ text }}{% endset %}{{ kept }}",
        "{% macro said(words) %}{{ words }}{% endmacro %}{{ said(text) }}",
        "{% macro said() %}{{ caller() }}{% endmacro %}{% call said() %}{{ text }}{% endcall %}",
        "{% for one in [text] %}{{ one }}{% endfor %}",
        "{% trans words=text %}{{ words }}{% endtrans %}",
        "{{ _('%(words)s', words=text) }}",
        "{{ ngettext('%(words)s', '%(words)s', 1, words=text) }}",
    ],
)
def test_text_is_escaped_once_however_it_is_written(template: str) -> None:
    assert TEMPLATES_LOADED.from_string(template).render(text=HOSTILE) == ESCAPED


def test_clean_html_stays_as_it_is_and_numbers_are_written() -> None:
    template = TEMPLATES_LOADED.from_string("{{ html }}{{ number }}")

    assert template.render(html=safe_text("<i>"), number=7) == "&lt;i&gt;7"


def test_facts_cannot_end_their_script() -> None:
    facts = {"name": "</script><script>alert(1)</script>"}

    written = TEMPLATES_LOADED.from_string("{{ facts|tojson }}").render(facts=facts)

    assert "<" not in written


@pytest.mark.parametrize("template", ["{{ nothing }}", "{{ text.nothing }}"])
def test_what_is_missing_is_an_error_and_no_blank(template: str) -> None:
    with pytest.raises((UndefinedError, AttributeError)):
        TEMPLATES_LOADED.from_string(template).render(text="")


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_a_template_compiles_vouches_for_no_html_and_has_no_style_or_script_inside(
    path: object,
) -> None:
    name = str(path).removeprefix(f"{TEMPLATES}/")
    source = (TEMPLATES / name).read_text(encoding="utf-8")

    TEMPLATES_LOADED.get_template(name)

    assert not re.search(r"\|\s*safe\b|autoescape|Markup", source)
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", source)
    # Of our own files alone: modules, and the vendored one that is none.
    ours = r" type=\"module\" src=\"\{\{ static_url\(| src=\"\{\{ static_url\('js/vendor/"
    scripts = rf"<script(?! type=\"application/ld\+json\"|{ours})"
    assert re.findall(scripts, source) == []
