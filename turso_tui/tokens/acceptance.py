"""The doors: a pasted text comes in as the token that is needed here, or is turned away with an explanation."""

from turso_tui.errors import TokenRejected
from turso_tui.tokens.claims import TokenKind
from turso_tui.tokens.description import moment
from turso_tui.tokens.recognise import Recognised, recognise
from turso_tui.tokens.token import DatabaseToken, PlatformToken

_PLATFORM_KINDS = {
    TokenKind.SESSION,
    TokenKind.API_UNRESTRICTED,
    TokenKind.API_ORGANIZATION,
    TokenKind.API_GROUP,
    TokenKind.UNKNOWN_JWT,
}
"""A JWT that we do not know may be a newer kind of Turso's: its server decides."""

_DATABASE_KINDS = {
    TokenKind.DATABASE,
    TokenKind.GROUP,
    TokenKind.EXTERNAL,
    TokenKind.UNKNOWN_JWT,
    TokenKind.SHARED_KEY,
}
"""A self-hosted sqld takes a JWT without any claims, and a proxy before it may take any word."""

_PLATFORM_PURPOSE = "Managing an account needs a platform token; a database token only runs SQL."
_PLATFORM_SOURCE = "Make one in the Turso dashboard, or with `turso auth api-tokens mint <name>`, and paste it here."
_DATABASE_PURPOSE = "Running SQL needs a database token; a platform token only manages the account."
_DATABASE_SOURCE = "Make one with `turso db tokens create <database>` and paste it here."


def as_platform_token(text: str, now: float) -> PlatformToken:
    """The platform token in a pasted ``text``; ``now`` is in unix seconds.

    Raises `TokenRejected` for anything else, and for a token that has expired.
    """
    recognised = recognise(text)
    if recognised.kind not in _PLATFORM_KINDS:
        raise _rejection(recognised.kind, _PLATFORM_PURPOSE, _PLATFORM_SOURCE)
    _refuse_expired(recognised, now, "Sign in again (`turso auth login`), or make an API token, which does not expire.")
    return PlatformToken(recognised.text)


def as_database_token(text: str, now: float | None = None) -> DatabaseToken:
    """The database or group token in a pasted ``text``, or the shared key of a self-hosted server.

    Raises `TokenRejected` for anything else and, if ``now`` (unix seconds) is given, for a token that has expired.
    """
    recognised = recognise(text)
    if recognised.kind not in _DATABASE_KINDS:
        raise _rejection(recognised.kind, _DATABASE_PURPOSE, _DATABASE_SOURCE)
    if now is not None:
        _refuse_expired(recognised, now, _DATABASE_SOURCE)
    return DatabaseToken(recognised.text)


def _rejection(pasted: TokenKind, purpose: str, source: str) -> TokenRejected:
    match pasted:
        case TokenKind.EMPTY:
            return TokenRejected("Nothing was pasted.", means=purpose, next_step=source)
        case TokenKind.DAMAGED_JWT:
            return TokenRejected(
                "This token is incomplete: a part of it is missing or was changed.",
                next_step="Copy the whole of it, from `eyJ` to the last character, and paste it again.",
            )
        case TokenKind.URL:
            return TokenRejected("That is a URL, not a token.", means=purpose, next_step=source)
        case TokenKind.SHARED_KEY | TokenKind.OTHER:
            return TokenRejected("That is no token of Turso's.", means=purpose, next_step=source)
    return TokenRejected(f"That is a {pasted}.", means=purpose, next_step=source)


def _refuse_expired(recognised: Recognised, now: float, remedy: str) -> None:
    claims = recognised.claims
    if claims and claims.expires_at is not None and claims.expires_at <= now:
        raise TokenRejected(f"This {claims.kind} expired on {moment(claims.expires_at)}.", next_step=remedy)
