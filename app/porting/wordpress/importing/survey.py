"""The first look at a file: what it holds that must be known before its first post is written."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.porting.wordpress.exporting.own_words import PREFIX
from app.porting.wordpress.importing.meanings import POST_KINDS
from app.porting.wordpress.importing.own_words import fact, former_urls
from app.porting.wordpress.importing.permalinks import Standing, chosen_by, scheme_of
from app.porting.wordpress.reading.values import Channel, Item, Read, Skipped, WxrComment, WxrTerm
from app.porting.wordpress.reading.wxr import WxrFile
from app.porting.wordpress.texts.old_site import OldSite, with_media_of
from app.site.models import Permalinks

# Told with the bytes read so far of this step.
Seen = Callable[[int], None]
# Ids above this do not come from WordPress, and would not fit into a comment's place.
HIGHEST_ID = 1 << 47
_META_OF_FILES = ("_wp_attached_file", "_wp_attachment_image_alt", f"{PREFIX}source_url")


@dataclass(frozen=True, slots=True)
class Unread:
    """As many comments as there are, none of which will be read."""

    number: int

    def __len__(self) -> int:
        return self.number

    def __iter__(self) -> Iterator[WxrComment | Skipped]:
        return iter(())

    def numbers(self) -> Iterator[int]:
        """None."""
        return iter(())


@dataclass(frozen=True, slots=True)
class PageSeen:
    """As much of a page as its children's addresses need."""

    link: str
    name: str
    title: str
    parent: int | None


@dataclass(slots=True)
class Survey:
    """What is known of a file after going through it once."""

    channel: Channel
    # In the order of the file, and without what nobody asks for.
    attachments: list[Item] = field(default_factory=list)
    # What an author wrote once to be shown in many posts, by its number.
    patterns: dict[int, str] = field(default_factory=dict)
    # Logins that wrote something, and terms that stand under a post, in the order of the file.
    creators: dict[str, None] = field(default_factory=dict)
    terms: dict[tuple[str, str], WxrTerm] = field(default_factory=dict)
    pages: dict[int, PageSeen] = field(default_factory=dict)
    highest_post: int = 0
    highest_comment: int = 0
    schemes: Counter[Permalinks | None] = field(default_factory=Counter)

    @property
    def site(self) -> OldSite:
        """The old site, with the hosts its files lay on."""
        urls = [a.attachment_url for a in self.attachments]
        urls += [fact(a, "source_url") for a in self.attachments]
        return with_media_of([*self.channel.base_urls, *former_urls(self.channel)], urls)

    @property
    def scheme(self) -> Permalinks | None:
        """The scheme most published posts follow; None where most follow none we know."""
        return chosen_by(self.schemes)


def readings_of(source: Path, seen: Seen) -> Iterator[Read]:
    """Everything in the file, in its order. Raises Invalid, and OSError where it can't be opened."""
    with source.open("rb") as file:
        wxr = WxrFile(file)
        for found in wxr:
            seen(wxr.read)
            yield found


def survey(found: Iterable[Read]) -> Survey:
    """Go through a file once, without reading its comments."""
    left = iter(found)
    channel = next(left)
    assert isinstance(channel, Channel)
    result = Survey(channel)
    bare = OldSite(channel.base_urls)
    for item in left:
        if isinstance(item, Item):
            _look_at(result, item, bare)
    return result


def _look_at(result: Survey, item: Item, bare: OldSite) -> None:
    result.highest_post = max(result.highest_post, usable_id(item.id) or 0)
    result.highest_comment = max(
        result.highest_comment, *(usable_id(number) or 0 for number in item.comments.numbers()), 0
    )
    if item.type == "attachment":
        result.attachments.append(_slim(item))
    if item.type == "wp_block" and item.id is not None:
        result.patterns[item.id] = item.content
    if item.type == "page" and item.id is not None:
        result.pages[item.id] = PageSeen(item.link, item.name, item.title, item.parent)
    if item.type in POST_KINDS:
        for term in item.terms:
            result.terms.setdefault((term.taxonomy, term.slug or term.name), term)
    if item.creator and item.type in (*POST_KINDS, "attachment"):
        result.creators.setdefault(item.creator)
    path = bare.path_of(item.link)
    if item.type == "post" and item.status == "publish" and path is not None:
        categories = tuple(t.slug for t in item.terms if t.taxonomy == "category")
        standing = Standing(path, item.name, item.id, item.local, categories)
        result.schemes[scheme_of(standing)] += 1


def _slim(item: Item) -> Item:
    """An attachment without its measures and without its part of the file: there may be many."""
    meta = tuple(pair for pair in item.meta if pair[0] in _META_OF_FILES)
    return replace(item, meta=meta, comments=Unread(len(item.comments)))


def usable_id(number: int | None) -> int | None:
    """An id from the file, if it can be one here."""
    return number if number and number < HIGHEST_ID else None
