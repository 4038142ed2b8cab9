"""Comments made up for these tests, good ones and spam, as many different ones as are asked for."""

from itertools import islice, product

from app.moderation.learning.words import Words

_GOODS = ("handbags", "watches", "casino chips", "loans", "pills", "followers")
_PRAISE = ("Great site", "Awesome post", "I like your website", "Very nice article", "Wow")
_SUBJECTS = (
    "the second paragraph",
    "your bread recipe",
    "that footnote",
    "the photo",
    "chapter two",
)
_THOUGHTS = (
    "reminded me of my grandmother's kitchen",
    "does not say how long to wait, does it?",
    "is where I disagree, and here is why",
    "made me write to an old friend",
    "has a small mistake: the year was earlier",
)
_NAMES = ("Ada", "Ben", "Chandra", "Dilek", "Erik", "Fumiko", "Gwen")


def spam(count: int) -> list[Words]:
    """Praise, and a shop."""
    made = (
        Words(
            f"{praise}! Buy cheap {goods} now http://{goods.replace(' ', '-')}-{number}.example.com/sale",
            author=f"cheap {goods}",
            url=f"http://best-{goods.replace(' ', '-')}.example.com/",
        )
        for number, (praise, goods) in enumerate(product(_PRAISE, _GOODS))
    )
    return list(islice(made, count))


def good(count: int) -> list[Words]:
    """A thought about what was written."""
    made = (
        Words(f"I think {subject} {thought}", author=_NAMES[number % len(_NAMES)])
        for number, (subject, thought) in enumerate(product(_SUBJECTS, _THOUGHTS))
    )
    return list(islice(made, count))
