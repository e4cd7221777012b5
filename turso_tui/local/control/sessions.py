"""Sessions: the RS256 tokens that a sign-in ends with. They live a week, or until all of them are signed out."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from turso_tui.local.control.answers import ApiError
from turso_tui.local.control.keys import SIGNATURE_ONLY, new_token_id
from turso_tui.local.control.store import Account

WEEK = timedelta(weeks=1)

_KEY = "sessions"
"""The owner of the key among the account's signing keys; made by the first sign-in."""
_VALID_FROM = "sessions valid from"


class Sessions:
    """Mints and verifies, by the server's clock; both in unix seconds."""

    def __init__(self, account: Account, clock: Callable[[], float] = time.time) -> None:
        self._account = account
        self._clock = clock

    def mint(self, subject: str, lifetime: timedelta = WEEK) -> str:
        """A JWT for the user ``subject``."""
        now = int(self._clock())
        claims = {
            # Not before the moment from which sessions are valid, or a sign-in in the second of a sign-out is void.
            "iat": max(now, self._valid_from()),
            "exp": now + int(lifetime.total_seconds()),
            "sub": subject,
            "jti": new_token_id(),
        }
        with self._account.transaction():  # two first sign-ins make one key
            key = self._key() or self._make_key()
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": _fingerprint(key)})

    def verify(self, token: str) -> dict[str, Any] | None:
        """The claims; None for a token that is no session of ours. Raises 401 for one that is over."""
        key = self._key()
        if key is None:
            return None
        try:
            claims: dict[str, Any] = jwt.decode(
                token, key.public_key(), algorithms=["RS256"], options={**SIGNATURE_ONLY}
            )
        except jwt.InvalidTokenError:
            return None
        if self._clock() >= claims["exp"]:
            raise ApiError(401, "token has expired")
        if claims["iat"] < self._valid_from():
            raise ApiError(401, "token has been invalidated")
        return claims

    def invalidate(self) -> int:
        """Signs out every session there is. Returns the second from which new ones are valid."""
        valid_from = int(self._clock()) + 1
        self._account.remember(_VALID_FROM, str(valid_from))
        return valid_from

    def _valid_from(self) -> int:
        return int(self._account.setting(_VALID_FROM) or 0)

    def _key(self) -> RSAPrivateKey | None:
        found = self._account.rows("SELECT private_key FROM signing_keys WHERE owner = ?", (_KEY,))
        return _load(bytes(found[0][0])) if found else None

    def _make_key(self) -> RSAPrivateKey:
        key = generate_private_key(public_exponent=65537, key_size=2048)
        raw = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self._account.run("INSERT INTO signing_keys VALUES (?, ?)", (_KEY, raw))
        return key


@lru_cache(maxsize=16)
def _load(raw: bytes) -> RSAPrivateKey:
    key = load_der_private_key(raw, password=None)
    assert isinstance(key, RSAPrivateKey)  # noqa: S101 — nothing else is stored under this name
    return key


def _fingerprint(key: RSAPrivateKey) -> str:
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(public).hexdigest()[:16]
