"""The addresses below `/write/`, but for the library's: the first that knows one answers."""

from app.web.writing import (
    autosaving,
    beginning,
    checking,
    desk,
    editing,
    history,
    pictures,
    previewing,
    terms,
)

WRITING = (
    desk.router,
    beginning.router,
    editing.router,
    autosaving.router,
    previewing.router,
    history.router,
    checking.router,
    pictures.router,
    terms.router,
)
