"""A recognised token in words and in facts: what it is, what it may do, and until when."""

from collections.abc import Iterator
from datetime import UTC, datetime

from turso_tui.tokens.claims import Access, Claims, TokenKind
from turso_tui.tokens.permissions import Action, Permission, in_words
from turso_tui.tokens.recognise import Recognised
from turso_tui.tokens.wording import listed, word

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def describe(recognised: Recognised, now: float) -> str:
    """One or two sentences about it, printable, never containing the secret. ``now`` is in unix seconds."""
    claims = recognised.claims
    if claims is None:
        return _WITHOUT_CLAIMS[recognised.kind]
    return f"{_what_it_may(claims)} {_until_when(claims, now)}"


def facts(recognised: Recognised, now: float) -> tuple[tuple[str, str], ...]:
    """Label and value of all that it says, in the order of their use; printable, without the secret.

    ``now`` is in unix seconds. Of a text without claims there is its kind and its length.
    """
    claims = recognised.claims
    if claims is None:
        return tuple(_of_text(recognised))
    return (("Kind", str(claims.kind)), *((label, value) for label, value in _of_claims(claims, now) if value))


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


def rights(claims: Claims) -> str:
    """What a token for SQL may do, printable; table by table where it says so."""
    if claims.access is Access.READ_ONLY:
        narrowed = in_words([_only_reading(permission) for permission in claims.permissions])
        return f"{narrowed}, and nothing else" if narrowed else "reads only"
    said = in_words(claims.permissions) or "reads and writes"
    known = {action for permission in claims.permissions for action in permission.actions}
    return f"{said}, and more that this program does not know" if known == {Action.DATA_READ} else said


def lifetime(claims: Claims, now: float) -> str:
    """When it ends, absolute and relative; ``now`` is in unix seconds."""
    if claims.expires_at is None:
        names_its_end = claims.kind in (TokenKind.SESSION, TokenKind.UNKNOWN_JWT)
        return "not said" if names_its_end else "never"
    return f"{moment(claims.expires_at)}, {relative(claims.expires_at, now)}"


def relative(seconds: float, now: float) -> str:
    """``10 minutes from now`` or ``1 hour ago``."""
    return f"{_span(seconds - now)} from now" if seconds > now else f"{_span(now - seconds)} ago"


def _what_it_may(claims: Claims) -> str:
    does = {
        TokenKind.SESSION: "manages everything that its user may",
        TokenKind.API_UNRESTRICTED: "manages everything that its user may",
        TokenKind.API_ORGANIZATION: f"manages organization number {word(claims.organization)}",
        TokenKind.API_GROUP: f"manages group {word(claims.group_id)} ({scopes(claims) or 'no scopes'})",
        TokenKind.DATABASE: f"runs SQL on {_database(claims)}: {rights(claims)}",
        TokenKind.GROUP: f"runs SQL on every database of group {word(claims.group_id)}: {rights(claims)}",
        TokenKind.EXTERNAL: f"runs SQL where its issuer is registered: {rights(claims)}",
        TokenKind.UNKNOWN_JWT: "does not say what it is for",
    }[claims.kind]
    return f"A {claims.kind}: it {does}."


def scopes(claims: Claims) -> str:
    """Of a group's platform token, printable; empty where there are none."""
    return listed([word(scope) for scope in claims.scopes])


def _database(claims: Claims) -> str:
    if claims.namespaces:
        return f"the namespaces {listed([word(name) for name in claims.namespaces])} of its server"
    return f"database {word(claims.database_id)}" if claims.database_id else "every database of its server"


def _only_reading(permission: Permission) -> Permission:
    return Permission(permission.tables, tuple(action for action in permission.actions if action is Action.DATA_READ))


def _until_when(claims: Claims, now: float) -> str:
    if claims.expires_at is not None and claims.expires_at <= now:
        return f"It expired on {lifetime(claims, now)}."
    if claims.not_before is not None and claims.not_before > now:
        return f"It is not valid before {moment(claims.not_before)}; it ends: {lifetime(claims, now)}."
    match lifetime(claims, now):
        case "not said":
            return "It does not say until when."
        case "never":
            return "It never expires."
        case end:
            return f"It is valid until {end}."


def _span(seconds: float) -> str:
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), _UNITS[-1])
    count = int(seconds // size)
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _of_text(recognised: Recognised) -> Iterator[tuple[str, str]]:
    yield "Kind", str(recognised.kind)
    if recognised.text:
        yield "Length", f"{len(recognised.text)} characters"


def _of_claims(claims: Claims, now: float) -> Iterator[tuple[str, str]]:
    yield "Database id", _said(claims.database_id)
    yield "Namespaces", listed([word(name) for name in claims.namespaces])
    yield "Group id", _said(claims.group_id)
    yield "Organization number", _said(claims.organization)
    yield "Rights", rights(claims) if claims.access else ""
    yield "Scopes", scopes(claims)
    yield "Issuer", _said(claims.issuer)
    yield "Issued", _when(claims.issued_at, now)
    yield "Valid from", _when(claims.not_before, now)
    yield "Expires", lifetime(claims, now)
    yield "Token id", _said(claims.token_id)
    yield "Algorithm", _said(claims.algorithm)


def _said(claim: str | None) -> str:
    return word(claim) if claim else ""


def _when(seconds: float | None, now: float) -> str:
    return f"{moment(seconds)}, {relative(seconds, now)}" if seconds is not None else ""
