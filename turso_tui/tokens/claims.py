"""What a token says of itself: its claims, read without a key and therefore believed only for advice."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from turso_tui.tokens.permissions import Permission, read_permissions

Json: TypeAlias = Mapping[str, object]

_SQL_CLAIMS = frozenset({"id", "gid", "rid", "a", "p", "perm"})
"""The claims that only tokens for SQL carry (sqld reads ``id``, ``a`` and ``p``; Turso's own server the others too)."""

_LONGEST_TOKEN = 16_384
"""Characters; HTTP servers refuse longer header lines, so nothing longer was ever a working token."""

_JWT = re.compile(r"[\w-]+\.[\w-]*\.[\w-]*", re.ASCII)

_SIGNATURE_BYTES = {
    "EdDSA": (64,),
    "ES256": (64,),
    "ES384": (96,),
    "ES512": (132,),
    "HS256": (32,),
    "HS384": (48,),
    "HS512": (64,),
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), (256, 384, 512)),
}
"""What a signature measures: a token that was cut off still has all its claims, but is worthless."""


class TokenKind(StrEnum):
    """What a text turned out to be. The values are words for a person."""

    SESSION = "sign-in session token"
    API_UNRESTRICTED = "platform API token"
    API_ORGANIZATION = "platform API token of one organization"
    API_GROUP = "platform API token of one group"
    DATABASE = "database token"
    GROUP = "group token"
    EXTERNAL = "token of an external identity provider"
    UNKNOWN_JWT = "JWT of an unknown kind"
    DAMAGED_JWT = "damaged or incomplete JWT"
    SHARED_KEY = "text without claims"
    URL = "URL"
    OTHER = "text that is no token"
    EMPTY = "nothing"


class Access(StrEnum):
    """What a database token may do, in the words of its ``a`` claim (``roa``, with ATTACH, counts as read-only)."""

    READ_ONLY = "ro"
    READ_WRITE = "rw"


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of one token; times are unix seconds, and None everywhere means that the token does not say."""

    kind: TokenKind
    database_id: str | None = None
    """A database's UUID on Turso, a namespace on a self-hosted sqld."""
    namespaces: tuple[str, ...] = ()
    """Those of a self-hosted sqld, where the claim ``p`` lists them; sqld then looks at no other claim."""
    group_id: str | None = None
    access: Access | None = None
    permissions: tuple[Permission, ...] = ()
    """What narrows ``access``, table by table; none: nothing does."""
    scopes: tuple[str, ...] = ()
    organization: str | None = None
    """The organization's number, which no public endpoint translates into a slug."""
    issued_at: float | None = None
    expires_at: float | None = None
    """None: it never expires, or only the server knows (platform API tokens)."""
    not_before: float | None = None
    token_id: str | None = None
    """What identifies this very token: the ``jti`` of a platform token is its id in the API, ``rid`` is random."""
    issuer: str | None = None
    algorithm: str = ""
    is_whole: bool = True
    """False when the signature is shorter or longer than its algorithm makes it: a part was lost in copying."""


def read_claims(token: str) -> Claims | None:
    """The claims of ``token``, None when it is not a readable JWT. The signature is not verified: we have no key."""
    if len(token) > _LONGEST_TOKEN or not _JWT.fullmatch(token):
        return None
    import jwt  # here, because it brings cryptography along, and a first paint does not wait for that

    try:
        decoded = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.PyJWTError, RecursionError):  # RecursionError: thousands of nested brackets are no claims
        return None
    claims = _interpret(decoded["header"], decoded["payload"])
    lengths = _SIGNATURE_BYTES.get(claims.algorithm)
    return claims if lengths is None or len(decoded["signature"]) in lengths else replace(claims, is_whole=False)


def _interpret(header: Json, payload: Json) -> Claims:
    namespaces = _namespaces(payload.get("p"))
    return Claims(
        kind=_kind(header, payload),
        database_id=None if namespaces else _text(payload.get("id")),
        namespaces=namespaces,
        group_id=_text(payload.get("gid")) or _text(payload.get("group_uuid")),
        access=_access(payload) if _SQL_CLAIMS & payload.keys() else None,
        permissions=read_permissions(payload.get("perm")),
        scopes=_scopes(payload.get("scopes")),
        organization=_text(payload.get("org_id")),
        issued_at=_time(payload.get("iat")),
        expires_at=_time(payload.get("exp")),
        not_before=_time(payload.get("nbf")),
        token_id=_text(payload.get("rid")) or _text(payload.get("jti")),
        issuer=_text(payload.get("iss")),
        algorithm=_text(header.get("alg")) or "",
    )


def _kind(header: Json, payload: Json) -> TokenKind:
    algorithm = header.get("alg")
    if _SQL_CLAIMS & payload.keys():
        if algorithm != "EdDSA":
            return TokenKind.EXTERNAL  # Turso signs with EdDSA only; Clerk and Auth0 with RS256
        return TokenKind.GROUP if "gid" in payload and "id" not in payload else TokenKind.DATABASE
    if "group_uuid" in payload or "scopes" in payload:
        return TokenKind.API_GROUP
    if "org_id" in payload:
        return TokenKind.API_ORGANIZATION
    if algorithm == "EdDSA" and "jti" in payload:
        return TokenKind.API_UNRESTRICTED
    return TokenKind.SESSION if algorithm == "RS256" else TokenKind.UNKNOWN_JWT


def _access(payload: Json) -> Access:
    """What sqld grants: everything unless told otherwise, and then ``p`` alone counts if it is there.

    Turso's ``perm``, a list of ``{"t": tables, "a": actions}``, narrows what is left.
    """
    scopes, permissions = payload.get("p"), payload.get("perm")
    if isinstance(scopes, Mapping):
        writes = any(scopes.get(scope) for scope in ("rw", "rwa", "ddl"))
    elif isinstance(permissions, list):
        writes = payload.get("a", "rw") == "rw" and any(map(_permits_writing, permissions))
    else:
        writes = payload.get("a", "rw") == "rw"
    return Access.READ_WRITE if writes else Access.READ_ONLY


def _namespaces(scopes: object) -> tuple[str, ...]:
    """``{"ro": {"ns": [name, …]}, "rw": …}``: every namespace that any of the scopes reaches."""
    reached = [scope for scope in scopes.values() if isinstance(scope, Mapping)] if isinstance(scopes, Mapping) else []
    return tuple(dict.fromkeys(name for scope in reached for name in _texts(scope.get("ns"))))


def _permits_writing(permission: object) -> bool:
    actions = permission.get("a") if isinstance(permission, Mapping) else None
    return isinstance(actions, list) and any(action != "data_read" for action in actions)


def _scopes(claim: object) -> tuple[str, ...]:
    """Turso nests them, ``{"scopes": {"scopes": […]}}``; a plain list is what one would expect."""
    if isinstance(claim, Mapping):
        claim = claim.get("scopes")
    return _texts(claim)


def _texts(claim: object) -> tuple[str, ...]:
    return tuple(text for text in claim if isinstance(text, str)) if isinstance(claim, list) else ()


def _text(claim: object) -> str | None:
    return str(claim) if isinstance(claim, str | int) and not isinstance(claim, bool) and claim != "" else None


def _time(claim: object) -> float | None:
    if not isinstance(claim, int | float) or isinstance(claim, bool):
        return None
    try:
        seconds = float(claim)
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) else None
