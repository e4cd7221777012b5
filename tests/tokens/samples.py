"""Tokens of every kind, really signed, with the claims that Turso and its relatives put into them."""

import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.api_jws import PyJWS

NOW = 1_790_000_000.0
DATABASE_ID = "0198f2a1-7c10-7d2e-9b7e-0a1b2c3d4e5f"
GROUP_ID = "6f1e2d3c-aaaa-4bbb-8ccc-123456789abc"


@cache
def _key(alg: str) -> Any:
    match alg:
        case "EdDSA":
            return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        case "RS256":
            return rsa.generate_private_key(65_537, 2_048)
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "HS256":
            return b"a shared key of thirty-two bytes"
    return None


@cache
def _signed(payload: str, alg: str, header: tuple[tuple[str, str], ...]) -> str:
    return PyJWS().encode(payload.encode(), _key(alg), alg, headers=dict(header))


def jwt_with(payload: Any, *, alg: str = "EdDSA", **header: str) -> str:
    """A JWT with this payload, signed with a key that nobody else knows; ``alg`` may also be ``none``."""
    return _signed(json.dumps(payload), alg, tuple(header.items()))


UNRESTRICTED = jwt_with({"jti": "hF5Iq1ZbEe-xYw7Qd0hXJg"})
ORGANIZATION = jwt_with({"jti": "hF5Iq1ZbEe-xYw7Qd0hXJg", "org_id": 4711})
GROUP_SCOPED = jwt_with(
    {"jti": "j", "org_id": 4711, "group_uuid": GROUP_ID, "scopes": {"scopes": ["read", "db:mint-token"]}}
)
SESSION = jwt_with({"sub": "user_1", "iat": NOW - 60, "exp": NOW + 7 * 86_400}, alg="RS256", kid="ins_1")
EXPIRED_SESSION = jwt_with({"sub": "user_1", "exp": NOW - 3_600}, alg="RS256", kid="ins_1")
DATABASE = jwt_with({"iat": NOW, "id": DATABASE_ID, "rid": "r-1", "a": "rw", "exp": NOW + 600})
READ_ONLY_DATABASE = jwt_with({"iat": NOW, "id": DATABASE_ID, "rid": "r-1", "a": "ro"})
NARROW_DATABASE = jwt_with(
    {
        "iat": NOW,
        "id": DATABASE_ID,
        "rid": "r-2",
        "a": "rw",
        "perm": [{"t": ["messages", "threads"], "a": ["data_read"]}, {"t": ["messages"], "a": ["data_add"]}],
    }
)
GROUP = jwt_with({"iat": NOW, "gid": GROUP_ID, "rid": "r-1"})
EXTERNAL = jwt_with(
    {"id": DATABASE_ID, "perm": [{"t": None, "a": ["data_read"]}], "iss": "https://clerk.example", "sub": "u"},
    alg="RS256",
    kid="k",
)
SELF_HOSTED = jwt_with({"id": "tenant-7", "a": "ro"})
NAMESPACES = jwt_with({"p": {"rw": {"ns": ["orders"]}, "ro": {"ns": ["orders", "people"]}}, "id": "ignored"})
BARE = jwt_with({"iat": NOW})
