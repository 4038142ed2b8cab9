"""What is sent about a resource: a form with its file, or what it says of itself."""

from typing import Annotated, Any

from pydantic import Field

from app.accounts.api_tokens import Scope
from app.api.calling import Call
from app.api.fields import Line, Sent, Text
from app.api.operations import writes
from app.core.errors import Invalid, WrongType
from app.core.i18n import _
from app.resources.drafts import (
    DESCRIPTION_LENGTH,
    LICENCE_LENGTH,
    MOST_TAGS,
    NOTE_LENGTH,
    TAG_LENGTH,
    TITLE_LENGTH,
    Draft,
    NewVersion,
)
from app.resources.models import Access
from app.resources.queries import Listed
from app.web.multipart import SentForm, read_form_with_file
from app.web.resources.desk import limit_of

FILE: dict[str, Any] = {"type": "string", "format": "binary"}
NOTE: dict[str, Any] = {"type": "string", "maxLength": NOTE_LENGTH}
ABOUT: dict[str, Any] = {
    "title": {"type": "string", "minLength": 1, "maxLength": TITLE_LENGTH},
    "description": {"type": "string", "maxLength": DESCRIPTION_LENGTH},
    "licence": {"type": "string", "maxLength": LICENCE_LENGTH},
    "access": {"type": "string", "enum": ["everyone", "members", "address"]},
    "tags": {"type": "string", "description": "Words between commas."},
}


def takes_form(*errors: int, required: list[str], **properties: Any) -> dict[str, Any]:
    """The keywords of an operation that takes a form with a file."""
    operation = writes(Scope.RESOURCES_WRITE, 409, *errors)
    form = {"type": "object", "required": required, "properties": properties}
    operation["openapi_extra"]["requestBody"] = {
        "required": True,
        "content": {"multipart/form-data": {"schema": form}},
    }
    return operation


class ResourceChange(Sent):
    """What a resource says of itself. What is left out stays as it is."""

    title: Annotated[Line, Field(min_length=1, max_length=TITLE_LENGTH)] | None = None
    description: Annotated[Text, Field(max_length=DESCRIPTION_LENGTH)] | None = Field(
        None, description="In Markdown."
    )
    licence: Annotated[Line, Field(max_length=LICENCE_LENGTH)] | None = None
    access: Access | None = None
    tags: (
        Annotated[list[Annotated[Line, Field(max_length=TAG_LENGTH)]], Field(max_length=MOST_TAGS)]
        | None
    ) = None
    revision: Annotated[int, Field(ge=0, lt=10**9)] | None = Field(
        None, description="The one that was read: 409 where it is another by now."
    )


class Retirement(Sent):
    """Why it goes."""

    note: Annotated[Line, Field(max_length=NOTE_LENGTH)] = Field(
        "", description="Stands in its place."
    )


async def form_in(call: Call) -> SentForm:
    """A form as far as its file. Raises WrongType, BadRequest, TooLarge, Invalid."""
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise WrongType(_("Send a form of the kind multipart/form-data."))
    form = await read_form_with_file(call.request, limit_of(call.request))
    if not form.file_name:
        says = _("Please choose a file.")
        raise Invalid(says, fields={"file": says})
    return form


def said_in(form: SentForm, new: NewVersion) -> bytes:
    """All of a form, for its key."""
    return repr([form.file_name, sorted(form.fields.items()), new.sha256]).encode(errors="replace")


def changed_by(sent: ResourceChange, found: Listed) -> Draft:
    """What a resource says of itself, with what is to be changed of it."""
    resource = found.resource
    tags = sent.tags if sent.tags is not None else [tag.name for tag in found.tags]
    return Draft(
        title=resource.title if sent.title is None else sent.title,
        description=(resource.description_source if sent.description is None else sent.description),
        licence=resource.licence if sent.licence is None else sent.licence,
        access=Access(resource.access) if sent.access is None else sent.access,
        tags=",".join(tags),
    )
