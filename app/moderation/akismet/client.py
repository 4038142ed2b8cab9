"""Akismet, asked through its own package: what it thinks of a comment, or why nothing is known of that."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum
from functools import partial
from typing import TypeVar

import akismet
import anyio
import httpx

from app.core.errors import Unreachable
from app.core.i18n import _, marked
from app.core.logs import get_logger
from app.core.outbound.named import named_client
from app.moderation.akismet.question import Question
from app.settings import Settings

# From the first byte to the last, whatever happens in between.
SECONDS = 5.0
MOST_BYTES = 16_000
AT_ONCE = 4
# So many unanswered in a row, and the rest is not asked this time.
PATIENCE = 4

Answer = TypeVar("Answer")

log = get_logger(__name__)


class Opinion(StrEnum):
    """What Akismet thinks of a comment; `DISCARD` is spam that nobody need look at."""

    HAM = "ham"
    SPAM = "spam"
    DISCARD = "discard"


class Label(StrEnum):
    """What a person says it is, when Akismet was mistaken."""

    HAM = "ham"
    SPAM = "spam"


class Trouble(StrEnum):
    """Why there is no answer; kept, and said in words by `in_words`."""

    REFUSED = "refused"
    TIMEOUT = "timeout"
    STATUS = "status"
    KEY = "key"
    ODD = "odd"

    @property
    def in_words(self) -> str:
        """A sentence for whoever runs the site."""
        return _(_TROUBLES[self])


_TROUBLES = {
    Trouble.REFUSED: marked("Akismet could not be reached."),
    Trouble.TIMEOUT: marked("Akismet did not answer in time."),
    Trouble.STATUS: marked("Akismet answered with an error."),
    Trouble.KEY: marked("Akismet does not know the key of this site."),
    Trouble.ODD: marked("Akismet answered with something else than yes or no."),
}


class Unavailable(Unreachable):
    """502: Akismet gave no answer that can be used; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.in_words)
        self.trouble = trouble


class Akismet:
    """The service, as one site with one key sees it for a while: a few questions at once, and no more of
    them once several in a row were not answered. Every call raises Unavailable unless it was answered.
    """

    def __init__(self, service: akismet.AsyncClient) -> None:
        self._service = service
        self._turns = anyio.CapacityLimiter(AT_ONCE)
        self._unanswered = 0
        self.was_asked = False
        # What was wrong with the newest answer.
        self.trouble: Trouble | None = None

    async def opinion_on(self, question: Question) -> Opinion:
        """Ham, spam or discard."""
        check = partial(self._service.comment_check, question.user_ip, **question.arguments())
        return _OPINIONS[await self._answer("comment-check", check)]

    async def teach(self, question: Question, label: Label) -> None:
        """Tell that it was mistaken; a question is put as it was when it was asked."""
        submit = {Label.HAM: self._service.submit_ham, Label.SPAM: self._service.submit_spam}[label]
        teaching = partial(submit, question.user_ip, **question.arguments())
        await self._answer(f"submit-{label}", teaching)

    async def knows_the_key(self) -> bool:
        """Whether it would answer this site at all."""
        return await self._answer("verify-key", self._service.verify_key)

    async def _answer(self, name: str, call: Callable[[], Awaitable[Answer]]) -> Answer:
        async with self._turns:
            if self.trouble is not None and self._unanswered >= PATIENCE:
                raise Unavailable(self.trouble)
            self.was_asked = True
            try:
                with _in_time(name):
                    answer = await call()
            except Unavailable as error:
                self._unanswered, self.trouble = self._unanswered + 1, error.trouble
                raise
            self._unanswered, self.trouble = 0, None
            return answer


_OPINIONS = {
    akismet.CheckResponse.HAM: Opinion.HAM,
    akismet.CheckResponse.SPAM: Opinion.SPAM,
    akismet.CheckResponse.DISCARD: Opinion.DISCARD,
}


@asynccontextmanager
async def open_akismet(settings: Settings) -> AsyncIterator[Akismet]:
    """Akismet with the key of the settings, at its own address or at the stand-in's that they name."""
    agent = f"Rapport | {akismet.USER_AGENT}"
    base = settings.akismet_url
    # The package's own client believes proxies of the environment and reads answers of any size.
    async with named_client(agent, base=base, max_bytes=MOST_BYTES, seconds=SECONDS) as http:
        config = akismet.Config(settings.akismet_key, f"{settings.base_url}/")
        yield Akismet(akismet.AsyncClient(config=config, http_client=http))


@contextmanager
def _in_time(call: str) -> Iterator[None]:
    """Turn whatever goes wrong inside into Unavailable, within the time there is for it."""
    try:
        with anyio.fail_after(SECONDS):
            yield
    except (akismet.AkismetError, TimeoutError) as error:
        trouble = _trouble_of(error)
        log.warning("akismet.no_answer", call=call, trouble=trouble, because=type(error).__name__)
        raise Unavailable(trouble) from error


def _trouble_of(error: Exception) -> Trouble:
    if isinstance(error, akismet.APIKeyError):
        return Trouble.KEY
    # The package wraps what the network did.
    below = error.__cause__ if isinstance(error, akismet.RequestError) else error
    if isinstance(below, TimeoutError | httpx.TimeoutException):
        return Trouble.TIMEOUT
    if isinstance(below, httpx.HTTPStatusError):
        return Trouble.STATUS
    return Trouble.REFUSED if isinstance(below, httpx.ConnectError) else Trouble.ODD
