"""`rapport-export.json`, the first thing to read of an archive: what it is, and what is in it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from app.core.errors import Invalid
from app.core.i18n import _

FORMAT = "rapport-export/1"
MANIFEST = "rapport-export.json"
MEDIA_LIST = "media.jsonl"
MEDIA_FOLDER = "media/"
_FAMILY = "rapport-export/"


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class FileSums(_Part):
    """One file of the archive: its lines, its bytes, and their SHA-256 in hexadecimal."""

    rows: int
    bytes: int
    sha256: str


class MediaSums(_Part):
    """How many files come along, and how many of those that are named were not there."""

    files: int
    bytes: int
    missing: int


class Origin(_Part):
    """The site as it is called, and where it stood."""

    title: str
    url: str


class Manifest(_Part):
    """The whole of it. Whoever writes one may add more; readers pass over what they do not know."""

    format: str
    made_by: str
    made_at: datetime
    site: Origin
    files: dict[str, FileSums]
    media: MediaSums
    # Tables, and columns as `table.column`, that stayed behind, and why.
    left_out: dict[str, str]


def read_manifest(content: bytes) -> Manifest:
    """The manifest of these bytes. Raises Invalid where they are none, or one of another version."""
    try:
        named = _Named.model_validate_json(content)
    except ValidationError as error:
        raise Invalid(_("%s can't be read: this is no Rapport archive.") % MANIFEST) from error
    if named.format != FORMAT:
        if named.format.startswith(_FAMILY):
            message = _("This archive is of the format %(theirs)s; this version reads %(ours)s.")
            raise Invalid(message % {"theirs": named.format[:80], "ours": FORMAT})
        raise Invalid(_("This is no Rapport archive: its format is “%s”.") % named.format[:80])
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        what = {"file": MANIFEST, "where": ".".join(map(str, first["loc"])), "why": first["msg"]}
        raise Invalid(_("%(file)s: %(where)s: %(why)s.") % what) from error


class _Named(_Part):
    format: str
