"""Words from claims, fit to be shown: a claim may hold anything, and a hostile one is as long as it likes."""

from collections.abc import Sequence

from turso_tui.printable import printable

_LONGEST_WORD = 48
"""Characters of a claim that are shown: a UUID fits, and a hostile one does not fill the screen."""

_LONGEST_LIST = 9


def word(claim: str | None) -> str:
    """One claim, printable and not too long."""
    if claim is None:
        return "unknown"
    shown = printable(claim[:_LONGEST_WORD])
    return shown if len(claim) <= _LONGEST_WORD else f"{shown}…"


def listed(words: Sequence[str]) -> str:
    """``a, b and c``; of many, how many more there are."""
    if len(words) > _LONGEST_LIST:
        words = (*words[:_LONGEST_LIST], f"{len(words) - _LONGEST_LIST} more")
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
