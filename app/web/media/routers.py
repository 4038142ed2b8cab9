"""The addresses of the library of files, in this order."""

from app.web.media import desk, one

MEDIA = (desk.router, one.router)
