"""What a backup says of itself: a head to know it by, and a manifest at its end of all that is in it."""

from datetime import datetime
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core.errors import Invalid
from app.porting.backup.archive import MANIFEST, Member

HEAD, ROWS, SECRET = "rapport-backup.json", "rows/", "secret"
# Raised when an older program could no longer read what is written.
FORMAT = 1
# Read whole, so bounded: a manifest has some 200 bytes for each file of the site.
MOST_OF_HEAD, MOST_OF_SECRET, MOST_OF_MANIFEST = 1 << 20, 1 << 12, 1 << 30

Said = TypeVar("Said", bound=BaseModel)


class Head(BaseModel):
    """The first member. `tables` names each table's columns, in the order of its rows' values."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["rapport backup"]
    format: int
    created_at: datetime
    schema_version: str = Field(pattern=r"^\w{1,32}$")
    database: Literal["sqlite", "postgresql"]
    base_url: str
    tables: dict[str, list[str]]


class KeptMember(BaseModel):
    """A member as it was written."""

    model_config = ConfigDict(frozen=True)

    name: str
    size: int
    sha256: str

    def is_like(self, found: Member) -> bool:
        """Whether what was found is what was written."""
        return (self.size, self.sha256) == (found.size, found.sha256)


class KeptFile(BaseModel):
    """An upload: in which member it lies, and the name it has in the store."""

    model_config = ConfigDict(frozen=True)

    member: str
    name: str


class Manifest(BaseModel):
    """`rows` by table; `counters`: the highest number each table ever gave; `gone`: deleted meanwhile."""

    model_config = ConfigDict(frozen=True)

    members: list[KeptMember]
    rows: dict[str, int]
    counters: dict[str, int]
    files: list[KeptFile]
    gone: list[str]


def read_head(text: bytes) -> Head:
    """The head of a backup. Raises Invalid for anything else, and for what a newer program made."""
    head = _read(Head, HEAD, text)
    if head.format > FORMAT:
        raise Invalid("The backup was made by a newer version of Rapport. Install that version.")
    return head


def read_manifest(text: bytes) -> Manifest:
    """The manifest of a backup. Raises Invalid."""
    return _read(Manifest, MANIFEST, text)


def member_of_rows(table: str, number: int) -> str:
    """The name of the member with a table's rows, counted from 1."""
    return f"{ROWS}{table}/{number:06}.jsonl.gz"


def member_of_file(number: int) -> str:
    """The name of the member with one upload, counted from 1; what it is called stands in the manifest."""
    return f"uploads/{number:06}"


def _read(model: type[Said], name: str, text: bytes) -> Said:
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise Invalid(f"The backup is damaged: {name} can't be read.") from error
