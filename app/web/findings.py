"""What pydantic finds wrong, as a sentence for whoever typed or sent it: never its own, which speak English alone."""

from collections.abc import Mapping
from typing import Any

from app.core.i18n import _, marked

# By what is found: what bounds it, and the sentence that names the bound.
_BOUNDS: Mapping[str, tuple[str, str]] = {
    "string_too_long": ("max_length", marked("At most %(number)s characters, please.")),
    "string_too_short": ("min_length", marked("At least %(number)s characters, please.")),
    "too_long": ("max_length", marked("At most %(number)s of these, please.")),
    "too_short": ("min_length", marked("At least %(number)s of these, please.")),
    "greater_than_equal": ("ge", marked("A number from %(number)s on, please.")),
    "less_than_equal": ("le", marked("A number up to %(number)s, please.")),
    "greater_than": ("gt", marked("A number above %(number)s, please.")),
    "less_than": ("lt", marked("A number below %(number)s, please.")),
}
# By how what is found begins, as pydantic has several names for each kind.
_KINDS: Mapping[str, str] = {
    "missing": marked("Please fill this in."),
    "int_": marked("Please write a whole number."),
    "float_": marked("Please write a number."),
    "finite_": marked("Please write a number."),
    "bool_": marked("This is true or false."),
    "string_": marked("This is a text."),
    "list_": marked("This is a list."),
    "model_": marked("This is an object with fields."),
    "dict_": marked("This is an object with fields."),
    "extra_forbidden": marked("There is no such field."),
    "datetime_": marked("This is a moment and its zone, such as 2027-01-31T09:00:00Z."),
    "timezone_": marked("This is a moment and its zone, such as 2027-01-31T09:00:00Z."),
}


def says_of(finding: Any) -> str:
    """The sentence about one finding, of `ValidationError.errors()`."""
    kind, context = str(finding["type"]), finding.get("ctx", {})
    if kind in ("too_long", "too_short") and isinstance(finding["input"], str):
        # So it is called where a text was cleaned before it was measured.
        kind = f"string_{kind}"
    if kind == "value_error":
        return str(context["error"])
    if kind in _BOUNDS:
        name, says = _BOUNDS[kind]
        if context[name] != 1 or kind != "string_too_short":
            return _(says) % {"number": context[name]}
        return _("Please fill this in.")
    found = (says for begins, says in _KINDS.items() if kind.startswith(begins))
    return _(next(found, marked("That can't be used.")))
