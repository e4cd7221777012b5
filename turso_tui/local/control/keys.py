"""Ed25519 keys and the EdDSA JWTs signed with them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from turso_tui.local.control.store import Account

if TYPE_CHECKING:
    from jwt.types import Options

PLATFORM = "platform"
"""The owner of the key that signs platform tokens; every other owner is the UUID of a group or a database."""

SIGNATURE_ONLY: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
"""Only the signature is PyJWT's business: leeway and wording differ between the servers we imitate."""


class KeyRing:
    """Signing keys by owner. Rotation replaces one, and every token signed with the old one is void."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def create(self, *owners: str) -> None:
        """A new key for each owner; an existing one is replaced."""
        with self._account.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO signing_keys VALUES (?, ?)",
                [(owner, Ed25519PrivateKey.generate().private_bytes_raw()) for owner in owners],
            )

    def forget(self, owners: Iterable[str]) -> None:
        with self._account.transaction() as connection:
            connection.executemany("DELETE FROM signing_keys WHERE owner = ?", [(owner,) for owner in owners])

    def has(self, owner: str) -> bool:
        return self._private_bytes(owner) is not None

    def sign(self, owner: str, claims: Mapping[str, Any]) -> str:
        """A JWT. Raises `LookupError` when the owner has no key."""
        return jwt.encode(dict(claims), self._private(owner), algorithm="EdDSA")

    def verify(self, owner: str, token: str) -> dict[str, Any] | None:
        """The claims, or None when the owner's key did not sign this token."""
        if not self.has(owner):
            return None
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._private(owner).public_key(), algorithms=["EdDSA"], options=SIGNATURE_ONLY
            )
        except jwt.InvalidTokenError:
            return None
        return claims

    def public_pem(self, owner: str) -> str:
        """The public key as PKCS#8 PEM, the form that ``sqld --auth-jwt-key-file`` reads."""
        key: Ed25519PublicKey = self._private(owner).public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def _private(self, owner: str) -> Ed25519PrivateKey:
        raw = self._private_bytes(owner)
        if raw is None:
            raise LookupError(f"no signing key for {owner}")
        return _load(raw)

    def _private_bytes(self, owner: str) -> bytes | None:
        found = self._account.rows("SELECT private_key FROM signing_keys WHERE owner = ?", (owner,))
        return bytes(found[0][0]) if found else None


@lru_cache(maxsize=1024)
def _load(raw: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(raw)


def unverified_claims(token: str) -> dict[str, Any] | None:
    """What a token says of itself, None when it is not a JWT at all. Good for wording an error, never for trust."""
    try:
        claims: dict[str, Any] = jwt.decode(token, options={**SIGNATURE_ONLY, "verify_signature": False})
    except jwt.InvalidTokenError:
        return None
    return claims


def new_token_id() -> str:
    """22 characters of base64url, as Turso's."""
    return secrets.token_urlsafe(16)
