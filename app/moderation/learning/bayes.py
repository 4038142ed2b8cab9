"""The naive half: how often each word and link stood in spam and in good comments.

Right after a handful of labels, when the linear half knows little; easily led astray by words that
were added on purpose. So it weighs less the more is known.
"""

import math
from collections.abc import Iterable

# Before a word was seen it says nothing, as if it had been seen so often, half in spam.
_STRENGTH = 0.2
# Words that say hardly anything are left out, and of the others no more than these are heard.
_LEAST = 0.05
_MOST = 100
_SUREST = 6.0


def spam_share(spam: float, ham: float, spam_learned: int, ham_learned: int) -> float:
    """The chance, 0 to 1, that what has this in it is spam (Robinson's f(w))."""
    in_spam, in_ham = spam / spam_learned, ham / ham_learned
    seen = spam + ham
    return (_STRENGTH * 0.5 + seen * in_spam / (in_spam + in_ham)) / (_STRENGTH + seen)


def log_odds(shares: Iterable[float]) -> float:
    """What all of them say together, by Fisher's chi-square; between -6 (good) and 6 (spam)."""
    said = sorted(
        (share for share in shares if abs(share - 0.5) > _LEAST),
        key=lambda share: (-abs(share - 0.5), share),
    )[:_MOST]
    if not said:
        return 0.0
    spam_like = _chi_square(-2 * math.fsum(map(math.log, said)), len(said))
    ham_like = _chi_square(-2 * math.fsum(math.log(1 - share) for share in said), len(said))
    chance = min(max((1 + spam_like - ham_like) / 2, 1e-9), 1 - 1e-9)
    return min(max(math.log(chance / (1 - chance)), -_SUREST), _SUREST)


def _chi_square(value: float, pairs: int) -> float:
    """The chance of so great a sum or a greater one, with two degrees of freedom a piece."""
    half = value / 2
    term = total = math.exp(-half) if half < 700 else 0.0
    for number in range(1, pairs):
        term *= half / number
        total += term
    return min(total, 1.0)
