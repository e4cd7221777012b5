"""The doors: a pasted text comes in as the token that is needed here, or is turned away with an explanation."""

from typing import TypeVar

from turso_tui.errors import TokenRejected
from turso_tui.tokens.claims import TokenKind, read_claims
from turso_tui.tokens.description import moment
from turso_tui.tokens.recognise import Recognised, recognise
from turso_tui.tokens.token import DatabaseToken, PlatformToken

Token = TypeVar("Token", PlatformToken, DatabaseToken)

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

_PLATFORM_PURPOSE = "Managing an account needs a platform token"
_PLATFORM_SOURCE = "Make one in the Turso dashboard, or with `turso auth api-tokens mint <name>`, and paste it here."
_DATABASE_PURPOSE = "Running SQL needs a database token"
_DATABASE_SOURCE = "Make one with `turso db tokens create <database>` and paste it here."


def as_platform_token(text: str, now: float) -> PlatformToken:
    """The platform token in a pasted ``text``; ``now`` is in unix seconds.

    Raises `TokenRejected` for anything else, and for a token that has expired. A token of one group is accepted:
    it cannot list organizations, which `is_group_scoped` tells.
    """
    recognised = recognise(text, preferred=_PLATFORM_KINDS)
    if recognised.claims and recognised.kind in _DATABASE_KINDS - _PLATFORM_KINDS:
        raise TokenRejected(
            f"That is a {recognised.kind}.",
            means=f"{_PLATFORM_PURPOSE}; this one can only run SQL.",
            next_step=f"To use it, open the URL of its database and give it there. {_PLATFORM_SOURCE}",
        )
    if recognised.kind not in _PLATFORM_KINDS:
        raise _no_token(recognised.kind, f"{_PLATFORM_PURPOSE}; a database token only runs SQL.", _PLATFORM_SOURCE)
    _refuse_expired(recognised, now, "Sign in again, or make an API token, which does not expire.")
    return PlatformToken(recognised.text)


def as_database_token(text: str, now: float | None = None) -> DatabaseToken:
    """The database or group token in a pasted ``text``, or the shared key of a self-hosted server.

    Raises `TokenRejected` for anything else and, if ``now`` (unix seconds) is given, for a token that has expired.
    """
    recognised = recognise(text, preferred=_DATABASE_KINDS)
    if recognised.claims and recognised.kind in _PLATFORM_KINDS - _DATABASE_KINDS:
        raise TokenRejected(
            f"That is a {recognised.kind}.",
            means=f"{_DATABASE_PURPOSE}; this one manages an account.",
            next_step=f"To use it, sign in with it: database tokens are then made as needed. {_DATABASE_SOURCE}",
        )
    if recognised.kind not in _DATABASE_KINDS:
        raise _no_token(recognised.kind, f"{_DATABASE_PURPOSE}; a platform token only manages.", _DATABASE_SOURCE)
    if now is not None:
        _refuse_expired(recognised, now, _DATABASE_SOURCE)
    return DatabaseToken(recognised.text)


def is_group_scoped(token: PlatformToken) -> bool:
    """Whether it manages one group only: it may not list organizations, nor say whose it is."""
    claims = read_claims(token.reveal())
    return claims is not None and claims.kind is TokenKind.API_GROUP


def of_kind(kind: type[Token], token: object) -> Token:
    """``token``, which must be a ``kind`` of token. Raises `TypeError` for the other kind and for a bare text.

    The type checker says so before anything runs; this is for whoever does not use one.
    """
    if not isinstance(token, kind):
        raise TypeError(f"A {kind.__name__} is needed here, and a {type(token).__name__} was given.")
    return token


def _no_token(pasted: TokenKind, purpose: str, source: str) -> TokenRejected:
    match pasted:
        case TokenKind.EMPTY:
            return TokenRejected("Nothing was pasted.", means=purpose, next_step=source)
        case TokenKind.DAMAGED_JWT:
            return TokenRejected(
                "This token is incomplete: a part of it is missing or was changed.",
                next_step="Copy the whole of it, from `eyJ` to the last character, and paste it again.",
            )
        case TokenKind.URL:
            return TokenRejected("That is a URL without a token in it.", means=purpose, next_step=source)
    return TokenRejected("That is no token of Turso's.", means=purpose, next_step=source)


def _refuse_expired(recognised: Recognised, now: float, remedy: str) -> None:
    claims = recognised.claims
    if claims and claims.expires_at is not None and claims.expires_at <= now:
        raise TokenRejected(f"This {claims.kind} expired on {moment(claims.expires_at)}.", next_step=remedy)
