"""Finding text in text: every place, the next one, and the text with all of them replaced."""

from collections.abc import Iterator
from dataclasses import dataclass

from turso_tui.fuzzy import fold

MOST_COUNTED = 10_000
"""Places that are counted; beyond it is said that there are more."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. Capitals matter when there are any in it."""

    text: str

    def _ready(self, text: str) -> str:
        return text if self.text != fold(self.text) else fold(text)

    def in_line(self, line: str) -> list[tuple[int, int]]:
        """Start and end of every place in a line."""
        return [(start, start + len(self.text)) for start in self.starts(line)]

    def starts(self, text: str) -> Iterator[int]:
        """Where it stands in ``text``, none of them inside another."""
        if not self.text:
            return
        ready, wanted = self._ready(text), self.text
        start = ready.find(wanted)
        while start >= 0:
            yield start
            start = ready.find(wanted, start + len(wanted))

    def next(self, text: str, offset: int) -> int | None:
        """The first place from ``offset`` on, else from the beginning."""
        if not self.text:
            return None
        ready = self._ready(text)
        start = ready.find(self.text, offset)
        start = start if start >= 0 else ready.find(self.text)
        return start if start >= 0 else None

    def previous(self, text: str, offset: int) -> int | None:
        """The last place that begins before ``offset``, else the last of all."""
        if not self.text:
            return None
        ready = self._ready(text)
        start = ready.rfind(self.text, 0, max(0, offset - 1) + len(self.text)) if offset > 0 else -1
        start = start if start >= 0 else ready.rfind(self.text)
        return start if start >= 0 else None

    def replaced(self, text: str, replacement: str) -> tuple[str, int]:
        """``text`` with every place replaced, and how many there were."""
        parts, end, count = [], 0, 0
        for start in self.starts(text):
            parts += [text[end:start], replacement]
            end = start + len(self.text)
            count += 1
        return "".join([*parts, text[end:]]), count
