"""Opaque cursors for lists in the order of their names."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from turso_tui.local.control.answers import ApiError

LIMIT = 1000
"""The most that one page carries, as on the real service."""

_TAG = 9


class Cursors:
    """Signs the last name of a page, so that a cursor can neither be guessed nor built by hand."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def after(self, name: str) -> str:
        raw = name.encode()
        return base64.urlsafe_b64encode(self._tag(raw) + raw).decode().rstrip("=")

    def read(self, cursor: str) -> str:
        """The name after which the page begins. Raises 400 for anything that `after` did not make."""
        try:
            raw = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError) as error:
            raise ApiError(400, "invalid cursor") from error
        tag, name = raw[:_TAG], raw[_TAG:]
        if not hmac.compare_digest(tag, self._tag(name)):
            raise ApiError(400, "invalid cursor")
        return name.decode()

    def _tag(self, raw: bytes) -> bytes:
        return hmac.digest(self._secret, raw, hashlib.sha256)[:_TAG]


def page_limit(text: str | None) -> int | None:
    """None when the caller did not ask for pages. Raises 400 for what is not a positive number."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) == 0:
        raise ApiError(400, f"invalid limit parameter: {text}")
    return min(int(text), LIMIT)
