"""What a person may know of a token that this program knows: what it is, what it may do, until when, and where it is.

Nothing here decides anything: the broker does. This is what can be looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from turso_tui.tokens import Claims, DatabaseToken, PlatformToken, TokenKind, read_claims
from turso_tui.tokens.description import rights, scopes


class Origin(StrEnum):
    """How the program came by a token; in the order in which a person looks for them. The values are headings."""

    SIGN_IN = "Signed in"
    BROKER = "Minted by the program"
    GIVEN = "Given"
    HAND = "Minted by hand"
    API = "API tokens of the account"
    PROFILE = "Other profiles"


class Keeping(StrEnum):
    """Where a secret is. The values are words for a person."""

    KEYRING = "system keyring"
    FILE = "private file"
    ENVIRONMENT = "environment"
    MEMORY = "memory"
    NOWHERE = "not here"
    """It was shown once, when it was minted; only its owner has it."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a token that an organization's key signed opens: one database, or every one of a group."""

    organization: str
    name: str
    is_group: bool = False

    def __str__(self) -> str:
        return f"group {self.name} of {self.organization}" if self.is_group else f"{self.organization}/{self.name}"


@dataclass(frozen=True, slots=True)
class KnownToken:
    """``expires_at`` is in unix seconds by the server's clock, None for never, or where only the server knows.

    ``name``, ``scope`` and ``rights`` may hold words of a server; ``token`` is None where there is only its record.
    """

    id: str
    name: str
    kind: TokenKind
    origin: Origin
    kept: Keeping
    scope: str = ""
    rights: str = ""
    expires_at: float | None = None
    token: PlatformToken | DatabaseToken | None = None
    url: str = ""
    """Of the database that it opens (``libsql://…``); empty for all others."""
    reach: Reach | None = None
    """What it opens, where an account says so; ``scope`` says the same in words."""
    note: str = ""
    """Why it is used, where that is not plain: “the account may not mint”."""


def known_database_token(
    token: DatabaseToken, *, id: str, name: str, origin: Origin, scope: str | Reach, url: str = "", note: str = ""
) -> KnownToken:
    """A database or group token in memory, as its claims describe it."""
    claims = read_claims(token.reveal())
    return KnownToken(
        id=id,
        name=name,
        kind=claims.kind if claims else TokenKind.SHARED_KEY,
        origin=origin,
        kept=Keeping.MEMORY,
        scope=str(scope),
        reach=scope if isinstance(scope, Reach) else None,
        rights=rights_of(claims),
        expires_at=claims.expires_at if claims else None,
        token=token,
        url=url,
        note=note,
    )


def rights_of(claims: Claims | None) -> str:
    """What a token may do, in a few words; empty where it does not say."""
    if claims is None:
        return ""
    return rights(claims) if claims.access is not None else scopes(claims)


def in_order(tokens: Iterable[KnownToken]) -> tuple[KnownToken, ...]:
    """By origin, and within one as they came."""
    order = list(Origin)
    return tuple(sorted(tokens, key=lambda known: order.index(known.origin)))
