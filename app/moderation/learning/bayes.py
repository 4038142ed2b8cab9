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


def spam_shares(
    seen: Iterable[tuple[float, float]], spam_learned: int, ham_learned: int
) -> list[float]:
    """The chance, 0 to 1, that what has a word in it is spam (Robinson's f(w)), for each that was seen.

    `seen` says of a word in how many lessons of spam it stood, and in how many good ones.
    """
    balance = spam_learned / ham_learned
    known, half = _STRENGTH, _STRENGTH / 2
    return [
        (half + (spam + ham) * spam / (spam + ham * balance)) / (known + spam + ham)
        for spam, ham in seen
        if spam or ham
    ]


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
