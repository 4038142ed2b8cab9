"""The naive half: how often each word and link stood in spam and in good comments.

Right after a handful of labels, when the linear half knows little; easily led astray by words that
were added on purpose. So it weighs less the more is known.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

# In how many lessons of spam and in how many good ones, in one number: to look one up is dear.
ONE_HAM = 2.0**24

# Before a word was seen it says nothing, as if it had been seen so often, half in spam.
_STRENGTH = 0.2
# Words that say hardly anything are left out, and of the others no more than these are heard.
_LEAST = 0.05
_MOST = 50
_SUREST = 6.0
# How finely the balance of spam and good lessons is taken: so many steps for twice as much.
_FINENESS = 32
_MOST_KNOWN = 20_000
# Numbers of the series' own kind, which need not be made into it a hundred times a comment.
_COUNTDOWN = tuple(map(float, range(_MOST - 1, 0, -1)))

_Said: TypeAlias = tuple[float, float, float]
# And by how many words.
_SaidBy: TypeAlias = tuple[float, float, float, int]


class Shares(dict[float, _Said | None]):
    """What it says that a word was seen so often: how surely, and the logarithms of the chances of both sides.

    None for what says hardly anything. All that was seen as often says the same, as long as there
    are about as many lessons of spam for a good one: worked out once.
    """

    def __init__(self, balance: int) -> None:
        self._balance = 2.0 ** (balance / _FINENESS)

    def __missing__(self, seen: float) -> _Said | None:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        spam, ham = seen % ONE_HAM, seen // ONE_HAM
        share = _spam_share(spam, ham, self._balance) if seen else 0.5
        sureness = abs(share - 0.5)
        said = (-sureness, math.log(share), math.log(1 - share)) if sureness > _LEAST else None
        self[seen] = said
        return said


def balance_of(spam_learned: int, ham_learned: int) -> int:
    """How many lessons of spam there were for a good one, in steps."""
    return round(_FINENESS * math.log2(spam_learned / ham_learned))


@lru_cache(maxsize=8)
def shares_by(balance: int) -> Shares:
    """What is known at one balance; for some of them, as each lesson moves it to and fro."""
    return Shares(balance)


def _spam_share(spam: float, ham: float, balance: float) -> float:
    """The chance, 0 to 1, that what has a word in it is spam (Robinson's f(w))."""
    known = spam + ham
    return (_STRENGTH / 2 + known * spam / (spam + ham * balance)) / (_STRENGTH + known)


def log_odds(seen: Mapping[float, int], shares: Shares) -> float:
    """What all words say together, by Fisher's chi-square; between -6 (good) and 6 (spam).

    `seen` says how many of them were seen so often: most as rarely as many others.
    """
    # Flat: tuples that begin with a number are sorted far quicker than those that begin with a tuple.
    said = [(*known, words) for often, words in seen.items() if (known := shares[often])]
    heard = sum([one[3] for one in said])
    if heard > _MOST:
        said, heard = _surest(said), _MOST
    if not heard:
        return 0.0
    for_spam = -math.fsum([words * spam for _sure, spam, _ham, words in said])
    for_ham = -math.fsum([words * ham for _sure, _spam, ham, words in said])
    difference = _chi_square(for_spam, heard) - _chi_square(for_ham, heard)
    chance = min(max((1 + difference) / 2, 1e-9), 1 - 1e-9)
    return min(max(math.log(chance / (1 - chance)), -_SUREST), _SUREST)


def _surest(said: list[_SaidBy]) -> list[_SaidBy]:
    """The surest first, no more words than are heard."""
    surest, left = [], _MOST
    said.sort()
    for sure, spam, ham, words in said:
        if words >= left:
            surest.append((sure, spam, ham, left))
            break
        surest.append((sure, spam, ham, words))
        left -= words
    return surest


def _chi_square(half: float, pairs: int) -> float:
    """The chance of twice so great a sum or a greater one, with two degrees of freedom a piece."""
    # Beyond that it is nothing, and the series more than a number can be.
    if half >= 300:
        return 0.0
    series = 1.0
    for number in _COUNTDOWN[_MOST - pairs :]:
        series = 1.0 + series * half / number
    return min(math.exp(-half) * series, 1.0)
