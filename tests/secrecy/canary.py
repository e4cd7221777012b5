"""Secrets that are looked for where they must not be."""

import re
from collections.abc import Iterable
from html import unescape
from pathlib import Path

from turso_tui.tokens import DatabaseToken, PlatformToken

WINDOW = 16
"""So many characters of a secret in a row are a leak; what is shown masked has four."""

_DRAWN = re.compile(r"<[^>]*>|[\s\u2500-\u259f…]+")
"""What stands between the characters of a secret on a screen: tags of a picture, spaces, line breaks, frames."""


class Canaries:
    """Secrets by name. Nothing that prints its variables prints one of them."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def add(self, name: str, token: PlatformToken | DatabaseToken) -> None:
        self._secrets[name] = token.reveal()

    def add_all(self, name: str, tokens: Iterable[PlatformToken | DatabaseToken | None]) -> None:
        for number, token in enumerate(tokens):
            if token is not None:
                self.add(f"{name} {number}", token)

    def in_text(self, text: str) -> list[str]:
        """The names of those of which a part is in ``text``."""
        return [name for name, secret in self._secrets.items() if any(part in text for part in _parts(secret))]

    def on_screen(self, drawn: str) -> list[str]:
        """The same for a screen or a picture of one, in which a secret may be broken over lines."""
        return self.in_text(_DRAWN.sub("", unescape(drawn)))

    def in_files(self, *directories: Path) -> dict[str, list[str]]:
        """The names by file, of those files that have any."""
        found = {}
        for path in (path for directory in directories for path in directory.rglob("*")):
            if path.is_file():
                names = self.in_text(path.read_bytes().decode("latin-1"))
                if names:
                    found[path.name] = names
        return found

    def __len__(self) -> int:
        return len(self._secrets)


def _parts(secret: str) -> Iterable[str]:
    """Of a JWT only its signature: its claims are no secret, and the program says them in words."""
    secret = secret.rpartition(".")[2]
    assert len(secret) >= 2 * WINDOW, "too short to be told from other text"
    return (secret[start : start + WINDOW] for start in range(0, len(secret) - WINDOW + 1, WINDOW // 2))
