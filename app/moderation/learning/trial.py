"""A filter that starts empty and keeps everything in memory: for trying, measuring and comparing."""

from dataclasses import dataclass, field

from app.moderation.learning.caps import Caps, subjects_of
from app.moderation.learning.features import Reading, read
from app.moderation.learning.judging import hear, score_of
from app.moderation.learning.learner import Learned
from app.moderation.learning.opinion import Opinion, opinion_of
from app.moderation.learning.packing import state_size
from app.moderation.learning.reasons import reasons_of
from app.moderation.learning.words import Words


@dataclass
class Trial:
    """The same reading, learning and caps as on a site; only the database is missing."""

    seed: int = 1
    learned: Learned = field(init=False)
    caps: Caps = field(init=False)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.learned, self.caps = Learned(self.seed), Caps()

    def read(self, words: Words) -> Reading:
        """A comment, read with this filter's seed."""
        return read(words, self.seed)

    def classify(self, words: Words) -> Opinion:
        """Its opinion; unlike on a site, with a score from the first comment on."""
        reading = self.read(words)
        opinion = opinion_of(reading, self.learned)
        if opinion.score is not None:
            return opinion
        heard = hear(reading, self.learned)
        score, reasons = score_of(reading, self.learned, heard), reasons_of(reading, heard)
        return Opinion(score, opinion.verdict, reasons, opinion.spam_learned, opinion.ham_learned)

    def train(self, words: Words, label: str, day: int | None) -> bool:
        """Learn a label; False where there were too many lessons like it on that day, if a day is known."""
        reading = self.read(words)
        subjects = subjects_of(reading.text_hash, words.author, reading.domains)
        if day is not None and not self.caps.allows(day, subjects):
            self.learned.pass_over(reading.features, label)
            return False
        self.learned.learn(reading.features, label)
        return True

    def untrain(self, words: Words, label: str) -> None:
        """Take a label back."""
        self.learned.unlearn(self.read(words).features, label)

    def state_bytes(self) -> int:
        """How large it would be in the database."""
        return state_size(self.learned)
