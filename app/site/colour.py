"""The owner's colour, as light or dark as it must be to be read: contrast is computed, lightness gives way.

Björn Ottosson's Oklab for hue and colourfulness, WCAG 2.2 for contrast. Pure functions.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from math import cbrt, cos, radians, sin

Rgb = tuple[float, float, float]

# What text must stand out by (WCAG 2.2, 1.4.3), and a little, as colours are rounded.
CONTRAST = 4.55
_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})")
# How much of the accent is in the tint behind it: as in tokens.css.
_TINT_BY_DAY, _TINT_BY_NIGHT = 0.09, 0.12
_STEP = 0.004
# On dark paper colours look stronger than they are.
_FAINTER = 0.85


@dataclass(frozen=True)
class Accent:
    """The colour in both schemes, each `#rrggbb`; `ink` is what words are written in."""

    day: str
    day_ink: str
    night: str
    night_ink: str


def read_colour(typed: str) -> str | None:
    """A colour as it is kept, `#8f3f60`, of what was typed; None where that is none."""
    found = _HEX.fullmatch(typed.strip().lower())
    if found is None:
        return None
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return f"#{digits}"


@lru_cache(maxsize=64)
def accent_of(chosen: str) -> Accent:
    """What a chosen colour becomes: its hue, and a lightness in which everything can be read."""
    lightness, a, b = _oklab(_rgb(chosen))
    day = _until_readable(lightness, a, b, -_STEP, (_PAPER_BY_DAY, _SUNK_BY_DAY))
    day_ink = _until_readable(
        day[0] - 0.02, a, b, -_STEP, (_PAPER_BY_DAY, _SUNK_BY_DAY, _mixed(day[1], _PAPER_BY_DAY, _TINT_BY_DAY))
    )  # fmt: skip
    a, b = a * _FAINTER, b * _FAINTER
    night = _until_readable(max(lightness, 0.7), a, b, _STEP, (_PAPER_BY_NIGHT, _SUNK_BY_NIGHT))
    night_ink = _until_readable(
        night[0] + 0.03, a, b, _STEP,
        (_PAPER_BY_NIGHT, _SUNK_BY_NIGHT, _mixed(night[1], _PAPER_BY_NIGHT, _TINT_BY_NIGHT)),
    )  # fmt: skip
    return Accent(*(_written(rgb) for _, rgb in (day, day_ink, night, night_ink)))


def contrast(one: str, other: str) -> float:
    """By how much two colours stand out from each other, 1 to 21 (WCAG 2.2)."""
    return _contrast(_rgb(one), _rgb(other))


def _until_readable(
    lightness: float, a: float, b: float, step: float, papers: tuple[Rgb, ...]
) -> tuple[float, Rgb]:
    """The first lightness in this direction that stands out from all these papers, and its colour."""
    while 0 < lightness < 1:
        rgb = _rounded(_in_gamut(lightness, a, b))
        if all(_contrast(rgb, paper) >= CONTRAST for paper in papers):
            return lightness, rgb
        lightness += step
    return lightness, (0.0, 0.0, 0.0) if step < 0 else (1.0, 1.0, 1.0)


def _in_gamut(lightness: float, a: float, b: float) -> Rgb:
    """The colour, as colourful as a screen can show it."""
    for tenth in range(50, -1, -1):
        rgb = _srgb(lightness, a * tenth / 50, b * tenth / 50)
        if all(-0.0005 <= one <= 1.0005 for one in rgb):
            break
    red, green, blue = (min(1.0, max(0.0, one)) for one in rgb)
    return red, green, blue


def _contrast(one: Rgb, other: Rgb) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = map(_linear, rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`color-mix(in oklab, one share, other)`."""
    first, second = _oklab(one), _oklab(other)
    lightness, a, b = (x * share + y * (1 - share) for x, y in zip(first, second, strict=True))
    return _in_gamut(lightness, a, b)


def _oklab(rgb: Rgb) -> Rgb:
    red, green, blue = map(_linear, rgb)
    long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _srgb(lightness: float, a: float, b: float) -> Rgb:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _gamma(value: float) -> float:
    if value <= 0.0031308:
        return value * 12.92
    return float(1.055 * value ** (1 / 2.4) - 0.055)


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _rounded(rgb: Rgb) -> Rgb:
    return _rgb(_written(rgb))


def _written(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(one * 255):02x}" for one in rgb)


def _lch(lightness: float, chroma: float, hue: float) -> Rgb:
    return _in_gamut(lightness, chroma * cos(radians(hue)), chroma * sin(radians(hue)))


# The papers of tokens.css; a test compares them.
_PAPER_BY_DAY, _SUNK_BY_DAY = _lch(0.985, 0.004, 85), _lch(0.958, 0.007, 85)
_PAPER_BY_NIGHT, _SUNK_BY_NIGHT = _lch(0.19, 0.008, 260), _lch(0.225, 0.009, 260)
