"""The editor's document: Textual's own, which does not count all of its lines again for every key or line drawn."""

from rich.cells import cell_len
from textual.geometry import Size
from textual.widgets.text_area import Document, EditResult, Location, WrappedDocument


class SqlDocument(Document):
    """Keeps the width of every line, and measures only those that an edit has changed."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._widths: list[int] | None = None
        self._tab_width = 0

    def get_size(self, tab_width: int) -> Size:
        if self._widths is None or tab_width != self._tab_width:
            self._tab_width = tab_width
            self._widths = [self._width(line) for line in self.lines]
        return Size(max(self._widths, default=0), len(self._widths))

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        (first, _), (last, _) = sorted((start, end))
        count = self.line_count
        result = super().replace_range(start, end, text)
        if self._widths is not None:
            changed = self.lines[first : last + 1 + self.line_count - count]
            self._widths[first : last + 1] = [self._width(line) for line in changed]
        return result

    def _width(self, line: str) -> int:
        return cell_len(line.expandtabs(self._tab_width))


class UnwrappedDocument(WrappedDocument):
    """Lines are never wrapped here, so that there are as many as the document has."""

    @property
    def height(self) -> int:
        return self.document.line_count
