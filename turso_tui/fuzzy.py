"""Which names a few typed letters mean, and how well each fits: what every filter in the program asks.

A query matches the texts that contain its letters in that order; case and blanks are ignored. Letters that stand
together beat letters that are scattered, and pieces that begin a word beat pieces inside one.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

RUN = 1000
"""What each separate piece costs: more than everything below it can make good."""

WORD_START = 100
"""What a piece gains by beginning a word."""

SPREAD_LIMIT = 49
"""Cells of distance that still make a difference between two matches of the same shape."""


class Match(NamedTuple):
    """``positions`` are the indexes of the matched characters, rising; a higher ``score`` is a better match."""

    score: int
    positions: tuple[int, ...]


def match(query: str, text: str) -> Match | None:
    """The best place for ``query`` in ``text``, or None. An empty query matches everything, with a score of 0."""
    needle = "".join(fold(query).split())
    if not needle:
        return Match(0, ())
    haystack = fold(text)
    candidates = _whole(needle, haystack) or _scattered(needle, haystack)
    best: Match | None = None
    for positions in candidates:
        score = _score(positions, text)
        if best is None or score > best.score:
            best = Match(score, positions)
    return best


def fold(text: str) -> str:
    """``text`` in lower case, character for character, so that positions stay true (``İ`` would become two)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := character.lower()) == 1 else character for character in text)


def _begins_word(text: str, index: int) -> bool:
    if index == 0:
        return True
    before, here = text[index - 1], text[index]
    if here.isdigit():
        return not before.isdigit()
    return not before.isalpha() or (here.isupper() and before.islower())


def _occurrences(piece: str, text: str) -> Iterator[int]:
    index = text.find(piece)
    while index >= 0:
        yield index
        index = text.find(piece, index + 1)


def _whole(needle: str, haystack: str) -> list[tuple[int, ...]]:
    return [tuple(range(start, start + len(needle))) for start in _occurrences(needle, haystack)]


def _scattered(needle: str, haystack: str) -> Iterator[tuple[int, ...]]:
    """From every place where the first letter stands: the nearest letters, and those that begin words."""
    for start in _occurrences(needle[0], haystack):
        nearest = _walk(needle, start, haystack.find)
        if nearest is None:
            return
        yield nearest

        def next_word(letter: str, index: int) -> int:
            if haystack.startswith(letter, index):
                return index
            while (index := haystack.find(letter, index)) >= 0 and not _begins_word(haystack, index):
                index += 1
            return index

        by_words = _walk(needle, start, next_word)
        if by_words is not None:
            yield by_words


def _walk(needle: str, start: int, step: Callable[[str, int], int]) -> tuple[int, ...] | None:
    positions = [start]
    for letter in needle[1:]:
        index = step(letter, positions[-1] + 1)
        if index < 0:
            return None
        positions.append(index)
    return tuple(positions)


def _score(positions: tuple[int, ...], text: str) -> int:
    first, last = positions[0], positions[-1]
    score = -min(first, SPREAD_LIMIT) - min(last - first + 1 - len(positions), SPREAD_LIMIT)
    previous = -2
    for position in positions:
        if position != previous + 1:
            score -= RUN
            if _begins_word(text, position):
                score += WORD_START
        previous = position
    return score
