"""Where one post stands with its parts, its pages of comments, its feed and its doors for others."""

from dataclasses import dataclass

from app.posts.addresses import Asked, View, address
from app.web.pages.paging import NumberedPage, numbered_pages
from app.web.pages.post_reading import FoundPost


@dataclass(frozen=True)
class Places:
    """The addresses of one post as one reader asks for it. Paths are percent-encoded."""

    base_url: str
    # The post's path, decoded; `url` is "/" instead for a page that the owner has put there.
    path: str
    url: str
    asked: Asked
    last_part: int
    last_comment_page: int

    @property
    def canonical(self) -> str:
        """The whole address of what is asked for."""
        return self.base_url + self.numbered(self.asked.view, self.asked.number)

    @property
    def previous(self) -> str:
        """The whole address of the part, or page of comments, before this one; empty for none."""
        return self._beside(self.asked.number - 1)

    @property
    def next(self) -> str:
        """The whole address of the part, or page of comments, after this one; empty for none."""
        return self._beside(self.asked.number + 1)

    @property
    def feed(self) -> str:
        """The feed of the comments."""
        return address(self.path, "feed/")

    @property
    def trackback(self) -> str:
        """The whole address that trackbacks are sent to."""
        return self.base_url + address(self.path, "trackback/")

    @property
    def form_action(self) -> str:
        """Where comments are sent."""
        return address(self.path, "comment")

    def numbered(self, view: View, number: int) -> str:
        """A part of the text, or a page of its comments."""
        return address(self.path, Asked(self.path, view, number).suffix) if number > 1 else self.url

    def numbers(self, view: View) -> list[NumberedPage]:
        """The way through the parts, or through the pages of comments."""
        current = self.asked.number if self.asked.view == view else 1
        return numbered_pages(current, self._last(view), lambda number: self.numbered(view, number))

    def _last(self, view: View) -> int:
        return self.last_comment_page if view == View.COMMENT_PAGE else self.last_part

    def _beside(self, number: int) -> str:
        is_there = 0 < number <= self._last(self.asked.view)
        return self.base_url + self.numbered(self.asked.view, number) if is_there else ""


def places_of(found: FoundPost, base_url: str) -> Places:
    """The addresses of a post that was found."""
    path = found.post.path or "/"
    return Places(
        base_url=base_url,
        path=path,
        url=address(found.asked.path) if found.asked.path == "/" else address(path),
        asked=found.asked,
        last_part=len(found.post.pages),
        last_comment_page=found.comment_pages,
    )
