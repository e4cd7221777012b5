"""From whatever a person pasted to the token in it, and to what kind of token that is; nothing leaves the machine."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from turso_tui.tokens.claims import Claims, TokenKind, read_claims
from turso_tui.tokens.wrapping import clean, jwts_in, labelled_words_in, unwrapped

_LONGEST_PASTE = 20_000
"""Characters; more than this is a file, not a token with its wrapping."""

_URL = re.compile(r"(?:libsql|https?|wss?|file):|[\w.-]+\.turso\.io(?:[/:?]|$)", re.IGNORECASE | re.ASCII)

_PART_OF_JWT = re.compile(r"eyJ.*|[\w-]*\.eyJ[\w-]*(?:\.[\w-]*)?", re.ASCII)
"""``{"`` in base64 is ``eyJ``: both the header and the claims of every JWT begin so, and little else does."""

_ONE_WORD = re.compile(r"(?:(?![\"<>\\{}])[!-~])+")


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a pasted text turned out to be. ``text`` is the token alone, usually a secret: never show it."""

    kind: TokenKind
    claims: Claims | None = None
    text: str = field(default="", repr=False)


def recognise(text: str, *, preferred: Collection[TokenKind] = ()) -> Recognised:
    """The token in ``text``, for any text at all; offline, and without verifying a signature.

    Where several are found (an ``.env`` file), the first of a ``preferred`` kind is taken, else the first.
    """
    if len(text) > _LONGEST_PASTE:
        return Recognised(TokenKind.OTHER)
    whole = _classify(text)
    if whole.claims:
        return whole
    found = [*_tokens_in(text)]
    return next((one for one in found if one.kind in preferred), found[0] if found else whole)


def _tokens_in(text: str) -> Iterator[Recognised]:
    """JWTs amid other text; where there are none, words that something calls a token."""
    readable = [one for one in map(_classify, jwts_in(text)) if one.claims]
    if readable:
        yield from readable
        return
    for one in map(_classify, labelled_words_in(text)):
        if one.kind in (TokenKind.DAMAGED_JWT, TokenKind.SHARED_KEY):
            yield one


def _classify(text: str) -> Recognised:
    """What ``text`` is as a whole, once its wrapping is off."""
    cleaned = clean(text)
    if not cleaned:
        return Recognised(TokenKind.EMPTY)
    if _URL.match(cleaned):
        return Recognised(TokenKind.URL, text=cleaned)
    claims = read_claims(cleaned)
    if claims and claims.is_whole:
        return Recognised(claims.kind, claims, cleaned)
    if claims or _PART_OF_JWT.fullmatch(cleaned):
        return Recognised(TokenKind.DAMAGED_JWT, text=cleaned)
    if _ONE_WORD.fullmatch(cleaned) and len(unwrapped(text).split()) == 1:
        return Recognised(TokenKind.SHARED_KEY, text=cleaned)
    return Recognised(TokenKind.OTHER)
