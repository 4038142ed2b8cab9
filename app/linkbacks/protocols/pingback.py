"""Pingback 1.0 §3: what may be wrong with a ping, as the numbers that clients know."""

from collections.abc import Mapping
from typing import Final

from app.core.i18n import marked

UNSAID: Final = 0
SOURCE_MISSING: Final = 16
NO_LINK: Final = 17
TARGET_UNKNOWN: Final = 32
TARGET_NOT_PINGABLE: Final = 33
ALREADY_REGISTERED: Final = 48
ACCESS_DENIED: Final = 49
UPSTREAM: Final = 50

# None of them says what a connection did: that would tell strangers what stands in our network.
SENTENCES: Final[Mapping[int, str]] = {
    UNSAID: marked("The pingback could not be taken."),
    SOURCE_MISSING: marked("The page that the pingback comes from could not be read."),
    NO_LINK: marked("The page that the pingback comes from does not link to this one."),
    TARGET_UNKNOWN: marked("There is no such page here."),
    TARGET_NOT_PINGABLE: marked("This page does not take pingbacks."),
    ALREADY_REGISTERED: marked("The pingback was taken before."),
    ACCESS_DENIED: marked("Pingbacks from there are not taken."),
    UPSTREAM: marked("Another server did not answer as it should."),
}
