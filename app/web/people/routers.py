"""Members as others see them, and what they decide about that, in the order of the addresses."""

from app.web.people import blocking, directory, editing, feed, figures, photos, profile

PEOPLE = (
    directory.router,
    blocking.router,
    feed.router,
    profile.router,
    figures.router,
    editing.router,
    photos.router,
)
