"""A snippet in the text whose places are being filled in: tab walks them, and each is one place wherever it stands."""

from typing import TYPE_CHECKING

from textual import events
from textual.widgets.text_area import Edit

from turso_tui.sql.completion import Candidate, CandidateKind, Completion
from turso_tui.sql.template import LAST, Stop, Template

if TYPE_CHECKING:
    from turso_tui.ui.widgets.editor import SqlEditor


class SnippetWalk:
    """Lasts until the last place is reached, or something else than the place one is at is changed."""

    def __init__(self, editor: "SqlEditor") -> None:
        self._editor = editor
        self._stops: list[Stop] = []
        self._order: list[int] = []
        self._at = 0
        self._mirrors = False

    @property
    def is_active(self) -> bool:
        return bool(self._stops)

    def begin(self, template: Template, start: int, end: int) -> None:
        """Write it in the place of the text from ``start`` to ``end``, indented as that line is, and go to its first
        place."""
        self.end()
        editor = self._editor
        row, column = editor.location_of(start)
        line = editor.document.get_line(row)[:column]
        template = indented(template, line[: len(line) - len(line.lstrip(" \t"))])
        editor.replace(template.text, (row, column), editor.location_of(end), maintain_selection_offset=False)
        self._stops = [stop._replace(start=stop.start + start, end=stop.end + start) for stop in template.stops]
        self._order, self._at = template.order, 0
        self._go()

    def end(self) -> None:
        self._stops = []

    def key(self, event: events.Key) -> bool:
        """tab and shift+tab walk the places, esc ends it; each does what it always does when there is none."""
        if not self.is_active or event.key not in {"tab", "shift+tab", "escape"}:
            return False
        if event.key == "escape" or not self._is_inside():
            self.end()
            return event.key == "escape"
        self.walk(1 if event.key == "tab" else -1)
        return True

    def walk(self, steps: int) -> None:
        """To the next place (1) or the one before (-1)."""
        self._mirror()
        self._at = max(0, min(self._at + steps, len(self._order) - 1))
        self._go()

    def edited(self, edit: Edit, start: int, removed: int) -> None:
        """Before ``edit`` takes ``removed`` characters from ``start`` on: the places move with the text."""
        if not self.is_active:
            return
        growth, gone = len(edit.text) - removed, start + removed
        here = self._here()
        if not self._mirrors and here is not None and not here.start <= start <= gone <= here.end:
            self.end()
            return
        self._stops = [self._moved(stop, here, start, gone, growth) for stop in self._stops]

    def _moved(self, stop: Stop, here: Stop | None, start: int, gone: int, growth: int) -> Stop:
        if stop is here or (self._mirrors and stop.start == start and stop.end == gone):
            return stop._replace(end=stop.end + growth)
        if stop.start >= gone:
            return stop._replace(start=stop.start + growth, end=stop.end + growth)
        return stop

    def _here(self) -> Stop | None:
        """The first of the places that one is at; while others are written after it, none."""
        if self._mirrors:
            return None
        number = self._order[self._at]
        return next((stop for stop in self._stops if stop.number == number), None)

    def _go(self) -> None:
        here = self._here()
        if here is None or here.number == LAST:
            place = here.start if here is not None else 0
            self.end()
            self._editor.select_offsets(place, place)
            return
        self._editor.select_offsets(here.start, here.end)
        if here.choices:
            self._editor.call_after_refresh(self._offer, here)

    def _offer(self, here: Stop) -> None:
        """What may be chosen, in the list that completion uses."""
        if here is self._here():
            candidates = tuple(Candidate(CandidateKind.CHOICE, each, each) for each in here.choices)
            self._editor.completer.offer(Completion(here.start, here.end, candidates))

    def _mirror(self) -> None:
        """Write what stands at this place wherever else it stands."""
        here = self._here()
        if here is None:
            return
        editor, number = self._editor, here.number
        text = editor.script.text[here.start : here.end]
        self._mirrors = True
        for index in [at for at, stop in enumerate(self._stops) if stop.number == number and stop is not here]:
            stop = self._stops[index]
            if editor.script.text[stop.start : stop.end] != text:
                editor.replace(text, editor.location_of(stop.start), editor.location_of(stop.end))
        self._mirrors = False

    def _is_inside(self) -> bool:
        cursor = self._editor.offset_of(self._editor.cursor_location)
        return min(stop.start for stop in self._stops) <= cursor <= max(stop.end for stop in self._stops)


def indented(template: Template, by: str) -> Template:
    """With every line but the first further in."""
    if not by or "\n" not in template.text:
        return template
    text = template.text

    def moved(offset: int) -> int:
        return offset + len(by) * text.count("\n", 0, offset)

    stops = tuple(stop._replace(start=moved(stop.start), end=moved(stop.end)) for stop in template.stops)
    return Template(text.replace("\n", f"\n{by}"), stops)
