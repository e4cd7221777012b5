"""Untrusted text made safe for a terminal: nothing in a row, a name or a server's message may act on the screen."""

import re
import unicodedata

ESCAPES = {"\n": "␊", "\r": "␍", "\t": "␉", "\x1b": "␛", "\x00": "␀", "\x07": "␇", "\x08": "␈", "\x7f": "␡"}

_SUSPECT = re.compile(r"[^ -~¡-¬®-ɏ]")
"""Anything outside printable ASCII and plain Latin letters is worth a closer look (U+00AD is invisible)."""

_VISIBLE_FORMAT = {"\u200d"}
"""ZERO WIDTH JOINER builds emoji, which people do write; everything else of category Cf only hides or reorders."""


def _replace(match: re.Match[str]) -> str:
    character = match.group()
    if character in ESCAPES:
        return ESCAPES[character]
    category = unicodedata.category(character)
    if category == "Cc":
        code = ord(character)
        return chr(0x2400 + code) if code < 0x20 else f"⟨{code:02X}⟩"
    if (category == "Cf" and character not in _VISIBLE_FORMAT) or category in {"Cs", "Co", "Cn", "Zl", "Zp"}:
        return f"⟨{ord(character):04X}⟩"
    return character


def printable(text: str) -> str:
    """One line of ``text`` in which control, bidirectional, invisible and unassigned characters are visible signs.

    Idempotent, never longer than eight characters for one, and the identity on ordinary text.
    """
    return _SUSPECT.sub(_replace, text)


def printable_lines(text: str) -> str:
    """Like `printable`, but line breaks stay line breaks and tabs become spaces."""
    return "\n".join(printable(line.expandtabs(4)) for line in text.splitlines())
