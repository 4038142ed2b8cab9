"""The naive half: how often each word and link stood in spam and in good comments.

Right after a handful of labels, when the linear half knows little; easily led astray by words that
were added on purpose. So it weighs less the more is known.
"""

import math
from collections.abc import Iterable
from itertools import accumulate
from operator import mul

# Before a word was seen it says nothing, as if it had been seen so often, half in spam.
_STRENGTH = 0.2
# Words that say hardly anything are left out, and of the others no more than these are heard.
_LEAST = 0.05
_MOST = 100
_SUREST = 6.0


def spam_shares(
    seen: Iterable[tuple[float, float, int]], spam_learned: int, ham_learned: int
) -> list[tuple[float, int]]:
    """The chance, 0 to 1, that what has a word in it is spam (Robinson's f(w)), and for how many words.

    `seen` says in how many lessons of spam and in how many good ones so many words stood: most were
    seen as rarely as many others.
    """
    balance = spam_learned / ham_learned
    known, half = _STRENGTH, _STRENGTH / 2
    return [
        ((half + (spam + ham) * spam / (spam + ham * balance)) / (known + spam + ham), words)
        for spam, ham, words in seen
    ]


def log_odds(shares: list[tuple[float, int]]) -> float:
    """What all of them say together, by Fisher's chi-square; between -6 (good) and 6 (spam)."""
    said = [
        (-abs(share - 0.5), share, words) for share, words in shares if abs(share - 0.5) > _LEAST
    ]
    said.sort()
    heard, for_spam, for_ham = 0, [], []
    for _sureness, share, words in said:
        times = min(words, _MOST - heard)
        heard += times
        for_spam.append(times * math.log(share))
        for_ham.append(times * math.log(1 - share))
        if heard == _MOST:
            break
    if not heard:
        return 0.0
    spam_like = _chi_square(-2 * math.fsum(for_spam), heard)
    ham_like = _chi_square(-2 * math.fsum(for_ham), heard)
    chance = min(max((1 + spam_like - ham_like) / 2, 1e-9), 1 - 1e-9)
    return min(max(math.log(chance / (1 - chance)), -_SUREST), _SUREST)


def _chi_square(value: float, pairs: int) -> float:
    """The chance of so great a sum or a greater one, with two degrees of freedom a piece."""
    half = value / 2
    first = math.exp(-half) if half < 700 else 0.0
    ratios = [half / number for number in range(1, pairs)]
    return min(math.fsum(accumulate(ratios, mul, initial=first)), 1.0)
