"""All pages of introductions, in the order in which they are asked for an address."""

from app.web.introductions import choices, feed, known, lists, offering, one, requesting, thanks

INTRODUCTIONS = (
    lists.router, requesting.router, offering.router, known.router, choices.router, thanks.router,
    one.router, feed.router,
)  # fmt: skip
