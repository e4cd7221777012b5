"""What one may be about to type, in a list under the cursor that takes neither the focus nor a key of its own."""

from textual.content import Content
from textual.geometry import Offset, Region, Size
from textual.strip import Strip
from textual.widget import Widget

from turso_tui.printable import printable
from turso_tui.sql.completion import Candidate, Completion

MOST_LINES = 8
WIDEST = 60
GAP = 2


class CompletionList(Widget, can_focus=False):
    """Shows the candidates of a `Completion` on the screen, near a place; hidden without any."""

    DEFAULT_CSS = """
    CompletionList {
        position: absolute;
        overlay: screen;
        display: none;
        background: $panel;
        & > .completion-list--chosen { background: $cursor-row; }
    }
    """
    COMPONENT_CLASSES = {"completion-list--chosen"}

    def __init__(self) -> None:
        super().__init__(classes="-textual-system")
        self.completion: Completion | None = None
        self.is_chosen_by_hand = False
        self._index = 0
        self._top = 0

    @property
    def chosen(self) -> Candidate | None:
        """What accepting would write; None while nothing is shown."""
        return self.completion.candidates[self._index] if self.completion is not None else None

    def offer(self, completion: Completion, place: Offset, within: Size) -> None:
        """Show it with its names at ``place``'s column, on the lines under it, or above where there is no room."""
        candidates = completion.candidates
        self.completion = completion
        self.is_chosen_by_hand = False
        self._index = self._top = 0
        width = max(_width(candidate) for candidate in candidates[:50])
        width, height = min(width, WIDEST, within.width), min(len(candidates), MOST_LINES, max(within.height - 2, 1))
        below = place.y + 1
        y = below if below + height <= within.height else max(place.y - height, 0)
        self.styles.width, self.styles.height = width, height
        self.absolute_offset = Offset(max(0, min(place.x - 1, within.width - width)), y)
        self.display = True
        self.refresh(layout=True)

    def hide(self) -> None:
        self.completion = None
        self.display = False

    def move(self, steps: int) -> None:
        """Choose another one; the last is followed by the first."""
        if self.completion is None:
            return
        count, height = len(self.completion.candidates), self.size.height or MOST_LINES
        before, top = self._index, self._top
        self._index = (self._index + steps) % count if self.is_chosen_by_hand or steps < 0 else steps % count
        self.is_chosen_by_hand = True
        self._top = max(self._index - height + 1, min(self._top, self._index))
        if self._top != top:
            self.refresh()
        else:
            for index in {before, self._index}:
                self.refresh(Region(0, index - self._top, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        candidates = self.completion.candidates if self.completion is not None else ()
        index = self._top + y
        if index >= len(candidates):
            return Strip.blank(self.size.width, self.rich_style)
        is_chosen = index == self._index
        base = self.get_visual_style("completion-list--chosen") if is_chosen else self.visual_style
        line = _line(candidates[index], self.size.width, is_chosen=is_chosen and self.is_chosen_by_hand)
        return Strip(line.render_segments(base), line.cell_length)


def _width(candidate: Candidate) -> int:
    detail = len(printable(candidate.detail))
    return len(printable(candidate.name)) + (detail + GAP if detail else 0) + 2


def _line(candidate: Candidate, width: int, *, is_chosen: bool) -> Content:
    """The name with its matched letters, and what it is at the right end."""
    name = Content.styled(printable(candidate.name), "bold" if is_chosen else "")
    if printable(candidate.name) == candidate.name:
        for position in candidate.positions:
            name = name.stylize("$primary bold", position, position + 1)
    name = name.truncate(width - 2, ellipsis=True)
    room = width - 2 - name.cell_length - GAP
    detail = Content.styled(printable(candidate.detail), "$muted")
    detail = detail.truncate(room, ellipsis=True) if room > 1 else Content("")
    line = Content.assemble(" ", name, " " * (width - 2 - name.cell_length - detail.cell_length), detail, " ")
    return line.truncate(width)
