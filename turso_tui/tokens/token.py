"""The two kinds of token as two types, so that neither a person nor the program can hand one over as the other."""

import hmac
import re
from typing import NoReturn, Self, final

from turso_tui.errors import TokenRejected

_HEADER_SAFE = re.compile(r"[!-~]+")
"""Visible ASCII without spaces: all that a bearer token may contain, and nothing that could split an HTTP header."""

_LONG_ENOUGH_TO_HINT = 24
"""Eight visible characters of a shorter secret would give too much of it away."""


class _Token:
    """A secret that shows itself only where somebody wrote ``.reveal()``."""

    __slots__ = ("_secret",)
    _secret: str

    def __init__(self, secret: str) -> None:
        """Take ``secret`` as it stands; raises `TokenRejected` when it could not be sent in an HTTP header."""
        if not _HEADER_SAFE.fullmatch(secret):
            raise TokenRejected(
                "This is not a token.",
                means="A token is one word of plain letters, digits and signs." if secret else "Nothing was given.",
                next_step="Copy the whole token and paste it again.",
            )
        object.__setattr__(self, "_secret", secret)

    def reveal(self) -> str:
        """The secret itself, for the wire or for a person who asked to see it."""
        return self._secret

    @property
    def masked(self) -> str:
        """Enough to recognise the token, not enough to use it: the first and last four characters."""
        if len(self._secret) < _LONG_ENOUGH_TO_HINT:
            return "…"
        return f"{self._secret[:4]}…{self._secret[-4:]}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.masked})"

    def __str__(self) -> str:
        return self.masked

    def __format__(self, specification: str) -> str:
        return format(self.masked, specification)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self) or not isinstance(other, _Token):
            return NotImplemented
        return hmac.compare_digest(self._secret, other._secret)

    def __hash__(self) -> int:
        return hash((type(self), self._secret))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"A {type(self).__name__} never changes.")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"A {type(self).__name__} never changes.")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"A {type(self).__name__} is not written down by accident: store .reveal() in the vault.")


@final
class PlatformToken(_Token):
    """Manages an account through the Platform API; a database host never gets to see it."""

    __slots__ = ()


@final
class DatabaseToken(_Token):
    """Runs SQL on one database, or on every database of a group; the Platform API never gets to see it."""

    __slots__ = ()
