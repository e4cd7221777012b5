"""Batons: which stream a request continues, and that it is the stream's latest answer that it continues.

As sqld's: eight bytes that name the stream, eight that count its requests, and an HMAC-SHA256 over both, in unpadded
base64. Clients cannot forge one, and the count makes an old one worthless.
"""

import base64
import binascii
import hashlib
import hmac
import struct

_BODY = struct.Struct(">QQ")
_LENGTH = _BODY.size + hashlib.sha256().digest_size


class Batons:
    """Signs and reads batons with a key of this server's life."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, stream_id: int, sequence: int) -> str:
        """The baton for the ``sequence``-th request of a stream; both are unsigned 64-bit."""
        body = _BODY.pack(stream_id, sequence)
        return base64.b64encode(body + self._mac(body)).decode("ascii").rstrip("=")

    def read(self, baton: str) -> tuple[int, int]:
        """Stream and sequence. Raises `ValueError` for what this server has not signed, a padded baton included."""
        try:
            data = binascii.a2b_base64(baton.encode("ascii"), strict_mode=True)
        except UnicodeEncodeError as error:
            raise ValueError("not base64") from error
        body = data[: _BODY.size]
        if len(data) != _LENGTH or not hmac.compare_digest(data[_BODY.size :], self._mac(body)):
            raise ValueError("not a baton of this server")
        stream_id, sequence = _BODY.unpack(body)
        return stream_id, sequence

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")
