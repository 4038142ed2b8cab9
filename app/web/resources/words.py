"""Resources in words: what they are, how large, whom they are for. Pure, but for the language being spoken."""

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import quote

from fastapi import Request

from app.core.i18n import _, marked
from app.groups.models import Group
from app.posts.addresses import address
from app.resources.drafts import accesses_of
from app.resources.models import Access, Resource, ResourceKind, ResourceState, ResourceVersion
from app.resources.queries import Listed
from app.web.groups.addresses import group_url, topic_name
from app.web.head import Link
from app.web.resources.pages import LIBRARY, AccessChoice, ResourceRow, VersionRow

_ACCESS = {
    Access.EVERYONE: (marked("Everybody"), marked("At once, without being asked anything.")),
    Access.MEMBERS: (
        marked("Members"),
        marked("Whoever has an account here; nobody else sees it."),
    ),
    Access.GROUP: (marked("Members of this group"), marked("Nobody else sees it.")),
    Access.ADDRESS: (
        marked("Whoever leaves an address"),
        marked("The address is confirmed by a letter. To be mailed is asked for apart from it."),
    ),
}
_STATES = {
    ResourceState.DRAFT: marked("Draft"),
    ResourceState.PUBLISHED: marked("Published"),
    ResourceState.RETIRED: marked("Retired"),
}


_KINDS = {ResourceKind.FILE: marked("Files"), ResourceKind.LETTER: marked("Letters")}
_DONE = {
    "topics": marked("Saved. The discussions show it from now on."),
    "added": marked("It is here, as a draft. Look at it, then publish it."),
    "saved": marked("Saved."),
    "version": marked("The new version is there, at the same address."),
    "published": marked("It is published."),
    "retired": marked("It is retired. Its address says so, with your note."),
    "posts": marked("Saved. The posts show it from now on."),
    "erased": marked("The address is erased."),
    "asked": marked("A letter is on its way. The link in it leads to the file."),
}


def said_done(request: Request) -> str:
    """What was just done, as the address of a page says by one word."""
    said = _DONE.get(request.query_params.get("done", ""))
    return _(said) if said else ""


def in_words(reason: str) -> str:
    """Why something was refused."""
    return _(reason)


def state_in_words(resource: Resource) -> str:
    """How far it has come."""
    return _(_STATES[resource.status])


def kinds_in_words() -> dict[str, str]:
    """The kinds there are, each as the name of many."""
    return {kind: _(words) for kind, words in _KINDS.items()}


class Named(Protocol):
    """What has a number and a slug, as resources have."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def slug(self) -> str:
        """Its slug: a group's stands behind a slash."""


def url_of(resource: Named, group_slug: str = "") -> str:
    """The address of its page, percent-encoded; a group's stands below the group."""
    if not group_slug:
        return address(f"{LIBRARY}{resource.slug}/")
    return group_url(group_slug, f"resources/{quote(name_of(resource))}/")


def name_of(resource: Named) -> str:
    """The last part of the address of a group's resource: its number, and words that may change."""
    return topic_name(resource.id, resource.slug.rpartition("/")[2])


def download_url_of(url: str, number: int | None = None) -> str:
    """Where what has its page at `url` is handed out: the newest version, or one by its number."""
    return f"{url}{f'versions/{number}/' if number else ''}download"


def row_of(listed: Listed, group_slug: str = "") -> ResourceRow:
    """A resource as an entry of a list."""
    resource, version = listed.resource, listed.version
    is_at_once = resource.access == Access.EVERYONE and resource.kind == ResourceKind.FILE
    url = url_of(resource, group_slug)
    by_tag = group_url(group_slug, "resources/") if group_slug else LIBRARY
    return ResourceRow(
        title=resource.title,
        url=url,
        summary=resource.summary,
        facts=[*facts_of(version), *_for_whom(resource)],
        published_at=resource.published_at,
        tags=[Link(tag.name, f"{by_tag}?tag={address(tag.slug)}") for tag in listed.tags],
        download_url=download_url_of(url) if is_at_once or group_slug else "",
    )


def version_row(resource: Resource, version: ResourceVersion, by: str, url: str) -> VersionRow:
    """A version as its line in the history of what has its page at `url`."""
    is_newest = version.number == resource.latest
    return VersionRow(
        number=version.number,
        file_name=version.file_name,
        facts=facts_of(version),
        sha256=version.sha256,
        at=version.at,
        by=by,
        note=version.note,
        url=download_url_of(url, None if is_newest else version.number),
    )


def facts_of(version: ResourceVersion) -> Sequence[str]:
    """What it is, and how large."""
    if version.letter:
        return [_("Letter to fill in")]
    ending = version.file_name.rpartition(".")[2].upper()
    return [_("%(kind)s file") % {"kind": ending}, size_in_words(version.size)]


def size_in_words(size: int) -> str:
    """A number of bytes as people say it."""
    if size < 1000:
        return _("%(number)d bytes") % {"number": size}
    if size < 1_000_000:
        return _("%(number)d kB") % {"number": round(size / 1000)}
    return _("%(number)s MB") % {"number": f"{size / 1_000_000:.1f}"}


def access_choices(chosen: str, kind: str, group: Group | None = None) -> Sequence[AccessChoice]:
    """Whom it may be for, as a form offers it."""
    offered = [
        access
        for access in accesses_of(group)
        if kind == ResourceKind.FILE or access != Access.ADDRESS
    ]
    return [
        AccessChoice(access, _(_ACCESS[access][0]), _(_ACCESS[access][1]), access == chosen)
        for access in offered
    ]


def access_in_words(access: Access) -> str:
    """Whom it is for."""
    return _(_ACCESS[access][0])


def _for_whom(resource: Resource) -> Sequence[str]:
    words = {
        Access.MEMBERS: _("For members"),
        Access.GROUP: _("For its members"),
        Access.ADDRESS: _("For your address"),
    }
    return [words[resource.access]] if resource.access in words else []
