"""From whatever a person pasted to the token in it, and to what kind of token that is; nothing leaves the machine."""

import re
from dataclasses import dataclass, field

from turso_tui.tokens.claims import Claims, TokenKind, read_claims

_LONGEST_PASTE = 20_000
"""Characters; more than this is a file, not a token with its wrapping."""

_QUOTES = "\"'`“”‘’«»<>;,"

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
"""Soft hyphens, zero-width and direction marks, the byte order mark: chat programs and web pages smuggle them in."""

_WRAPPING = re.compile(
    r"""
      (?: export \s+ | set(?:x)? \s+ | \$env: )? ["']? [A-Za-z_][\w-]* ["']? \s* = \s* (?=[^=\s])  # X=…, $env:X = …
    | ["']? [\w-]* (?: authorization | token | jwt ) ["']? \s* : \s* (?=\S)  # a header, a key in JSON or YAML
    | bearer (?: \s+ | $ )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)

_URL = re.compile(r"(?:libsql|https?|wss?|file):|[\w.-]+\.turso\.io(?:[/:?]|$)", re.IGNORECASE | re.ASCII)

_ONE_WORD = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a pasted text turned out to be. ``text`` is the cleaned text, usually a secret: never show it."""

    kind: TokenKind
    claims: Claims | None = None
    text: str = field(default="", repr=False)


def clean(pasted: str) -> str:
    """``pasted`` without what comes along when one copies a token: quotes, ``Bearer``, ``export X=``, line breaks.

    Idempotent. White space inside goes too, because a terminal wraps a long token and copies the line breaks.
    """
    while (cleaned := "".join(_unwrapped(pasted).split())) != pasted:
        pasted = cleaned  # joining may have completed another word to remove
    return cleaned


def _unwrapped(pasted: str) -> str:
    text = _UNSEEN.sub("", pasted)
    while True:
        inner = text.strip().strip(_QUOTES).strip()
        wrapping = _WRAPPING.match(inner)
        inner = inner[wrapping.end() :] if wrapping else inner
        if inner == text:
            return text
        text = inner


def recognise(text: str) -> Recognised:
    """What ``text`` is, for any text at all; offline, and without verifying a signature."""
    if len(text) > _LONGEST_PASTE:
        return Recognised(TokenKind.OTHER)
    cleaned = clean(text)
    if not cleaned:
        return Recognised(TokenKind.EMPTY)
    if _URL.match(cleaned):
        return Recognised(TokenKind.URL, text=cleaned)
    claims = read_claims(cleaned)
    if claims:
        return Recognised(claims.kind, claims, cleaned)
    if cleaned.startswith("eyJ"):  # {" in base64: every JWT begins so, and little else does
        return Recognised(TokenKind.DAMAGED_JWT, text=cleaned)
    is_one_word = _ONE_WORD.fullmatch(cleaned) and len(_unwrapped(text).split()) == 1
    return Recognised(TokenKind.SHARED_KEY if is_one_word else TokenKind.OTHER, text=cleaned)
