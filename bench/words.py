"""Text without end, the same each time: sentences of working life, put together by a seed."""

import random
from collections.abc import Sequence
from html import escape


def _each_of(words: str, separator: str | None = None) -> tuple[str, ...]:
    return tuple(words.split(separator))


def _made_up(number: int) -> tuple[str, ...]:
    """Words of no language: a vocabulary as large as people's, or it would compress like nothing else."""
    chance, syllables = (
        random.Random(0),
        _each_of("ba ce dor fin gul ha ive jo kan lem mu nor pli ras sto tun ver wim"),
    )
    return tuple(
        "".join(chance.choices(syllables, k=chance.choice((2, 2, 3)))) for _ in range(number)
    )


_ADJECTIVES = _each_of(
    "honest careful late short quiet early patient second open kind long spare plain dull useful "
    "small warm slow clear written unpaid borrowed tired shared regional steady sudden former"
)
_NOUNS = _each_of(
    "letter meeting promise colleague customer invoice deadline favour question answer kitchen "
    "contract morning silence introduction notebook apprentice manager signature train lunch report "
    "estimate mistake handshake calendar neighbour reference salary workshop telephone ladder "
    "supplier archive budget draft visitor proposal habit errand corridor coffee garden ledger"
)
_VERBS = _each_of(
    "keeps returns answers forgets repeats writes reads carries measures borrows postpones explains "
    "remembers counts delivers mends refuses accepts notices divides improves follows asks thanks"
)
_JOINTS = _each_of("because before after although while until where whenever since unless so that")
_PLACES = _each_of(
    "in the spring|on a Thursday|at the counter|behind the workshop|over lunch|by post|for a year|"
    "without a word|in two sentences|on the last train|between two meetings|against the rules",
    "|",
)
_NAMES = _each_of(
    "Ada Bram Carla Dorian Elif Farid Greta Hana Ivo Jonas Kaja Lena Milos Nadia Otto Petra Quirin "
    "Rosa Sami Tilde Ulla Vera Wanda Xenia Yusuf Zora"
)
_SURNAMES = _each_of(
    "Alder Brook Castell Dorn Ekdal Ferrand Grau Holm Ister Jahn Kessel Lund Moor Nagy Orban Pohl "
    "Quist Renn Sorg Thal Ulm Voss Wick Yates Zimmer"
)
_RARE = _made_up(3000)
# What the plain alphabet leaves out must be carried too.
_STRANGERS = ("naïve", "Škoda", "日本語", "привет", "“quoted”", "it’s", "5 < 6 & 7 > 3", "🙂")


class Words:
    """A source of text; two with the same seed say the same."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def name(self) -> str:
        """Somebody's."""
        return f"{self._one(_NAMES)} {self._one(_SURNAMES)}"

    def noun(self) -> str:
        """One thing of an office, or one that no office knows."""
        return self._one(_RARE if self.chance.random() < 0.3 else _NOUNS)

    def title(self) -> str:
        """Of a post."""
        return f"The {self._one(_ADJECTIVES)} {self.noun()} and the {self.noun()}".capitalize()

    def sentence(self, *, rich: bool = False) -> str:
        """One; a `rich` one may hold a link, emphasis or foreign letters, as HTML."""
        words = self._clause()
        while self.chance.random() < 0.45:
            words += [self._one(_JOINTS), *self._clause()]
        if rich:
            self._enrich(words)
        text = " ".join(words) + self.chance.choice("....?!")
        return text[0].upper() + text[1:]

    def paragraph(self, sentences: int, *, rich: bool = False) -> str:
        """So many sentences."""
        return " ".join(self.sentence(rich=rich) for _ in range(sentences))

    def _clause(self) -> list[str]:
        subject = ["the", self._one(_ADJECTIVES), self.noun()]
        clause = [*subject, self._one(_VERBS), "the", self.noun()]
        return [*clause, self._one(_PLACES)] if self.chance.random() < 0.4 else clause

    def _enrich(self, words: list[str]) -> None:
        at = self.chance.randrange(len(words))
        enriched = (
            f'<a href="https://elsewhere.example/{self.noun()}/">{words[at]}</a>',
            f"<strong>{words[at]}</strong>",
            f"<em>{words[at]}</em>",
            f"<code>{self.noun()}()</code>",
            escape(self._one(_STRANGERS)),
        )
        if self.chance.random() < 0.35:
            words[at] = self.chance.choice(enriched)

    def _one(self, words: Sequence[str]) -> str:
        return words[int(len(words) * self.chance.random())]
