"""A recognised token in words: what it is, what it may do, and until when."""

from datetime import UTC, datetime

from turso_tui.printable import printable
from turso_tui.tokens.claims import Access, Claims, TokenKind
from turso_tui.tokens.recognise import Recognised

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))

_LONGEST_WORD = 48
"""Characters of a claim that are shown: a UUID fits, and a hostile one does not fill the screen."""


def describe(recognised: Recognised, now: float) -> str:
    """One or two sentences about it, printable, never containing the secret. ``now`` is in unix seconds."""
    claims = recognised.claims
    if claims is None:
        return _WITHOUT_CLAIMS[recognised.kind]
    return f"{_what_it_may(claims)} {_until_when(claims, now)}"


def moment(seconds: float) -> str:
    """A time in unix seconds as a person reads it, in UTC to the minute."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
    except (OverflowError, ValueError, OSError):
        return "a time beyond the calendar"


_WITHOUT_CLAIMS = {
    TokenKind.EMPTY: "Nothing was given.",
    TokenKind.URL: "A URL, not a token.",
    TokenKind.OTHER: "Text that cannot be a token.",
    TokenKind.DAMAGED_JWT: "The beginning of a token, but it cannot be read: a part is missing or was changed.",
    TokenKind.SHARED_KEY: "Text without claims: the shared key of a self-hosted server, perhaps.",
}


def _what_it_may(claims: Claims) -> str:
    does = {
        TokenKind.SESSION: "manages everything that its user may",
        TokenKind.API_UNRESTRICTED: "manages everything that its user may",
        TokenKind.API_ORGANIZATION: f"manages organization number {_word(claims.organization)}",
        TokenKind.API_GROUP: f"manages group {_word(claims.group_id)} ({_scopes(claims)})",
        TokenKind.DATABASE: f"runs SQL on {_database(claims)}: {_access(claims)}",
        TokenKind.GROUP: f"runs SQL on every database of group {_word(claims.group_id)}: {_access(claims)}",
        TokenKind.EXTERNAL: f"runs SQL where its issuer is registered: {_access(claims)}",
        TokenKind.UNKNOWN_JWT: "does not say what it is for",
    }[claims.kind]
    return f"A {claims.kind}: it {does}."


def _database(claims: Claims) -> str:
    return f"database {_word(claims.database_id)}" if claims.database_id else "every database of its server"


def _access(claims: Claims) -> str:
    return "reads only" if claims.access is Access.READ_ONLY else "reads and writes"


def _scopes(claims: Claims) -> str:
    return ", ".join(map(_word, claims.scopes[:9])) or "no scopes"


def _word(claim: str | None) -> str:
    if claim is None:
        return "unknown"
    shown = printable(claim[:_LONGEST_WORD])
    return shown if len(claim) <= _LONGEST_WORD else f"{shown}…"


def _until_when(claims: Claims, now: float) -> str:
    if claims.expires_at is None:
        names_its_end = claims.kind in (TokenKind.SESSION, TokenKind.UNKNOWN_JWT)
        return "It does not say until when." if names_its_end else "It never expires."
    if claims.expires_at <= now:
        return f"It expired on {moment(claims.expires_at)}, {_span(now - claims.expires_at)} ago."
    return f"It is valid until {moment(claims.expires_at)}, {_span(claims.expires_at - now)} from now."


def _span(seconds: float) -> str:
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), _UNITS[-1])
    count = int(seconds // size)
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
